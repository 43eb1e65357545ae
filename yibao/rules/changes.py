"""What would change the estimate: single facts within a person's power (features.md V7).

Each suggestion was settled again with the fact changed, so that a person who follows it and
asks again gets the promised answer.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from yibao.rules.citation import Citation
from yibao.rules.decision import Change, Settlement, SettlementOutcome
from yibao.rules.facts import Bill, CaseFacts
from yibao.rules.money import Fen
from yibao.rules.policy import Terms
from yibao.rules.settlement import settle
from yibao.rules.terms import Level, Situation

WORTH_SAYING_FEN = Fen(20_000)
"""A smaller gain is not worth a journey: 200 yuan."""

_BETTER_FILINGS: dict[Situation, tuple[Situation, ...]] = {
    Situation.UNFILED: (Situation.OTHER_TEMPORARY, Situation.REFERRAL),
    Situation.LATE: (Situation.OTHER_TEMPORARY, Situation.REFERRAL),
    Situation.OTHER_TEMPORARY: (Situation.REFERRAL,),
    Situation.THIRD_PLACE: (Situation.OTHER_TEMPORARY, Situation.REFERRAL),
}
"""What a person can still do: file before discharge, ask for a referral. To live elsewhere,
to retire or to have an emergency is nobody's choice and is never suggested."""

_LOWER_LEVELS: dict[Level, tuple[Level, ...]] = {
    Level.TERTIARY: (Level.SECONDARY, Level.PRIMARY),
    Level.SECONDARY: (Level.PRIMARY,),
}


def what_would_change(
    bill: Bill, facts: CaseFacts, terms: Terms, present: Settlement | None = None
) -> tuple[Change, ...]:
    """Return the single changes that make the funds pay at least 200 yuan more, or that give
    an answer where there is none; the largest gain first.

    `effect`: `outcome`, `fund_total_fen` (of a range its lower end) and `gain_fen`, which is
    missing where the present answer is unknown. `present` is the case settled as it stands,
    for whoever knows that already.
    """
    present = present or settle(bill, facts, terms)
    best_now = _at_most_paid(present)
    found = []
    for field, value, changed in _changes(facts):
        then = settle(bill, changed, terms)
        paid = _surely_paid(then)
        if paid is None:
            continue
        effect: dict[str, object] = {"outcome": then.outcome, "fund_total_fen": paid}
        if best_now is not None:
            gain = paid - best_now
            if gain < WORTH_SAYING_FEN:
                continue
            effect["gain_fen"] = gain
        found.append(Change(field=field, value=value, effect=effect, citations=_new(present, then)))
    return tuple(sorted(found, key=lambda change: -_paid(change)))


def _changes(facts: CaseFacts) -> Iterator[tuple[str, str, CaseFacts]]:
    if facts.situation is not None:
        for situation in _BETTER_FILINGS.get(facts.situation, ()):
            yield "filing", situation.value, replace(facts, situation=situation)
    if facts.situation is not Situation.EMERGENCY:
        for level in _LOWER_LEVELS.get(facts.level, ()):
            lower = replace(facts, level=level, institution_class="")
            yield "level", level.value, lower


def _surely_paid(settlement: Settlement) -> Fen | None:
    """Return what the funds pay at least, or None: not known."""
    figures = settlement.figures or settlement.low
    return None if figures is None else figures.fund_total


def _at_most_paid(settlement: Settlement) -> Fen | None:
    if settlement.outcome is SettlementOutcome.UNKNOWN:
        return None
    figures = settlement.figures or settlement.high
    return None if figures is None else figures.fund_total


def _new(present: Settlement, then: Settlement) -> tuple[Citation, ...]:
    """Return what the other answer rests on and the present one does not."""
    known = {citation for step in present.steps for citation in step.citations}
    steps = then.steps or tuple(step for _, reading in then.readings for step in reading.steps)
    return tuple(dict.fromkeys(c for step in steps for c in step.citations if c not in known))


def _paid(change: Change) -> int:
    paid = change.effect["fund_total_fen"]
    return paid if isinstance(paid, int) else 0
