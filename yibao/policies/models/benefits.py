"""Tables of the basic layer and of care away from home."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from yibao.policies.fields import (
    enum_field,
    fen_field,
    number_field,
    ratio_field,
    set_field,
    yes_no_field,
)
from yibao.policies.models.constraints import (
    ascending,
    high_needs_low,
    known,
    not_negative,
    share,
)
from yibao.policies.models.provision import BenefitProvision
from yibao.rules import policy, terms
from yibao.rules.terms import Mechanism


class Deductible(BenefitProvision):
    """起付标准."""

    terms_type = policy.Deductible

    amount_fen = fen_field(_("金额"), null=True, blank=True)
    amount_high_fen = fen_field(
        _("金额上限"), null=True, blank=True, help_text=_("单位：元。来源只给区间时填。")
    )
    factor_bp = ratio_field(
        _("为首次的百分之几"),
        null=True,
        blank=True,
        help_text=_("单位：%。例如第二次住院为首次的 80%，填 80。"),
    )
    counts_per = enum_field(
        _("计算周期"),
        terms.DeductiblePeriod,
        default=terms.DeductiblePeriod.ADMISSION.value,
    )
    nth_from = number_field(_("年内第几次起"), help_text=_("含。首次填 1。"))
    nth_to = number_field(_("年内第几次止"), help_text=_("含。以后各次都适用的留空。"))
    aid_groups = set_field(_("救助对象"), terms.AidGroup, help_text=_("不选表示都适用。"))

    class Meta(BenefitProvision.Meta):
        verbose_name = _("起付标准")
        verbose_name_plural = _("起付标准")
        constraints = (
            *BenefitProvision.Meta.constraints,
            known("counts_per", terms.DeductiblePeriod),
            models.CheckConstraint(
                name="deductible_amount_or_factor",
                condition=Q(amount_fen__isnull=False, factor_bp__isnull=True)
                | Q(amount_fen__isnull=True, factor_bp__isnull=False),
                violation_error_message=_("金额和“为首次的百分之几”填且只填一项。"),
            ),
            not_negative("amount_fen", "amount_high_fen", "factor_bp"),
            ascending("amount_fen", "amount_high_fen"),
            high_needs_low("amount_fen", "amount_high_fen"),
            ascending("nth_from", "nth_to"),
            models.CheckConstraint(
                name="deductible_nth_counts_from_1",
                condition=Q(nth_from__isnull=True, nth_to__isnull=True)
                | Q(nth_from__isnull=False, nth_from__gte=1),
                violation_error_message=_("住院次数从 1 数起；填了“止”也要填“起”。"),
            ),
        )


class PaymentBand(BenefitProvision):
    """支付比例 of one band of money."""

    terms_type = policy.PaymentBand

    from_fen = fen_field(_("费用自"), default=0, help_text=_("单位：元，含。不分段的填 0。"))
    to_fen = fen_field(
        _("费用至"), null=True, blank=True, help_text=_("单位：元，不含。没有上限的留空。")
    )
    ratio_bp = ratio_field(_("支付比例"))
    ratio_high_bp = ratio_field(
        _("比例上限"), null=True, blank=True, help_text=_("单位：%。来源只给区间时填。")
    )
    basis = enum_field(
        _("分段基数"), terms.BandBasis, default=terms.BandBasis.AFTER_DEDUCTIBLE.value
    )
    ratio_rule = enum_field(_("比例依据"), terms.RatioRule, default=terms.RatioRule.OWN.value)

    class Meta(BenefitProvision.Meta):
        verbose_name = _("支付比例")
        verbose_name_plural = _("支付比例")
        constraints = (
            *BenefitProvision.Meta.constraints,
            known("basis", terms.BandBasis),
            known("ratio_rule", terms.RatioRule),
            not_negative("from_fen", "to_fen"),
            ascending("from_fen", "to_fen", strict=True),
            share("ratio_bp"),
            share("ratio_high_bp", null=True),
            ascending("ratio_bp", "ratio_high_bp"),
            high_needs_low("ratio_bp", "ratio_high_bp"),
        )


class GroupAdjustment(BenefitProvision):
    """人群比例: how a group's ratio follows from the general one."""

    terms_type = policy.GroupAdjustment

    base_group = enum_field(_("以哪个人群为基础"), terms.Group)
    operator = enum_field(_("怎样换算"), terms.GroupOperator)
    value_bp = ratio_field(
        _("数值"), help_text=_("单位：%。提高 5 个百分点填 5；个人支付为职工的 60% 填 60。")
    )

    class Meta(BenefitProvision.Meta):
        verbose_name = _("人群比例")
        verbose_name_plural = _("人群比例")
        constraints = (
            *BenefitProvision.Meta.constraints,
            known("base_group", terms.Group),
            known("operator", terms.GroupOperator),
            share("value_bp"),
        )


class PaymentCap(BenefitProvision):
    """最高支付限额."""

    terms_type = policy.PaymentCap

    layer = enum_field(_("限制哪一层"), terms.Layer, default=terms.Layer.BASIC.value)
    amount_fen = fen_field(_("金额"), null=True, blank=True)
    amount_high_fen = fen_field(
        _("金额上限"), null=True, blank=True, help_text=_("单位：元。来源只给区间时填。")
    )
    share_bp = ratio_field(
        _("占总费用"), null=True, blank=True, help_text=_("单位：%。各项合计不超过总费用的几成。")
    )
    unlimited = models.BooleanField(_("不设限额"), default=False)
    counts_per = enum_field(_("计算周期"), terms.CapPeriod, default=terms.CapPeriod.YEAR.value)
    basis = enum_field(_("限额按"), terms.CapBasis, default=terms.CapBasis.FUND_PAID.value)
    shared_with = set_field(
        _("与哪些类别共用"), terms.CareType, help_text=_("这些类别也占用同一限额。")
    )

    class Meta(BenefitProvision.Meta):
        verbose_name = _("支付限额")
        verbose_name_plural = _("支付限额")
        constraints = (
            *BenefitProvision.Meta.constraints,
            known("layer", terms.Layer),
            known("counts_per", terms.CapPeriod),
            known("basis", terms.CapBasis),
            models.CheckConstraint(
                name="paymentcap_exactly_one_of_amount_share_unlimited",
                condition=Q(amount_fen__isnull=False, share_bp__isnull=True, unlimited=False)
                | Q(amount_fen__isnull=True, share_bp__isnull=False, unlimited=False)
                | Q(amount_fen__isnull=True, share_bp__isnull=True, unlimited=True),
                violation_error_message=_("金额、占总费用、不设限额，三项填且只填一项。"),
            ),
            models.CheckConstraint(
                name="paymentcap_share_is_of_all_layers",
                condition=Q(share_bp__isnull=True) | Q(layer=terms.Layer.ALL.value),
                violation_error_message=_("“占总费用”只用于各项合计。"),
            ),
            not_negative("amount_fen", "amount_high_fen"),
            ascending("amount_fen", "amount_high_fen"),
            high_needs_low("amount_fen", "amount_high_fen"),
            share("share_bp", null=True),
        )


_EMPTY = {"value_bp__isnull": True, "amount_fen__isnull": True, "order": "", "follows": ""}


def _pair(*mechanisms: Mechanism, **filled: object) -> Q:
    """These mechanisms with these fields filled in and the others empty."""
    return Q(mechanism__in=[m.value for m in mechanisms], **(_EMPTY | filled))


class AwayAdjustment(BenefitProvision):
    """异地待遇差异: one step of the list for a filing situation and scope."""

    terms_type = policy.AwayAdjustment

    situations = set_field(_("备案情形"), terms.Situation, help_text=_("不选表示都适用。"))
    scope = enum_field(
        _("范围"), terms.Scope, blank=True, help_text=_("不选表示省内异地和跨省都适用。")
    )
    position = models.PositiveSmallIntegerField(
        _("次序"), default=1, help_text=_("同一情形有几步的，按次序执行。")
    )
    mechanism = enum_field(
        _("怎样调整"),
        terms.Mechanism,
        help_text=_("“降低 10%”没有说清是百分点还是系数的，分两行录入，可信程度选“有争议”。"),
    )
    value_bp = ratio_field(
        _("数值"), null=True, blank=True, help_text=_("单位：% 或百分点，例如 10。")
    )
    value_high_bp = ratio_field(
        _("数值上限"), null=True, blank=True, help_text=_("单位：% 或百分点。只给区间时填。")
    )
    amount_fen = fen_field(_("起付标准"), null=True, blank=True)
    order = enum_field(_("先行自付的次序"), terms.FirstPayOrder, blank=True)
    follows = enum_field(_("按哪一情形"), terms.Situation, blank=True)
    counts_to_second_layer = yes_no_field(_("先行自付计入大病"))

    class Meta(BenefitProvision.Meta):
        verbose_name = _("异地待遇差异")
        verbose_name_plural = _("异地待遇差异")
        constraints = (
            *BenefitProvision.Meta.constraints,
            known("scope", terms.Scope, blank=True),
            known("mechanism", terms.Mechanism),
            known("order", terms.FirstPayOrder, blank=True),
            known("follows", terms.Situation, blank=True),
            models.CheckConstraint(
                name="awayadjustment_never_at_home",
                condition=~Q(scope=terms.Scope.LOCAL.value),
                violation_error_message=_("异地待遇差异不适用于本统筹区内。"),
            ),
            models.CheckConstraint(
                name="awayadjustment_position_from_1", condition=Q(position__gte=1)
            ),
            models.CheckConstraint(
                name="awayadjustment_mechanism_has_its_value",
                condition=_pair(Mechanism.NONE, Mechanism.REFUSED, Mechanism.UNKNOWN_RATIO)
                | _pair(
                    Mechanism.PERCENTAGE_POINTS,
                    Mechanism.FACTOR,
                    Mechanism.REPLACED_RATIO,
                    Mechanism.DEDUCTIBLE_FACTOR,
                    Mechanism.SECOND_LAYER_POINTS,
                    value_bp__isnull=False,
                )
                | Q(
                    mechanism=Mechanism.FIRST_PAY.value,
                    value_bp__isnull=False,
                    amount_fen__isnull=True,
                    order__in=[order.value for order in terms.FirstPayOrder],
                    follows="",
                )
                | Q(
                    mechanism=Mechanism.OWN_TABLE.value,
                    amount_fen__isnull=False,
                    order="",
                    follows="",
                )
                | Q(
                    mechanism=Mechanism.OWN_TABLE.value,
                    value_bp__isnull=False,
                    order="",
                    follows="",
                )
                | _pair(Mechanism.DEDUCTIBLE_AMOUNT, amount_fen__isnull=False)
                | Q(
                    mechanism=Mechanism.FOLLOW.value,
                    value_bp__isnull=True,
                    amount_fen__isnull=True,
                    order="",
                    follows__in=[situation.value for situation in terms.Situation],
                ),
                violation_error_message=_("所选的调整方式与填写的数值不相配。"),
            ),
            models.CheckConstraint(
                name="awayadjustment_value_in_range",
                condition=Q(value_bp__isnull=True)
                | Q(value_bp__gte=0, value_bp__lte=10_000)
                | Q(value_bp__gte=0, mechanism=Mechanism.DEDUCTIBLE_FACTOR.value),
                violation_error_message=_("数值应在 0 到 100 之间。"),
            ),
            share("value_high_bp", null=True),
            not_negative("amount_fen"),
            ascending("value_bp", "value_high_bp"),
            high_needs_low("value_bp", "value_high_bp"),
        )
