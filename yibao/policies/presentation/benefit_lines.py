"""The basic layer and its away adjustments in words."""

from collections.abc import Callable, Iterable

from yibao.core.words import gettext as _
from yibao.policies.presentation.figures import (
    FigureValue,
    Line,
    Sentence,
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
from yibao.rules.terms import GroupOperator, Layer, Mechanism, RatioRule, Situation


@lines_of.register
def _deductible(row: policy.Deductible) -> Iterable[Line]:
    per = label(row.counts_per)
    if row.amount_fen is not None:
        yield Line("amount", (_("起付标准 "), *span(row, "amount", yuan), _("，"), per))
    elif row.factor_bp is not None:
        factor = ratio("deductible_factor", row.factor_bp)
        yield Line("factor", (_("起付标准为首次的 "), factor))


@lines_of.register
def _band(row: policy.PaymentBand) -> Iterable[Line]:
    if row.ratio_rule is not RatioRule.OWN:
        yield Line("ratio", (label(row.ratio_rule), _("支付")))
        return
    parts: list[str | FigureValue] = []
    if row.from_fen or row.to_fen is not None:
        parts.extend((*limits(row.from_fen, row.to_fen), _("的部分，")))
    parts.extend((_("基金支付 "), *span(row, "ratio", ratio)))
    if row.from_fen or row.to_fen is not None:
        parts.extend((_("，"), label(row.basis)))
    yield Line("ratio", tuple(parts))


@lines_of.register
def _group_adjustment(row: policy.GroupAdjustment) -> Iterable[Line]:
    base = label(row.base_group)
    if row.operator is GroupOperator.POINTS:
        value = points("group_adjustment", row.value_bp)
        yield Line("value", (_("支付比例在%(base)s的基础上提高 ") % {"base": base}, value))
    else:
        factor = ratio("group_adjustment", row.value_bp)
        yield Line("value", (_("个人负担比例为%(base)s的 ") % {"base": base}, factor))


@lines_of.register
def _cap(row: policy.PaymentCap) -> Iterable[Line]:
    whose = "" if row.layer is Layer.BASIC else label(row.layer)
    if row.unlimited:
        yield Line("amount", (whose, _("不设最高支付限额")))
        return
    if row.share_bp is not None:
        share = ratio("payment_cap", row.share_bp)
        yield Line("amount", (whose, _("实际报销不超过总费用的 "), share))
        return
    period = _("%(period)s最高支付限额 ") % {"period": label(row.counts_per)}
    parts: list[str | FigureValue] = [whose, period, *span(row, "amount", yuan)]
    parts.append(_("（按%(basis)s计算）") % {"basis": label(row.basis)})
    if row.shared_with:
        parts.append(_("，与%(others)s合用") % {"others": join(row.shared_with)})
    yield Line("amount", tuple(parts))


@lines_of.register
def _away(row: policy.AwayAdjustment) -> Iterable[Line]:
    value, amount = row.value_bp or 0, row.amount_fen or 0
    sentences: dict[Mechanism, Callable[[], Sentence]] = {
        Mechanism.NONE: lambda: (_("待遇与在参保地就医相同"),),
        Mechanism.PERCENTAGE_POINTS: lambda: _points_off(row),
        Mechanism.FACTOR: lambda: (_("支付比例为参保地的 "), ratio("away_adjustment", value)),
        Mechanism.FIRST_PAY: lambda: _first_pay(row, value),
        Mechanism.REPLACED_RATIO: lambda: (
            _("另定支付比例 "),
            ratio("away_adjustment", value),
        ),
        Mechanism.OWN_TABLE: lambda: (
            _("起付标准 "),
            yuan("away_deductible", amount),
            _("，支付比例 "),
            ratio("away_adjustment", value),
        ),
        Mechanism.DEDUCTIBLE_AMOUNT: lambda: (
            _("起付标准 "),
            yuan("away_deductible", amount),
            _("，支付比例不变"),
        ),
        Mechanism.DEDUCTIBLE_FACTOR: lambda: (
            _("起付标准为参保地的 "),
            ratio("away_deductible", value),
        ),
        Mechanism.SECOND_LAYER_POINTS: lambda: (
            _("大病保险支付比例降低 "),
            points("away_adjustment", value),
        ),
        Mechanism.FOLLOW: lambda: (
            _("按“%(situation)s”的规定执行")
            % {"situation": label(row.follows or Situation.OTHER_TEMPORARY)},
        ),
        Mechanism.REFUSED: lambda: (_("医保基金不予支付"),),
        Mechanism.UNKNOWN_RATIO: lambda: (_("另有规定，具体数值没有查到"),),
    }
    yield Line("mechanism", sentences[row.mechanism]())


def _points_off(row: policy.AwayAdjustment) -> Sentence:
    value, high = row.value_bp or 0, row.value_high_bp
    if high is None:
        return (_("支付比例降低 "), points("away_adjustment", value))
    return (_("支付比例降低，幅度不超过 "), points("away_adjustment_high", high))


def _first_pay(row: policy.AwayAdjustment, value: int) -> Sentence:
    order = _("（%(order)s）") % {"order": label(row.order)} if row.order else ""
    return (
        _("政策范围内费用先由个人自付 "),
        ratio("away_adjustment", value),
        order,
        _("，其余按参保地规定支付"),
    )
