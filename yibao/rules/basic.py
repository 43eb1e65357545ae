"""The basic layer of a case: deductible, bands and caps, with every rule that made them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import NamedTuple

from yibao.rules.away import Away
from yibao.rules.citation import Citation
from yibao.rules.money import FULL, BasisPoints, Fen, apply_ratio, multiply_ratios
from yibao.rules.policy import ChronicDisease, Deductible, GroupAdjustment, PaymentBand, PaymentCap
from yibao.rules.resolver import Resolver, citations_of
from yibao.rules.selection import Key
from yibao.rules.terms import (
    BandBasis,
    CapBasis,
    CapPeriod,
    CareType,
    DeductiblePeriod,
    GroupOperator,
    Layer,
    RatioRule,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeductibleTerms:
    """起付标准 of this admission or visit. `each_pays_its_own`: due once per
    admission or visit, not once a quarter or year. `base_fen` is the amount before factors."""

    amount_fen: Fen
    base_fen: Fen
    each_pays_its_own: bool
    citations: tuple[Citation, ...]


class Band(NamedTuple):
    """One band with the ratio that holds in this case; `stated_bp` is the ratio in the text."""

    from_fen: Fen
    to_fen: Fen | None
    ratio_bp: BasisPoints
    stated_bp: BasisPoints
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BandTable:
    """The bands in order, and on what money their limits are measured.

    `walk` is `bands` as plain tuples: they unpack several times as fast, and the
    calculation walks them for every bill.
    """

    basis: BandBasis
    bands: tuple[Band, ...]
    walk: tuple[tuple[Fen, Fen | None, BasisPoints, BasisPoints, tuple[Citation, ...]], ...]

    @classmethod
    def of(cls, basis: BandBasis, bands: Iterable[Band]) -> BandTable:
        listed = tuple(bands)
        return cls(basis=basis, bands=listed, walk=tuple((*band,) for band in listed))


@dataclass(frozen=True, slots=True, kw_only=True)
class CapTerms:
    """最高支付限额. At most one of `amount_fen`, `share_bp` is set; an unlimited cap has
    neither. `used` names the accumulator that has filled it so far, empty where each visit
    has a cap of its own."""

    amount_fen: Fen | None
    share_bp: BasisPoints | None
    basis: CapBasis
    used: str
    citations: tuple[Citation, ...]

    @classmethod
    def for_layer(
        cls, layer: Layer, amount_fen: Fen | None, citations: tuple[Citation, ...]
    ) -> CapTerms:
        """Build a layer's yearly cap on what it pays; None = without limit."""
        return cls(
            amount_fen=amount_fen,
            share_bp=None,
            basis=CapBasis.FUND_PAID,
            used=_used(layer, CapPeriod.YEAR, CapBasis.FUND_PAID),
            citations=citations,
        )


_ONCE_EACH = (DeductiblePeriod.ADMISSION, DeductiblePeriod.VISIT)

# --- Deductible -----------------------------------------------------------------


def resolve_deductible(resolver: Resolver, away: Away) -> DeductibleTerms | None:
    """Return the deductible, or None with a gap recorded. No row is a gap; a row of 0 is not.

    The away rule's own amount stands in place of the region's; its factors come last.
    """
    if away.deductible_fen is not None:
        base = DeductibleTerms(
            amount_fen=away.deductible_fen,
            base_fen=away.deductible_fen,
            each_pays_its_own=True,
            citations=away.citations,
        )
    else:
        found = _stated_deductible(resolver)
        if found is None:
            resolver.gap("deductible", _detail(resolver))
            return None
        base = found
    if not away.deductible_factors_bp:
        return base
    amount = base.amount_fen
    for factor in away.deductible_factors_bp:
        amount = apply_ratio(amount, factor)
    return replace(
        base, amount_fen=amount, citations=tuple(dict.fromkeys((*base.citations, *away.citations)))
    )


def _stated_deductible(resolver: Resolver) -> DeductibleTerms | None:
    rows = resolver.rows(Deductible, resolver.key)
    if not rows:
        return None
    row = rows[0]
    if row.factor_bp is None:
        amount = resolver.bounded(row, "amount_fen", "amount_high_fen")
        if amount is None:
            return None
        return DeductibleTerms(
            amount_fen=Fen(amount),
            base_fen=Fen(amount),
            each_pays_its_own=row.counts_per in _ONCE_EACH,
            citations=citations_of(row),
        )
    first = next(
        (r for r in resolver.rows(Deductible, replace(resolver.key, nth=1)) if r.factor_bp is None),
        None,
    )
    if first is None:
        return None
    amount = resolver.bounded(first, "amount_fen", "amount_high_fen")
    if amount is None:
        return None
    return DeductibleTerms(
        amount_fen=apply_ratio(amount, row.factor_bp),
        base_fen=Fen(amount),
        each_pays_its_own=first.counts_per in _ONCE_EACH,
        citations=citations_of(first, row),
    )


# --- Bands ----------------------------------------------------------------------


def resolve_bands(resolver: Resolver, away: Away) -> BandTable | None:
    """Return the bands in order, with group and away adjustments in each ratio, or None with
    a gap recorded. Whether they cover the money is seen when the bill is known. Bands that
    are measured on different money do not make a table: a gap."""
    if away.ratio is not None:
        flat = Band(
            from_fen=Fen(0),
            to_fen=None,
            ratio_bp=away.adjust(away.ratio.bp),
            stated_bp=away.ratio.bp,
            citations=away.citations,
        )
        return BandTable.of(BandBasis.AFTER_DEDUCTIBLE, (flat,))
    found = _stated_bands(resolver)
    if found is None:
        return None
    rows, adjustments, extra = found
    if not rows:
        resolver.gap("payment_band", _detail(resolver))
        return None
    if len({row.basis for row in rows}) > 1:
        resolver.gap("payment_band", "basis")
        return None
    why = (*citations_of(*adjustments), *extra, *away.citations)
    bands = []
    for row in sorted(rows, key=lambda band: band.from_fen):
        stated = BasisPoints(resolver.bounded(row, "ratio_bp", "ratio_high_bp") or 0)
        ratio = stated
        for adjustment in adjustments:
            ratio = _for_group(ratio, adjustment)
        bands.append(
            Band(
                from_fen=row.from_fen,
                to_fen=row.to_fen,
                ratio_bp=away.adjust(ratio),
                stated_bp=stated,
                citations=tuple(dict.fromkeys((row.citation, *why))),
            )
        )
    return BandTable.of(rows[0].basis, bands)


def _for_group(ratio_bp: BasisPoints, adjustment: GroupAdjustment) -> BasisPoints:
    if adjustment.operator is GroupOperator.POINTS:
        return BasisPoints(min(max(ratio_bp + adjustment.value_bp, 0), FULL))
    own_share = multiply_ratios(FULL - ratio_bp, adjustment.value_bp)
    return BasisPoints(max(FULL - own_share, 0))


type _Stated = tuple[tuple[PaymentBand, ...], tuple[GroupAdjustment, ...], tuple[Citation, ...]]


def _stated_bands(resolver: Resolver) -> _Stated | None:
    """Return band rows, the group's adjustments, and what else says that they hold."""
    key = resolver.key
    if key.care_type is not CareType.CHRONIC:
        return (*_bands_for_group(resolver, key), ())
    rule = resolver.field(ChronicDisease, "ratio_rule", replace(key, care_type=None))
    if rule is None or rule.value is RatioRule.OWN:
        rows, adjustments = _bands_for_group(resolver, key)
        follows = next((row for row in rows if row.ratio_rule is not RatioRule.OWN), None)
        if follows is None:
            return rows, adjustments, () if rule is None else rule.citations
        as_care, citations = follows.ratio_rule, citations_of(follows)
    else:
        as_care, citations = rule.value, rule.citations
    care_type = CareType.INPATIENT if as_care is RatioRule.AS_INPATIENT else CareType.OUTPATIENT
    return (*_bands_for_group(resolver, replace(key, care_type=care_type)), citations)


def _bands_for_group(
    resolver: Resolver, key: Key
) -> tuple[tuple[PaymentBand, ...], tuple[GroupAdjustment, ...]]:
    """Return the group's own bands, or the bands of another group with the adjustment."""
    adjustments = resolver.rows(GroupAdjustment, key)
    if not adjustments:
        return resolver.rows(PaymentBand, key), ()
    base_group = adjustments[0].base_group
    own = resolver.rows(PaymentBand, key)
    if any(row.groups and base_group not in row.groups for row in own):
        return own, ()
    return resolver.rows(PaymentBand, replace(key, group=base_group)), adjustments


# --- Caps -----------------------------------------------------------------------


def resolve_caps(resolver: Resolver, layer: Layer) -> tuple[CapTerms, ...]:
    """Return the caps on one layer's payments, also those that another care type shares."""
    key = replace(resolver.key, layer=layer)
    rows = list(resolver.rows(PaymentCap, key))
    for care_type in CareType:
        if care_type is key.care_type:
            continue
        rows += [
            row
            for row in resolver.rows_without_choice(PaymentCap, replace(key, care_type=care_type))
            if key.care_type in row.shared_with and row not in rows
        ]
    caps = []
    for row in rows:
        amount = resolver.bounded(row, "amount_fen", "amount_high_fen")
        caps.append(
            CapTerms(
                amount_fen=None if amount is None or row.unlimited else Fen(amount),
                share_bp=row.share_bp,
                basis=row.basis,
                used=_used(layer, row.counts_per, row.basis),
                citations=citations_of(row),
            )
        )
    return tuple(caps)


def _used(layer: Layer, counts_per: CapPeriod, basis: CapBasis) -> str:
    """Name the accumulator that fills a cap. A quarter holds at least what its month paid."""
    if counts_per is CapPeriod.VISIT:
        return ""
    if basis is not CapBasis.FUND_PAID:
        return "cost_so_far_fen"
    if counts_per is not CapPeriod.YEAR:
        return "fund_paid_month_fen"
    if layer is Layer.LARGE_EXPENSE:
        return "fund_paid_large_fen"
    if layer is Layer.CRITICAL_ILLNESS:
        return "fund_paid_critical_fen"
    return "fund_paid_fen"


def _detail(resolver: Resolver) -> str:
    """Say which level or class the gap is about."""
    return resolver.key.institution_class or str(resolver.key.level or "")
