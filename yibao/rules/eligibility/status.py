"""What the person's status and the place decide before any filing: D-01 … D-05, D-21."""

from __future__ import annotations

from dataclasses import replace

from yibao.rules.decision import CheckOutcome, Cited, DirectSettlement, Disputed, Note
from yibao.rules.eligibility.case import Case
from yibao.rules.eligibility.verdict import Verdict, note, payment_actions
from yibao.rules.facts import Enrolment
from yibao.rules.policy import EnrolmentRule, FilingRule
from yibao.rules.selection import Key, matching
from yibao.rules.terms import COMPUTED_STANDINGS


def abroad(case: Case) -> Verdict:
    return Verdict(
        outcome=CheckOutcome.NOT_PAYABLE,
        because=(note("abroad"),),
        actions=(note("buy_other_cover"),),
    )


def enrolment_stops(case: Case) -> Verdict:
    """D-02. The day on which a waiting period or sanction ends is known to the agency; the
    rules give its length."""
    status = case.facts.enrolment
    rules = _enrolment_notes(case, status.value)
    if status is Enrolment.ENDED:
        return Verdict(
            outcome=CheckOutcome.FIX_ENROLMENT,
            because=(note("enrolment_ended"), *rules),
            actions=(note("enrol_again"), note("keep_papers")),
        )
    return Verdict(
        outcome=CheckOutcome.NOT_PAYABLE,
        because=(note(f"enrolment_{status.value}"), *rules),
        actions=(note(f"ask_end_of_{status.value}"), note("keep_papers")),
    )


def enrolment_to_fix(case: Case) -> Verdict:
    """D-03. Whether the gap is paid afterwards is the region's own rule."""
    status = case.facts.enrolment
    paid_later = case.field(EnrolmentRule, "retroactive_payment", status=status.value)
    because = [note(f"enrolment_{status.value}"), *_enrolment_notes(case, status.value)]
    if isinstance(paid_later, Cited):
        code = "paid_after_arrears" if paid_later.value else "not_paid_after_arrears"
        because.append(note(code, *paid_later.citations))
    is_transfer = status is Enrolment.TRANSFERRING
    return Verdict(
        outcome=CheckOutcome.FIX_ENROLMENT,
        because=tuple(because),
        actions=(
            note("wait_for_transfer" if is_transfer else "settle_arrears"),
            note("keep_papers"),
        ),
        gaps=(case.gap(EnrolmentRule, "retroactive_payment"),) if paid_later is None else (),
        disputes=(paid_later,) if isinstance(paid_later, Disputed) else (),
    )


def _enrolment_notes(case: Case, status: str) -> tuple[Note, ...]:
    """The lengths that the rules state for a status, nearest first."""
    notes = []
    for row in matching(case.terms, EnrolmentRule, Key(status=status)):
        if row.status != status or row.standing not in COMPUTED_STANDINGS:
            continue
        if row.fixed_months is not None:
            notes.append(note("waiting_fixed", row.citation, months=row.fixed_months))
        if row.variable_months_per_year is not None:
            notes.append(
                note("waiting_variable", row.citation, months=row.variable_months_per_year)
            )
        if row.buy_back:
            notes.append(note("waiting_buy_back", row.citation))
        if row.months_from is not None and row.months_to is not None:
            notes.append(
                note(
                    "suspension_months",
                    row.citation,
                    months_from=row.months_from,
                    months_to=row.months_to,
                )
            )
    return tuple(notes)


def others_pay(case: Case) -> Verdict:
    return Verdict(
        outcome=CheckOutcome.NOT_PAYABLE,
        because=(note(f"trauma_{case.facts.trauma.value}"),),
        actions=(note(f"claim_{case.facts.trauma.value}"), note("ask_advance_payment")),
    )


def at_home(case: Case) -> Verdict:
    return Verdict(
        outcome=CheckOutcome.NO_FILING,
        direct=case.direct,
        because=(note("local"),),
        actions=payment_actions(case),
    )


def at_home_while_filed(case: Case) -> Verdict:
    """D-21: two-way entitlement (双向享受) of a person filed elsewhere for long."""
    key = case.key_for(case.facts.existing.category)
    both_ways = case.rule_for("dual_enjoyment", replace(key, scope=None))
    base = Verdict(
        outcome=CheckOutcome.NO_FILING,
        direct=DirectSettlement.UNKNOWN,
        because=(note("home_while_filed"),),
        actions=(note("ask_home_return"), *payment_actions(case)),
    )
    if not isinstance(both_ways, Cited):
        return replace(
            base,
            gaps=() if both_ways else (case.gap(FilingRule, "dual_enjoyment"),),
            disputes=(both_ways,) if both_ways else (),
        )
    code = "dual_enjoyment" if both_ways.value else "no_dual_enjoyment"
    return replace(
        base,
        direct=case.direct if both_ways.value else DirectSettlement.NO,
        decisive=both_ways.citations,
        because=(*base.because, note(code, *both_ways.citations)),
        actions=payment_actions(case) if both_ways.value else base.actions,
    )
