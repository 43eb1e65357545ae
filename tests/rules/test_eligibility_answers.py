"""What an answer holds beside its row: gaps, papers, validity, locks, what would change it."""

from dataclasses import replace

import pytest

from tests.rules.builders import (
    a_row,
    full_terms,
    some_facts,
    some_terms,
)
from yibao.rules.decision import Certainty, CheckOutcome, Cited, DirectSettlement, Disputed, Unknown
from yibao.rules.eligibility import decide
from yibao.rules.facts import (
    Evidence,
    InstitutionStatus,
    Reason,
    Stage,
    Trauma,
)
from yibao.rules.policy import FilingRule
from yibao.rules.terms import CareType, FilingCategory, MaterialSlug, Scope, Standing

O, D = CheckOutcome, DirectSettlement  # noqa: E741
LIVING = {"reason": Reason.LIVING}
OTHER = {"reason": Reason.OTHER}
IN_PROVINCE = {"scope": Scope.IN_PROVINCE}
DESIGNATED = {"institution": InstitutionStatus.DESIGNATED}
DISCHARGED = {"stage": Stage.DISCHARGED, "institution": InstitutionStatus.NETWORKED}


# --- Unknown rules ------------------------------------------------------------------


def test_a_late_filing_under_an_unknown_rule_asks() -> None:
    decision = decide(some_facts(**OTHER, **DISCHARGED), some_terms())

    assert (decision.outcome, decision.rule) == (O.ASK, "D-19")
    assert decision.gaps[0].detail == "late_filing_allowed"
    assert decision.gaps[0].whom_to_ask == "12393"


def test_in_province_care_without_a_rule_asks() -> None:
    decision = decide(some_facts(**OTHER, **IN_PROVINCE), some_terms())

    assert (decision.outcome, decision.rule) == (O.ASK, "D-11")


def test_a_region_without_any_rule_asks() -> None:
    decision = decide(some_facts(**LIVING), some_terms(nation=()))

    assert decision.outcome is O.ASK
    assert decision.certainty is Certainty.TENTATIVE


def test_a_pharmacy_without_a_rule_asks() -> None:
    decision = decide(some_facts(**LIVING, care_type=CareType.PHARMACY), some_terms())

    assert (decision.outcome, decision.rule) == (O.ASK, "D-29")
    assert decision.gaps[0].what == "account_rule"


def test_an_unverified_rule_is_tentative() -> None:
    doubtful = a_row(
        FilingRule,
        scope=Scope.CROSS_PROVINCE,
        categories=frozenset({FilingCategory.OTHER_TEMPORARY}),
        required=True,
        standing=Standing.UNVERIFIED,
    )

    assert decide(some_facts(**OTHER), full_terms(doubtful)).certainty is Certainty.TENTATIVE
    assert decide(some_facts(**OTHER), full_terms()).certainty is Certainty.FIRM


# --- Validity, locks, papers -----------------------------------------------------------


def test_a_citys_months_displace_the_nations_indefinite_validity() -> None:
    year = a_row(FilingRule, validity_months=12)

    validity = decide(some_facts(**LIVING), full_terms(year)).validity

    assert isinstance(validity, Cited)
    assert (validity.value.months, validity.value.indefinite) == (12, False)
    assert validity.citations == (year.citation,)


def test_a_disputed_validity_does_not_displace_the_nations() -> None:
    stay = a_row(FilingRule, per_stay=True, standing=Standing.DISPUTED)

    validity = decide(some_facts(**OTHER), full_terms(stay)).validity

    assert isinstance(validity, Cited)
    assert validity.value.months == 6
    assert validity.value.is_floor
    assert validity.disputed_by == (stay.citation,)


@pytest.mark.parametrize(
    ("evidence", "months"), [(Evidence.PROOF, 0), (Evidence.COMMITMENT, 6), (Evidence.UNKNOWN, 6)]
)
def test_the_lock_depends_on_how_the_filing_is_made(evidence: Evidence, months: int) -> None:
    decision = decide(some_facts(**LIVING, evidence=evidence), full_terms())

    assert isinstance(decision.change_lock_months, Cited)
    assert decision.change_lock_months.value == months
    codes = [warning.code for warning in decision.warnings]
    assert ("lock_by_evidence" in codes) is (evidence is Evidence.UNKNOWN)


def test_an_unknown_lock_is_a_gap_for_long_stays_only() -> None:
    long_stay = decide(some_facts(**LIVING), some_terms())
    short_stay = decide(some_facts(**OTHER), some_terms())

    assert isinstance(long_stay.change_lock_months, Unknown)
    assert short_stay.change_lock_months is None


def test_two_readings_of_a_lock_are_shown_as_such() -> None:
    readings = [
        a_row(FilingRule, change_lock_months=months, standing=Standing.DISPUTED)
        for months in (3, 6)
    ]

    decision = decide(some_facts(**LIVING, evidence=Evidence.PROOF), some_terms(*readings))

    assert isinstance(decision.change_lock_months, Disputed)
    assert decision.change_lock_months in decision.disputes


def test_papers_name_their_alternatives() -> None:
    papers = decide(some_facts(reason=Reason.RESETTLED), full_terms()).materials

    assert [(paper.slug, paper.alternatives) for paper in papers] == [
        (MaterialSlug.IDENTITY, ()),
        (MaterialSlug.HOUSEHOLD_REGISTER, (MaterialSlug.COMMITMENT,)),
    ]
    assert all(paper.citations for paper in papers)


def test_the_commitment_comes_first_for_those_who_choose_it() -> None:
    facts = some_facts(reason=Reason.POSTED, evidence=Evidence.COMMITMENT)

    assert decide(facts, full_terms()).materials[1].slug is MaterialSlug.COMMITMENT


def test_a_commitment_that_the_region_refuses_is_not_offered() -> None:
    refused = a_row(FilingRule, commitment_allowed=False)

    papers = decide(some_facts(reason=Reason.RESETTLED), full_terms(refused)).materials

    assert papers[1].alternatives == ()


def test_row_31_adds_the_promise_that_nobody_else_is_liable() -> None:
    facts = some_facts(**LIVING, trauma=Trauma.NO_THIRD_PARTY)

    decision = decide(facts, full_terms())

    assert decision.rule == "D-14"
    assert decision.materials[-1].slug is MaterialSlug.TRAUMA_COMMITMENT
    assert decision.actions[-1].code == "sign_trauma_commitment"


def test_missing_papers_are_a_gap() -> None:
    bare = a_row(FilingRule, required=True)

    decision = decide(some_facts(**LIVING), some_terms(bare, nation=()))

    assert "material_requirement" in [gap.what for gap in decision.gaps]


# --- What a person can change ---------------------------------------------------------


def test_a_connected_hospital_would_change_a_manual_claim() -> None:
    decision = decide(some_facts(**LIVING, **DESIGNATED), full_terms())

    change = next(change for change in decision.changes if change.field == "institution")
    assert change.effect["outcome"] is O.FILE
    assert change.effect["direct_settlement"] is D.YES


def test_nothing_is_suggested_where_nothing_in_a_persons_power_helps() -> None:
    decision = decide(some_facts(scope=Scope.ABROAD, **LIVING), full_terms())

    assert decision.changes == ()


def test_assumed_answers_are_named() -> None:
    facts = replace(some_facts(**LIVING), assumed=frozenset({"stage", "enrolment"}))

    assert decide(facts, full_terms()).assumptions == ("enrolment", "stage")
