"""The answers that several rows of the decision table share.

A rule that is unknown or disputed makes the answer `ask`, with the gap or the readings,
never a default.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from yibao.rules.citation import Citation
from yibao.rules.decision import (
    CheckOutcome,
    Cited,
    DirectSettlement,
    Disputed,
    Note,
    Unknown,
)
from yibao.rules.eligibility.case import Case
from yibao.rules.facts import InstitutionStatus, Stage
from yibao.rules.policy import AwayAdjustment, ClaimRule, FilingRule, Provision
from yibao.rules.selection import Key, matching, pick
from yibao.rules.terms import FilingCategory, Kind, Mechanism, Scope, Situation, Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """An answer before papers, validity and changes are added.

    `decisive` are the citations that the outcome itself rests on. `claim_reason` selects the
    papers of a manual claim.
    """

    outcome: CheckOutcome
    direct: DirectSettlement = DirectSettlement.NO
    category: FilingCategory | None = None
    claim_reason: str = ""
    decisive: tuple[Citation, ...] = ()
    because: tuple[Note, ...] = ()
    actions: tuple[Note, ...] = ()
    warnings: tuple[Note, ...] = ()
    gaps: tuple[Unknown, ...] = ()
    disputes: tuple[Disputed[Any], ...] = ()


def note(code: str, *citations: Citation, **values: object) -> Note:
    return Note(code=code, values=values, citations=citations)


def ask(case: Case, table: type[Provision], name: str, found: Disputed[Any] | None) -> Verdict:
    """The rule that decides is not known here, rests on one doubtful source, or sources
    disagree."""
    code = "rule_unknown"
    if found is not None:
        code = "rule_disputed" if len(found.readings) > 1 else "rule_unconfirmed"
    first: tuple[Note, ...] = ()
    if case.is_emergency and not case.is_settled:
        first = (note("emergency_first"), note("show_card"), note("tell_emergency_desk"))
    return Verdict(
        outcome=CheckOutcome.ASK,
        direct=DirectSettlement.UNKNOWN,
        category=case.category,
        because=(note(code, rule=f"{table.table}.{name}"),),
        actions=(*first, note("ask_insured_place"), note("keep_papers")),
        gaps=() if found else (case.gap(table, name),),
        disputes=(found,) if found else (),
    )


def by_rule(case: Case) -> Verdict:
    """File or not, as the rule for the category says (D-10, D-11, D-13 … D-17, D-22, D-26,
    D-28)."""
    required = case.required
    if not isinstance(required, Cited):
        return ask(case, FilingRule, "required", required)
    if required.value:
        return late(case) if case.is_settled else file(case)
    actions = payment_actions(case)
    return Verdict(
        outcome=CheckOutcome.NO_FILING,
        direct=case.direct,
        category=case.category,
        decisive=required.citations,
        because=(note("not_required", *required.citations),),
        actions=actions,
        warnings=institution_warnings(case),
    )


def file(case: Case) -> Verdict:
    """File as the category, before the trip or before the bill is settled."""
    is_admitted = case.facts.stage is Stage.ADMITTED
    actions = [
        note("prepare_papers"),
        note("file_before_discharge" if is_admitted else "file_before_travel"),
    ]
    if case.category is FilingCategory.REFERRAL:
        actions.insert(0, note("get_referral_proof"))
    return Verdict(
        outcome=CheckOutcome.FILE,
        direct=case.direct,
        category=case.category,
        decisive=_required_citations(case),
        because=category_notes(case),
        actions=(*actions, *payment_actions(case)),
        warnings=(*rate_warnings(case), *institution_warnings(case)),
    )


def before_discharge(case: Case) -> Verdict:
    """D-18: admitted without a filing; the filing must come before the settlement (N-41)."""
    if not isinstance(case.required, Cited):
        return ask(case, FilingRule, "required", case.required)
    settles = case.rule("before_discharge_direct")
    if not isinstance(settles, Cited):
        return ask(case, FilingRule, "before_discharge_direct", settles)
    code = "before_discharge" if settles.value else "not_before_discharge"
    verdict = file(case)
    if settles.value:
        return replace(
            verdict,
            outcome=CheckOutcome.FILE_LATE,
            decisive=settles.citations,
            because=(note(code, *settles.citations), *verdict.because),
            actions=(*verdict.actions, note("ask_recheck")),
        )
    paid_first = claim(case)
    return replace(
        paid_first,
        category=case.category,
        decisive=settles.citations,
        because=(note(code, *settles.citations), *verdict.because),
        actions=(note("file_before_discharge"), *paid_first.actions),
    )


def late(case: Case) -> Verdict:
    """D-19, D-20: everything is paid; whether a late filing helps is the region's rule (N-42)."""
    if not isinstance(case.required, Cited):
        return ask(case, FilingRule, "required", case.required)
    allowed = case.rule("late_filing_allowed")
    claimed = claim(case, "unfiled")
    if not isinstance(allowed, Cited):
        asked = ask(case, FilingRule, "late_filing_allowed", allowed)
        return replace(
            asked,
            direct=DirectSettlement.NO,
            claim_reason="unfiled",
            actions=(note("ask_late_filing"), *claimed.actions),
            gaps=(*asked.gaps, *claimed.gaps),
            disputes=(*asked.disputes, *claimed.disputes),
        )
    if not allowed.value:
        return replace(
            claimed,
            decisive=allowed.citations,
            because=(note("late_filing_refused", *allowed.citations),),
        )
    return replace(
        claimed,
        category=case.category,
        decisive=allowed.citations,
        because=(note("late_filing_allowed", *allowed.citations), *category_notes(case)),
        actions=(note("file_late"), *claimed.actions),
    )


def claim(case: Case, reason: str = "") -> Verdict:
    """Pay everything, then claim at the insured place (手工报销)."""
    deadline = case.field(ClaimRule, "deadline_months")
    handling = case.field(ClaimRule, "handling_working_days")
    actions = [note("keep_papers"), note("claim_at_home")]
    if isinstance(deadline, Cited):
        actions.append(note("claim_deadline", *deadline.citations, months=deadline.value))
    if isinstance(handling, Cited):
        actions.append(note("claim_handling", *handling.citations, days=handling.value))
    return Verdict(
        outcome=CheckOutcome.MANUAL_CLAIM,
        claim_reason=reason,
        actions=tuple(actions),
        gaps=(case.gap(ClaimRule, "deadline_months"),) if deadline is None else (),
        disputes=(deadline,) if isinstance(deadline, Disputed) else (),
    )


# --- Pieces -------------------------------------------------------------------------


def category_notes(case: Case) -> tuple[Note, ...]:
    """Why this category, and what the rules say of it."""
    notes = []
    if case.lacks_referral_proof and not case.is_emergency:
        notes.append(note("no_referral_proof"))
    notes.append(note(f"category_{case.category.value}"))
    citations = _required_citations(case)
    if citations:
        notes.append(note("required", *citations))
    if case.is_long_term:
        months = case.rule("min_residence_months")
        if isinstance(months, Cited):
            notes.append(note("long_term_means", *months.citations, months=months.value))
        notes += _long_term_rights(case)
    return tuple(notes)


def _long_term_rights(case: Case) -> list[Note]:
    """The ratio in the filed place, and care at home, as far as the rules state them."""
    notes = []
    key = Key(
        care_type=case.facts.care_type,
        scope=case.facts.scope,
        situation=Situation(case.category.value),
    )
    picked = pick(case.terms, AwayAdjustment, key)
    if picked.rows and all(row.mechanism is Mechanism.NONE for row in picked.rows):
        notes.append(note("same_rate", *(row.citation for row in picked.rows)))
    both_ways = case.rule("dual_enjoyment")
    if isinstance(both_ways, Cited):
        code = "dual_enjoyment" if both_ways.value else "no_dual_enjoyment"
        notes.append(note(code, *both_ways.citations))
    return notes


def _required_citations(case: Case) -> tuple[Citation, ...]:
    return case.required.citations if isinstance(case.required, Cited) else ()


def rate_warnings(case: Case) -> tuple[Note, ...]:
    """Warn that own-choice care is paid at a lower rate, citing what the place itself says."""
    if case.category is not FilingCategory.OTHER_TEMPORARY:
        return ()
    key = Key(
        situation=Situation.OTHER_TEMPORARY,
        scope=case.facts.scope,
        care_type=case.facts.care_type,
    )
    rows = [
        row
        for row in matching(case.terms, AwayAdjustment, key)
        if row.situations and row.standing is not Standing.DISPUTED and row.kind is not Kind.AVERAGE
    ]
    return (note("lower_rate", *(row.citation for row in rows[:1])),)


def payment_actions(case: Case) -> tuple[Note, ...]:
    """What to do at the hospital, or with the bill that is already paid."""
    if case.is_settled:
        return (note("keep_papers"), note("claim_at_home"))
    if case.facts.institution is InstitutionStatus.DESIGNATED:
        return (note("find_networked"), note("show_card"))
    return (note("show_card"),)


def institution_warnings(case: Case) -> tuple[Note, ...]:
    """Direct settlement holds only where the hospital is connected for the service."""
    if case.is_settled or case.facts.scope is Scope.LOCAL:
        return ()
    if case.facts.institution is InstitutionStatus.UNKNOWN:
        return (note("check_institution"),)
    if case.facts.institution is InstitutionStatus.DESIGNATED:
        return (note("institution_designated"),)
    return ()
