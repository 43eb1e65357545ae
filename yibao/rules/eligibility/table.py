"""The decision table of domain.md §3.2 as data: the first row that matches answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from yibao.rules.decision import Cited
from yibao.rules.eligibility import care, status, verdict
from yibao.rules.eligibility.case import Case, Listing, Reach
from yibao.rules.eligibility.verdict import Verdict
from yibao.rules.facts import Enrolment, InstitutionStatus, Qualified, Stage, Trauma
from yibao.rules.terms import CareType, FilingCategory, Scope


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its number, when it matches, and what it answers."""

    id: str
    when: Callable[[Case], bool]
    then: Callable[[Case], Verdict]


def _enrolment(*statuses: Enrolment) -> Callable[[Case], bool]:
    return lambda case: case.facts.enrolment in statuses


def _care(care_type: CareType) -> Callable[[Case], bool]:
    return lambda case: case.facts.care_type is care_type


def _institution(*statuses: InstitutionStatus) -> Callable[[Case], bool]:
    return lambda case: case.facts.institution in statuses


def _emergency_at(*statuses: InstitutionStatus) -> Callable[[Case], bool]:
    return lambda case: case.is_emergency and case.facts.institution in statuses


def _reaches(reach: Reach) -> Callable[[Case], bool]:
    return lambda case: case.reach is reach


def _files_as(category: FilingCategory) -> Callable[[Case], bool]:
    return lambda case: case.category is category


def _is_home_return(case: Case) -> bool:
    return (
        case.facts.scope is Scope.LOCAL
        and case.has_long_term_filing
        and case.reach in (Reach.COVERS, Reach.ELSEWHERE)
    )


def _is_third_place(case: Case) -> bool:
    """A short stay; one who moves for long changes the filing instead (D-25)."""
    return (
        case.reach is Reach.ELSEWHERE
        and case.has_long_term_filing
        and not case.is_long_term
        and not case.is_settled
    )


def _is_filed_elsewhere(case: Case) -> bool:
    return case.reach is Reach.ELSEWHERE and not case.is_settled


def _is_chronic_settled(case: Case) -> bool:
    return (
        case.facts.care_type is CareType.CHRONIC
        and case.listing is not Listing.NOT_LISTED
        and case.facts.qualified is not Qualified.NO
        and case.facts.institution is not InstitutionStatus.DESIGNATED
    )


def _is_chronic_not_settled(case: Case) -> bool:
    return case.facts.care_type is CareType.CHRONIC and (
        case.listing is Listing.NOT_LISTED or case.facts.qualified is Qualified.NO
    )


def _is_admitted_unfiled(case: Case) -> bool:
    return case.facts.stage is Stage.ADMITTED and not case.is_filing_free and case.free_zone is None


def _is_paid_unfiled(case: Case) -> bool:
    return case.is_settled and not case.is_filing_free and case.free_zone is None


def _late_filing_is_refused(case: Case) -> bool:
    allowed = case.rule("late_filing_allowed")
    return isinstance(allowed, Cited) and not allowed.value


def _is_in_province(case: Case) -> bool:
    return case.facts.scope is Scope.IN_PROVINCE


_CONNECTED = (InstitutionStatus.NETWORKED, InstitutionStatus.UNKNOWN)
_DESIGNATED = InstitutionStatus.DESIGNATED
_NOT_DESIGNATED = InstitutionStatus.NONE

ROWS: tuple[Row, ...] = (
    Row("D-01", lambda case: case.facts.scope is Scope.ABROAD, status.abroad),
    Row(
        "D-02",
        _enrolment(Enrolment.WAITING, Enrolment.SANCTIONED, Enrolment.ENDED),
        status.enrolment_stops,
    ),
    Row(
        "D-03",
        _enrolment(Enrolment.ARREARS, Enrolment.SUSPENDED, Enrolment.TRANSFERRING),
        status.enrolment_to_fix,
    ),
    Row(
        "D-04",
        lambda case: case.facts.trauma in (Trauma.THIRD_PARTY, Trauma.WORK_INJURY),
        status.others_pay,
    ),
    Row("D-21", _is_home_return, status.at_home_while_filed),
    Row("D-05", lambda case: case.facts.scope is Scope.LOCAL, status.at_home),
    Row("D-06", _emergency_at(*_CONNECTED), care.emergency),
    Row("D-07", _emergency_at(_DESIGNATED), care.emergency_claim),
    Row("D-08", _emergency_at(_NOT_DESIGNATED), care.emergency_claim),
    Row("D-09", _institution(_NOT_DESIGNATED), care.not_designated),
    Row("D-22", _is_third_place, care.third_place),
    Row("D-23", _reaches(Reach.COVERS), care.covered),
    Row("D-24", _reaches(Reach.ENDED_IN_STAY), care.covered_through_stay),
    Row("D-25", _is_filed_elsewhere, care.elsewhere),
    Row("D-26", _is_chronic_settled, care.chronic),
    Row("D-27", _is_chronic_not_settled, care.chronic_not_settled),
    Row("D-28", _care(CareType.OUTPATIENT), verdict.by_rule),
    Row("D-29", _care(CareType.PHARMACY), care.pharmacy),
    Row("D-30", _care(CareType.BIRTH), care.birth),
    Row("D-32", _institution(_DESIGNATED), care.not_networked),
    Row("D-18", _is_admitted_unfiled, verdict.before_discharge),
    Row(
        "D-19",
        lambda case: _is_paid_unfiled(case) and not _late_filing_is_refused(case),
        verdict.late,
    ),
    Row("D-20", _is_paid_unfiled, verdict.late),
    Row("D-12", lambda case: case.free_zone is not None, care.free_zone),
    Row("D-10", lambda case: _is_in_province(case) and case.is_filing_free, verdict.by_rule),
    Row("D-11", _is_in_province, verdict.by_rule),
    Row("D-13", _files_as(FilingCategory.RETIREE_RESETTLED), verdict.by_rule),
    Row("D-14", _files_as(FilingCategory.LONG_TERM_RESIDENT), verdict.by_rule),
    Row("D-15", _files_as(FilingCategory.POSTED_WORKER), verdict.by_rule),
    Row("D-16", _files_as(FilingCategory.REFERRAL), verdict.by_rule),
    Row("D-17", lambda case: True, verdict.by_rule),
)


def first_match(case: Case) -> Row:
    """Return the row that answers. D-17 takes what no other row took."""
    return next(row for row in ROWS if row.when(case))
