"""The sheet of one bill: lines noted as tuples while calculating, read as steps and figures.

Most sheets of a comparison or a suggestion are never shown line by line, so the objects
that pages read are made only when asked for.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from yibao.rules.citation import Citation
from yibao.rules.decision import Figures, Step
from yibao.rules.facts import Bill
from yibao.rules.money import ratio_of
from yibao.rules.plan import Plan
from yibao.rules.terms import Layer

type Line = tuple[str, int, tuple[Citation, ...], tuple[str, ...], tuple[int | None, ...]]
"""A line's code, amount, sources, and the names and values of its working (None: absent)."""


class Sheet:
    """The lines of one bill. `second` is what the second layer pays (None = not included),
    `missing` what the sum leaves out as (table, detail)."""

    missing: tuple[tuple[str, str], ...] = ()
    away_self_pay = 0
    deductible = 0
    pooled = 0
    second: int | None = 0
    supplement = 0
    medical_aid = 0
    subsidy = 0
    fund_total = 0
    account = 0

    def __init__(self, plan: Plan, bill: Bill) -> None:
        self.plan = plan
        self.bill = bill
        self.lines: list[Line] = []

    @property
    def steps(self) -> tuple[Step, ...]:
        """Return all lines in the order of the sheet, from the bill's own to the cash."""
        lines, personal = self.lines, self.bill.total_fen - self.fund_total
        # The account pays last of all, and stands under the sum that it is taken from.
        end = len(lines) - (bool(lines) and lines[-1][0] == "personal_account")
        return steps_of(
            [
                *bill_lines(self.bill),
                *lines[:end],
                ("fund_total", self.fund_total, self.plan.sum_citations, (), ()),
                ("personal_total", personal, (), (), ()),
                *lines[end:],
                ("cash", personal - self.account, (), (), ()),
            ]
        )

    @property
    def figures(self) -> Figures:
        plan, bill, fund_total = self.plan, self.bill, self.fund_total
        total, personal = bill.total_fen, bill.total_fen - fund_total
        is_large = plan.layer is Layer.LARGE_EXPENSE
        return Figures._make(
            (
                total,
                bill.off_catalog_fen,
                bill.over_limit_fen,
                bill.upfront_self_pay_fen,
                bill.in_scope_fen,
                self.away_self_pay,
                self.deductible,
                self.pooled,
                self.second if is_large else 0,
                0 if is_large else self.second,
                self.medical_aid if plan.medical_aid_known else None,
                self.supplement if plan.supplement_known else None,
                self.subsidy,
                fund_total,
                personal,
                self.account,
                personal - self.account,
                ratio_of(fund_total, total),
            )
        )


def bill_lines(bill: Bill) -> tuple[Line, ...]:
    """Return the lines that the bill alone gives (I1)."""
    return (
        ("total", bill.total_fen, (), (), ()),
        ("off_catalog", bill.off_catalog_fen, (), (), ()),
        ("over_limit", bill.over_limit_fen, (), (), ()),
        ("upfront_self_pay", bill.upfront_self_pay_fen, (), (), ()),
        ("in_scope", bill.in_scope_fen, (), (), ()),
    )


_as_step = partial(tuple.__new__, Step)
"""`Step._make` without its check of the length, which the type of a line gives already."""


def steps_of(lines: Iterable[Line]) -> tuple[Step, ...]:
    return tuple(map(_as_step, lines))
