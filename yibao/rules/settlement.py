"""The estimate: what the funds pay of a bill, line by line, with what each line rests on."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from yibao.rules.calculation import BandsDoNotCover, calculate
from yibao.rules.choices import Choices, ForkKind, Taken, every
from yibao.rules.citation import Citation
from yibao.rules.decision import (
    Certainty,
    Disputed,
    Figures,
    Note,
    Reading,
    Settlement,
    SettlementOutcome,
    Step,
    Unknown,
)
from yibao.rules.facts import Bill, CaseFacts
from yibao.rules.money import Fen
from yibao.rules.plan import Plan, build_plan
from yibao.rules.policy import MedicalAid, Supplement, Terms
from yibao.rules.resolver import Resolver
from yibao.rules.sheet import bill_steps
from yibao.rules.terms import Standing
from yibao.rules.variants import choose_open_facts


class BillDoesNotAddUp(ValueError):
    """The parts of a bill exceed its total, or differ in sign from it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """One combination of choices and what came of it."""

    plan: Plan
    taken: tuple[Taken, ...]
    figures: Figures | None
    steps: tuple[Step, ...]
    gaps: tuple[Unknown, ...] = ()
    not_included: tuple[Unknown, ...] = ()


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
    _check(bill)
    if bill.total_fen < 0:
        return _mirrored(settle(_negated(bill), facts, terms))

    variants = [
        _settle_once(bill, facts, plan, taken) for plan, taken in plans_for(bill, facts, terms)
    ]
    return _assemble(variants, facts)


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


# --- One combination ------------------------------------------------------------


def plans_for(
    bill: Bill, facts: CaseFacts, terms: Terms
) -> tuple[tuple[Plan, tuple[Taken, ...]], ...]:
    """Return the plans of a case, one per combination of choices.

    They depend on the bill only through the limits of its total that some aid knows.
    """
    limits = terms.remember("limits of totals", lambda: _limits_of_totals(terms))

    def work(choices: Choices) -> Plan:
        known, assumed = choose_open_facts(facts, terms, choices)
        resolver = Resolver(known, terms, choices)
        for name in assumed:
            resolver.assume(name)
        return build_plan(resolver, bill.total_fen)

    return terms.remember((facts, bisect_right(limits, bill.total_fen)), lambda: tuple(every(work)))


def _limits_of_totals(terms: Terms) -> tuple[int, ...]:
    limits: set[int | None] = set()
    for level in terms.of(MedicalAid):
        for aid in level:
            limits |= {aid.total_from_fen, aid.total_to_fen}
    for rows in terms.of(Supplement):
        # "Above" begins a fen later than "from".
        limits |= {row.total_over_fen + 1 for row in rows if row.total_over_fen is not None}
    return tuple(sorted(limit for limit in limits if limit is not None))


def _settle_once(bill: Bill, facts: CaseFacts, plan: Plan, taken: tuple[Taken, ...]) -> Variant:
    if plan.gaps:
        return _unanswered(bill, plan, taken, plan.gaps)
    try:
        sheet = calculate(plan, bill, facts.accumulated, facts.account_balance_fen)
    except BandsDoNotCover:
        gap = replace(plan.subject, what="payment_band", detail="amount")
        return _unanswered(bill, plan, taken, (gap,))
    missing = tuple(
        replace(plan.subject, what=what, detail=detail) for what, detail in sheet.missing
    )
    return Variant(
        plan=plan,
        taken=taken,
        figures=sheet.figures,
        steps=sheet.steps,
        not_included=plan.not_included + missing,
    )


def _unanswered(
    bill: Bill, plan: Plan, taken: tuple[Taken, ...], gaps: tuple[Unknown, ...]
) -> Variant:
    """Return a variant with the lines that hold whatever the missing rule says.

    The deductible is shown as stated; how much of it falls due depends on the rest.
    """
    steps = bill_steps(bill)
    due = plan.deductible
    if plan.away is not None and due is not None:
        working = {"stated_fen": int(due.amount_fen)}
        steps += (
            Step(
                code="deductible",
                amount_fen=due.amount_fen,
                working=working,
                citations=due.citations,
            ),
        )
    return Variant(
        plan=plan,
        taken=taken,
        figures=None,
        steps=steps,
        gaps=gaps,
        not_included=plan.not_included,
    )


# --- From variants to the answer ------------------------------------------------


def _assemble(variants: list[Variant], facts: CaseFacts) -> Settlement:
    gaps = _unique(gap for variant in variants for gap in variant.gaps)
    first = variants[0]
    if gaps:
        return _settlement(SettlementOutcome.UNKNOWN, variants, facts, gaps=gaps, shown=first)
    by_figures: dict[Figures, Variant] = {}
    for variant in variants:
        if variant.figures is not None:
            by_figures.setdefault(variant.figures, variant)
    rests_on_one_doubtful_source = any(
        taken.kind is ForkKind.DISPUTE and taken.options == 1
        for variant in variants
        for taken in variant.taken
    )
    if len(by_figures) == 1 and not rests_on_one_doubtful_source:
        return _settlement(SettlementOutcome.COMPUTED, variants, facts, shown=first)
    return _settlement(
        SettlementOutcome.RANGE, variants, facts, readings=tuple(by_figures.values())
    )


def _settlement(
    outcome: SettlementOutcome,
    variants: list[Variant],
    facts: CaseFacts,
    *,
    gaps: tuple[Unknown, ...] = (),
    shown: Variant | None = None,
    readings: tuple[Variant, ...] = (),
) -> Settlement:
    plans = [variant.plan for variant in variants]
    disputes = _disputes(variants)
    assumptions = _unique(name for plan in plans for name in plan.assumptions)
    not_included = _unique(gap for variant in variants for gap in variant.not_included)
    ranked = sorted(
        (reading.figures for reading in readings if reading.figures is not None),
        key=lambda f: (f.fund_total, f.pooled_fund, f.deductible, f.away_self_pay),
    )
    is_firm = (
        outcome is SettlementOutcome.COMPUTED
        and not assumptions
        and not disputes
        and not any(gap.what == "payment_cap" for gap in not_included)
        and not any(map(_is_shaky, _cited(variants)))
    )
    return Settlement(
        outcome=outcome,
        certainty=Certainty.FIRM if is_firm else Certainty.TENTATIVE,
        figures=shown.figures if shown else None,
        steps=shown.steps if shown else (),
        low=ranked[0] if ranked else None,
        high=ranked[-1] if ranked else None,
        readings=tuple(
            (_taken_citations(variant), _reading(variant, facts)) for variant in readings
        ),
        range_reasons=_reasons(variants) if readings else (),
        gaps=gaps,
        disputes=disputes,
        not_included=not_included,
        assumptions=assumptions,
        notes=(*_notes(plans), *(_known_ratios(plans) if gaps else ())),
    )


def _reading(variant: Variant, facts: CaseFacts) -> Settlement:
    alone = replace(variant, taken=())
    settlement = _settlement(SettlementOutcome.COMPUTED, [alone], facts, shown=alone)
    return replace(settlement, certainty=Certainty.TENTATIVE, range_reasons=_reasons([variant]))


def _reasons(variants: list[Variant]) -> tuple[Note, ...]:
    """Say what was open: one note per thing, with the values it may have."""
    values: dict[tuple[ForkKind, str], dict[object, tuple[Citation, ...]]] = {}
    for variant in variants:
        for taken in variant.taken:
            values.setdefault((taken.kind, taken.what), {})[taken.value] = taken.citations
    return tuple(
        Note(
            code=kind,
            values={"what": what, "options": tuple(options)},
            citations=_unique(c for citations in options.values() for c in citations),
        )
        for (kind, what), options in values.items()
    )


def _disputes(variants: list[Variant]) -> tuple[Disputed[object], ...]:
    """Return what sources disagree on: chosen between, or standing beside a computed rule."""
    readings: dict[str, dict[Citation, object]] = {}
    for variant in variants:
        for taken in variant.taken:
            if taken.kind is ForkKind.DISPUTE:
                for citation in taken.citations:
                    readings.setdefault(taken.what, {})[citation] = taken.value
        for beside in variant.plan.beside:
            for reading in beside.readings:
                readings.setdefault(beside.what, {}).setdefault(reading.citation, reading.value)
    return tuple(
        Disputed(
            what=what,
            readings=tuple(
                Reading(value=value, citation=citation) for citation, value in found.items()
            ),
        )
        for what, found in readings.items()
    )


def _notes(plans: list[Plan]) -> tuple[Note, ...]:
    notes: list[Note] = []
    for plan in plans:
        for note in (*plan.notes, *((plan.no_fund,) if plan.no_fund else ())):
            if note not in notes:
                notes.append(note)
    return tuple(notes)


def _known_ratios(plans: list[Plan]) -> tuple[Note, ...]:
    """Say between which ratios the bands lie, where something else is missing."""
    bands = [band for plan in plans if plan.away is not None for band in plan.bands]
    if not bands:
        return ()
    ratios = [band.ratio_bp for band in bands]
    return (
        Note(
            code="known_ratios",
            values={"low_bp": min(ratios), "high_bp": max(ratios)},
            citations=_unique(c for band in bands for c in band.citations),
        ),
    )


def _taken_citations(variant: Variant) -> tuple[Citation, ...]:
    return _unique(citation for taken in variant.taken for citation in taken.citations)


def _cited(variants: list[Variant]) -> Iterable[Citation]:
    for variant in variants:
        for step in variant.steps:
            yield from step.citations


def _is_shaky(citation: Citation) -> bool:
    return citation.stale or citation.standing in (Standing.UNVERIFIED, Standing.DISPUTED)


def _unique[T](items: Iterable[T]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(items))


# --- Bills ----------------------------------------------------------------------


def _check(bill: Bill) -> None:
    parts = (bill.off_catalog_fen, bill.over_limit_fen, bill.upfront_self_pay_fen)
    sign = -1 if bill.total_fen < 0 else 1
    if any(part * sign < 0 for part in parts) or bill.in_scope_fen * sign < 0:
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
    return replace(step, amount_fen=Fen(-step.amount_fen))


def _opposite(figures: Figures | None) -> Figures | None:
    if figures is None:
        return None
    amounts: dict[str, Any] = {
        name: None if (amount := getattr(figures, name)) is None else Fen(-amount)
        for name in Figures.__slots__
        if name != "effective_ratio_bp"
    }
    return Figures(**amounts, effective_ratio_bp=figures.effective_ratio_bp)
