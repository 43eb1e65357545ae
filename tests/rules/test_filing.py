"""Dates of filings and claims, and which lock applies."""

from datetime import date

import pytest

from tests.rules.builders import a_row, some_terms
from yibao.rules import filing
from yibao.rules.decision import Cited, Disputed, Validity
from yibao.rules.facts import Evidence
from yibao.rules.policy import FilingRule
from yibao.rules.terms import CareType, FilingCategory, Scope, Standing

KEY = filing.filing_key(FilingCategory.LONG_TERM_RESIDENT, Scope.CROSS_PROVINCE, CareType.INPATIENT)


@pytest.mark.parametrize(
    ("starts_on", "months", "last"),
    [
        (date(2026, 1, 15), 6, date(2026, 7, 15)),
        (date(2025, 8, 31), 6, date(2026, 2, 28)),
        (date(2027, 8, 31), 6, date(2028, 2, 29)),
        (date(2026, 12, 1), 12, date(2027, 12, 1)),
    ],
)
def test_a_filing_holds_through_the_corresponding_day(
    starts_on: date, months: int, last: date
) -> None:
    assert filing.last_valid_day(starts_on, Validity(months=months)) == last


@pytest.mark.parametrize("validity", [Validity(indefinite=True), Validity(per_stay=True)])
def test_a_filing_without_months_has_no_last_day(validity: Validity) -> None:
    assert filing.last_valid_day(date(2026, 1, 1), validity) is None


@pytest.mark.parametrize(
    ("filed_on", "months", "day"),
    [
        (date(2026, 1, 15), 6, date(2026, 7, 16)),
        (date(2025, 8, 31), 6, date(2026, 3, 1)),
        (date(2026, 1, 15), 0, date(2026, 1, 15)),
    ],
)
def test_a_lock_ends_after_its_last_day(filed_on: date, months: int, day: date) -> None:
    assert filing.earliest_change_on(filed_on, months) == day


def test_a_claim_may_be_made_on_the_last_day() -> None:
    assert filing.last_claim_day(date(2026, 3, 31), 6) == date(2026, 9, 30)


def test_a_rule_of_another_category_does_not_speak() -> None:
    row = a_row(FilingRule, categories=frozenset({FilingCategory.REFERRAL}), required=True)

    assert filing.rule(some_terms(row, nation=()), "required", KEY) is None


def test_one_field_of_a_city_leaves_the_nations_others() -> None:
    city = a_row(FilingRule, handling_working_days=1)
    terms = some_terms(city)

    handling = filing.rule(terms, "handling_working_days", KEY)
    required = filing.rule(terms, "required", KEY)

    assert isinstance(handling, Cited)
    assert handling.citations == (city.citation,)
    assert isinstance(required, Cited)
    assert required.value is True


def test_unknown_evidence_gives_both_locks_the_longer_first() -> None:
    row = a_row(FilingRule, change_lock_months=0, commitment_lock_months=6)

    locks = filing.change_locks(some_terms(row, nation=()), KEY, Evidence.UNKNOWN)

    assert [lock.value for lock in locks if isinstance(lock, Cited)] == [6, 0]


def test_a_known_lock_comes_before_a_disputed_one() -> None:
    known = a_row(FilingRule, change_lock_months=3)
    disputed = a_row(FilingRule, commitment_lock_months=6, standing=Standing.DISPUTED)

    locks = filing.change_locks(some_terms(known, disputed, nation=()), KEY, Evidence.UNKNOWN)

    assert isinstance(locks[0], Cited)
    assert isinstance(locks[1], Disputed)
