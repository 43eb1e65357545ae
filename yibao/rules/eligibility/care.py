"""What urgency, an existing filing and the kind of care decide: D-06 … D-09, D-22 … D-32."""

from __future__ import annotations

from dataclasses import replace

from yibao.rules import filing
from yibao.rules.decision import CheckOutcome, Cited, DirectSettlement, Disputed, Note
from yibao.rules.eligibility.case import Case, Listing
from yibao.rules.eligibility.verdict import (
    Verdict,
    ask,
    before_discharge,
    by_rule,
    claim,
    file,
    institution_warnings,
    late,
    note,
    payment_actions,
)
from yibao.rules.facts import InstitutionStatus, Qualified
from yibao.rules.policy import AccountRule, ChronicDisease, ClaimRule, FilingRule
from yibao.rules.terms import FilingCategory


def emergency(case: Case) -> Verdict:
    """D-06: deemed filed while the bill can still be settled; afterwards a claim."""
    deemed = case.rule("deemed_filed")
    if not isinstance(deemed, Cited):
        return ask(case, FilingRule, "deemed_filed", deemed)
    reason = note("deemed_filed" if deemed.value else "not_deemed_filed", *deemed.citations)
    if case.is_settled:
        return replace(
            emergency_claim(case),
            because=(reason, note("already_paid")),
            decisive=deemed.citations,
        )
    if not deemed.value:
        return replace(file(case), because=(reason,), decisive=deemed.citations)
    return Verdict(
        outcome=CheckOutcome.DEEMED_FILED,
        direct=DirectSettlement.YES,
        category=FilingCategory.EMERGENCY,
        claim_reason="emergency",
        decisive=deemed.citations,
        because=(reason, note("hospital_uploads_flag")),
        actions=(
            note("emergency_first"),
            note("show_card"),
            note("tell_emergency_desk"),
            note("keep_papers"),
        ),
        warnings=institution_warnings(case),
    )


def emergency_claim(case: Case) -> Verdict:
    """Pay, then claim at the emergency tier (D-06 settled, D-07, D-08)."""
    warnings: tuple[Note, ...] = ()
    if case.facts.institution is InstitutionStatus.NONE:
        warnings = (note("only_rescue_costs"),)
    elif case.facts.institution is InstitutionStatus.UNKNOWN:
        warnings = institution_warnings(case)
    return replace(
        claim(case, "emergency"),
        category=FilingCategory.EMERGENCY,
        because=(note(f"institution_{case.facts.institution.value}"),),
        warnings=warnings,
    )


def not_designated(case: Case) -> Verdict:
    return Verdict(
        outcome=CheckOutcome.NOT_PAYABLE,
        because=(note("institution_none"),),
        actions=(note("find_networked"),),
    )


# --- An existing filing: D-22 … D-25 ------------------------------------------------


def third_place(case: Case) -> Verdict:
    """D-22: a filing of its own for a short stay in a third place."""
    several = case.rule_for("several_places", case.key_for(case.facts.existing.category))
    verdict = by_rule(case)
    notes = [note("third_place"), *verdict.because]
    if isinstance(several, Cited) and several.value:
        notes.append(note("several_places", *several.citations))
    return replace(verdict, because=tuple(notes))


def covered(case: Case) -> Verdict:
    existing = case.facts.existing
    return Verdict(
        outcome=CheckOutcome.COVERED,
        direct=case.direct,
        category=existing.category or case.category,
        because=(
            note("filing_covers_until", until=existing.until)
            if existing.until
            else note("filing_covers"),
        ),
        actions=(note("do_not_file_twice"), *payment_actions(case)),
        warnings=institution_warnings(case),
    )


def covered_through_stay(case: Case) -> Verdict:
    key = case.key_for(case.facts.existing.category or case.category)
    honoured = case.rule_for("honoured_during_stay", key)
    if not isinstance(honoured, Cited):
        return ask(case, FilingRule, "honoured_during_stay", honoured)
    if not honoured.value:
        verdict = late(case) if case.is_settled else before_discharge(case)
        return replace(
            verdict, because=(note("not_honoured", *honoured.citations), *verdict.because)
        )
    verdict = covered(case)
    return replace(
        verdict,
        decisive=honoured.citations,
        because=(note("honoured_during_stay", *honoured.citations),),
    )


def elsewhere(case: Case) -> Verdict:
    """D-25: the filing names another place; a lock may forbid the change for now."""
    existing = case.facts.existing
    verdict = Verdict(
        outcome=CheckOutcome.CHANGE_FILING,
        direct=case.direct,
        category=case.category,
        because=(note("filing_elsewhere"),),
        actions=(note("change_filing"), *payment_actions(case)),
        warnings=institution_warnings(case),
    )
    locks = filing.change_locks(
        case.terms, case.key_for(existing.category or case.category), existing.evidence
    )
    lock = locks[0] if locks else None
    if isinstance(lock, Cited) and existing.since is not None:
        day = filing.earliest_change_on(existing.since, lock.value)
        code = "locked_until" if case.facts.on < day else "lock_over"
        verdict = replace(
            verdict,
            because=(*verdict.because, note(code, *lock.citations, day=day, months=lock.value)),
        )
        if case.facts.on < day:
            verdict = replace(verdict, actions=(note("if_locked"), *verdict.actions))
    return verdict


# --- Kinds of care: D-26 … D-30, D-32 -----------------------------------------------


def chronic(case: Case) -> Verdict:
    """D-26. Where the list of diseases is not known, the gap stands beside the answer."""
    verdict = by_rule(case)
    if case.facts.qualified is Qualified.YES:
        verdict = replace(verdict, because=(*verdict.because, note("chronic_qualified")))
    else:
        verdict = replace(verdict, actions=(note("check_qualification"), *verdict.actions))
    if case.listing is Listing.LISTED and isinstance(case.listed, Cited):
        because = (*verdict.because, note("chronic_listed", *case.listed.citations))
        return replace(verdict, because=because)
    if isinstance(case.listed, Disputed):
        return replace(verdict, disputes=(*verdict.disputes, case.listed))
    if not case.facts.disease:
        return verdict  # the disease is what is missing, not a rule
    return replace(verdict, gaps=(*verdict.gaps, case.gap(ChronicDisease, "listed")))


def chronic_not_settled(case: Case) -> Verdict:
    """D-27: not on the list, or without the qualification (资格认定) at home."""
    if case.listing is Listing.NOT_LISTED:
        cited = case.listed.citations if isinstance(case.listed, Cited) else ()
        reason = note("chronic_not_listed", *cited)
    else:
        reason = note("chronic_not_qualified")
    verdict = claim(case)
    actions = verdict.actions
    if case.facts.qualified is not Qualified.YES:
        actions = (note("apply_qualification"), *actions)
    return replace(verdict, category=case.category, because=(reason,), actions=actions)


def pharmacy(case: Case) -> Verdict:
    """D-29: whether a filing is needed is the region's own rule."""
    needed = case.field(AccountRule, "filing_needed")
    if not isinstance(needed, Cited):
        return ask(case, AccountRule, "filing_needed", needed)
    mode = case.field(AccountRule, "pharmacy_mode")
    because = [note("pharmacy_filing" if needed.value else "pharmacy_no_filing", *needed.citations)]
    if isinstance(mode, Cited):
        because.append(note(f"pharmacy_{mode.value}", *mode.citations))
    if needed.value:
        verdict = claim(case) if case.is_settled else file(case)
    else:
        verdict = Verdict(
            outcome=CheckOutcome.NO_FILING, direct=case.direct, actions=payment_actions(case)
        )
    return replace(
        verdict, category=case.category, decisive=needed.citations, because=tuple(because)
    )


def birth(case: Case) -> Verdict:
    """D-30: births away are claimed by hand; few regions say more."""
    accepted = case.field(ClaimRule, "accepted_situations")
    verdict = claim(case)
    cited = accepted.citations if isinstance(accepted, Cited) else ()
    direct = DirectSettlement.NO if case.is_settled else DirectSettlement.UNKNOWN
    return replace(
        verdict,
        direct=direct,
        category=case.category,
        because=(note("birth_away", *cited),),
        actions=(note("ask_birth"), *verdict.actions),
        gaps=verdict.gaps if cited else (*verdict.gaps, case.gap(ClaimRule, "birth")),
    )


def not_networked(case: Case) -> Verdict:
    """D-32: designated, but not connected for this service."""
    verdict = claim(case)
    return replace(
        verdict,
        category=case.category,
        because=(note("institution_designated"),),
        actions=(note("find_networked"), *verdict.actions),
    )


def free_zone(case: Case) -> Verdict:
    """D-12: both places lie in one area that needs no filing."""
    zone = case.free_zone
    cited = (zone.citation,) if zone else ()
    return Verdict(
        outcome=CheckOutcome.NO_FILING,
        direct=case.direct,
        category=case.category,
        decisive=cited,
        because=(note("free_zone", *cited),),
        actions=payment_actions(case),
        warnings=institution_warnings(case),
    )
