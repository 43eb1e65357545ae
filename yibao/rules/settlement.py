"""The estimate: what the funds pay of a bill, line by line, with what each line rests on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

from yibao.rules.calculation import BandsDoNotCover, calculate
from yibao.rules.decision import (
    Certainty,
    Figures,
    Settlement,
    SettlementOutcome,
    Step,
    Unknown,
)
from yibao.rules.facts import Bill, CaseFacts
from yibao.rules.money import Fen
from yibao.rules.policy import Terms
from yibao.rules.sheet import bill_lines, steps_of
from yibao.rules.ways import Way, Ways, is_doubtful, unique, ways_of


class BillDoesNotAddUp(ValueError):
    """The parts of a bill exceed its total, or differ in sign from it."""


@dataclass(slots=True)
class Variant:
    """One way and what came of it; without figures, the gaps say why."""

    way: Way
    figures: Figures | None
    steps: tuple[Step, ...]
    gaps: tuple[Unknown, ...] = ()
    missing: tuple[Unknown, ...] = ()


def settle(bill: Bill, facts: CaseFacts, terms: Terms) -> Settlement:
    """Work out what the funds and the person pay of a bill under the terms of its day.

    Amounts are fen, ratios basis points. Outcome `computed`: figures that sum to the fen
    (I1, I2). `range`: a rule is disputed, only bounded, or depends on a fact not given;
    each reading is settled alone. `unknown`: a rule is missing, named in `gaps`, and
    `steps` holds the lines that are known all the same.

    A region that states no cap is computed without one and says so in `not_included`,
    unless the fund pays nothing and no cap could bind. A negative bill (a reversal) mirrors
    the bill it undoes (I7).

    Raises:
        BillDoesNotAddUp: when the parts exceed the total or are of another sign.
    """
    if bill.total_fen < 0:
        return _mirrored(settle(_negated(bill), facts, terms))
    _check(bill)
    ways = ways_of(bill.total_fen, facts, terms)
    return _assemble(ways, [_settle_once(bill, facts, way) for way in ways.each], facts)


def broken_identities(figures: Figures) -> tuple[str, ...]:
    """Return which identities of a settlement sheet do not hold: `I1`, `I2`, `funds`, `cash`.

    Source: 苏医保发〔2022〕75号 annex 9 (domain.md §5.1).
    """
    scope = figures.in_scope + figures.upfront_self_pay + figures.over_limit + figures.off_catalog
    funds = (
        figures.pooled_fund
        + (figures.large_expense or 0)
        + (figures.critical_illness or 0)
        + (figures.medical_aid or 0)
        + (figures.supplement or 0)
        + (figures.government_subsidy or 0)
    )
    holds = {
        "I1": scope == figures.total,
        "I2": figures.fund_total + figures.personal_total == figures.total,
        "funds": funds == figures.fund_total,
        "cash": figures.personal_account + figures.cash == figures.personal_total,
    }
    return tuple(name for name, true in holds.items() if not true)


# --- One way --------------------------------------------------------------------


def _settle_once(bill: Bill, facts: CaseFacts, way: Way) -> Variant:
    plan = way.plan
    if plan.gaps:
        return Variant(way, None, _known_steps(bill, way), plan.gaps)
    try:
        sheet = calculate(plan, bill, facts.accumulated, facts.account_balance_fen)
    except BandsDoNotCover:
        gap = _gap(plan.subject, "payment_band", "amount")
        return Variant(way, None, _known_steps(bill, way), (gap,))
    if not sheet.missing:
        return Variant(way, sheet.figures, sheet.steps)
    missing = tuple(_gap(plan.subject, what, detail) for what, detail in sheet.missing)
    return Variant(way, sheet.figures, sheet.steps, (), missing)


@lru_cache(maxsize=1024)
def _gap(subject: Unknown, what: str, detail: str) -> Unknown:
    return replace(subject, what=what, detail=detail)


def _known_steps(bill: Bill, way: Way) -> tuple[Step, ...]:
    """Return the lines that hold whatever the missing rule says.

    The deductible is shown as stated; how much of it falls due depends on the rest.
    """
    lines, due = bill_lines(bill), way.plan.deductible
    if way.plan.away is not None and due is not None:
        stated = due.amount_fen
        lines += (("deductible", stated, due.citations, ("stated_fen",), (stated,)),)
    return steps_of(lines)


# --- From variants to the answer ------------------------------------------------


def _assemble(ways: Ways, variants: list[Variant], facts: CaseFacts) -> Settlement:
    first = variants[0]
    gaps = [gap for variant in variants for gap in variant.gaps]
    if gaps:
        settlement = _settlement(SettlementOutcome.UNKNOWN, ways, variants, facts, first)
        notes = ways.notes + ways.known_ratios
        return replace(settlement, gaps=unique(gaps), notes=notes)
    differ = any(variant.figures != first.figures for variant in variants[1:])
    if not (differ or ways.rests_on_one_source):
        return _settlement(SettlementOutcome.COMPUTED, ways, variants, facts, first)
    return _range(ways, variants, facts)


def _settlement(
    outcome: SettlementOutcome,
    ways: Ways,
    variants: list[Variant],
    facts: CaseFacts,
    shown: Variant | None = None,
) -> Settlement:
    assumptions, not_included = ways.assumptions, ways.not_included
    not_given = [name for name in ways.counted if getattr(facts.accumulated, name) is None]
    if not_given:  # taken for 0
        assumptions += tuple(name.removesuffix("_fen") for name in not_given)
    missing = [gap for variant in variants for gap in variant.missing]
    if missing:
        not_included = unique((*not_included, *missing))
    is_firm = (
        outcome is SettlementOutcome.COMPUTED
        and not assumptions
        and not ways.disputes
        and not [gap for gap in not_included if gap.what == "payment_cap"]
        and not (ways.is_doubtful and any(map(_rests_on_doubt, variants)))
    )
    return Settlement(
        outcome=outcome,
        certainty=Certainty.FIRM if is_firm else Certainty.TENTATIVE,
        figures=shown.figures if shown else None,
        steps=shown.steps if shown else (),
        low=None,
        high=None,
        readings=(),
        range_reasons=(),
        gaps=(),
        disputes=ways.disputes,
        not_included=not_included,
        assumptions=assumptions,
        notes=ways.notes,
    )


def _range(ways: Ways, variants: list[Variant], facts: CaseFacts) -> Settlement:
    """Return an answer that is open: its ends, and each different reading settled alone."""
    readings: dict[Figures, tuple[Variant, Ways]] = {}
    for variant, alone in zip(variants, ways.alone, strict=True):
        if variant.figures is not None:
            readings.setdefault(variant.figures, (variant, alone))
    ranked = sorted(
        readings, key=lambda f: (f.fund_total, f.pooled_fund, f.deductible, f.away_self_pay)
    )
    return replace(
        _settlement(SettlementOutcome.RANGE, ways, variants, facts),
        low=ranked[0],
        high=ranked[-1],
        readings=tuple(
            (
                unique(c for taken in variant.way.taken for c in taken.citations),
                _alone(variant, alone, facts),
            )
            for variant, alone in readings.values()
        ),
        range_reasons=ways.reasons,
    )


def _alone(variant: Variant, decided: Ways, facts: CaseFacts) -> Settlement:
    """Return one reading as an answer of its own, with the choices that make it."""
    settlement = _settlement(SettlementOutcome.COMPUTED, decided, [variant], facts, variant)
    return replace(settlement, certainty=Certainty.TENTATIVE, range_reasons=decided.reasons)


def _rests_on_doubt(variant: Variant) -> bool:
    return any(is_doubtful(citation) for step in variant.steps for citation in step.citations)


# --- Bills ----------------------------------------------------------------------


def _check(bill: Bill) -> None:
    parts = (bill.off_catalog_fen, bill.over_limit_fen, bill.upfront_self_pay_fen)
    if min(*parts, bill.in_scope_fen) < 0:
        raise BillDoesNotAddUp(f"parts {parts} of total {bill.total_fen}")


def _negated(bill: Bill) -> Bill:
    return Bill(
        total_fen=Fen(-bill.total_fen),
        off_catalog_fen=Fen(-bill.off_catalog_fen),
        over_limit_fen=Fen(-bill.over_limit_fen),
        upfront_self_pay_fen=Fen(-bill.upfront_self_pay_fen),
    )


def _mirrored(settlement: Settlement) -> Settlement:
    """Return the settlement of the reversal: every amount with the opposite sign."""
    return replace(
        settlement,
        figures=_opposite(settlement.figures),
        low=_opposite(settlement.high),
        high=_opposite(settlement.low),
        steps=tuple(_opposite_step(step) for step in settlement.steps),
        readings=tuple(
            (citations, _mirrored(reading)) for citations, reading in settlement.readings
        ),
    )


def _opposite_step(step: Step) -> Step:
    return step._replace(amount_fen=Fen(-step.amount_fen))


def _opposite(figures: Figures | None) -> Figures | None:
    if figures is None:
        return None
    amounts = (None if amount is None else -amount for amount in figures)
    return Figures._make(amounts)._replace(effective_ratio_bp=figures.effective_ratio_bp)
