import pytest
from django.core.cache import cache
from django.http import HttpResponse
from django.middleware.csrf import get_token
from django.test import override_settings

from yibao.core.caching import public_page


@pytest.fixture(autouse=True)
def empty_cache():
    cache.clear()
    yield
    cache.clear()


class Session:
    accessed = False


class Page:
    """A view that counts how often it was computed, under a stamp that can move."""

    def __init__(self, status=200, touches=None):
        self.computed = 0
        self.stamp = "1"

        @public_page(lambda request: self.stamp)
        def view(request):
            self.computed += 1
            if touches:
                touches(request)
            return HttpResponse(f"page {self.computed}", status=status)

        self.view = view


@pytest.fixture
def get(rf):
    def send(page, path="/x/?a=1", cookies=None, method="get", **headers):
        request = getattr(rf, method)(path, headers=headers)
        request.session = Session()
        request.COOKIES.update(cookies or {})
        return page.view(request)

    return send


def test_computes_a_page_once_while_its_stamp_stands(get):
    page = Page()

    first, second = get(page), get(page)

    assert page.computed == 1
    assert first.content == second.content == b"page 1"
    assert first["ETag"] == second["ETag"]


def test_answers_304_to_a_browser_that_has_the_page(get):
    page = Page()
    etag = get(page)["ETag"]

    again = get(page, **{"If-None-Match": etag})

    assert (again.status_code, again.content) == (304, b"")
    assert again["ETag"] == etag


def test_computes_anew_when_the_stamp_moves(get):
    page = Page()
    etag = get(page)["ETag"]
    page.stamp = "2"

    again = get(page, **{"If-None-Match": etag})

    assert (again.status_code, again.content) == (200, b"page 2")


@pytest.mark.parametrize(
    "other",
    [
        {"path": "/x/?a=2"},
        {"HX-Request": "true"},
        {"cookies": {"type": "large"}},
    ],
)
def test_keeps_pages_apart_that_differ(get, other):
    page = Page()

    get(page)
    get(page, **other)

    assert page.computed == 2


def test_keeps_the_pages_of_two_operators_apart(get):
    page = Page()

    get(page)
    with override_settings(OPERATOR="某市医疗保障局"):
        get(page)

    assert page.computed == 2


@pytest.mark.parametrize("status", [404, 422])
def test_does_not_keep_a_refusal(get, status):
    page = Page(status=status)

    response = get(page)
    get(page)

    assert page.computed == 2
    assert not response.has_header("ETag")


def test_does_not_keep_a_page_that_touched_the_session(get):
    def touch(request):
        request.session.accessed = True

    page = Page(touches=touch)

    response = get(page)
    get(page)

    assert page.computed == 2
    assert not response.has_header("ETag")


def test_does_not_keep_a_page_with_a_form_token(get):
    page = Page(touches=get_token)

    get(page)
    get(page)

    assert page.computed == 2


def test_passes_a_post_on(get):
    page = Page()

    get(page, method="post")
    get(page, method="post")

    assert page.computed == 2
