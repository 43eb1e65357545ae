"""Whether and how to file, and whether the bill is settled directly (domain.md §3.2).

`decide` is the one way in: facts and terms in, a `Decision` out. `table.ROWS` is the
decision table; `care`, `status` and `verdict` hold what its rows answer.
"""

from __future__ import annotations

from typing import Any

from yibao.rules import filing
from yibao.rules.decision import (
    Certainty,
    CheckOutcome,
    Cited,
    Decision,
    DirectSettlement,
    Disputed,
    Material,
    Note,
    Unknown,
    Validity,
)
from yibao.rules.eligibility import papers, whatif
from yibao.rules.eligibility.case import Case
from yibao.rules.eligibility.table import ROWS, Row
from yibao.rules.eligibility.verdict import Verdict, note
from yibao.rules.facts import CheckFacts, Trauma
from yibao.rules.policy import FilingRule, MaterialRequirement, Terms
from yibao.rules.terms import LONG_TERM_CATEGORIES, Standing

__all__ = ["ROWS", "Row", "decide"]

_FILING = frozenset({CheckOutcome.FILE, CheckOutcome.FILE_LATE, CheckOutcome.CHANGE_FILING})
_PAYABLE = frozenset(CheckOutcome) - {CheckOutcome.NOT_PAYABLE, CheckOutcome.FIX_ENROLMENT}


def decide(facts: CheckFacts, terms: Terms) -> Decision:
    """Answer an eligibility check; total over all facts, and never by a default of a rule.

    Ratios and amounts are no part of it. Dates: `facts.on` is the day of care, for which
    `terms` must be those in force. A rule that is unknown or disputed gives `ask`.
    """
    case = Case(facts, terms)
    row, verdict = whatif.answer(case)
    gaps = list(verdict.gaps)
    disputes = list(verdict.disputes)

    materials = _materials(case, verdict)
    if not materials and verdict.outcome in _FILING:
        gaps.append(case.gap(MaterialRequirement, case.category.value))

    validity = _validity(case, verdict)
    lock, lock_notes = _lock(case, verdict)
    for found in (validity, lock):
        if isinstance(found, Unknown):
            gaps.append(found)
        elif isinstance(found, Disputed):
            disputes.append(found)

    return Decision(
        outcome=verdict.outcome,
        rule=row.id,
        category=verdict.category,
        direct_settlement=verdict.direct,
        certainty=_certainty(case, row, verdict),
        validity=validity,
        change_lock_months=lock,
        materials=materials,
        because=verdict.because,
        actions=verdict.actions + _trauma_actions(case, verdict),
        warnings=verdict.warnings + lock_notes,
        assumptions=tuple(sorted(facts.assumed)),
        gaps=tuple(gaps),
        disputes=tuple(disputes),
        changes=whatif.changes(case, row, verdict),
    )


def _certainty(case: Case, row: Row, verdict: Verdict) -> Certainty:
    is_tentative = (
        verdict.outcome is CheckOutcome.ASK
        or verdict.direct is DirectSettlement.UNKNOWN
        or any(citation.standing is Standing.UNVERIFIED for citation in verdict.decisive)
        or whatif.some_unknown_matters(case, row, verdict)
    )
    return Certainty.TENTATIVE if is_tentative else Certainty.FIRM


def _materials(case: Case, verdict: Verdict) -> tuple[Material, ...]:
    found: tuple[Material, ...] = ()
    if verdict.outcome in _FILING or verdict.outcome is CheckOutcome.DEEMED_FILED:
        found = papers.filing_papers(case, verdict.category or case.category)
    elif verdict.outcome is CheckOutcome.MANUAL_CLAIM or (
        verdict.outcome is CheckOutcome.ASK and case.is_settled
    ):
        found = papers.claim_papers(case, verdict.claim_reason)
    if verdict.outcome in _PAYABLE:
        found += papers.extra_papers(case, has=found)
    return found


def _trauma_actions(case: Case, verdict: Verdict) -> tuple[Note, ...]:
    """D-31 never decides; it adds a paper, to be signed at the hospital."""
    if case.facts.trauma is Trauma.NO_THIRD_PARTY and verdict.outcome in _PAYABLE:
        return (note("sign_trauma_commitment"),)
    return ()


def _validity(
    case: Case, verdict: Verdict
) -> Cited[Validity] | Disputed[Validity] | Unknown | None:
    if verdict.outcome not in _FILING and verdict.outcome is not CheckOutcome.COVERED:
        return None
    found = filing.validity(case.terms, case.key_for(verdict.category or case.category))
    return found or case.gap(FilingRule, "validity")


def _lock(
    case: Case, verdict: Verdict
) -> tuple[Cited[Any] | Disputed[Any] | Unknown | None, tuple[Note, ...]]:
    """The months until the filing may be changed; a note where they depend on how it is made.

    The filing meant is the existing one where it is to be changed, else the new one. Nobody
    is told of a lock for short stays unless the region states one.
    """
    existing = case.facts.existing
    if verdict.outcome in (CheckOutcome.CHANGE_FILING, CheckOutcome.COVERED):
        category, evidence = existing.category or case.category, existing.evidence
    elif verdict.outcome in _FILING:
        category, evidence = case.category, case.facts.evidence
    else:
        return None, ()
    locks = filing.change_locks(case.terms, case.key_for(category), evidence)
    if not locks:
        is_long_term = category in LONG_TERM_CATEGORIES
        return (case.gap(FilingRule, "change_lock_months") if is_long_term else None), ()
    first, *others = locks
    if not isinstance(first, Cited):
        return first, ()
    shorter = [lock for lock in others if isinstance(lock, Cited) and lock.value != first.value]
    notes = tuple(
        note("lock_by_evidence", *lock.citations, months=lock.value, longest=first.value)
        for lock in shorter
    )
    return first, notes
