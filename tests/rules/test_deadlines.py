"""The days of a situation: counted by a rule with its clause, and never by a default."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.data.shipped import shipped_provisions
from tests.rules.builders import DAY, a_row
from tests.rules.diagnosed import terms
from yibao.rules import filing
from yibao.rules.deadlines import DeadlineFacts, Deadlines, Duty, dated, of_claim, of_filing
from yibao.rules.facts import Evidence
from yibao.rules.policy import ClaimRule, FilingRule, Provision
from yibao.rules.terms import (
    LONG_TERM_CATEGORIES,
    CareType,
    FilingCategory,
    InsuranceType,
    Scope,
    Standing,
)

SINCE = date(2026, 1, 15)
PAID = date(2026, 3, 31)


def facts(**parts: Any) -> DeadlineFacts:
    head: dict[str, Any] = {
        "on": DAY,
        "insurance": InsuranceType.EMPLOYEE,
        "scope": Scope.CROSS_PROVINCE,
        "care_type": CareType.INPATIENT,
        "category": FilingCategory.LONG_TERM_RESIDENT,
    }
    return DeadlineFacts(**{**head, **parts})


def filed(*rows: Provision, **parts: Any) -> Deadlines:
    return of_filing(facts(**parts), terms(*rows))


def told(found: Deadlines) -> list[tuple[str, str, date | None]]:
    return [(each.duty.value, each.note.code, each.day) for each in found.known]


def gaps(found: Deadlines) -> set[str]:
    return {f"{gap.what}.{gap.detail}" for gap in found.gaps}


def test_a_filing_of_months_ends_and_is_renewed_on_its_last_day() -> None:
    row = a_row(FilingRule, validity_months=6)

    found = filed(row, filed_on=SINCE)

    assert told(found) == [
        ("expiry", "holds", date(2026, 7, 15)),
        ("renewal", "renew", date(2026, 7, 15)),
    ]
    assert found.known[0].note.citations == (row.citation,)


def test_a_floor_says_that_it_is_one() -> None:
    row = a_row(FilingRule, validity_months=6, validity_is_floor=True)

    assert told(filed(row, filed_on=SINCE))[0][1] == "holds_at_least"
    assert told(filed(row)) == [("expiry", "holds_at_least_months", None)]


@pytest.mark.parametrize(
    ("stated", "code"), [({"indefinite": True}, "indefinite"), ({"per_stay": True}, "per_stay")]
)
def test_a_filing_without_months_has_no_day(stated: dict[str, Any], code: str) -> None:
    assert told(filed(a_row(FilingRule, **stated), filed_on=SINCE)) == [("expiry", code, None)]


def test_the_lock_depends_on_how_it_was_filed_where_that_matters() -> None:
    row = a_row(FilingRule, change_lock_months=0, commitment_lock_months=6)
    changes = [
        ("change", "no_lock_proof", None),
        ("change", "change_commitment", date(2026, 7, 16)),
    ]

    assert told(filed(row, filed_on=SINCE)) == changes
    assert told(filed(row, filed_on=SINCE, evidence=Evidence.COMMITMENT)) == [
        ("change", "change", date(2026, 7, 16))
    ]


def test_equal_locks_are_told_once() -> None:
    row = a_row(FilingRule, change_lock_months=6, commitment_lock_months=6)

    assert told(filed(row)) == [("change", "change_months", None)]


def test_a_missing_lock_is_a_gap_for_long_stays_only() -> None:
    assert "filing_rule.change_lock_months" in gaps(filed())
    temporary = filed(category=FilingCategory.OTHER_TEMPORARY)
    assert gaps(temporary) == {"filing_rule.validity_months"}


@pytest.mark.parametrize("category", [None, FilingCategory.EMERGENCY])
def test_who_has_not_filed_is_told_until_when(category: FilingCategory | None) -> None:
    row = a_row(FilingRule, before_discharge_direct=True, late_filing_allowed=False)

    assert told(filed(row, category=category)) == [("file", "before_discharge_direct_yes", None)]
    assert told(filed(row, category=category, paid_on=PAID)) == [
        ("file", "late_filing_allowed_no", None)
    ]


def test_a_claim_ends_on_the_last_day_of_the_rule() -> None:
    row = a_row(ClaimRule, deadline_months=6, handling_working_days=30)

    found = of_claim(facts(paid_on=PAID), terms(row))

    assert told(found) == [("claim", "claim", date(2026, 9, 30)), ("handling", "handling", None)]
    assert gaps(found) == {"material_requirement.due"}
    assert told(of_claim(facts(), terms(row)))[0] == ("claim", "claim_months", None)


def test_a_claim_deadline_that_nobody_states_is_a_gap() -> None:
    found = of_claim(facts(paid_on=PAID), terms())

    assert found.known == ()
    assert all(gap.whom_to_ask for gap in found.gaps)
    assert "claim_rule.deadline_months" in gaps(found)


def test_two_readings_are_shown_and_none_is_counted_with() -> None:
    rows = [
        a_row(FilingRule, validity_months=months, standing=Standing.DISPUTED) for months in (6, 12)
    ]

    found = filed(*rows, filed_on=SINCE)

    assert not [each for each in found.known if each.duty is Duty.EXPIRY]
    assert [len(each.readings) for each in found.disputes] == [2]


@pytest.mark.parametrize("scope", [Scope.LOCAL, Scope.ABROAD])
def test_at_home_and_abroad_nothing_is_filed(scope: Scope) -> None:
    assert filed(a_row(FilingRule, validity_months=6), scope=scope) == Deadlines((), (), ())


def test_abroad_nothing_is_claimed() -> None:
    row = a_row(ClaimRule, deadline_months=6)
    assert of_claim(facts(scope=Scope.ABROAD), terms(row)) == Deadlines((), (), ())


@given(
    category=st.none() | st.sampled_from(FilingCategory),
    evidence=st.sampled_from(Evidence),
    scope=st.sampled_from(Scope),
    care_type=st.sampled_from(CareType),
    filed_on=st.none() | st.dates(date(2023, 1, 1), date(2026, 12, 1)),
    paid_on=st.none() | st.dates(date(2023, 1, 1), date(2026, 12, 1)),
    region=st.sampled_from(sorted(shipped_provisions())),
)
def test_every_day_is_cited_in_order_and_after_its_beginning(region: str, **parts: Any) -> None:
    rows = shipped_provisions()
    situation = facts(**parts)
    law = terms(*rows[region], *rows["000000"])

    found = of_filing(situation, law) + of_claim(situation, law)
    days = [day for _each, day in dated(found)]

    assert days == sorted(days)
    assert all(each.note.citations for each in found.known)
    for each, day in dated(found):
        start = situation.paid_on if each.duty is Duty.CLAIM else situation.filed_on
        assert start is not None
        assert start <= day
    is_long = situation.category in LONG_TERM_CATEGORIES
    if is_long and situation.scope in (Scope.IN_PROVINCE, Scope.CROSS_PROVINCE):
        spoken = {each.duty for each in found.known}
        open_ = {gap.detail for gap in found.gaps} | {each.what for each in found.disputes}
        assert Duty.EXPIRY in spoken or any("validity" in name for name in open_)
        assert Duty.CHANGE in spoken or any("lock" in name for name in open_)


def test_dates_are_those_of_the_filing_rules() -> None:
    row = a_row(FilingRule, change_lock_months=6, commitment_lock_months=6)
    ((_duty, _code, day),) = told(filed(row, filed_on=SINCE))
    assert day == filing.earliest_change_on(SINCE, 6)
