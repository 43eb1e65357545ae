"""Two at once: the cap of a person's year holds, and nothing is done twice."""

from collections.abc import Callable
from datetime import date
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection

from tests.factories import claims as make
from yibao.cases.operations.cases import Changed
from yibao.claims.models import AccumulatorEntry, Decision, PaymentEntry
from yibao.claims.operations import deciding, payments, submission
from yibao.claims.queries.money import reconcile

pytestmark = pytest.mark.django_db(transaction=True)

LARGE_FEN = 60_000_000
"""A bill of which each alone would fill the year's cap."""


def at_once(acts: list[Callable[[], Any]]) -> list[Any]:
    """Run acts in threads that start together; return what each returned or raised."""
    barrier = Barrier(len(acts))
    results: list[Any] = [None] * len(acts)

    def run(place: int, act: Callable[[], Any]) -> None:
        barrier.wait(timeout=60)
        try:
            results[place] = act()
        except Exception as error:  # the test looks at it
            results[place] = error
        finally:
            connection.close()

    threads = [Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    return results


@pytest.fixture(autouse=True)
def no_second_officer(settings: Any) -> None:
    settings.SECOND_OFFICER_FEN = 10**12


def test_decisions_at_once_never_go_over_the_cap():
    officers = [make.an_officer(f"officer{number}") for number in range(4)]
    claims = [
        make.submit(
            total_fen=LARGE_FEN,
            age=40,
            admitted_on=date(2026, 3, number + 1),
            discharged_on=date(2026, 3, number + 10),
        )
        for number in range(4)
    ]
    for claim, officer in zip(claims, officers, strict=True):
        make.read(claim, officer)
    alone = make.assessed(claims[0])
    room = alone.room_fen()
    assert room is not None
    assert alone.reckoning is not None
    assert alone.reckoning.figures is not None
    assert alone.reckoning.figures.pooled_fund * 2 > room, "two together would go over"
    versions = [make.version_of(claim) for claim in claims]

    results = at_once(
        [
            lambda c=claim, v=version, o=officer: deciding.decide_claim(  # type: ignore[misc]
                c.pk, deciding.Wish(), version=v, by=o, at=make.LATER
            )
            for claim, version, officer in zip(claims, versions, officers, strict=True)
        ]
    )

    assert [result for result in results if not isinstance(result, Decision)] == []
    assert sum(AccumulatorEntry.objects.values_list("pooled_fen", flat=True)) <= room
    assert sum(decision.figures["pooled_fund"] for decision in results) <= room
    assert reconcile()[1] == ()


def test_two_officers_deciding_at_once_make_one_decision():
    claim, officer = make.submit(), make.an_officer()
    make.read(claim, officer)
    version = make.version_of(claim)

    def act() -> Any:
        return deciding.decide_claim(
            claim.pk, deciding.Wish(), version=version, by=officer, at=make.LATER
        )

    results = at_once([act, act])

    assert Decision.objects.count() == 1
    assert sorted(type(result).__name__ for result in results) == ["Changed", "Decision"]
    assert any(isinstance(result, Changed) for result in results)


def test_a_payment_marked_twice_at_once_stands_once():
    decision = make.decided()
    cashier = make.an_officer("cashier")
    order = payments.order_payment(
        decision.claim_id, version=make.version_of(decision.claim), by=cashier, at=make.LATER
    )
    assert order is not None

    def act() -> Any:
        return payments.mark_paid(order.pk, on=make.TODAY, by=cashier, at=make.LATER)

    results = at_once([act, act])

    assert sorted(type(result).__name__ for result in results) == ["AlreadyNoted", "PaymentEntry"]
    assert PaymentEntry.objects.filter(kind="paid").count() == 1
    assert reconcile()[1] == ()


def test_two_submits_of_one_draft_make_one_claim():
    results = at_once([lambda: make.submit(key="once"), lambda: make.submit(key="once")])

    claims = {result.pk for result in results if not isinstance(result, Exception)}
    assert len(claims) == 1
    # The unique key refuses the other where both looked before either wrote.
    again = make.submit(key="once")
    assert again.pk in claims
    assert submission.Claim.objects.count() == 1
