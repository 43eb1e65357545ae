"""The second and further layers in words."""

from collections.abc import Iterable

from yibao.core.words import gettext as _
from yibao.policies.presentation.figures import (
    FigureValue,
    Line,
    join,
    label,
    limits,
    points,
    ratio,
    span,
    yuan,
)
from yibao.policies.presentation.lines import lines_of
from yibao.rules import policy


@lines_of.register
def _second_layer(row: policy.SecondLayer) -> Iterable[Line]:
    whose = label(row.layer)
    if row.mode is not None:
        yield Line("mode", (whose, _("："), label(row.mode)))
    if row.threshold_fen is not None:
        amount = yuan("second_layer_threshold", row.threshold_fen)
        yield Line("threshold_fen", (whose, _("起付标准 "), amount))
    if row.threshold_factor_bp is not None:
        factor = ratio("second_layer_threshold_factor", row.threshold_factor_bp)
        yield Line("threshold_factor_bp", (whose, _("起付标准为一般人员的 "), factor))
    if row.ratio_bonus_bp is not None:
        bonus = points("second_layer_bonus", row.ratio_bonus_bp)
        yield Line("ratio_bonus_bp", (whose, _("支付比例提高 "), bonus))
    if row.cap_fen is not None:
        cap = yuan("second_layer_cap", row.cap_fen)
        yield Line("cap_fen", (whose, _("最高支付限额 "), cap))
    if row.cap_unlimited:
        yield Line("cap_fen", (whose, _("不设最高支付限额")))
    if row.base_excludes is not None:
        parts = join(row.base_excludes) if row.base_excludes else _("无")
        yield Line("base_excludes", (whose, _("不计入的费用："), parts))


@lines_of.register
def _second_layer_band(row: policy.SecondLayerBand) -> Iterable[Line]:
    parts: list[str | FigureValue] = [label(row.layer)]
    if not row.limits_known:
        parts.append(_("分段支付（分段金额不详），其中一段 "))
    elif row.from_fen or row.to_fen is not None:
        parts.extend((*limits(row.from_fen, row.to_fen), _("的部分，支付 ")))
    else:
        parts.append(_("支付 "))
    parts.extend(span(row, "ratio", ratio))
    if row.limits_known and (row.from_fen or row.to_fen is not None):
        parts.extend((_("，"), label(row.basis)))
    yield Line("ratio", tuple(parts))


@lines_of.register
def _medical_aid(row: policy.MedicalAid) -> Iterable[Line]:
    prefix = _("救助比例不低于 ") if row.ratio_is_floor else _("救助比例 ")
    parts: list[str | FigureValue] = [prefix, ratio("medical_aid", row.ratio_bp)]
    if row.threshold_fen is not None:
        parts.extend((_("，起付标准 "), yuan("medical_aid_threshold", row.threshold_fen)))
    if row.cap_fen is not None:
        parts.extend((_("，年度限额 "), yuan("medical_aid_cap", row.cap_fen)))
    yield Line("ratio", tuple(parts))


@lines_of.register
def _supplement(row: policy.Supplement) -> Iterable[Line]:
    parts: list[str | FigureValue] = [label(row.supplement), _("：")]
    if row.total_over_fen is not None:
        over = yuan("supplement_total_over", row.total_over_fen)
        parts.extend((_("单次总费用超过 "), over, _("时，")))
    if row.from_fen or row.to_fen is not None:
        parts.extend((_("个人自付 "), *limits(row.from_fen, row.to_fen), _("的部分，")))
    parts.extend((_("支付 "), *span(row, "ratio", ratio)))
    if row.cap_fen is not None:
        parts.extend((_("，限额 "), yuan("supplement_cap", row.cap_fen)))
    yield Line("ratio", tuple(parts))
