"""The sheet of one bill: lines noted as tuples while calculating, read as steps and figures.

Most sheets of a comparison or a suggestion are never shown line by line, so the objects
that pages read are made only when asked for.
"""

from __future__ import annotations

from yibao.rules.citation import Citation
from yibao.rules.decision import Figures, Step
from yibao.rules.facts import Bill
from yibao.rules.money import Fen, ratio_of
from yibao.rules.plan import Plan

type Line = tuple[str, int, tuple[Citation, ...], tuple[str, ...], tuple[int | None, ...]]
"""A line's code, amount, sources, and the names and values of its working (None: absent)."""

_NONE: tuple[int | None, ...] = (0, 0, 0, 0, 0, 0)


class Sheet:
    """The lines of one bill. `paid` holds the funds in order (None = not included),
    `missing` what the sum leaves out as (table, detail)."""

    __slots__ = (
        "account",
        "away_self_pay",
        "bill",
        "deductible",
        "fund_total",
        "lines",
        "missing",
        "paid",
        "plan",
    )

    def __init__(self, plan: Plan, bill: Bill) -> None:
        self.plan = plan
        self.bill = bill
        self.lines: list[Line] = []
        self.missing: tuple[tuple[str, str], ...] = ()
        self.away_self_pay = 0
        self.deductible = 0
        self.paid = _NONE
        self.fund_total = 0
        self.account = 0

    @property
    def steps(self) -> tuple[Step, ...]:
        """Return all lines in the order of the sheet, from the bill's own to the cash."""
        plan = self.plan
        why_none = () if plan.no_fund is None else plan.no_fund.citations
        overall = tuple(c for cap in plan.overall_caps for c in cap.citations)
        personal = self.bill.total_fen - self.fund_total
        account = [line for line in self.lines if line[0] == "personal_account"]
        return (
            *bill_steps(self.bill),
            *(_step(*line) for line in self.lines if line[0] != "personal_account"),
            _step("fund_total", self.fund_total, why_none or overall),
            _step("personal_total", personal),
            *(_step(*line) for line in account),
            _step("cash", personal - self.account),
        )

    @property
    def figures(self) -> Figures:
        bill, personal = self.bill, Fen(self.bill.total_fen - self.fund_total)
        pooled, large, critical, supplement, aid, subsidy = (
            None if amount is None else Fen(amount) for amount in self.paid
        )
        return Figures(
            total=bill.total_fen,
            off_catalog=bill.off_catalog_fen,
            over_limit=bill.over_limit_fen,
            upfront_self_pay=bill.upfront_self_pay_fen,
            in_scope=bill.in_scope_fen,
            away_self_pay=Fen(self.away_self_pay),
            deductible=Fen(self.deductible),
            pooled_fund=pooled or Fen(0),
            large_expense=large,
            critical_illness=critical,
            supplement=supplement,
            medical_aid=aid,
            government_subsidy=subsidy,
            fund_total=Fen(self.fund_total),
            personal_total=personal,
            personal_account=Fen(self.account),
            cash=Fen(personal - self.account),
            effective_ratio_bp=ratio_of(self.fund_total, bill.total_fen),
        )


def bill_steps(bill: Bill) -> tuple[Step, ...]:
    """Return the lines that the bill alone gives (I1)."""
    return (
        _step("total", bill.total_fen),
        _step("off_catalog", bill.off_catalog_fen),
        _step("over_limit", bill.over_limit_fen),
        _step("upfront_self_pay", bill.upfront_self_pay_fen),
        _step("in_scope", bill.in_scope_fen),
    )


def _step(
    code: str,
    amount: int,
    citations: tuple[Citation, ...] = (),
    names: tuple[str, ...] = (),
    values: tuple[int | None, ...] = (),
) -> Step:
    working = {name: value for name, value in zip(names, values, strict=True) if value is not None}
    return Step(code=code, amount_fen=Fen(amount), working=working, citations=citations)
