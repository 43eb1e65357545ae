"""From a plan and columns of amounts to the columns of the sheet: `calculation`, many at once.

The order of effect, the rounding and the names are those of `calculation`; a test compares
the two on generated regions. Amounts are not negative here and below `settling.MOST`.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from yibao.rules.away import Share
from yibao.rules.basic import CapTerms
from yibao.rules.bulk.bands import Ladder, Scratch, Step, rounded, walk
from yibao.rules.bulk.columns import BALANCE, NOT_INCLUDED, Amounts, Column, Mask
from yibao.rules.layers import AidTerms, LayerTerms, SupplementTerms
from yibao.rules.plan import AccountTerms, Plan
from yibao.rules.terms import BandBasis, Layer, SecondLayerMode, SelfPayPart

_PARTS = {
    SelfPayPart.OFF_CATALOG: "off_catalog_fen",
    SelfPayPart.OVER_LIMIT: "over_limit_fen",
    SelfPayPart.UPFRONT_SELF_PAY: "upfront_self_pay_fen",
}


@dataclass(frozen=True, slots=True)
class Compiled:
    """A plan ready for columns of these names: the bands as steps and, where they start at
    one place in every bill, as ladders. `stated` is the deductible before the bill cuts it,
    None where each bill has its own."""

    plan: Plan
    stated: int | None
    steps: tuple[Step, ...]
    ladder: Ladder | None
    layer_steps: tuple[Step, ...]
    layer_ladder: Ladder | None

    @classmethod
    def of(cls, plan: Plan, columns: Container[str]) -> Compiled:
        """Compile a plan without gaps.

        Where the deductible is the same for all, bands measured with it begin at one place:
        a bill below it has nothing payable.
        """
        stated: int | None = 0
        due, table, layer = plan.deductible, plan.table, plan.second_layer
        if due is not None:
            each = due.each_pays_its_own or "deductible_paid_fen" not in columns
            stated = due.amount_fen if each else None
        steps = tuple(Step(low, high, ratio) for low, high, ratio, _, _ in table.walk)
        start = 0 if table.basis is BandBasis.AFTER_DEDUCTIBLE else stated
        if table.basis is BandBasis.CUMULATIVE_YEAR and "cost_so_far_fen" in columns:
            start = None
        if layer is not None and layer.mode is SecondLayerMode.CONTINUATION:
            start = None  # what a cap leaves of each band is needed too
        layer_steps: tuple[Step, ...] = ()
        layer_ladder = None
        if layer is not None:
            layer_steps = tuple(Step(low, high, ratio) for low, high, ratio, _ in layer.walk)
            is_first = (
                layer.mode is SecondLayerMode.CONTINUATION
                or "self_pay_accumulated_fen" not in columns
            )
            layer_ladder = Ladder.of(layer_steps, layer.threshold_fen or 0) if is_first else None
        return cls(
            plan=plan,
            stated=stated,
            steps=steps,
            ladder=None if start is None else Ladder.of(steps, start),
            layer_steps=layer_steps,
            layer_ladder=layer_ladder,
        )


class Work:
    """The sheets of one plan, being worked out. A line that is a whole number is the same in
    every sheet. `unknown` marks bills for which the bands leave money out; `told` is the
    second layer's line, NOT_INCLUDED where it cannot be told, and `second` what it adds.

    `slots` are columns of the lines to be filled: what is worked out right there need not be
    copied. Nothing else may be read from them.
    """

    unknown: Mask | None = None
    away_self_pay: int | Column = 0
    deductible: int | Column = 0
    pooled: int | Column = 0
    told: int | Column = 0
    second: int | Column = 0
    supplement: int | Column = 0
    medical_aid: int | Column = 0
    subsidy: int | Column = 0
    fund_total: int | Column = 0
    account: int | Column = 0

    def __init__(
        self,
        compiled: Compiled,
        amounts: Amounts,
        slots: Mapping[str, Column],
        scratch: Scratch,
    ) -> None:
        self.slots = slots
        self.scratch = scratch
        self.compiled = compiled
        self.plan = plan = compiled.plan
        self.amounts = amounts
        self.in_scope = amounts.columns["total_fen"]
        for name in _PARTS.values():
            part = amounts.get(name)
            if part is not None:
                self.in_scope = self.in_scope - part
        if plan.no_fund is None:
            self._pay()
        balance = amounts.get(BALANCE)
        if plan.account is not None and balance is not None:
            self._account(plan.account, balance)

    def line(self, name: str) -> int | Column:
        """Return one of `columns.LINES`."""
        plan = self.plan
        is_large = plan.layer is Layer.LARGE_EXPENSE
        match name:
            case "pooled_fund":
                return self.pooled
            case "large_expense":
                return self.told if is_large else 0
            case "critical_illness":
                return 0 if is_large else self.told
            case "medical_aid":
                return self.medical_aid if plan.medical_aid_known else NOT_INCLUDED
            case "supplement":
                return self.supplement if plan.supplement_known else NOT_INCLUDED
            case "government_subsidy":
                return self.subsidy
            case "personal_account":
                return self.account
            case _:
                found: int | Column = getattr(self, name)
                return found

    def _pay(self) -> None:
        """Let the funds pay one after another, each on what the ones before it left."""
        plan = self.plan
        eligible = self.in_scope
        if plan.scope_caps:
            eligible = np.minimum(self.in_scope, self._room(plan.scope_caps))
        base, away = eligible, plan.away
        if away is not None and away.first_pay_before:
            base = self._first_pay(away.first_pay_before, base)
        stated = self._stated()
        self.deductible = np.minimum(base, stated, out=self.slots.get("deductible"))
        if away is not None and away.first_pay_after:
            payable = self._first_pay(away.first_pay_after, base - self.deductible)
            base = payable + self.deductible
        over_cap = self._pooled(base)
        self.fund_total = self.pooled
        if plan.second_layer is None:
            self.told = NOT_INCLUDED
        else:
            if over_cap is not None:
                over_cap = over_cap + self.in_scope - eligible
            self._second_layer(plan.second_layer, over_cap)
            self.fund_total = np.add(self.pooled, self.second, out=self.slots.get("fund_total"))
        if plan.has_help:
            self._help()
        if plan.overall_caps:
            self._cut_to_overall_caps()

    # --- Basic layer --------------------------------------------------------------

    def _first_pay(self, shares: Iterable[Share], base: Column) -> Column:
        """Return what is left when the person has paid ahead of the funds."""
        left = base
        for share in shares:
            left = left - rounded(left, share.bp)
        self.away_self_pay = self.away_self_pay + (base - left)
        return left

    def _stated(self) -> int | Column:
        """Return the deductible that is still due."""
        due, paid = self.plan.deductible, self.amounts.get("deductible_paid_fen")
        if self.compiled.stated is not None or due is None or paid is None:
            return self.compiled.stated or 0
        return np.maximum(due.amount_fen - paid, 0)

    def _pooled(self, whole: Column) -> Column | None:
        """Work out what the pooled fund pays; return the payable money beyond its cap where
        the second layer carries it on. `whole` is the payable money with the deductible."""
        plan, ladder = self.plan, self.compiled.ladder
        start: int | Column = self.deductible
        end = whole
        if plan.table.basis is BandBasis.AFTER_DEDUCTIBLE:
            start, end = 0, whole - self.deductible
        so_far = self.amounts.get("cost_so_far_fen")
        if plan.table.basis is BandBasis.CUMULATIVE_YEAR and so_far is not None:
            start, end = start + so_far, end + so_far
        room = self._room(plan.fund_caps) if plan.fund_caps else None
        if ladder is not None:
            self.pooled = ladder.paid(end, self.scratch, self.slots.get("pooled_fund"))
            if room is not None:
                np.minimum(self.pooled, room, out=self.pooled)
            return None
        walked = walk(self.compiled.steps, start, end, room)
        self.pooled = walked.paid
        if walked.uncovered.any():
            self.unknown = walked.uncovered
        return np.zeros_like(end) if walked.over is None else walked.over

    def _room(self, caps: Iterable[CapTerms]) -> int | Column:
        """Return the least that any of the caps still leaves; without a limit, more than any
        bill has."""
        fixed, rooms = 1 << 62, []
        for cap in caps:
            used = self.amounts.get(cap.used) if cap.used else None
            if cap.amount_fen is None:
                continue
            if used is None:
                fixed = min(fixed, cap.amount_fen)
            else:
                rooms.append(cap.amount_fen - used)
        if not rooms:
            return max(fixed, 0)
        least = rooms[0]
        for room in rooms[1:]:
            np.minimum(least, room, out=least)
        if fixed < 1 << 62:
            np.minimum(least, fixed, out=least)
        return np.maximum(least, 0, out=least)

    # --- Further layers -----------------------------------------------------------

    def _second_layer(self, terms: LayerTerms, over_cap: Column | None) -> None:
        """Work out what 大病 or 大额 pays on the in-scope money that the basic fund left."""
        if terms.mode is SecondLayerMode.CONTINUATION:
            if over_cap is None or not (self.plan.fund_caps or self.plan.scope_caps):
                self.told = NOT_INCLUDED
                return
            self._take(self._layer(terms, over_cap, None))
            return
        left = self.in_scope - self.pooled
        so_far = self.amounts.get("self_pay_accumulated_fen")
        if isinstance(self.away_self_pay, int) or terms.counts_away:
            self._take(self._layer(terms, left, so_far, self.slots.get(terms.layer)))
            return
        told = self._layer(terms, left - self.away_self_pay, so_far)
        is_open = terms.counts_away is None
        if is_open:
            # Nobody says whether the first pay counts: told only where it makes no difference.
            told[self._layer(terms, left, so_far) != told] = NOT_INCLUDED
        self._take(told, may_be_untold=is_open)

    def _take(self, told: Column, *, may_be_untold: bool = False) -> None:
        """Keep the layer's line; a ladder alone leaves no bill untold."""
        self.told = self.second = told
        if may_be_untold or self.compiled.layer_ladder is None:
            self.second = np.where(told == NOT_INCLUDED, 0, told)

    def _layer(
        self,
        terms: LayerTerms,
        base: Column,
        so_far: Column | None,
        out: Column | None = None,
    ) -> Column:
        """Return what the layer pays on `base`, NOT_INCLUDED where the bands leave money out."""
        threshold, ladder = terms.threshold_fen or 0, self.compiled.layer_ladder
        if ladder is not None:
            paid = ladder.paid(base, self.scratch, out)
            if terms.caps:
                np.minimum(paid, self._room(terms.caps), out=paid)
            return paid
        end = base if so_far is None else base + so_far
        start = threshold if so_far is None else np.maximum(so_far, threshold)
        walked = walk(self.compiled.layer_steps, start, end)
        paid = walked.paid
        if terms.caps:
            np.minimum(paid, self._room(terms.caps), out=paid)
        paid[walked.uncovered] = NOT_INCLUDED
        return paid

    def _help(self) -> None:
        """Let supplements and medical aid pay on the in-scope money that is left."""
        plan, left = self.plan, self.in_scope - self.fund_total
        if plan.supplement is not None:
            self.supplement = _supplement(plan.supplement, left)
            left = left - self.supplement
        if plan.medical_aid is not None:
            self.medical_aid = _medical_aid(plan.medical_aid, left)
            left = left - self.medical_aid
        if plan.subsidy is not None:
            self.subsidy = _supplement(plan.subsidy, left)
        self.fund_total = self.fund_total + self.supplement + self.medical_aid + self.subsidy

    # --- All funds together, and the account ----------------------------------------

    def _cut_to_overall_caps(self) -> None:
        """Cut what all funds pay together; the fund that pays last gives up its share first."""
        total = self.amounts.columns["total_fen"]
        for cap in self.plan.overall_caps:
            if cap.share_bp is not None:
                room: int | Column = rounded(total, cap.share_bp)
            elif cap.amount_fen is not None:
                room = cap.amount_fen
            else:
                continue
            excess: int | Column = np.maximum(self.fund_total - room, 0)
            for fund in ("subsidy", "medical_aid", "supplement", "second", "pooled"):
                before: int | Column = getattr(self, fund)
                cut = np.minimum(before, excess)
                setattr(self, fund, before - cut)
                excess = excess - cut
                self.fund_total = self.fund_total - cut
        if not isinstance(self.told, int):
            self.told = np.where(self.told == NOT_INCLUDED, NOT_INCLUDED, self.second)

    def _account(self, terms: AccountTerms, balance: Column) -> None:
        """Let the account pay the copayment, and of the rest what the region allows."""
        in_scope_left = self.in_scope - self.fund_total
        away_left = np.minimum(self.away_self_pay, in_scope_left)
        may_pay = in_scope_left - away_left
        if SelfPayPart.AWAY_SELF_PAY in terms.may_pay:
            may_pay = may_pay + away_left
        for part, name in _PARTS.items():
            column = self.amounts.get(name)
            if part in terms.may_pay and column is not None:
                may_pay = may_pay + column
        self.account = np.where(balance > 0, np.minimum(balance, may_pay), 0)


def _supplement(terms: SupplementTerms, left: Column) -> Column:
    total = np.zeros_like(left)
    for band, cap_fen in terms.bands:
        high = left if band.to_fen is None else np.minimum(left, band.to_fen)
        pay = rounded(np.maximum(high - band.from_fen, 0), band.ratio_bp)
        total += pay if cap_fen is None else np.minimum(pay, cap_fen)
    return total


def _medical_aid(terms: AidTerms, left: Column) -> Column:
    paid = rounded(np.maximum(left - terms.threshold_fen, 0), terms.ratio_bp)
    return paid if terms.cap_fen is None else np.minimum(paid, terms.cap_fen)
