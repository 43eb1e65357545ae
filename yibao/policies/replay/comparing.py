"""The same cases under two sets of rules: what differs, by how much, and whether it surprises."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np

from yibao.policies.golden.checking import TermsOf
from yibao.policies.models import ChangeKind, Surprise
from yibao.policies.replay.answers import AnswerComparison, AnswerDifference
from yibao.policies.replay.sources import Case, Question, ReplayCase, Source
from yibao.policies.replay.surprises import surprise_of
from yibao.rules.bulk import COMPUTED, UNKNOWN, Amounts, Sheets, settle_all
from yibao.rules.bulk.columns import BALANCE, BILL_PARTS, LINES, TOTALS_OF_THE_YEAR
from yibao.rules.decision import Figures, SettlementOutcome
from yibao.rules.facts import Accumulators, CaseFacts
from yibao.rules.policy import Provision, Terms
from yibao.rules.resolver import key_of
from yibao.rules.selection import dependent
from yibao.rules.terms import CareType, InsuranceType

_NOT_ASKED = frozenset({"layer", "supplement", "aid_groups", "total_from_fen", "total_over_fen"})
"""Selectors that do not tell one kind of case from another here."""


class Answer(NamedTuple):
    """What a case came to: its figures, the ends of a range, or nothing."""

    outcome: SettlementOutcome
    low: Figures | None
    high: Figures | None


@dataclass(frozen=True, slots=True)
class Difference:
    """One case that answers differently. `delta_fen`: what all funds pay, after minus before,
    at the end of a range that moves most; 0 where one side is not known."""

    source: str
    case: ReplayCase
    kind: ChangeKind
    surprise: Surprise | None
    before: Answer
    after: Answer

    @property
    def delta_fen(self) -> int:
        pairs = zip(self.before[1:], self.after[1:], strict=True)
        moved = [new.fund_total - old.fund_total for old, new in pairs if old and new]
        return max(moved, key=abs, default=0)

    @property
    def size_fen(self) -> int:
        """How large it is: the amount moved, or what can no longer (or now) be told."""
        known = self.before.high or self.after.high
        if self.kind is ChangeKind.CHANGED or known is None:
            return abs(self.delta_fen)
        return abs(known.fund_total)

    @property
    def lines(self) -> Mapping[str, tuple[int | None, int | None]]:
        """The lines of the sheet that differ, in fen, where both sides have one."""
        old, new = self.before.low, self.after.low
        if old is None or new is None:
            return {}
        pairs = zip(Figures._fields, old, new, strict=True)
        return {
            name: (left, right)
            for name, left, right in pairs
            if left != right and name != "effective_ratio_bp"
        }


type AnyDifference = Difference | AnswerDifference


@dataclass(slots=True)
class Tally:
    """What a batch of cases came to. `columns` bills were worked out in columns, `alone` one
    by one (ranges and the like), of both sides together; `asked` were questions."""

    cases: int = 0
    unchanged: int = 0
    unknown: int = 0
    columns: int = 0
    alone: int = 0
    asked: int = 0
    differences: list[AnyDifference] = field(default_factory=list)


class Comparison:
    """Compares cases before and after; `touched` are the provisions that come or go."""

    def __init__(
        self, region_code: str, before: TermsOf, after: TermsOf, touched: Iterable[Provision]
    ) -> None:
        self.region_code = region_code
        self.before = before
        self.after = after
        self.touched = tuple(touched)
        self.answers = AnswerComparison(region_code, before, after, self.touched)
        self._is_touched: dict[CaseFacts, bool] = {}

    def compare(self, batch: Sequence[tuple[Source, Case]]) -> Tally:
        """Return what differs, in the order of the batch."""
        tally = Tally(cases=len(batch))
        bills: list[tuple[int, Source, ReplayCase]] = []
        questions: list[tuple[int, Source, Question]] = []
        for place, (source, case) in enumerate(batch):
            if isinstance(case, Question):
                questions.append((place, source, case))
            else:
                bills.append((place, source, case))
        found: list[tuple[int, AnyDifference]] = [*self._bills(bills, tally)]
        asked = self.answers.compare(questions)
        found += asked.found
        tally.asked = asked.cases
        tally.unknown += asked.unknown
        tally.differences = [difference for _place, difference in sorted(found, key=_place_of)]
        tally.unchanged = tally.cases - len(found) - tally.unknown
        return tally

    def _bills(
        self, bills: Sequence[tuple[int, Source, ReplayCase]], tally: Tally
    ) -> list[tuple[int, Difference]]:
        """Return the bills that come out differently, with their place in the batch."""
        kinds: dict[tuple[str, CaseFacts], list[int]] = defaultdict(list)
        for row, (_place, _source, case) in enumerate(bills):
            kinds[case.region_code, _without_amounts(case.facts)].append(row)
        found: list[tuple[int, Difference]] = []
        for (code, facts), rows in kinds.items():
            cases = [bills[row][2] for row in rows]
            amounts = _amounts_of(cases)
            old = settle_all(facts, amounts, self.before(code, facts))
            new = settle_all(facts, amounts, self.after(code, facts))
            for sheets in (old, new):
                tally.columns += len(cases) - len(sheets.apart)
                tally.alone += len(sheets.apart)
            tally.unknown += int(np.sum((old.outcome == UNKNOWN) & (new.outcome == UNKNOWN)))
            for row in _rows_that_may_differ(old, new).tolist():
                place, source, case = bills[rows[row]]
                before, after = _answer(old, row), _answer(new, row)
                if before != after:
                    difference = self._difference(source, case, before, after)
                    found.append((place, difference))
                elif before.outcome is SettlementOutcome.UNKNOWN:
                    tally.unknown += 1
        return found

    def _difference(
        self, source: Source, case: ReplayCase, before: Answer, after: Answer
    ) -> Difference:
        kind = ChangeKind.CHANGED
        if SettlementOutcome.UNKNOWN in (before.outcome, after.outcome):
            is_lost = after.outcome is SettlementOutcome.UNKNOWN
            kind = ChangeKind.LOST if is_lost else ChangeKind.GAINED
        surprise = surprise_of(
            source,
            case,
            kind,
            at_home=self.region_code,
            is_named=lambda: self._speaks_of(_without_amounts(case.facts)),
        )
        return Difference(source.name, case, kind, surprise, before, after)

    def _speaks_of(self, facts: CaseFacts) -> bool:
        known = self._is_touched.get(facts)
        if known is None:
            known = self._is_touched[facts] = speaks_of(self.touched, facts)
        return known


def speaks_of(rows: tuple[Provision, ...], facts: CaseFacts) -> bool:
    """Tell whether one of the provisions names this kind of case. For a chronic disease that
    is paid as another kind of care, a row about that care does not name it."""
    terms = Terms(
        region_code="", region_name="", insurance=facts.insurance, on=facts.on, levels=(rows,)
    )
    key = key_of(facts)
    return any(
        row.insurance in (None, facts.insurance)
        for table in {type(row) for row in rows}
        for row in dependent(terms, table, key, _NOT_ASKED)
    )


def _without_amounts(facts: CaseFacts) -> CaseFacts:
    return replace(facts, accumulated=Accumulators(), account_balance_fen=None)


def _amounts_of(cases: Sequence[ReplayCase]) -> Amounts:
    """Return the amounts of cases of one kind as columns; what nobody has is left out."""
    columns: dict[str, list[int]] = {
        name: [getattr(case.bill, name) for case in cases] for name in BILL_PARTS
    }
    for name in TOTALS_OF_THE_YEAR:
        columns[name] = [getattr(case.facts.accumulated, name) or 0 for case in cases]
    columns[BALANCE] = [case.facts.account_balance_fen or 0 for case in cases]
    return Amounts(
        {
            name: np.array(values, np.int64)
            for name, values in columns.items()
            if name == "total_fen" or any(values)
        }
    )


def _rows_that_may_differ(old: Sheets, new: Sheets) -> np.ndarray[tuple[int], np.dtype[np.intp]]:
    """Return the rows whose columns differ, or that were settled alone on either side."""
    differs = old.outcome != new.outcome
    for sheets in (old, new):
        for row in sheets.apart:
            differs[row] = True
    both = (old.outcome == COMPUTED) & (new.outcome == COMPUTED)
    for name in LINES:
        differs |= both & (old.line(name) != new.line(name))
    return np.flatnonzero(differs)


def _answer(sheets: Sheets, row: int) -> Answer:
    alone = sheets.apart.get(row)
    if alone is not None and alone.outcome is SettlementOutcome.RANGE:
        return Answer(alone.outcome, alone.low, alone.high)
    figures = sheets.figures(row)
    outcome = SettlementOutcome.UNKNOWN if figures is None else SettlementOutcome.COMPUTED
    return Answer(outcome, figures, figures)


def _place_of(pair: tuple[int, AnyDifference]) -> int:
    return pair[0]


def identity_of(difference: AnyDifference) -> tuple[str, str, InsuranceType, CareType, str, str]:
    """Return what like changes share: source, region, branch, care, kind and surprise."""
    facts = difference.case.facts
    return (
        difference.source,
        difference.case.region_code,
        facts.insurance,
        facts.care_type,
        difference.kind.value,
        "" if difference.surprise is None else difference.surprise.value,
    )
