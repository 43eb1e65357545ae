"""All or nothing, and once: whatever fails on the way, and however often it is sent."""

from collections.abc import Callable
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import OperationalError, connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.filings.conftest import NOW
from tests.filings.walking import OTHER, Walker
from yibao.audit.models import Event
from yibao.cases.models import Case, CaseEvent, Consent, Draft, Message, Person
from yibao.cases.upload_models import Upload
from yibao.cases.wizard.engine import Walk
from yibao.core import clock
from yibao.filings import steps
from yibao.filings.models import Commitment, Filing
from yibao.filings.operations import submission

MAIL = {"notify": "email", "email": "a@example.com"}
MADE = (Case, Person, Consent, CaseEvent, Filing, Commitment, Message)


def _walk(**which: Any) -> Walk:
    draft = Draft.objects.select_related("replaces__person").get(**which)
    return Walk(steps.WIZARD, draft, at=timezone.now(), today=clock.today())


class Interrupted(OperationalError):
    """The process or the database stopped here."""


def test_stopped_at_any_statement_nothing_is_filed(walker: Walker) -> None:
    walker.until("confirm", contact=MAIL)
    audited = Event.objects.count()
    stop_at, stopped = 0, True

    while stopped:
        stop_at += 1
        stopped = _stops(stop_at, lambda: steps.submit(_walk()))
        if stopped:
            assert [model.objects.count() for model in MADE] == [0] * len(MADE)
            draft = Draft.objects.get()
            assert draft.case_id is None
            assert draft.sealed
            assert Upload.objects.filter(draft=draft).count() == 1
            assert Event.objects.count() == audited

    assert stop_at > 20  # it was interrupted at many places
    assert [model.objects.count() for model in MADE] == [1, 1, 2, 1, 1, 1, 1]
    assert Upload.objects.get().case == Case.objects.get()


def test_a_submit_takes_few_statements(walker: Walker) -> None:
    """With a letter, a file and a message, not counting the begin and the commit."""
    walker.until("confirm", contact=MAIL)
    first = _walk()
    submission.submit_filing(
        steps.application_of(first), draft_id=first.draft.pk, version=first.draft.version, at=NOW
    )
    second = Walker(Client())
    second.until("confirm", contact=MAIL, person={"name": "测试乙", "id_number": OTHER},
                 materials={"signature_name": "测试乙"})  # fmt: skip
    walk = _walk(case=None)
    application = steps.application_of(walk)

    with CaptureQueriesContext(connection) as seen:
        submission.submit_filing(
            application, draft_id=walk.draft.pk, version=walk.draft.version, at=NOW
        )

    assert len([query for query in seen if "SAVEPOINT" not in query["sql"]]) <= 14
    assert len(seen) <= 16  # the test's own transaction is the outer one


def _stops(number: int, act: Callable[[], Any]) -> bool:
    """Run `act` with its n-th statement that writes failing; tell whether it came so far."""
    seen = 0

    def count(execute: Any, sql: str, *rest: Any) -> Any:
        nonlocal seen
        if sql.startswith(("INSERT", "UPDATE", "DELETE", "SELECT")):
            seen += 1
            if seen == number:
                raise Interrupted
        return execute(sql, *rest)

    with connection.execute_wrapper(count):
        try:
            act()
        except Interrupted:
            return True
    return False


def test_a_retry_after_a_failure_files_it(walker: Walker, monkeypatch) -> None:
    walker.until("confirm")

    def fail(*args: object, **kwargs: object) -> None:
        raise OperationalError

    with monkeypatch.context() as patch:
        patch.setattr(submission, "close_draft", fail)
        page = walker.post("confirm", {})
    assert page.status_code == 503
    assert not Case.objects.exists()

    assert walker.post("confirm", {}).headers["Location"] == f"{walker.folder}done/"
    assert Case.objects.count() == 1


def test_a_changed_draft_is_not_filed(walker: Walker) -> None:
    walker.until("confirm")
    walk = _walk()
    Draft.objects.update(version=99)

    with pytest.raises(steps.Stale):
        steps.submit(walk)
    assert not Case.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_double_click_makes_one_case(walker: Walker) -> None:
    walker.until("confirm")
    walk = _walk()
    application = steps.application_of(walk)
    ready = Barrier(4)
    references: list[str] = []

    def click() -> None:
        try:
            ready.wait(timeout=30)
            case = submission.submit_filing(
                application, draft_id=walk.draft.pk, version=walk.draft.version, at=walk.at
            )
            references.append(case.reference)
        finally:
            connections.close_all()

    threads = [Thread(target=click) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)

    assert len(references) == 4
    assert len(set(references)) == 1
    assert Case.objects.count() == Filing.objects.count() == 1
