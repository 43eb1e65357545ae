"""Tables of the second layer, medical aid and supplements."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from yibao.policies.fields import (
    StatedSetField,
    enum_field,
    fen_field,
    ratio_field,
    set_field,
    yes_no_field,
)
from yibao.policies.labels import choices
from yibao.policies.models.constraints import (
    ascending,
    high_needs_low,
    known,
    not_negative,
    share,
)
from yibao.policies.models.provision import Provision
from yibao.rules import policy, terms

_ALL = _("不选表示都适用。")
_SECOND_LAYERS = [terms.Layer.LARGE_EXPENSE.value, terms.Layer.CRITICAL_ILLNESS.value]
_OPEN_END = _("单位：元，不含。没有上限的留空。")


def _second_layer_only() -> models.CheckConstraint:
    return models.CheckConstraint(
        name="%(class)s_layer_is_a_second_one",
        condition=Q(layer__in=_SECOND_LAYERS),
        violation_error_message=_("请选职工大额或居民大病。"),
    )


class SecondLayer(Provision):
    """大病保险 (residents) or 大额 (employees): each field filled in is a statement of its own."""

    terms_type = policy.SecondLayer

    layer = enum_field(_("层次"), terms.Layer)
    groups = set_field(_("人群"), terms.Group, help_text=_ALL)
    aid_groups = set_field(
        _("救助对象"), terms.AidGroup, help_text=_("只对困难群众倾斜的规定才选。")
    )
    mode = enum_field(_("方式"), terms.SecondLayerMode, blank=True)
    threshold_fen = fen_field(_("起付线"), null=True, blank=True)
    threshold_factor_bp = ratio_field(
        _("起付线为一般的百分之几"), null=True, blank=True, help_text=_("单位：%，减半填 50。")
    )
    ratio_bonus_bp = ratio_field(
        _("比例提高"), null=True, blank=True, help_text=_("单位：百分点，例如 5。")
    )
    cap_fen = fen_field(_("封顶线"), null=True, blank=True)
    cap_unlimited = yes_no_field(_("不封顶"))
    base_excludes = StatedSetField(
        _("不计入的自付"),
        choices=choices(terms.SelfPayPart),
        blank=True,
        help_text=_("都不选表示来源没有说；“一项也没有”表示来源写明全部计入。"),
    )

    class Meta(Provision.Meta):
        verbose_name = _("大病和大额")
        verbose_name_plural = _("大病和大额")
        constraints = (
            *Provision.Meta.constraints,
            known("mode", terms.SecondLayerMode, blank=True),
            _second_layer_only(),
            not_negative("threshold_fen", "cap_fen"),
            share("threshold_factor_bp", null=True),
            share("ratio_bonus_bp", null=True),
            models.CheckConstraint(
                name="secondlayer_cap_or_unlimited",
                condition=Q(cap_fen__isnull=True)
                | Q(cap_unlimited__isnull=True)
                | Q(cap_unlimited=False),
                violation_error_message=_("不封顶的，不再填封顶线。"),
            ),
            models.CheckConstraint(
                name="secondlayer_one_threshold",
                condition=Q(threshold_fen__isnull=True) | Q(threshold_factor_bp__isnull=True),
                violation_error_message=_("起付线金额和百分之几只填一项。"),
            ),
        )


class SecondLayerBand(Provision):
    """One band of the second layer's ratio."""

    terms_type = policy.SecondLayerBand

    layer = enum_field(_("层次"), terms.Layer)
    groups = set_field(_("人群"), terms.Group, help_text=_ALL)
    aid_groups = set_field(
        _("救助对象"), terms.AidGroup, help_text=_("只对困难群众倾斜的规定才选。")
    )
    from_fen = fen_field(_("费用自"), default=0, help_text=_("单位：元，含。"))
    to_fen = fen_field(_("费用至"), null=True, blank=True, help_text=_OPEN_END)
    limits_known = models.BooleanField(
        _("分段界限已知"), default=True, help_text=_("来源只给比例、没给界限的，取消勾选。")
    )
    ratio_bp = ratio_field(_("支付比例"))
    ratio_high_bp = ratio_field(
        _("比例上限"), null=True, blank=True, help_text=_("单位：%。来源只给区间时填。")
    )
    basis = enum_field(
        _("分段起算"),
        terms.SecondLayerBandBasis,
        default=terms.SecondLayerBandBasis.CUMULATIVE.value,
    )

    class Meta(Provision.Meta):
        verbose_name = _("大病和大额比例")
        verbose_name_plural = _("大病和大额比例")
        constraints = (
            *Provision.Meta.constraints,
            known("basis", terms.SecondLayerBandBasis),
            _second_layer_only(),
            not_negative("from_fen", "to_fen"),
            ascending("from_fen", "to_fen", strict=True),
            share("ratio_bp"),
            share("ratio_high_bp", null=True),
            ascending("ratio_bp", "ratio_high_bp"),
            high_needs_low("ratio_bp", "ratio_high_bp"),
        )


class MedicalAid(Provision):
    """医疗救助 on what is left of the in-scope self-pay."""

    terms_type = policy.MedicalAid

    aid_groups = set_field(_("救助对象"), terms.AidGroup, blank=False)
    ratio_bp = ratio_field(_("救助比例"))
    ratio_is_floor = models.BooleanField(
        _("比例为下限"), default=False, help_text=_("“不低于 70%”勾选。")
    )
    threshold_fen = fen_field(_("起付线"), null=True, blank=True)
    cap_fen = fen_field(_("年度限额"), null=True, blank=True)
    total_from_fen = fen_field(
        _("总费用自"), null=True, blank=True, help_text=_("单位：元，含。按总费用分档的才填。")
    )
    total_to_fen = fen_field(_("总费用至"), null=True, blank=True, help_text=_OPEN_END)

    class Meta(Provision.Meta):
        verbose_name = _("医疗救助")
        verbose_name_plural = _("医疗救助")
        constraints = (
            *Provision.Meta.constraints,
            models.CheckConstraint(
                name="medicalaid_names_its_groups",
                condition=~Q(aid_groups=[]),
                violation_error_message=_("请选救助对象。"),
            ),
            share("ratio_bp"),
            not_negative("threshold_fen", "cap_fen", "total_from_fen", "total_to_fen"),
            ascending("total_from_fen", "total_to_fen", strict=True),
        )


class Supplement(Provision):
    """公务员, 企业, 政府补助: a band on the in-scope self-pay that is left."""

    terms_type = policy.Supplement

    supplement = enum_field(_("补助种类"), terms.SupplementKind)
    from_fen = fen_field(_("自付自"), default=0, help_text=_("单位：元，含。"))
    to_fen = fen_field(_("自付至"), null=True, blank=True, help_text=_OPEN_END)
    ratio_bp = ratio_field(_("补助比例"))
    ratio_high_bp = ratio_field(
        _("比例上限"), null=True, blank=True, help_text=_("单位：%。来源只给区间时填。")
    )
    cap_fen = fen_field(_("限额"), null=True, blank=True)
    total_over_fen = fen_field(
        _("总费用超过"), null=True, blank=True, help_text=_("单位：元。只对超过的费用适用时填。")
    )

    class Meta(Provision.Meta):
        verbose_name = _("补助")
        verbose_name_plural = _("补助")
        constraints = (
            *Provision.Meta.constraints,
            known("supplement", terms.SupplementKind),
            not_negative("from_fen", "to_fen", "cap_fen", "total_over_fen"),
            ascending("from_fen", "to_fen", strict=True),
            share("ratio_bp"),
            share("ratio_high_bp", null=True),
            ascending("ratio_bp", "ratio_high_bp"),
            high_needs_low("ratio_bp", "ratio_high_bp"),
        )
