"""The basic layer: deductibles, bands, adjustments and caps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from yibao.rules.money import BasisPoints, Fen
from yibao.rules.policy.head import BenefitProvision
from yibao.rules.terms import (
    AidGroup,
    BandBasis,
    CapBasis,
    CapPeriod,
    CareType,
    DeductiblePeriod,
    FirstPayOrder,
    Group,
    GroupOperator,
    Layer,
    Mechanism,
    RatioRule,
    Scope,
    Situation,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Deductible(BenefitProvision):
    """起付标准. Either an amount, or a factor of the first-admission amount.

    `nth_from`, `nth_to`: admission numbers of the year, inclusive.
    `amount_high_fen` closes a range (`kind=bound`).
    """

    table: ClassVar[str] = "deductible"

    amount_fen: Fen | None = None
    amount_high_fen: Fen | None = None
    factor_bp: BasisPoints | None = None
    counts_per: DeductiblePeriod = DeductiblePeriod.ADMISSION
    nth_from: int | None = None
    nth_to: int | None = None
    aid_groups: frozenset[AidGroup] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentBand(BenefitProvision):
    """支付比例 of one band of in-scope money; a flat ratio is one band from 0 without end."""

    table: ClassVar[str] = "payment_band"

    from_fen: Fen = Fen(0)
    to_fen: Fen | None = None
    ratio_bp: BasisPoints
    ratio_high_bp: BasisPoints | None = None
    basis: BandBasis = BandBasis.AFTER_DEDUCTIBLE
    ratio_rule: RatioRule = RatioRule.OWN


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupAdjustment(BenefitProvision):
    """人群比例: how a group's ratio follows from the general bands (退休人员 +5 points, or
    own share × 60 %). Used where the region states no band of its own for the group.
    `base_group` names the group whose bands it starts from."""

    table: ClassVar[str] = "group_adjustment"

    base_group: Group
    operator: GroupOperator
    value_bp: BasisPoints


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentCap(BenefitProvision):
    """最高支付限额. Exactly one of `amount_fen`, `share_bp`, `unlimited` is set.

    `share_bp` caps all funds at a share of the bill's total (`layer=all`).
    `shared_with` names further care types that fill the same cap.
    `layer` says whose payments the cap limits.
    """

    table: ClassVar[str] = "payment_cap"

    layer: Layer = Layer.BASIC
    amount_fen: Fen | None = None
    amount_high_fen: Fen | None = None
    share_bp: BasisPoints | None = None
    unlimited: bool = False
    counts_per: CapPeriod = CapPeriod.YEAR
    basis: CapBasis = CapBasis.FUND_PAID
    shared_with: frozenset[CareType] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class AwayAdjustment(BenefitProvision):
    """异地待遇差异: one mechanism of the ordered list for a filing situation and scope.

    Rows of one key form the list in the order of `position`; disputed rows of one
    key and position are alternative readings. Which value belongs to which mechanism:

    ================== =======================================================
    percentage_points   `value_bp` (and `value_high_bp` for a bound) taken off
    factor              `value_bp` multiplies the ratio
    first_pay           `value_bp` of in-scope money, `order`
    replaced_ratio      `value_bp` replaces the ratio
    own_table           `amount_fen` deductible and `value_bp` ratio, by level
    deductible_amount   `amount_fen` replaces the deductible
    deductible_factor   `value_bp` multiplies the deductible (12000 = × 1.2)
    second_layer_points `value_bp` taken off the second layer's ratio
    follow              `follows` names the situation whose rule holds
    none, refused, unknown_ratio: no value
    ================== =======================================================
    """

    table: ClassVar[str] = "away_adjustment"

    situations: frozenset[Situation] = frozenset()
    scope: Scope | None = None
    position: int = 1
    mechanism: Mechanism
    value_bp: BasisPoints | None = None
    value_high_bp: BasisPoints | None = None
    amount_fen: Fen | None = None
    order: FirstPayOrder | None = None
    follows: Situation | None = None
    counts_to_second_layer: bool | None = None
