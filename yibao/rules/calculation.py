"""From a plan and a bill to the lines of the settlement sheet (domain.md §5.2), in fen.

Only arithmetic: nothing here looks up a rule. Rounding is half up, once per band and once
per first pay (decisions.md 6). Names in `Step.working` are fen or basis points:

=================== ==============================================================
away_self_pay        base_fen × ratio_bp
deductible           stated_fen − paid_fen, at most base_fen
band, layer_band     amount_fen × ratio_bp (stated_bp in the text), from_fen, to_fen
pooled_fund          uncapped_fen, room_fen where a cap cut it, over_cap_fen beyond it
critical_illness,    base_fen, accumulated_fen, threshold_fen, room_fen where a cap cut it
  large_expense
supplement, medical_aid, government_subsidy: base_fen, ratio_bp, threshold_fen
any fund             uncut_fen where a cap on all funds together cut it
personal_account     balance_fen, may_pay_fen
=================== ==============================================================
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from yibao.rules.basic import Band, CapTerms
from yibao.rules.citation import Citation
from yibao.rules.decision import Figures, Step
from yibao.rules.facts import Accumulators, Bill
from yibao.rules.layers import LayerBand, LayerTerms, SupplementTerms
from yibao.rules.money import Fen, apply_ratio, divide_half_up, ratio_of
from yibao.rules.plan import Plan
from yibao.rules.terms import (
    BandBasis,
    CapBasis,
    CapPeriod,
    DeductiblePeriod,
    Layer,
    SecondLayerMode,
    SelfPayPart,
)

ZERO = Fen(0)


class BandsDoNotCover(Exception):
    """The region's bands leave a part of the payable money without a ratio."""


@dataclass(slots=True)
class Sheet:
    """The lines as they are worked out. `missing`: (table, detail) of what the sum leaves out."""

    steps: list[Step] = field(default_factory=list)
    missing: list[tuple[str, str]] = field(default_factory=list)
    figures: Figures | None = None

    def add(
        self, code: str, amount: int, citations: tuple[Citation, ...] = (), **working: int
    ) -> None:
        self.steps.append(
            Step(code=code, amount_fen=Fen(amount), working=working, citations=citations)
        )

    def cut(self, code: str, amount: int, citations: tuple[Citation, ...]) -> None:
        """Lower a fund's line to what a cap on all funds leaves of it."""
        self.steps = [
            step
            if step.code != code
            else replace(
                step,
                amount_fen=Fen(amount),
                working={**step.working, "uncut_fen": step.amount_fen},
                citations=tuple(dict.fromkeys((*step.citations, *citations))),
            )
            for step in self.steps
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Payments:
    """Who bears what, in fen, before the caps on all funds; None = not included."""

    away_self_pay: int = 0
    deductible: int = 0
    pooled_fund: int = 0
    large_expense: int | None = 0
    critical_illness: int | None = 0
    supplement: int | None = 0
    medical_aid: int | None = 0
    government_subsidy: int = 0


FUNDS_IN_ORDER = (
    "pooled_fund",
    "large_expense",
    "critical_illness",
    "supplement",
    "medical_aid",
    "government_subsidy",
)


def calculate(
    plan: Plan, bill: Bill, accumulated: Accumulators, balance_fen: Fen | None = None
) -> Sheet:
    """Work out the whole sheet of a plan without gaps.

    Raises:
        BandsDoNotCover: a gap that only the amount shows.
    """
    sheet = open_sheet(bill)
    if plan.no_fund is not None:
        return _close(sheet, plan, bill, balance_fen, Payments())
    in_scope = bill.in_scope_fen
    eligible, base, away_pay = _before_deductible(plan, bill, accumulated, sheet)
    deductible = _deductible(plan, base, accumulated, sheet)
    payable = base - deductible
    for share in plan.away.first_pay_after if plan.away else ():
        pay = apply_ratio(payable, share.bp)
        sheet.add("away_self_pay", pay, share.citations, base_fen=payable, ratio_bp=share.bp)
        payable -= pay
        away_pay += pay
    pooled, over_cap = _pooled(plan, payable, deductible, accumulated, sheet)
    over_cap += in_scope - eligible
    second = _second_layer(plan, in_scope, away_pay, pooled, over_cap, accumulated, sheet)
    left = in_scope - pooled - (second or 0)
    supplement = _supplement(plan.supplement, "supplement", left, sheet)
    left -= supplement
    aid = _medical_aid(plan, left, sheet)
    left -= aid
    subsidy = _supplement(plan.subsidy, "government_subsidy", left, sheet)
    is_large = plan.layer is Layer.LARGE_EXPENSE
    return _close(
        sheet,
        plan,
        bill,
        balance_fen,
        Payments(
            away_self_pay=away_pay,
            deductible=deductible,
            pooled_fund=pooled,
            large_expense=second if is_large else 0,
            critical_illness=0 if is_large else second,
            supplement=supplement if plan.supplement_known else None,
            medical_aid=aid if plan.medical_aid_known else None,
            government_subsidy=subsidy,
        ),
    )


def open_sheet(bill: Bill) -> Sheet:
    """Return a sheet with the lines that the bill alone gives (I1)."""
    sheet = Sheet()
    sheet.add("total", bill.total_fen)
    sheet.add("off_catalog", bill.off_catalog_fen)
    sheet.add("over_limit", bill.over_limit_fen)
    sheet.add("upfront_self_pay", bill.upfront_self_pay_fen)
    sheet.add("in_scope", bill.in_scope_fen)
    return sheet


# --- Basic layer ----------------------------------------------------------------


def _before_deductible(
    plan: Plan, bill: Bill, accumulated: Accumulators, sheet: Sheet
) -> tuple[int, int, int]:
    """Return the money that counts, what is left of it after the first pay, and the first pay.

    A cap on the cost or on the in-scope money leaves `cap − the year's cost so far`; of a
    bill that goes beyond it, the in-scope money counts first.
    """
    eligible: int = bill.in_scope_fen
    for cap in plan.scope_caps:
        if cap.amount_fen is not None:
            eligible = min(eligible, _room(cap, accumulated))
    base = eligible
    for share in plan.away.first_pay_before if plan.away else ():
        pay = apply_ratio(base, share.bp)
        sheet.add("away_self_pay", pay, share.citations, base_fen=base, ratio_bp=share.bp)
        base -= pay
    return eligible, base, eligible - base


def _deductible(plan: Plan, base: int, accumulated: Accumulators, sheet: Sheet) -> int:
    """Return what the person bears first. What the year already paid counts only where the
    amount is due once a quarter or year; otherwise each admission or visit pays its own."""
    terms = plan.deductible
    if terms is None:
        return 0
    paid = 0
    if terms.counts_per not in (DeductiblePeriod.ADMISSION, DeductiblePeriod.VISIT):
        paid = accumulated.deductible_paid_fen or 0
    deductible = min(max(terms.amount_fen - paid, 0), base)
    sheet.add(
        "deductible",
        deductible,
        terms.citations,
        stated_fen=terms.amount_fen,
        paid_fen=paid,
        base_fen=base,
    )
    return deductible


def _pooled(
    plan: Plan, payable: int, deductible: int, accumulated: Accumulators, sheet: Sheet
) -> tuple[int, int]:
    """Return what the pooled fund pays and the payable money beyond its cap.

    Where the cap cuts a band, the band's money is back-computed (fund ÷ ratio, to the
    fen), and what is left of it is beyond the cap (decisions.md 8).
    """
    cap = min(
        (c for c in plan.fund_caps if c.amount_fen is not None),
        key=lambda c: _room(c, accumulated),
        default=None,
    )
    room = None if cap is None else _room(cap, accumulated)
    paid = entered = covered = uncapped = 0
    for band in plan.bands:
        amount = _amount_in(band, payable, deductible, accumulated)
        if amount <= 0:
            continue
        covered += amount
        pay: int = apply_ratio(amount, band.ratio_bp)
        uncapped += pay
        if room is not None and paid + pay > room:
            pay = room - paid
            amount = min(amount, divide_half_up(pay * 10_000, band.ratio_bp))
        paid += pay
        entered += amount
        working = {
            "amount_fen": amount,
            "ratio_bp": band.ratio_bp,
            "stated_bp": band.stated_bp,
            "from_fen": band.from_fen,
        }
        if band.to_fen is not None:
            working["to_fen"] = band.to_fen
        sheet.add("band", pay, band.citations, **working)
    if covered != payable:
        raise BandsDoNotCover
    if not plan.fund_caps and paid:
        sheet.missing.append(("payment_cap", Layer.BASIC))
    working = {"uncapped_fen": uncapped}
    if room is not None and uncapped > room:
        working |= {"room_fen": room, "over_cap_fen": payable - entered}
    sheet.add("pooled_fund", paid, plan.basic_citations, **working)
    return paid, payable - entered


def _amount_in(band: Band, payable: int, deductible: int, accumulated: Accumulators) -> int:
    """Return the part of the payable money that lies in a band, by what its limits measure."""
    start = 0
    if band.basis is not BandBasis.AFTER_DEDUCTIBLE:
        start = deductible
    if band.basis is BandBasis.CUMULATIVE_YEAR:
        start += accumulated.cost_so_far_fen or 0
    end = start + payable
    upper = end if band.to_fen is None else min(end, band.to_fen)
    return upper - max(start, band.from_fen)


def _room(cap: CapTerms, accumulated: Accumulators) -> int:
    """Return what a cap still leaves. A quarter counts at least what its month has paid."""
    if cap.amount_fen is None:
        raise ValueError("an unlimited cap has no room to measure")
    if cap.counts_per is CapPeriod.VISIT:
        used = 0
    elif cap.basis is not CapBasis.FUND_PAID:
        used = accumulated.cost_so_far_fen or 0
    elif cap.counts_per in (CapPeriod.MONTH, CapPeriod.QUARTER):
        used = accumulated.fund_paid_month_fen or 0
    elif cap.layer is Layer.LARGE_EXPENSE:
        used = accumulated.fund_paid_large_fen or 0
    elif cap.layer is Layer.CRITICAL_ILLNESS:
        used = accumulated.fund_paid_critical_fen or 0
    else:
        used = accumulated.fund_paid_fen or 0
    return max(cap.amount_fen - used, 0)


# --- Further layers -------------------------------------------------------------


def _second_layer(
    plan: Plan,
    in_scope: int,
    away_pay: int,
    pooled: int,
    over_cap: int,
    accumulated: Accumulators,
    sheet: Sheet,
) -> Fen | None:
    """Return what 大病 or 大额 pays, or None: it cannot be told, and is left out.

    Whether the first pay away counts is one flag worth thousands of yuan: where nobody
    states it, the layer is given only when it makes no difference (domain.md §5.5).
    """
    terms = plan.second_layer
    if terms is None:
        return None
    if terms.mode is SecondLayerMode.CONTINUATION:
        if not (plan.fund_caps or plan.scope_caps):
            sheet.missing.append(("second_layer", "payment_cap"))
            return None
        return _layer_payment(terms, over_cap, 0, accumulated, sheet)
    with_away, without = in_scope - pooled, in_scope - away_pay - pooled
    so_far = accumulated.self_pay_accumulated_fen or 0
    if terms.counts_away is None and away_pay:
        amounts = {
            _layer_payment(terms, base, so_far, accumulated, Sheet())
            for base in (with_away, without)
        }
        if len(amounts) != 1:
            sheet.missing.append(("second_layer", "base_excludes"))
            return None
    base = with_away if terms.counts_away else without
    return _layer_payment(terms, base, so_far, accumulated, sheet)


def _layer_payment(
    terms: LayerTerms, base: int, so_far: int, accumulated: Accumulators, sheet: Sheet
) -> Fen | None:
    """Return the payment on `base`, the bill's part of a year that stands at `so_far`."""
    threshold = terms.threshold_fen or 0
    start = max(so_far, threshold)
    steps, paid, covered = [], 0, 0
    for band in terms.bands:
        amount, pay = _in_layer_band(band, start, so_far + base)
        if amount <= 0:
            continue
        covered += amount
        paid += pay
        steps.append((pay, band, amount))
    if covered != max(so_far + base - start, 0):
        sheet.missing.append(("second_layer", "second_layer_band"))
        return None
    for pay, band, amount in steps:
        sheet.add(
            "layer_band",
            pay,
            band.citations,
            amount_fen=amount,
            ratio_bp=band.ratio_bp,
            from_fen=band.from_fen,
        )
    limited = [cap for cap in terms.caps if cap.amount_fen is not None]
    working = {"base_fen": base, "accumulated_fen": so_far, "threshold_fen": threshold}
    citations = terms.citations
    for cap in limited:
        citations = (*citations, *cap.citations)
        room = _room(cap, accumulated)
        if paid > room:
            working["uncapped_fen"] = paid
            working["room_fen"] = paid = room
    if not terms.caps and paid:
        sheet.missing.append(("payment_cap", terms.layer))
    sheet.add(terms.layer, paid, citations, **working)
    return Fen(paid)


def _in_layer_band(band: LayerBand, start: int, end: int) -> tuple[int, int]:
    upper = end if band.to_fen is None else min(end, band.to_fen)
    amount = upper - max(start, band.from_fen)
    return amount, apply_ratio(max(amount, 0), band.ratio_bp)


def _supplement(terms: SupplementTerms | None, code: str, left: int, sheet: Sheet) -> Fen:
    if terms is None:
        return ZERO
    paid = 0
    citations: tuple[Citation, ...] = ()
    for band, cap_fen in terms.bands:
        amount, pay = _in_layer_band(band, 0, left)
        if amount <= 0:
            continue
        pay = pay if cap_fen is None else min(pay, cap_fen)
        sheet.add(
            "layer_band",
            pay,
            band.citations,
            amount_fen=amount,
            ratio_bp=band.ratio_bp,
            from_fen=band.from_fen,
        )
        paid += pay
        citations = (*citations, *band.citations)
    sheet.add(code, paid, tuple(dict.fromkeys(citations)), base_fen=left)
    return Fen(paid)


def _medical_aid(plan: Plan, left: int, sheet: Sheet) -> Fen:
    terms = plan.medical_aid
    if terms is None:
        return ZERO
    paid = apply_ratio(max(left - terms.threshold_fen, 0), terms.ratio_bp)
    if terms.cap_fen is not None:
        paid = min(paid, terms.cap_fen)
    sheet.add(
        "medical_aid",
        paid,
        terms.citations,
        base_fen=left,
        threshold_fen=terms.threshold_fen,
        ratio_bp=terms.ratio_bp,
    )
    return paid


# --- Closing --------------------------------------------------------------------


def _close(
    sheet: Sheet, plan: Plan, bill: Bill, balance_fen: Fen | None, payments: Payments
) -> Sheet:
    """Apply the caps on all funds, sum up, and let the account pay (I2)."""
    paid = {code: getattr(payments, code) for code in FUNDS_IN_ORDER}
    citations = _cut_to_overall_cap(plan.overall_caps, bill, paid, sheet)
    fund_total = Fen(sum(amount for amount in paid.values() if amount is not None))
    personal = Fen(bill.total_fen - fund_total)
    sheet.add(
        "fund_total", fund_total, citations if plan.no_fund is None else plan.no_fund.citations
    )
    sheet.add("personal_total", personal)
    account = _account(plan, bill, balance_fen, payments.away_self_pay, fund_total, sheet)
    sheet.add("cash", personal - account)
    sheet.figures = Figures(
        total=bill.total_fen,
        off_catalog=bill.off_catalog_fen,
        over_limit=bill.over_limit_fen,
        upfront_self_pay=bill.upfront_self_pay_fen,
        in_scope=bill.in_scope_fen,
        away_self_pay=Fen(payments.away_self_pay),
        deductible=Fen(payments.deductible),
        **paid,
        fund_total=fund_total,
        personal_total=personal,
        personal_account=account,
        cash=Fen(personal - account),
        effective_ratio_bp=ratio_of(fund_total, bill.total_fen),
    )
    return sheet


def _cut_to_overall_cap(
    caps: Iterable[CapTerms], bill: Bill, paid: dict[str, int | None], sheet: Sheet
) -> tuple[Citation, ...]:
    """Cut `paid` to what all funds may pay together; the fund that pays last gives up its
    share first, and its step shows the cut."""
    citations: tuple[Citation, ...] = ()
    for cap in caps:
        if cap.share_bp is not None:
            room: int = apply_ratio(bill.total_fen, cap.share_bp)
        elif cap.amount_fen is not None:
            room = cap.amount_fen
        else:
            continue
        citations = (*citations, *cap.citations)
        excess = sum(amount for amount in paid.values() if amount is not None) - room
        for code in reversed(FUNDS_IN_ORDER):
            before = paid[code]
            if excess > 0 and before:
                paid[code] = before - min(before, excess)
                excess -= min(before, excess)
                sheet.cut(code, paid[code] or 0, cap.citations)
    return citations


def _account(
    plan: Plan, bill: Bill, balance_fen: Fen | None, away_pay: int, fund_total: int, sheet: Sheet
) -> Fen:
    terms = plan.account
    if terms is None or not balance_fen:
        sheet.add("personal_account", 0)
        return ZERO
    in_scope_left = bill.in_scope_fen - fund_total
    away_left = min(away_pay, in_scope_left)
    parts = (
        (SelfPayPart.OFF_CATALOG, bill.off_catalog_fen),
        (SelfPayPart.OVER_LIMIT, bill.over_limit_fen),
        (SelfPayPart.UPFRONT_SELF_PAY, bill.upfront_self_pay_fen),
        (SelfPayPart.AWAY_SELF_PAY, away_left),
    )
    may_pay = in_scope_left - away_left
    may_pay += sum(amount for part, amount in parts if part in terms.may_pay)
    account = Fen(min(balance_fen, may_pay))
    sheet.add(
        "personal_account",
        account,
        terms.citations,
        balance_fen=balance_fen,
        may_pay_fen=may_pay,
    )
    return account
