"""The same case with one answer different: which unknown answers matter, and what a person
could change. Every claim made here is an answer of the table, not a guess."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from yibao.rules.decision import Change, CheckOutcome, DirectSettlement
from yibao.rules.eligibility.case import Case
from yibao.rules.eligibility.table import Row, first_match
from yibao.rules.eligibility.verdict import Verdict
from yibao.rules.facts import (
    CheckFacts,
    Enrolment,
    Evidence,
    ExistingFiling,
    FiledStatus,
    InstitutionStatus,
    Qualified,
    Reason,
    Stage,
    Urgency,
)
from yibao.rules.terms import LONG_TERM_CATEGORIES, CareType, FilingCategory


def answer(case: Case) -> tuple[Row, Verdict]:
    """Return the row that matches, and its answer."""
    row = first_match(case)
    return row, row.then(case)


def some_unknown_matters(case: Case, row: Row, verdict: Verdict) -> bool:
    """Whether a definite answer in place of some unknown one could change what is answered."""
    told = _gist(row, verdict)
    return any(
        _gist(*answer(replace(case, facts=facts))) != told for facts in _definite(case.facts)
    )


def changes(case: Case, row: Row, verdict: Verdict) -> tuple[Change, ...]:
    """Return the single facts within a person's power that would better the answer."""
    told = _gist(row, verdict)
    found = []
    for name, value, facts in _within_power(case.facts):
        other_row, other_verdict = answer(replace(case, facts=facts))
        then = _gist(other_row, other_verdict)
        effect = {part: then[part] for part in then if part != "rule" and then[part] != told[part]}
        if effect and not _is_worse(verdict, other_verdict):
            found.append(
                Change(
                    field=name,
                    value=value,
                    effect={**effect, "rule": other_row.id},
                    citations=other_verdict.decisive,
                )
            )
    return tuple(found)


def _gist(row: Row, verdict: Verdict) -> dict[str, Any]:
    return {
        "rule": row.id,
        "outcome": verdict.outcome,
        "category": verdict.category,
        "direct_settlement": verdict.direct,
    }


def _is_worse(now: Verdict, then: Verdict) -> bool:
    return then.outcome in (CheckOutcome.NOT_PAYABLE, CheckOutcome.ASK) or (
        now.direct is DirectSettlement.YES and then.direct is not DirectSettlement.YES
    )


def _definite(facts: CheckFacts) -> Iterator[CheckFacts]:
    """The case under each definite answer to what is unknown."""
    if facts.enrolment is Enrolment.UNKNOWN:
        yield replace(facts, enrolment=Enrolment.ACTIVE)
        yield replace(facts, enrolment=Enrolment.ARREARS)
    if facts.qualified is Qualified.UNKNOWN:
        yield replace(facts, qualified=Qualified.YES)
        yield replace(facts, qualified=Qualified.NO)
    if facts.evidence is Evidence.UNKNOWN:
        yield replace(facts, evidence=Evidence.PROOF)
        yield replace(facts, evidence=Evidence.NONE)
    # A hospital that is still to be chosen can be chosen connected; an emergency cannot choose.
    can_choose = (
        "institution" in facts.assumed
        and facts.stage is Stage.PLANNING
        and facts.urgency is Urgency.ORDINARY
    )
    if facts.institution is InstitutionStatus.UNKNOWN and not can_choose:
        yield replace(facts, institution=InstitutionStatus.NETWORKED)
        yield replace(facts, institution=InstitutionStatus.DESIGNATED)
    for existing in _definite_filings(facts):
        yield replace(facts, existing=existing)


def _definite_filings(facts: CheckFacts) -> Iterator[ExistingFiling]:
    known = facts.existing
    if known.status is FiledStatus.NONE:
        return
    if known.status is FiledStatus.UNKNOWN:
        yield ExistingFiling(status=FiledStatus.NONE)
        yield replace(known, status=FiledStatus.ACTIVE)
        return
    if known.category is None:
        yield replace(known, category=FilingCategory.LONG_TERM_RESIDENT)
        yield replace(known, category=FilingCategory.OTHER_TEMPORARY)
    if known.status is FiledStatus.ACTIVE and known.care_pool is None:
        yield replace(known, status=FiledStatus.ELSEWHERE)
    ends = known.category not in LONG_TERM_CATEGORIES
    if known.status is FiledStatus.ACTIVE and known.until is None and ends:
        yield replace(known, status=FiledStatus.EXPIRED)
    is_in_care = facts.stage is not Stage.PLANNING
    may_have_held = facts.admitted_on is None or known.until is None
    if known.status is FiledStatus.EXPIRED and is_in_care and may_have_held:
        yield replace(known, status=FiledStatus.ACTIVE, until=facts.on)


def _within_power(facts: CheckFacts) -> Iterator[tuple[str, str, CheckFacts]]:
    """One contract field, its new value, and the facts with it."""
    wants_referral = facts.reason is Reason.REFERRAL and facts.urgency is Urgency.ORDINARY
    if wants_referral and facts.evidence is not Evidence.PROOF:
        yield "evidence", Evidence.PROOF, replace(facts, evidence=Evidence.PROOF)
    if facts.reason is Reason.OTHER and facts.urgency is Urgency.ORDINARY:
        yield "reason", Reason.REFERRAL, replace(facts, reason=Reason.REFERRAL)
    if facts.institution is not InstitutionStatus.NETWORKED:
        networked = InstitutionStatus.NETWORKED
        yield "institution", networked, replace(facts, institution=networked)
    if facts.care_type is CareType.CHRONIC and facts.qualified is not Qualified.YES:
        yield "qualified", Qualified.YES, replace(facts, qualified=Qualified.YES)
    if facts.enrolment in (Enrolment.ARREARS, Enrolment.SUSPENDED, Enrolment.ENDED):
        yield "enrolment", Enrolment.ACTIVE, replace(facts, enrolment=Enrolment.ACTIVE)
