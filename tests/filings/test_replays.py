"""Filings in the replay: a draft that would answer them otherwise says so, without a name."""

from datetime import date
from typing import Any

import pytest

from tests.factories.filings import a_filing
from tests.factories.policies import (
    make_document,
    make_draft,
    make_places,
    make_revision,
    make_user,
    publish,
    replay,
)
from yibao.accounts.models import User
from yibao.cases.vocabulary import State
from yibao.filings import replays
from yibao.filings.models import Filing
from yibao.policies import operations
from yibao.policies.gates import Unexplained
from yibao.policies.models import About, Surprise
from yibao.policies.replay.sources import Reach
from yibao.rules.terms import InsuranceType

NEXT_YEAR = date(2027, 1, 1)
READ = {"outcome": "file", "insured": "370602", "rule": "D-16"}
STATED = {"categories": frozenset({"long_term_resident"}), "required": True}
REACH = Reach(
    region_code="370600",
    codes=("370600",),
    branches=(InsuranceType.EMPLOYEE, InsuranceType.RESIDENT),
    days=(NEXT_YEAR,),
)


@pytest.fixture
def author(db: None) -> User:
    make_places()
    make_document()
    return make_user("author", is_superuser=True, is_staff=True)


def in_force(author: User, insurance: str) -> None:
    rule = make_draft("filing_rule", indefinite=True, **STATED)
    publish(rule, by=author, other=make_user("checker", is_superuser=True), insurance=insurance)


def a_held(state: State = State.SUBMITTED, **changes: Any) -> Filing:
    filing = a_filing(**{"starts_on": NEXT_YEAR, "decided_with": READ} | changes)
    filing.case.state = state
    filing.case.save()
    return filing


def test_a_filing_that_would_hold_less_long_needs_a_word(author: User) -> None:
    filing = a_held()
    insurance = filing.case.insurance
    in_force(author, insurance)
    revision = make_revision(
        make_draft("filing_rule", validity_months=6, effective_from=NEXT_YEAR, **STATED),
        by=author,
        insurance=insurance,
    )

    run = replay(revision, by=author, note="")

    group = run.groups.get(source=replays.NAME)
    assert (group.about, group.cases, group.surprise) == (About.ANSWER, 1, Surprise.DECIDED)
    change = group.changes.get()
    assert change.lines == {"validity": ["indefinite", "months:6"]}
    assert filing.case.shown_reference in change.title
    assert "insured=370602" in change.query
    with pytest.raises(Unexplained, match="1 类"):
        operations.submit_revision(revision=revision, by=author, at=run.asked_at)


def test_what_is_over_or_began_before_the_draft_is_left_alone(author: User) -> None:
    kept = [a_held(), a_held(state=State.ACCEPTED)]
    a_held(starts_on=date(2026, 12, 31))
    a_held(state=State.REFUSED)
    a_held(state=State.CANCELLED)
    a_held(decided_with={})
    gone = a_held(care_code="999999")

    found = list(replays.iterate(REACH))

    assert replays.count(REACH) == len(kept) + 1
    assert [case.title[3:20] for case in found] == [f.case.shown_reference for f in kept]
    assert gone.case.shown_reference not in str(found)
    assert {case.facts.insured_code for case in found} == {"370602"}
