"""What the terms say of a case before any bill is known, kept with the terms.

A page asks for one case with one bill after another: whatever is the same for all of them
is worked out once.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from operator import attrgetter

from yibao.rules.choices import Choices, ForkKind, Taken, every
from yibao.rules.citation import Citation
from yibao.rules.decision import Disputed, Note, Reading, Unknown
from yibao.rules.facts import CaseFacts
from yibao.rules.money import Fen
from yibao.rules.plan import Plan, build_plan, citations_in
from yibao.rules.policy import MedicalAid, Supplement, Terms
from yibao.rules.resolver import Resolver
from yibao.rules.terms import Standing
from yibao.rules.variants import choose_open_facts


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One combination of choices and the plan that it leads to."""

    plan: Plan
    taken: tuple[Taken, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """All combinations for a case, with what an answer says whatever the bill.

    `reasons`: what was open. `known_ratios` is for answers without figures. `counted`
    names the year's totals (fields of `Accumulators`) on which the figures depend.
    `is_doubtful`: something that a line may rest on is disputed, unverified or stale.
    `rests_on_one_source`: a rule holds only if a single disputed source is right.
    `alone`: where something is open, each way as if it were decided, with its reasons.
    """

    each: tuple[Way, ...]
    reasons: tuple[Note, ...]
    disputes: tuple[Disputed[object], ...]
    notes: tuple[Note, ...]
    known_ratios: tuple[Note, ...]
    gaps: tuple[Unknown, ...]
    not_included: tuple[Unknown, ...]
    assumptions: tuple[str, ...]
    counted: tuple[str, ...]
    is_doubtful: bool
    rests_on_one_source: bool
    alone: tuple[Ways, ...] = ()

    @classmethod
    def of(cls, each: tuple[Way, ...]) -> Ways:
        plans = [way.plan for way in each]
        taken = [taken for way in each for taken in way.taken]
        return cls(
            each=each,
            reasons=_reasons(taken),
            disputes=_disputes(taken, plans),
            notes=_notes(plans),
            known_ratios=_known_ratios(plans),
            gaps=unique(gap for plan in plans for gap in plan.gaps),
            not_included=unique(gap for plan in plans for gap in plan.not_included),
            assumptions=unique(name for plan in plans for name in plan.assumptions),
            counted=unique(name for plan in plans for name in plan.counted),
            is_doubtful=any(is_doubtful(c) for plan in plans for c in citations_in(plan)),
            rests_on_one_source=any(
                choice.kind is ForkKind.DISPUTE and choice.options == 1 for choice in taken
            ),
        )


_AMOUNTS = ("accumulated", "account_balance_fen")
_what_plans_depend_on = attrgetter(
    *(column.name for column in fields(CaseFacts) if column.name not in _AMOUNTS)
)


def ways_of(total_fen: Fen, facts: CaseFacts, terms: Terms) -> Ways:
    """Return the ways of settling a case under the terms, from memory where possible.

    They depend on the bill only through the limits of its total that some aid knows, and
    on the account only through there being a balance.
    """
    limits = limits_of_totals(terms)
    key = (
        _what_plans_depend_on(facts),
        bool(facts.account_balance_fen),
        bisect_right(limits, total_fen),
    )

    return terms.remember(key, lambda: _read(facts, terms, total_fen))


def _read(facts: CaseFacts, terms: Terms, total_fen: Fen) -> Ways:
    def work(choices: Choices) -> Plan:
        known, assumed = choose_open_facts(facts, terms, choices)
        resolver = Resolver(known, terms, choices)
        for name in assumed:
            resolver.assume(name)
        return build_plan(resolver, total_fen)

    ways = Ways.of(tuple(Way(plan=plan, taken=taken) for plan, taken in every(work)))
    if not ways.reasons:
        return ways
    return replace(ways, alone=tuple(map(_decided, ways.each)))


def _decided(way: Way) -> Ways:
    return replace(Ways.of((replace(way, taken=()),)), reasons=_reasons(way.taken))


def unique[T](items: Iterable[T]) -> tuple[T, ...]:
    """Return the items in order, each once."""
    return tuple(dict.fromkeys(items))


def is_doubtful(citation: Citation) -> bool:
    """Whether a figure that rests on this is less than firm."""
    return citation.stale or citation.standing in (Standing.UNVERIFIED, Standing.DISPUTED)


def limits_of_totals(terms: Terms) -> tuple[int, ...]:
    """Return the totals of a bill, in order, from which some aid differs."""
    return terms.remember("limits of totals", lambda: _limits_of_totals(terms))


def _limits_of_totals(terms: Terms) -> tuple[int, ...]:
    limits: set[int | None] = set()
    for level in terms.of(MedicalAid):
        for aid in level:
            limits |= {aid.total_from_fen, aid.total_to_fen}
    for rows in terms.of(Supplement):
        # "Above" begins a fen later than "from".
        limits |= {row.total_over_fen + 1 for row in rows if row.total_over_fen is not None}
    return tuple(sorted(limit for limit in limits if limit is not None))


def _reasons(choices: Iterable[Taken]) -> tuple[Note, ...]:
    """Say what was open: one note per thing, with the values it may have."""
    values: dict[tuple[ForkKind, str], dict[object, tuple[Citation, ...]]] = {}
    for taken in choices:
        values.setdefault((taken.kind, taken.what), {})[taken.value] = taken.citations
    return tuple(
        Note(
            code=kind,
            values={"what": what, "options": tuple(options)},
            citations=unique(c for citations in options.values() for c in citations),
        )
        for (kind, what), options in values.items()
    )


def _disputes(choices: Iterable[Taken], plans: Iterable[Plan]) -> tuple[Disputed[object], ...]:
    """Return what sources disagree on: chosen between, or standing beside a computed rule."""
    readings: dict[str, dict[Citation, object]] = {}
    for taken in choices:
        if taken.kind is ForkKind.DISPUTE:
            for citation in taken.citations:
                readings.setdefault(taken.what, {})[citation] = taken.value
    for plan in plans:
        for beside in plan.beside:
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


def _notes(plans: Iterable[Plan]) -> tuple[Note, ...]:
    notes: list[Note] = []
    for plan in plans:
        for note in (*plan.notes, *((plan.no_fund,) if plan.no_fund else ())):
            if note not in notes:
                notes.append(note)
    return tuple(notes)


def _known_ratios(plans: Iterable[Plan]) -> tuple[Note, ...]:
    """Say between which ratios the bands lie, where something else is missing."""
    bands = [band for plan in plans if plan.away is not None for band in plan.table.bands]
    if not bands:
        return ()
    ratios = [band.ratio_bp for band in bands]
    return (
        Note(
            code="known_ratios",
            values={"low_bp": min(ratios), "high_bp": max(ratios)},
            citations=unique(c for band in bands for c in band.citations),
        ),
    )
