"""What care away from home changes: the mechanisms of domain.md §5.4, resolved for a case.

Order of effect: first pay before the deductible → deductible → first pay after it → points
→ factor. The order in which a region lists its mechanisms does not matter.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from yibao.rules.citation import Citation
from yibao.rules.money import BasisPoints, Fen, multiply_ratios
from yibao.rules.policy import AwayAdjustment
from yibao.rules.resolver import Resolver, citations_of
from yibao.rules.terms import FirstPayOrder, Mechanism, Situation


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A ratio that one rule states."""

    bp: BasisPoints
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Away:
    """The resolved adjustments of a case; all empty for care at home.

    `citations` holds every rule, also one that says "no difference". `ratio` replaces the
    ratios of home. `counts_to_second_layer`: whether the first pay is part of the second
    layer's base, where the away rule itself says so.
    """

    citations: tuple[Citation, ...] = ()
    refused: bool = False
    first_pay_before: tuple[Share, ...] = ()
    first_pay_after: tuple[Share, ...] = ()
    deductible_fen: Fen | None = None
    deductible_factors_bp: tuple[BasisPoints, ...] = ()
    ratio: Share | None = None
    points_bp: BasisPoints = BasisPoints(0)
    factors_bp: tuple[BasisPoints, ...] = ()
    layer_points_bp: BasisPoints = BasisPoints(0)
    counts_to_second_layer: bool | None = None

    def adjust(self, ratio_bp: BasisPoints) -> BasisPoints:
        """Return a band's ratio as it holds away: points first, then factors, floor 0.

        >>> Away(points_bp=BasisPoints(1000)).adjust(BasisPoints(8500))
        7500
        >>> Away(factors_bp=(BasisPoints(8000),)).adjust(BasisPoints(8500))
        6800
        """
        adjusted = BasisPoints(max(ratio_bp - self.points_bp, 0))
        for factor in self.factors_bp:
            adjusted = multiply_ratios(adjusted, factor)
        return adjusted


AT_HOME = Away()


def resolve_away(resolver: Resolver) -> Away | None:
    """Return the adjustments for the case's situation, or None with a gap recorded.

    A situation for which nobody states a rule is a gap, never "as at home".
    """
    if resolver.facts.situation is None:
        return AT_HOME
    rows = _list_for(resolver, resolver.facts.situation, frozenset())
    if rows is None:
        return None
    if any(row.mechanism is Mechanism.UNKNOWN_RATIO for row in rows):
        resolver.gap("away_adjustment", "unknown_ratio")
        return None
    if any(row.mechanism is Mechanism.FIRST_PAY and row.order is None for row in rows):
        resolver.gap("away_adjustment", "first_pay_order")
        return None
    return _combine(resolver, rows)


def _list_for(
    resolver: Resolver, situation: Situation, seen: frozenset[Situation]
) -> tuple[AwayAdjustment, ...] | None:
    """Return a situation's list, with the lists that it follows put in its place."""
    if situation in seen:
        resolver.gap("away_adjustment", "follow_cycle")
        return None
    rows = resolver.rows(AwayAdjustment, replace(resolver.key, situation=situation))
    if not rows:
        resolver.gap("away_adjustment", situation)
        return None
    listed: list[AwayAdjustment] = []
    for row in sorted(rows, key=lambda row: row.position):
        listed.append(row)
        if row.mechanism is Mechanism.FOLLOW:
            if row.follows is None:
                resolver.gap("away_adjustment", situation)
                return None
            followed = _list_for(resolver, row.follows, seen | {situation})
            if followed is None:
                return None
            listed += followed
    return tuple(listed)


def _combine(resolver: Resolver, rows: tuple[AwayAdjustment, ...]) -> Away:
    def shares(order: FirstPayOrder) -> tuple[Share, ...]:
        return tuple(
            Share(bp=value(row), citations=citations_of(row))
            for row in rows
            if row.mechanism is Mechanism.FIRST_PAY and row.order is order
        )

    def value(row: AwayAdjustment) -> BasisPoints:
        return BasisPoints(resolver.bounded(row, "value_bp", "value_high_bp") or 0)

    def values(mechanism: Mechanism) -> tuple[BasisPoints, ...]:
        return tuple(value(row) for row in rows if row.mechanism is mechanism)

    own_ratio = [
        Share(bp=value(row), citations=citations_of(row))
        for row in rows
        if row.mechanism in (Mechanism.REPLACED_RATIO, Mechanism.OWN_TABLE)
        and row.value_bp is not None
    ]
    own_deductible = [
        row.amount_fen
        for row in rows
        if row.mechanism in (Mechanism.DEDUCTIBLE_AMOUNT, Mechanism.OWN_TABLE)
        and row.amount_fen is not None
    ]
    counts = [row.counts_to_second_layer for row in rows if row.counts_to_second_layer is not None]
    return Away(
        citations=citations_of(*rows),
        refused=any(row.mechanism is Mechanism.REFUSED for row in rows),
        first_pay_before=shares(FirstPayOrder.BEFORE_DEDUCTIBLE),
        first_pay_after=shares(FirstPayOrder.AFTER_DEDUCTIBLE),
        deductible_fen=own_deductible[0] if own_deductible else None,
        deductible_factors_bp=values(Mechanism.DEDUCTIBLE_FACTOR),
        ratio=own_ratio[0] if own_ratio else None,
        points_bp=BasisPoints(sum(values(Mechanism.PERCENTAGE_POINTS))),
        factors_bp=values(Mechanism.FACTOR),
        layer_points_bp=BasisPoints(sum(values(Mechanism.SECOND_LAYER_POINTS))),
        counts_to_second_layer=all(counts) if counts else None,
    )
