"""Filings sent in, as a share of the bare commits that the disk allows; many writers at once."""

import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from statistics import median
from threading import Thread

import pytest
from django.db import DatabaseError, connection, connections, transaction

from tests.factories.cases import a_person
from yibao.cases.models import Case
from yibao.cases.operations.cases import ConsentGiven
from yibao.cases.operations.drafts import start_draft
from yibao.cases.vocabulary import Kind, Purpose
from yibao.filings.models import Evidence
from yibao.filings.operations.submission import Application, submit_filing

pytestmark = [pytest.mark.bench, pytest.mark.django_db(transaction=True)]

ROUNDS = 7
SUBMITS = 40
SHARE_OF_COMMITS = 0.6
AT = datetime(2026, 12, 1, 2, 0, tzinfo=UTC)


def an_application() -> Application:
    """Return a filing of 烟台 without papers: the files have figures of their own."""
    return Application(
        person=a_person(),
        consents=[ConsentGiven(purpose, "2026-11-23", "0" * 64, AT) for purpose in Purpose],
        region_code="370600",
        insurance="employee",
        care_code="510100",
        care_pool_code="510100",
        category="long_term_resident",
        evidence=Evidence.PROOF,
        starts_on=date(2026, 12, 1),
        ends_on=None,
        validity="indefinite",
        change_from=date(2027, 6, 2),
        due_on=date(2026, 12, 3),
        papers=frozenset(),
    )


@pytest.fixture
def bare_commit():
    """Commit one small row, with nothing of the site around it."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bench_row (note varchar(200))")

    def commit() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("INSERT INTO bench_row VALUES (%s)", ["x" * 200])

    yield commit
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE bench_row")


def _submits(count: int) -> list[Callable[[], object]]:
    """Return as many submits, each of a draft of its own that is there already."""
    application = an_application()
    drafts = [start_draft(kind=Kind.FILING, at=AT).draft.pk for _ in range(count)]
    return [
        lambda pk=pk: submit_filing(application, draft_id=pk, version=1, at=AT + timedelta(hours=1))
        for pk in drafts
    ]


def _seconds(acts: list[Callable[[], object]]) -> float:
    start = time.perf_counter()
    for act in acts:
        act()
    return time.perf_counter() - start


def test_submits_against_bare_commits(bare_commit):
    shares = []
    for _round in range(ROUNDS):
        bare = _seconds([bare_commit] * SUBMITS)
        shares.append(bare / _seconds(_submits(SUBMITS)))

    middle = median(shares)
    print(
        f"\nsubmits: {middle:.2f} × bare commits ({min(shares):.2f} to {max(shares):.2f})"
        f" on {connection.vendor}",
        end="",
    )
    assert Case.objects.count() == ROUNDS * SUBMITS
    assert middle >= SHARE_OF_COMMITS


@pytest.mark.parametrize("writers", [1, 4, 16])
def test_writers_at_once_meet_no_lock_error(writers):
    shares = [_submits(SUBMITS // 4) for _ in range(writers)]
    wrong: list[Exception] = []

    def write(acts: list[Callable[[], object]]) -> None:
        try:
            for act in acts:
                act()
        except DatabaseError as error:
            wrong.append(error)
        finally:
            connections.close_all()

    threads = [Thread(target=write, args=(acts,)) for acts in shares]
    start = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = time.perf_counter() - start

    print(f"\n{writers} writers: {Case.objects.count() / took:.0f} submits a second", end="")
    assert wrong == []
    assert Case.objects.count() == writers * (SUBMITS // 4)
