"""Questions to the checker under two sets of rules: which answers differ, and why that may be."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial

from yibao.policies.golden.answers import (
    PARTS,
    Answers,
    answers_of,
    cited_ids,
    is_answered,
    is_less,
)
from yibao.policies.golden.checking import TermsOf
from yibao.policies.models import ChangeKind, Surprise
from yibao.policies.replay.sources import Question, Source
from yibao.policies.replay.surprises import surprise_of
from yibao.rules.decision import Decision
from yibao.rules.eligibility import decide
from yibao.rules.policy import Provision

_OUTCOME_WEIGHS = len(PARTS)


@dataclass(frozen=True, slots=True)
class AnswerDifference:
    """One question that is answered differently."""

    source: str
    case: Question
    kind: ChangeKind
    surprise: Surprise | None
    before: Answers
    after: Answers

    @property
    def delta_fen(self) -> int:
        """No money is told."""
        return 0

    @property
    def size_fen(self) -> int:
        """How much differs: another outcome weighs more than all other parts together."""
        return len(self.lines) + ("outcome" in self.lines) * _OUTCOME_WEIGHS

    @property
    def lines(self) -> Mapping[str, tuple[str, str]]:
        """The parts of the answer that differ, as codes; "" where it does not speak of one."""
        pairs = {name: (self.before.get(name, ""), self.after.get(name, "")) for name in PARTS}
        return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


@dataclass(slots=True)
class AnswerTally:
    """What questions came to; `found` are those that differ, with their place in the batch."""

    cases: int
    unknown: int
    found: list[tuple[int, AnswerDifference]]


class AnswerComparison:
    """Asks the same under both sets of rules; `touched` are the provisions that come or go."""

    def __init__(
        self, region_code: str, before: TermsOf, after: TermsOf, touched: Iterable[Provision]
    ) -> None:
        self.region_code = region_code
        self.before = before
        self.after = after
        self.touched = frozenset(row.citation.id for row in touched)

    def compare(self, questions: Iterable[tuple[int, Source, Question]]) -> AnswerTally:
        """Return what differs, in the order given."""
        tally = AnswerTally(0, 0, [])
        for place, source, question in questions:
            tally.cases += 1
            facts = question.facts
            old = decide(facts, self.before(question.region_code, facts))
            new = decide(facts, self.after(question.region_code, facts))
            before, after = answers_of(old, facts), answers_of(new, facts)
            if before != after:
                kind = _kind_of(before, after)
                is_named = partial(self._is_named, old, new)
                surprise = surprise_of(
                    source, question, kind, at_home=self.region_code, is_named=is_named
                )
                difference = AnswerDifference(source.name, question, kind, surprise, before, after)
                tally.found.append((place, difference))
            elif not is_answered(before):
                tally.unknown += 1
        return tally

    def _is_named(self, old: Decision, new: Decision) -> bool:
        return bool((cited_ids(old) | cited_ids(new)) & self.touched)


def _kind_of(before: Answers, after: Answers) -> ChangeKind:
    if is_less(before, after):
        return ChangeKind.LOST
    return ChangeKind.GAINED if is_less(after, before) else ChangeKind.CHANGED
