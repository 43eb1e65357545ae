"""What the engine says of a claim's bill, for a page: lines with their clauses, or the gaps."""

from dataclasses import dataclass

from yibao.core.footnotes import Footnotes
from yibao.core.templatetags.figures import yuan
from yibao.estimates.lines import Line, lines_of
from yibao.estimates.marks import Gap, gap_of, weakest
from yibao.rules.citation import Citation
from yibao.rules.decision import Settlement, SettlementOutcome


@dataclass(frozen=True, slots=True)
class Working:
    """Lines with their clauses, or what is missing.

    `low` and `high` are yuan, "" where there is no range. `basis` is the id of the least
    trusted clause: a sum is no surer than its weakest part.
    """

    is_computed: bool
    lines: tuple[Line, ...]
    gaps: tuple[Gap, ...]
    not_included: tuple[Gap, ...]
    low: str
    high: str
    basis: str
    footnotes: Footnotes[Citation]


def working_of(settlement: Settlement) -> Working:
    """Return the working of a settlement."""
    notes: Footnotes[Citation] = Footnotes()
    basis = weakest(each for step in settlement.steps for each in step.citations)
    low, high = settlement.low, settlement.high
    return Working(
        is_computed=settlement.outcome is SettlementOutcome.COMPUTED,
        lines=tuple(lines_of(settlement, notes, basis)),
        gaps=tuple(gap_of(gap) for gap in settlement.gaps),
        not_included=tuple(gap_of(gap) for gap in settlement.not_included),
        low=yuan(low.fund_total) if low else "",
        high=yuan(high.fund_total) if high else "",
        basis=basis,
        footnotes=notes,
    )
