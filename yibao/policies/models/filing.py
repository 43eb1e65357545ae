"""Tables on filing: the rule, the papers, where to go."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from yibao.policies.fields import (
    CodeSetField,
    enum_field,
    number_field,
    set_field,
    text_field,
    yes_no_field,
)
from yibao.policies.models.constraints import known
from yibao.policies.models.provision import Provision
from yibao.rules import policy, terms

_ALL = _("不选表示都适用。")


class FilingRule(Provision):
    """备案规则: each field that is filled in is a statement of its own."""

    terms_type = policy.FilingRule

    categories = set_field(_("备案类型"), terms.FilingCategory, help_text=_ALL)
    scope = enum_field(_("范围"), terms.Scope, blank=True, help_text=_ALL)
    care_types = set_field(_("医疗类别"), terms.CareType, help_text=_ALL)
    groups = set_field(_("人群"), terms.Group, help_text=_ALL)
    required = yes_no_field(_("需要备案"))
    filing_free_zone = CodeSetField(
        _("免备案区域"),
        blank=True,
        help_text=_("参保地和就医地都在其中才适用；填区划代码，空格隔开。"),
    )
    deemed_filed = yes_no_field(_("视同已备案"))
    min_residence_months = number_field(_("至少居住月数"))
    validity_months = number_field(_("有效期（月）"))
    validity_is_floor = yes_no_field(_("有效期为下限"), help_text=_("“不少于 6 个月”选是。"))
    indefinite = yes_no_field(_("长期有效"))
    per_stay = yes_no_field(_("当次住院有效"))
    honoured_during_stay = yes_no_field(_("住院期间到期仍有效"))
    change_lock_months = number_field(_("变更限制（月）"), help_text=_("凭证明材料备案的。"))
    commitment_lock_months = number_field(_("承诺制变更限制（月）"))
    early_change_grounds = text_field(_("可提前变更的情形"), 300)
    commitment_allowed = yes_no_field(_("可用承诺书"))
    several_places = yes_no_field(_("可备案多地"))
    several_places_commitment = yes_no_field(_("多地备案可用承诺书"))
    before_discharge_direct = yes_no_field(_("出院前补办可直接结算"))
    late_filing_allowed = yes_no_field(_("出院后可补办"))
    late_filing_text = text_field(_("补办说明"), 300)
    handling_working_days = number_field(_("办理时限（工作日）"))
    effective_moment = text_field(_("何时生效"), 200)
    target_level = text_field(
        _("备案到哪一级"), 20, help_text=_("prefecture 地市、province 省、either 均可。")
    )
    institution_choice_required = yes_no_field(_("须选定医院"))
    dual_enjoyment = yes_no_field(_("备案地和参保地双向享受"))
    dual_enjoyment_needs_evidence = yes_no_field(_("双向享受须有证明材料"))

    class Meta(Provision.Meta):
        verbose_name = _("备案规则")
        verbose_name_plural = _("备案规则")
        constraints = (
            *Provision.Meta.constraints,
            known("scope", terms.Scope, blank=True),
            models.CheckConstraint(
                name="filingrule_indefinite_has_no_months",
                condition=Q(indefinite__isnull=True)
                | Q(indefinite=False)
                | Q(validity_months__isnull=True),
                violation_error_message=_("长期有效的，不再填有效期月数。"),
            ),
            models.CheckConstraint(
                name="filingrule_floor_is_of_months",
                condition=Q(validity_is_floor__isnull=True) | Q(validity_months__isnull=False),
                violation_error_message=_("填了“有效期为下限”，就要填有效期月数。"),
            ),
        )


class MaterialRequirement(Provision):
    """材料: one paper for a filing category or a claim."""

    terms_type = policy.MaterialRequirement

    purpose = enum_field(_("用于"), terms.MaterialPurpose)
    material = enum_field(_("材料"), terms.MaterialSlug)
    categories = set_field(_("备案类型"), terms.FilingCategory, help_text=_ALL)
    scope = enum_field(_("范围"), terms.Scope, blank=True, help_text=_ALL)
    care_types = set_field(_("医疗类别"), terms.CareType, help_text=_ALL)
    reason = text_field(_("报销情形"), 40, help_text=_("手工报销用，例如 emergency、trauma。"))
    alternative = models.PositiveSmallIntegerField(
        _("任选其一组号"), default=0, help_text=_("同组号的材料有一样即可；0 为必需。")
    )
    wording = text_field(_("当地名称"), 200)

    class Meta(Provision.Meta):
        verbose_name = _("材料")
        verbose_name_plural = _("材料")
        constraints = (
            *Provision.Meta.constraints,
            known("purpose", terms.MaterialPurpose),
            known("material", terms.MaterialSlug),
            known("scope", terms.Scope, blank=True),
        )


class Channel(Provision):
    """办理渠道 and hotlines."""

    terms_type = policy.Channel

    channel = enum_field(_("渠道"), terms.ChannelKind)
    name = text_field(_("名称"), 100, blank=False)
    value = text_field(_("号码或地址"), 300)
    hours = text_field(_("时间"), 100)
    purpose = text_field(_("用途"), 40, help_text=_("filing 备案、question 咨询、card 卡 等。"))
    categories = set_field(_("备案类型"), terms.FilingCategory, help_text=_ALL)
    scope_text = text_field(_("适用范围"), 200)
    available = models.BooleanField(
        _("已开通"), default=True, help_text=_("来源写明没有开通的，取消勾选。")
    )

    class Meta(Provision.Meta):
        verbose_name = _("办理渠道")
        verbose_name_plural = _("办理渠道")
        constraints = (
            *Provision.Meta.constraints,
            known("channel", terms.ChannelKind),
            models.CheckConstraint(
                name="channel_has_a_name",
                condition=~Q(name=""),
                violation_error_message=_("请填名称。"),
            ),
        )
