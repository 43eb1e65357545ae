"""Other data and another day for one request: never for anybody else."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.utils import timezone

from yibao.core import clock
from yibao.core.caching import public_page
from yibao.core.stamps import Apart, Stamped, apart, is_apart

pytestmark = pytest.mark.django_db


def test_what_rests_on_other_data_is_built_anew_and_kept_apart() -> None:
    base = Stamped("apart-base", lambda: "published")
    derived = Stamped(("apart-base", "apart-else"), lambda: [base.get()])
    untouched = Stamped("apart-else", lambda: object())
    before, elsewhere = derived.get(), untouched.get()
    scope = Apart(frozenset({"apart-base"}), {base: "draft"})

    with apart(scope):
        inside = derived.get()
        assert (base.get(), inside, is_apart()) == ("draft", ["draft"], True)
        assert derived.get() is inside
        assert untouched.get() is elsewhere

    assert (base.get(), derived.get(), is_apart()) == ("published", ["published"], False)
    assert derived.get() is before


def test_an_error_inside_ends_it_too() -> None:
    base = Stamped("apart-base", lambda: "published")

    with pytest.raises(KeyError), apart(Apart(frozenset({"apart-base"}), {base: "draft"})):
        raise KeyError

    assert not is_apart()


def test_threads_at_the_same_time_see_each_their_own() -> None:
    both_inside = Barrier(2, timeout=20)
    base = Stamped("apart-base", lambda: "published")
    base.hold("published")

    def look(draft: str) -> tuple[str, date, bool]:
        # Memory that is held needs the stamps; a thread without a scope would ask the database.
        if not draft:
            both_inside.wait()
            seen = ("", clock.today(), is_apart())
            both_inside.wait()
            return seen
        with apart(Apart(frozenset({"apart-base"}), {base: draft})), clock.on_day(date(2030, 1, 1)):
            both_inside.wait()
            seen = (base.get(), clock.today(), is_apart())
            both_inside.wait()
            return seen

    with ThreadPoolExecutor(2) as pool:
        inside, outside = pool.map(look, ("draft", ""))
        again = pool.submit(is_apart).result()

    assert inside == ("draft", date(2030, 1, 1), True)
    assert outside == ("", timezone.localdate(), False)
    assert again is False


def test_a_page_of_other_data_is_neither_kept_nor_taken_from_what_is_kept(
    rf: RequestFactory,
) -> None:
    base = Stamped("apart-base", lambda: "published")

    @public_page(lambda request: "one state")
    def view(request: HttpRequest) -> HttpResponse:
        return HttpResponse(base.get())

    def answer() -> HttpResponse:
        request = rf.get("/apart/")
        request.session = type("Session", (), {"accessed": False})()  # type: ignore[assignment]
        return view(request)

    with apart(Apart(frozenset({"apart-base"}), {base: "draft"})):
        first = answer()
    public = answer()
    with apart(Apart(frozenset({"apart-base"}), {base: "draft"})):
        second = answer()

    assert [first.content, public.content, second.content] == [b"draft", b"published", b"draft"]
    assert not first.has_header("ETag")
    assert public.has_header("ETag")
