"""The layers above the basic one, medical aid and supplements."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from yibao.rules.money import BasisPoints, Fen
from yibao.rules.policy.head import Provision
from yibao.rules.terms import (
    AidGroup,
    Group,
    Layer,
    SecondLayerBandBasis,
    SecondLayerMode,
    SelfPayPart,
    SupplementKind,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondLayer(Provision):
    """大病保险 (residents) or 大额 (employees). Each field that is not None is inherited on
    its own. `aid_groups` non-empty: the tilt for those groups."""

    table: ClassVar[str] = "second_layer"

    layer: Layer
    groups: frozenset[Group] = frozenset()
    aid_groups: frozenset[AidGroup] = frozenset()
    mode: SecondLayerMode | None = None
    threshold_fen: Fen | None = None
    threshold_factor_bp: BasisPoints | None = None  # of the general threshold
    ratio_bonus_bp: BasisPoints | None = None  # on top of the general bands
    cap_fen: Fen | None = None
    cap_unlimited: bool | None = None
    base_excludes: frozenset[SelfPayPart] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondLayerBand(Provision):
    """One band of the second layer's ratio. `to_fen=None` with a later band missing means
    that the limits are not known when `limits_known` is False."""

    table: ClassVar[str] = "second_layer_band"

    layer: Layer
    groups: frozenset[Group] = frozenset()
    aid_groups: frozenset[AidGroup] = frozenset()
    from_fen: Fen = Fen(0)
    to_fen: Fen | None = None
    limits_known: bool = True
    ratio_bp: BasisPoints
    ratio_high_bp: BasisPoints | None = None
    basis: SecondLayerBandBasis = SecondLayerBandBasis.CUMULATIVE


@dataclass(frozen=True, slots=True, kw_only=True)
class MedicalAid(Provision):
    """医疗救助 on what is left of the in-scope self-pay. `total_from_fen`, `total_to_fen`
    select by the bill's total `[from, to)`."""

    table: ClassVar[str] = "medical_aid"

    aid_groups: frozenset[AidGroup]
    ratio_bp: BasisPoints
    ratio_is_floor: bool = False
    threshold_fen: Fen | None = None
    cap_fen: Fen | None = None
    total_from_fen: Fen | None = None
    total_to_fen: Fen | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Supplement(Provision):
    """公务员 / 企业 / 政府 补助: a band on the in-scope self-pay that is left.

    `total_over_fen`: only for a bill whose total is above it.
    """

    table: ClassVar[str] = "supplement"

    supplement: SupplementKind
    from_fen: Fen = Fen(0)
    to_fen: Fen | None = None
    ratio_bp: BasisPoints
    ratio_high_bp: BasisPoints | None = None
    cap_fen: Fen | None = None
    total_over_fen: Fen | None = None
