"""One bill under several filing situations, with every other fact the same (features.md V6)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from yibao.rules.decision import Figures, Settlement
from yibao.rules.facts import Bill, CaseFacts
from yibao.rules.policy import Terms
from yibao.rules.settlement import settle
from yibao.rules.terms import Scope, Situation

SITUATIONS: tuple[Situation | None, ...] = (
    None,
    Situation.LONG_TERM_RESIDENT,
    Situation.REFERRAL,
    Situation.EMERGENCY,
    Situation.OTHER_TEMPORARY,
    Situation.UNFILED,
)
"""The columns of a comparison; None is care at home, the long-term resident stands for the
three long-term categories."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One situation and what the bill comes to in it."""

    situation: Situation | None
    settlement: Settlement


def compare(
    bill: Bill,
    facts: CaseFacts,
    terms: Terms,
    situations: Sequence[Situation | None] = SITUATIONS,
) -> tuple[Column, ...]:
    """Settle one bill in each situation; nothing but the situation (and, for care at home,
    the scope) differs between columns. A situation without a rule is `unknown`, not zero.

    Raises:
        BillDoesNotAddUp: as `settle`.
    """
    return tuple(
        Column(
            situation=situation,
            settlement=settle(
                bill,
                replace(
                    facts,
                    situation=situation,
                    scope=Scope.LOCAL if situation is None else facts.scope,
                ),
                terms,
            ),
        )
        for situation in situations
    )


def differing_figures(columns: Sequence[Column]) -> tuple[str, ...]:
    """Return the names of the figures that are not the same in all computed columns, in the
    order of the sheet."""
    computed = [
        column.settlement.figures for column in columns if column.settlement.figures is not None
    ]
    return tuple(
        name for name in Figures._fields if len({getattr(sheet, name) for sheet in computed}) > 1
    )
