"""The layers above the basic one: large expense, critical illness, supplements, medical aid.

A layer of which a region states nothing, or not enough, is left out and said to be left
out; what the other layers pay is then a lower bound, never an invented sum.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

from yibao.rules.away import Away
from yibao.rules.basic import CapTerms, resolve_caps
from yibao.rules.choices import ForkKind, Option
from yibao.rules.citation import Citation
from yibao.rules.decision import Cited
from yibao.rules.money import FULL, BasisPoints, Fen, apply_ratio
from yibao.rules.policy import MedicalAid, SecondLayer, SecondLayerBand, Supplement
from yibao.rules.resolver import Resolver, citations_of
from yibao.rules.selection import Key
from yibao.rules.terms import (
    AidGroup,
    CareType,
    InsuranceType,
    Layer,
    SecondLayerBandBasis,
    SecondLayerMode,
    SelfPayPart,
    SupplementKind,
)

SECOND_LAYER_CARE = frozenset({CareType.INPATIENT, CareType.CHRONIC, CareType.BIRTH})
"""Care whose self-pay surely counts; whether ordinary outpatient money does, no table says."""


class LayerBand(NamedTuple):
    """A band of a further layer; limits in fen of the money that the layer looks at."""

    from_fen: Fen
    to_fen: Fen | None
    ratio_bp: BasisPoints
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerTerms:
    """大病 or 大额 as it holds for the case.

    `threshold_fen` is None in continuation mode, where the layer takes what the basic cap
    cut off. `counts_away`: whether the first pay away is part of the base; None = nobody
    says. `bands` is empty where nobody states them, or states ratios without limits: then
    the layer is told only for a bill that does not reach it. Limits of bands are measured
    on the year's self-pay in threshold mode, from the basic cap in continuation mode.
    `walk` is `bands` as plain tuples, which unpack several times as fast.
    """

    layer: Layer
    mode: SecondLayerMode
    threshold_fen: Fen | None
    bands: tuple[LayerBand, ...]
    walk: tuple[tuple[Fen, Fen | None, BasisPoints, tuple[Citation, ...]], ...]
    counts_away: bool | None
    caps: tuple[CapTerms, ...]
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplementTerms:
    """Bands on the in-scope self-pay that is left, each with a cap of its own or None."""

    bands: tuple[tuple[LayerBand, Fen | None], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AidTerms:
    """医疗救助 on the in-scope self-pay that is left."""

    ratio_bp: BasisPoints
    threshold_fen: Fen
    cap_fen: Fen | None
    citations: tuple[Citation, ...]


# --- Second layer ---------------------------------------------------------------


def resolve_second_layer(resolver: Resolver, away: Away) -> LayerTerms | None:
    """Return the second layer's terms, or None with what is left out recorded."""
    layer = second_layer_of(resolver.facts.insurance)
    if resolver.facts.care_type not in SECOND_LAYER_CARE:
        resolver.leave_out("second_layer", "care_type")
        return None
    key = replace(resolver.key, layer=layer)
    everyone = replace(key, aid_group=None)
    threshold = _threshold(resolver, key, everyone)
    mode = resolver.field(SecondLayer, "mode", key)
    if mode is None and layer is Layer.LARGE_EXPENSE and threshold is None:
        resolver.leave_out("second_layer", "")
        return None
    continues = mode is not None and mode.value is SecondLayerMode.CONTINUATION
    if not continues and threshold is None:
        resolver.leave_out("second_layer", "threshold")
        return None
    bands = _bands(
        resolver, key, away, Fen(0) if continues or threshold is None else threshold.value
    )
    caps = _caps(resolver, key, everyone, layer)
    return LayerTerms(
        layer=layer,
        mode=SecondLayerMode.CONTINUATION if continues else SecondLayerMode.THRESHOLD,
        threshold_fen=None if continues or threshold is None else threshold.value,
        bands=bands,
        walk=tuple((*band,) for band in bands),
        counts_away=_counts_away(resolver, key, away),
        caps=caps,
        citations=tuple(
            dict.fromkeys(
                (
                    *(mode.citations if mode else ()),
                    *(threshold.citations if threshold and not continues else ()),
                    *(citation for cap in caps for citation in cap.citations),
                )
            )
        ),
    )


def second_layer_of(insurance: InsuranceType) -> Layer:
    """Employees have 大额, residents 大病."""
    if insurance is InsuranceType.EMPLOYEE:
        return Layer.LARGE_EXPENSE
    return Layer.CRITICAL_ILLNESS


def _threshold(resolver: Resolver, key: Key, everyone: Key) -> Cited[Fen] | None:
    """Return the threshold: the aid group's own, else its factor of the general one."""
    own = resolver.field(SecondLayer, "threshold_fen", key)
    if key.aid_group is None or own is None:
        return own
    general = resolver.field(SecondLayer, "threshold_fen", everyone)
    if general is None or general.citations != own.citations:
        return own
    factor = resolver.field(SecondLayer, "threshold_factor_bp", key)
    if factor is None:
        return general
    return Cited(
        value=apply_ratio(general.value, factor.value),
        citations=(*general.citations, *factor.citations),
    )


def _bands(resolver: Resolver, key: Key, away: Away, threshold_fen: Fen) -> tuple[LayerBand, ...]:
    rows = resolver.rows(SecondLayerBand, key)
    bonus: Cited[BasisPoints] | None = None
    if not any(row.aid_groups for row in rows):
        bonus = resolver.field(SecondLayer, "ratio_bonus_bp", key)
    extra = (*(bonus.citations if bonus else ()),)
    if away.layer_points_bp:
        extra += away.citations

    def ratio(stated_bp: int) -> BasisPoints:
        raised = stated_bp + (bonus.value if bonus else 0) - away.layer_points_bp
        return BasisPoints(min(max(raised, 0), FULL))

    if any(not row.limits_known for row in rows):
        return ()
    bands = []
    for row in sorted(rows, key=lambda band: band.from_fen):
        shift = threshold_fen if row.basis is SecondLayerBandBasis.OVER_THRESHOLD else 0
        bands.append(
            LayerBand(
                from_fen=Fen(row.from_fen + shift),
                to_fen=None if row.to_fen is None else Fen(row.to_fen + shift),
                ratio_bp=ratio(resolver.bounded(row, "ratio_bp", "ratio_high_bp") or 0),
                citations=tuple(dict.fromkeys((row.citation, *extra))),
            )
        )
    return tuple(bands)


def _counts_away(resolver: Resolver, key: Key, away: Away) -> bool | None:
    if away.counts_to_second_layer is not None:
        return away.counts_to_second_layer
    excludes = resolver.field(SecondLayer, "base_excludes", key)
    return None if excludes is None else SelfPayPart.AWAY_SELF_PAY not in excludes.value


def _caps(resolver: Resolver, key: Key, everyone: Key, layer: Layer) -> tuple[CapTerms, ...]:
    """Return the layer's caps. An aid group's "no cap" beats the general cap."""
    caps = resolve_caps(resolver, layer)
    unlimited = resolver.field(SecondLayer, "cap_unlimited", key)
    cap = resolver.field(SecondLayer, "cap_fen", key)
    if unlimited is not None and unlimited.value:
        general = resolver.field(SecondLayer, "cap_fen", everyone)
        if cap is None or general is None or general.citations == cap.citations:
            return (*caps, CapTerms.for_layer(layer, None, unlimited.citations))
    if cap is not None:
        return (*caps, CapTerms.for_layer(layer, cap.value, cap.citations))
    return caps


# --- Supplements and medical aid ------------------------------------------------


def resolve_supplement(
    resolver: Resolver, kind: SupplementKind, total_fen: Fen
) -> SupplementTerms | None:
    """Return a supplement's bands, or None where the region states none."""
    key = replace(resolver.key, supplement=kind, total_fen=total_fen)
    rows = resolver.rows(Supplement, key)
    if not rows:
        return None
    return SupplementTerms(
        bands=tuple(
            (
                LayerBand(
                    from_fen=row.from_fen,
                    to_fen=row.to_fen,
                    ratio_bp=BasisPoints(resolver.bounded(row, "ratio_bp", "ratio_high_bp") or 0),
                    citations=citations_of(row),
                ),
                row.cap_fen,
            )
            for row in sorted(rows, key=lambda row: row.from_fen)
        )
    )


def resolve_medical_aid(resolver: Resolver, total_fen: Fen) -> AidTerms | None:
    """Return the aid for the person's group, or None where it has none or none is stated.

    A ratio that the text calls a minimum is a range up to the whole.
    """
    if resolver.facts.aid_group is AidGroup.NONE:
        return None
    rows = resolver.rows(MedicalAid, replace(resolver.key, total_fen=total_fen))
    if not rows:
        resolver.leave_out("medical_aid", resolver.facts.aid_group)
        return None
    row = rows[0]
    ratio = row.ratio_bp
    if row.ratio_is_floor and ratio < FULL:
        options = [
            Option(value=end, label=int(end), citations=citations_of(row)) for end in (ratio, FULL)
        ]
        ratio = resolver.choices.choose(ForkKind.BOUND, "medical_aid.ratio_bp", options)
    return AidTerms(
        ratio_bp=ratio,
        threshold_fen=row.threshold_fen or Fen(0),
        cap_fen=row.cap_fen,
        citations=citations_of(row),
    )
