"""From a plan and a bill to the lines of the settlement sheet (domain.md §5.2), in fen.

Only arithmetic: nothing here looks up a rule, and bills are not negative here. Rounding is
half up, once per band and once per first pay (decisions.md 6). Names in `Step.working` are
fen or basis points:

=================== ==============================================================
away_self_pay        base_fen × ratio_bp
deductible           stated_fen − paid_fen, at most base_fen
band, layer_band     amount_fen × ratio_bp (stated_bp in the text), from_fen, to_fen
pooled_fund          uncapped_fen; room_fen and over_cap_fen where a cap cut it
critical_illness,    base_fen, accumulated_fen, threshold_fen; uncapped_fen and room_fen
  large_expense      where a cap cut it
supplement,          base_fen
  government_subsidy
medical_aid          base_fen, threshold_fen, ratio_bp
any fund             uncut_fen where a cap on all funds together cut it
personal_account     balance_fen, may_pay_fen
=================== ==============================================================
"""

from __future__ import annotations

from yibao.rules.away import Share
from yibao.rules.basic import CapTerms, DeductibleTerms
from yibao.rules.citation import Citation
from yibao.rules.facts import Accumulators, Bill
from yibao.rules.layers import AidTerms, LayerTerms, SupplementTerms
from yibao.rules.money import Fen, apply_ratio, divide_half_up
from yibao.rules.plan import Plan
from yibao.rules.sheet import Line, Sheet
from yibao.rules.terms import (
    BandBasis,
    Layer,
    SecondLayerMode,
    SelfPayPart,
)

_SHARE = ("base_fen", "ratio_bp")
_DEDUCTIBLE = ("stated_fen", "paid_fen", "base_fen")
_BAND = ("amount_fen", "ratio_bp", "stated_bp", "from_fen", "to_fen")
_LAYER_BAND = ("amount_fen", "ratio_bp", "from_fen", "to_fen")
_POOLED = ("uncapped_fen", "room_fen", "over_cap_fen")
_LAYER = ("base_fen", "accumulated_fen", "threshold_fen", "uncapped_fen", "room_fen")
_BASE = ("base_fen",)
_AID = ("base_fen", "threshold_fen", "ratio_bp")
_ACCOUNT = ("balance_fen", "may_pay_fen")

_UNCUT = (None, None)
_NO_LIMIT = 1 << 62
"""More fen than any bill has: a room without limit, so that the walk over bands need not ask."""

type _Lines = list[Line] | None
"""The sheet's lines so far; None where nobody asked for an explanation."""


class BandsDoNotCover(Exception):
    """The region's bands leave a part of the payable money without a ratio."""


def calculate(
    plan: Plan,
    bill: Bill,
    accumulated: Accumulators,
    balance_fen: Fen | None = None,
    *,
    explain: bool = True,
) -> Sheet:
    """Work out the whole sheet of a plan without gaps; `explain=False` notes no lines.

    Raises:
        BandsDoNotCover: a gap that only the amount shows.
    """
    sheet = Sheet(plan, bill)
    lines = sheet.lines if explain else None
    if plan.no_fund is None:
        _pay(plan, bill, accumulated, sheet, lines)
    if plan.account is not None and balance_fen:
        _account(sheet, balance_fen, lines)
    return sheet


def _pay(plan: Plan, bill: Bill, accumulated: Accumulators, sheet: Sheet, lines: _Lines) -> None:
    """Let the funds pay one after another, each on what the ones before it left."""
    in_scope = eligible = (
        bill.total_fen - bill.off_catalog_fen - bill.over_limit_fen - bill.upfront_self_pay_fen
    )
    if plan.scope_caps:
        # Of a bill beyond a cap on cost, the in-scope money counts first.
        eligible = min(in_scope, _room(plan.scope_caps, accumulated))
    base, away = eligible, plan.away
    if away is not None and away.first_pay_before:
        base -= _first_pay(away.first_pay_before, base, sheet, lines)
    deductible = 0
    if plan.deductible is not None:
        deductible = _deductible(plan.deductible, base, accumulated, sheet, lines)
    payable = base - deductible
    if away is not None and away.first_pay_after:
        payable -= _first_pay(away.first_pay_after, payable, sheet, lines)
    pooled, over_cap = _pooled(plan, payable, deductible, accumulated, sheet, lines)
    second: int | None = None
    if plan.second_layer is not None:
        over_cap += in_scope - eligible
        second = _second_layer(
            plan.second_layer, in_scope - pooled, over_cap, accumulated, sheet, lines
        )
    sheet.pooled, sheet.second = pooled, second
    sheet.fund_total = pooled + (second or 0)
    if plan.has_help:
        _help(plan, in_scope - sheet.fund_total, sheet, lines)
    if plan.overall_caps:
        _cut_to_overall_caps(sheet)


# --- Basic layer ----------------------------------------------------------------


def _first_pay(shares: tuple[Share, ...], base: int, sheet: Sheet, lines: _Lines) -> int:
    """Return what the person pays ahead of the funds, each share on what is then left."""
    left = base
    for share in shares:
        pay = apply_ratio(left, share.bp)
        if lines is not None:
            lines.append(("away_self_pay", pay, share.citations, _SHARE, (left, share.bp)))
        left -= pay
    sheet.away_self_pay += base - left
    return base - left


def _deductible(
    due: DeductibleTerms, base: int, accumulated: Accumulators, sheet: Sheet, lines: _Lines
) -> int:
    """Return what the person bears first. What the year already paid counts only where the
    amount is due once a quarter or year; otherwise each admission or visit pays its own."""
    stated = due.amount_fen
    paid = 0 if due.each_pays_its_own else accumulated.deductible_paid_fen or 0
    deductible: int = stated - paid if stated > paid else 0
    if base < deductible:
        deductible = base
    sheet.deductible = deductible
    if lines is not None:
        lines.append(("deductible", deductible, due.citations, _DEDUCTIBLE, (stated, paid, base)))
    return deductible


def _pooled(
    plan: Plan,
    payable: int,
    deductible: int,
    accumulated: Accumulators,
    sheet: Sheet,
    lines: _Lines,
) -> tuple[int, int]:
    """Return what the pooled fund pays and the payable money beyond its cap.

    Where the cap cuts a band, the band's money is back-computed (fund ÷ ratio, to the
    fen), and what is left of it is beyond the cap (decisions.md 8).
    """
    room, table = _room(plan.fund_caps, accumulated), plan.table
    start = 0 if table.basis is BandBasis.AFTER_DEDUCTIBLE else deductible
    if table.basis is BandBasis.CUMULATIVE_YEAR:
        start += accumulated.cost_so_far_fen or 0
    end = start + payable
    paid = over_cap = covered = cut = 0
    for low, high, ratio, stated, citations in table.walk:
        if low >= end:
            break
        amount = (end if high is None or end < high else high) - (low if low > start else start)
        if amount <= 0:
            continue
        covered += amount
        pay = (amount * ratio + 5_000) // 10_000  # apply_ratio, written out for speed
        total = paid + pay
        if total > room:
            cut += total - room
            pay = room - paid
            kept = min(amount, divide_half_up(pay * 10_000, ratio))
            over_cap += amount - kept
            amount, total = kept, room
        paid = total
        if lines is not None:
            lines.append(("band", pay, citations, _BAND, (amount, ratio, stated, low, high)))
    if covered != payable:
        raise BandsDoNotCover
    if paid and not plan.fund_caps:
        sheet.missing += (("payment_cap", Layer.BASIC),)
    if lines is not None:
        values = (paid + cut, room, over_cap) if cut else (paid, None, None)
        lines.append(("pooled_fund", paid, plan.basic_citations, _POOLED, values))
    return paid, over_cap


def _room(caps: tuple[CapTerms, ...], accumulated: Accumulators) -> int:
    """Return the least that any of the caps still leaves."""
    least = _NO_LIMIT
    for cap in caps:
        if cap.amount_fen is not None:
            room: int = cap.amount_fen
            if cap.used:
                room -= getattr(accumulated, cap.used) or 0
            if room < least:
                least = room
    return least if least > 0 else 0


# --- Further layers -------------------------------------------------------------


def _second_layer(
    terms: LayerTerms,
    left: int,
    over_cap: int,
    accumulated: Accumulators,
    sheet: Sheet,
    lines: _Lines,
) -> int | None:
    """Return what 大病 or 大额 pays, or None: it cannot be told, and is left out.

    `left` is the in-scope money that the basic fund left. Whether the first pay away
    counts is one flag worth thousands of yuan: where nobody states it, the layer is given
    only when it makes no difference (domain.md §5.5).
    """
    if terms.mode is SecondLayerMode.CONTINUATION:
        if not (sheet.plan.fund_caps or sheet.plan.scope_caps):
            sheet.missing += (("second_layer", "payment_cap"),)
            return None
        return _layer_payment(terms, over_cap, 0, accumulated, sheet, lines)
    so_far = accumulated.self_pay_accumulated_fen or 0
    if sheet.away_self_pay and not terms.counts_away:
        without = left - sheet.away_self_pay
        if terms.counts_away is None:
            aside = Sheet(sheet.plan, sheet.bill)
            either = [
                _layer_payment(terms, amount, so_far, accumulated, aside, None)
                for amount in (left, without)
            ]
            if either[0] != either[1]:
                sheet.missing += (("second_layer", "base_excludes"),)
                return None
        left = without
    return _layer_payment(terms, left, so_far, accumulated, sheet, lines)


def _layer_payment(
    terms: LayerTerms,
    base: int,
    so_far: int,
    accumulated: Accumulators,
    sheet: Sheet,
    lines: _Lines,
) -> int | None:
    """Return the payment on `base`, the bill's part of a year that stands at `so_far`."""
    threshold = terms.threshold_fen or 0
    start, end = (so_far if so_far > threshold else threshold), so_far + base
    paid = 0
    if end > start:
        covered = 0
        for low, high, ratio, citations in terms.walk:
            if low >= end:
                break
            amount = (end if high is None or end < high else high) - (low if low > start else start)
            if amount <= 0:
                continue
            covered += amount
            pay = (amount * ratio + 5_000) // 10_000  # apply_ratio, written out for speed
            paid += pay
            if lines is not None:
                values = (amount, ratio, low, high)
                lines.append(("layer_band", pay, citations, _LAYER_BAND, values))
        if covered != end - start:
            sheet.missing += (("second_layer", "second_layer_band"),)
            sheet.lines[:] = [line for line in sheet.lines if line[0] != "layer_band"]
            return None
    if paid and not terms.caps:
        sheet.missing += (("payment_cap", terms.layer),)
    uncapped, room = paid, _room(terms.caps, accumulated)
    if paid > room:
        paid = room
    if lines is not None:
        cut = (uncapped, room) if uncapped > room else _UNCUT
        lines.append((terms.layer, paid, terms.citations, _LAYER, (base, so_far, threshold, *cut)))
    return paid


def _help(plan: Plan, left: int, sheet: Sheet, lines: _Lines) -> None:
    """Let supplements and medical aid pay on the in-scope money that is left."""
    if plan.supplement is not None:
        sheet.supplement = _supplement(plan.supplement, "supplement", left, lines)
        left -= sheet.supplement
    if plan.medical_aid is not None:
        sheet.medical_aid = _medical_aid(plan.medical_aid, left, lines)
        left -= sheet.medical_aid
    if plan.subsidy is not None:
        sheet.subsidy = _supplement(plan.subsidy, "government_subsidy", left, lines)
    sheet.fund_total += sheet.supplement + sheet.medical_aid + sheet.subsidy


def _supplement(terms: SupplementTerms, code: str, left: int, lines: _Lines) -> int:
    total = 0
    citations: dict[Citation, None] = {}
    for band, cap_fen in terms.bands:
        amount = (left if band.to_fen is None else min(left, band.to_fen)) - band.from_fen
        if amount <= 0:
            continue
        pay: int = apply_ratio(amount, band.ratio_bp)
        if cap_fen is not None:
            pay = min(pay, cap_fen)
        if lines is not None:
            values = (amount, band.ratio_bp, band.from_fen, band.to_fen)
            lines.append(("layer_band", pay, band.citations, _LAYER_BAND, values))
        total += pay
        citations |= dict.fromkeys(band.citations)
    if lines is not None:
        lines.append((code, total, tuple(citations), _BASE, (left,)))
    return total


def _medical_aid(terms: AidTerms, left: int, lines: _Lines) -> int:
    paid: int = apply_ratio(max(left - terms.threshold_fen, 0), terms.ratio_bp)
    if terms.cap_fen is not None:
        paid = min(paid, terms.cap_fen)
    if lines is not None:
        values = (left, terms.threshold_fen, terms.ratio_bp)
        lines.append(("medical_aid", paid, terms.citations, _AID, values))
    return paid


# --- All funds together, and the account ------------------------------------------


def _cut_to_overall_caps(sheet: Sheet) -> None:
    """Cut what all funds pay together; the fund that pays last gives up its share first,
    and its line shows the cut."""
    payers = (
        ("subsidy", "government_subsidy"),
        ("medical_aid", "medical_aid"),
        ("supplement", "supplement"),
        ("second", sheet.plan.layer),
        ("pooled", "pooled_fund"),
    )
    for cap in sheet.plan.overall_caps:
        if cap.share_bp is not None:
            room: int = apply_ratio(sheet.bill.total_fen, cap.share_bp)
        elif cap.amount_fen is not None:
            room = cap.amount_fen
        else:
            continue
        excess = sheet.fund_total - room
        for fund, code in payers:
            before: int = getattr(sheet, fund) or 0
            if excess > 0 and before:
                cut = min(before, excess)
                setattr(sheet, fund, before - cut)
                excess -= cut
                sheet.fund_total -= cut
                sheet.lines[:] = [_cut_line(line, code, cut, cap) for line in sheet.lines]


def _cut_line(line: Line, code: str, cut: int, cap: CapTerms) -> Line:
    if line[0] != code:
        return line
    _, amount, citations, names, values = line
    sources = tuple(dict.fromkeys((*citations, *cap.citations)))
    return (code, amount - cut, sources, (*names, "uncut_fen"), (*values, amount))


def _account(sheet: Sheet, balance_fen: Fen, lines: _Lines) -> None:
    """Let the account pay the copayment, and of the rest what the region allows."""
    terms, bill = sheet.plan.account, sheet.bill
    if terms is None:
        return
    in_scope_left = bill.in_scope_fen - sheet.fund_total
    away_left = min(sheet.away_self_pay, in_scope_left)
    parts = (
        (SelfPayPart.OFF_CATALOG, bill.off_catalog_fen),
        (SelfPayPart.OVER_LIMIT, bill.over_limit_fen),
        (SelfPayPart.UPFRONT_SELF_PAY, bill.upfront_self_pay_fen),
        (SelfPayPart.AWAY_SELF_PAY, away_left),
    )
    may_pay = in_scope_left - away_left
    may_pay += sum(amount for part, amount in parts if part in terms.may_pay)
    sheet.account = min(balance_fen, may_pay)
    if lines is not None:
        values = (balance_fen, may_pay)
        lines.append(("personal_account", sheet.account, terms.citations, _ACCOUNT, values))
