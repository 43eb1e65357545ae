"""Settle many bills of one kind: columns where the plan is one, alone where it is not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from yibao.rules.bulk.bands import Scratch
from yibao.rules.bulk.columns import (
    APART,
    BALANCE,
    COMPUTED,
    LINES,
    UNKNOWN,
    Amounts,
    Column,
    Mask,
    Sheets,
)
from yibao.rules.bulk.kernel import Compiled, Work
from yibao.rules.decision import Settlement
from yibao.rules.facts import Accumulators, CaseFacts
from yibao.rules.money import Fen
from yibao.rules.policy import Terms
from yibao.rules.settlement import settle
from yibao.rules.ways import limits_of_totals, ways_of

MOST = 1 << 48
"""Fen from which a bill is settled alone: the columns' products would not fit 64 bits."""

BLOCK = 24_576
"""Bills worked out at a time: few calls, and the columns stay in the processor's cache."""

type Place = slice | NDArray[np.intp]


def settle_all(
    facts: CaseFacts,
    amounts: Amounts,
    terms: Terms,
    into: Mapping[str, Column] | None = None,
) -> Sheets:
    """Settle bills that differ in their amounts alone, to the same fen as `settle`.

    The amounts in `facts` are not looked at. Settled alone, and counted as `apart`: bills
    for which a rule is disputed, bounded or depends on a fact not given (ranges), reversals,
    and amounts from MOST up. `into` holds columns of 0 to write lines into, for whoever
    settles again and again: fresh memory costs as much as the arithmetic.

    Raises:
        BillDoesNotAddUp: for a bill whose parts exceed its total.
    """
    settling = _Settling(facts, amounts, terms, dict(into or {}))
    for first in range(0, len(amounts), BLOCK):
        settling.block(slice(first, first + BLOCK))
    return Sheets(amounts, settling.outcome, settling.lines, settling.apart)


class _Settling:
    """The sheets of one kind of case, filled block by block."""

    def __init__(
        self, facts: CaseFacts, amounts: Amounts, terms: Terms, lines: dict[str, Column]
    ) -> None:
        balance = Fen(1) if BALANCE in amounts.columns else None
        self.facts = replace(facts, accumulated=Accumulators(), account_balance_fen=balance)
        self.amounts = amounts
        self.terms = terms
        self.limits = np.array(limits_of_totals(terms), np.int64)
        self.plans: dict[int, Compiled | int] = {}
        self.outcome = np.full(len(amounts), COMPUTED, np.uint8)
        self.lines = lines
        self.apart: dict[int, Settlement] = {}
        self.scratch = Scratch()

    def block(self, block: slice) -> None:
        amounts = self.amounts.taken(block)
        first = block.start
        for rows, kind in self._kinds(amounts):
            plan = self._plan(kind)
            chosen = amounts if rows is None else amounts.taken(rows)
            place: Place = block if rows is None else rows + first
            if not isinstance(plan, int):
                self._fill(plan, chosen, place)
                continue
            self.outcome[place] = plan
            if plan == APART:
                for row in np.arange(len(self.amounts))[place].tolist():
                    self.apart[row] = self._alone(row)

    def _kinds(self, amounts: Amounts) -> Iterator[tuple[NDArray[np.intp] | None, int]]:
        """Cut a block where some aid depends on the total: the rows (None: all) and the place
        of their totals among the limits; -1 for what columns cannot work out."""
        is_plain = _is_plain(amounts)
        if not len(self.limits) and is_plain is None:
            yield None, 0
            return
        kinds = np.searchsorted(self.limits, amounts.columns["total_fen"], side="right")
        if is_plain is not None:
            kinds[~is_plain] = -1
        for kind in np.unique(kinds).tolist():
            yield np.flatnonzero(kinds == kind), kind

    def _plan(self, kind: int) -> Compiled | int:
        """Return the one plan of bills of a kind, or their outcome where there is none."""
        found = self.plans.get(kind)
        if found is None:
            found = self.plans[kind] = APART if kind < 0 else self._compiled(kind)
        return found

    def _compiled(self, kind: int) -> Compiled | int:
        lowest = Fen(int(self.limits[kind - 1]) if kind else 0)
        ways = ways_of(lowest, self.facts, self.terms)
        if any(way.plan.gaps for way in ways.each):
            return UNKNOWN
        if len(ways.each) > 1 or ways.rests_on_one_source:
            return APART
        return Compiled.of(ways.each[0].plan, self.amounts.columns)

    def _fill(self, plan: Compiled, chosen: Amounts, place: Place) -> None:
        slots: dict[str, Column] = {}
        if isinstance(place, slice):
            slots = {name: column[place] for name, column in self.lines.items()}
        work = Work(plan, chosen, slots, self.scratch)
        for name in LINES:
            found = work.line(name)
            if name not in self.lines:
                if isinstance(found, int) and not found:
                    continue
                self.lines[name] = np.zeros(len(self.amounts), np.int64)
            elif found is slots.get(name):
                continue
            self.lines[name][place] = found
        if work.unknown is not None:
            self.outcome[place] = np.where(work.unknown, UNKNOWN, COMPUTED)

    def _alone(self, row: int) -> Settlement:
        facts = replace(
            self.facts,
            accumulated=self.amounts.accumulated(row),
            account_balance_fen=self.amounts.balance(row),
        )
        return settle(self.amounts.bill(row), facts, self.terms)


def _is_plain(amounts: Amounts) -> Mask | None:
    """Mark the bills that columns can work out (None: all): they add up, and nothing in them
    is negative or too large."""
    plain: Mask | None = None
    for column in amounts.columns.values():
        # Read without a sign, a negative amount is larger than any bill.
        if column.view(np.uint64).max() >= MOST:
            fits = (column >= 0) & (column < MOST)
            plain = fits if plain is None else plain & fits
    parts = amounts.parts()
    if parts:
        adds_up = sum(parts) <= amounts.columns["total_fen"]
        if not adds_up.all():
            plain = adds_up if plain is None else plain & adds_up
    return plain
