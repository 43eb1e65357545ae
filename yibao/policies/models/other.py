"""Tables of diseases, claims, enrolment, accounts, and of what is kept as text."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from yibao.policies.fields import (
    StatedSetField,
    enum_field,
    fen_field,
    number_field,
    ratio_field,
    set_field,
    text_field,
    yes_no_field,
)
from yibao.policies.labels import choices
from yibao.policies.models.constraints import ascending, known, not_negative, share
from yibao.policies.models.provision import Provision
from yibao.rules import policy, terms


class ChronicDisease(Provision):
    """门诊慢特病病种."""

    terms_type = policy.ChronicDisease

    disease = text_field(_("病种代码"), 20, blank=False)
    name = text_field(_("病种名称"), 100, blank=False)
    code_confirmed = models.BooleanField(_("代码已核实"), default=True)
    cross_province = yes_no_field(_("可跨省直接结算"))
    cross_province_since = models.DateField(_("何时起可跨省结算"), null=True, blank=True)
    qualification_required = yes_no_field(_("须先认定资格"))
    ratio_rule = enum_field(_("比例依据"), terms.RatioRule, blank=True)

    class Meta(Provision.Meta):
        verbose_name = _("门诊慢特病")
        verbose_name_plural = _("门诊慢特病")
        constraints = (
            *Provision.Meta.constraints,
            known("ratio_rule", terms.RatioRule, blank=True),
            models.CheckConstraint(
                name="chronicdisease_has_code_and_name",
                condition=~Q(disease="") & ~Q(name=""),
                violation_error_message=_("请填病种代码和名称。"),
            ),
            models.CheckConstraint(
                name="chronicdisease_since_only_when_open",
                # A check that comes out as NULL passes: cross_province must be there.
                condition=Q(cross_province_since__isnull=True)
                | Q(cross_province__isnull=False, cross_province=True),
                violation_error_message=_("填了起始日期，“可跨省直接结算”应选是。"),
            ),
        )


class ClaimRule(Provision):
    """手工报销规则: each field filled in is a statement of its own."""

    terms_type = policy.ClaimRule

    care_types = set_field(_("医疗类别"), terms.CareType, help_text=_("不选表示都适用。"))
    situation_text = text_field(_("情形"), 200)
    total_to_fen = fen_field(
        _("总费用低于"), null=True, blank=True, help_text=_("单位：元。不分金额的留空。")
    )
    deadline_months = number_field(_("申报期限（月）"), help_text=_("自出院或就诊之日起。"))
    deadline_text = text_field(_("申报期限说明"), 200)
    handling_working_days = number_field(_("办理时限（工作日）"))
    one_time_notice = yes_no_field(_("一次性告知"))
    cross_year_mode = enum_field(_("跨年度住院"), terms.CrossYearMode, blank=True)
    accepted_situations = text_field(_("可手工报销的情形"), 500)

    class Meta(Provision.Meta):
        verbose_name = _("手工报销规则")
        verbose_name_plural = _("手工报销规则")
        constraints = (
            *Provision.Meta.constraints,
            known("cross_year_mode", terms.CrossYearMode, blank=True),
            not_negative("total_to_fen"),
        )


class EnrolmentRule(Provision):
    """参保与待遇: waiting periods, arrears, sanctions."""

    terms_type = policy.EnrolmentRule

    status = text_field(
        _("参保状态"),
        30,
        blank=False,
        help_text=_("waiting 等待期、arrears 欠费、suspended 暂停、transferring 转移中等。"),
    )
    fixed_months = number_field(_("固定月数"))
    variable_months_per_year = number_field(_("每断缴一年增加月数"))
    buy_back = yes_no_field(_("可缴费修复"))
    retroactive_payment = yes_no_field(_("补缴后可追补待遇"))
    months_from = number_field(_("月数自"))
    months_to = number_field(_("月数至"))
    text = text_field(_("说明"), 500)

    class Meta(Provision.Meta):
        verbose_name = _("参保规则")
        verbose_name_plural = _("参保规则")
        constraints = (
            *Provision.Meta.constraints,
            ascending("months_from", "months_to"),
            models.CheckConstraint(
                name="enrolmentrule_names_a_status",
                condition=~Q(status=""),
                violation_error_message=_("请填参保状态。"),
            ),
        )


class AccountRule(Provision):
    """个人账户 and pharmacies: each field filled in is a statement of its own."""

    terms_type = policy.AccountRule

    pharmacy_mode = enum_field(_("药店"), terms.PharmacyMode, blank=True)
    usable_away = yes_no_field(_("异地可用"))
    filing_needed = yes_no_field(_("需要备案"))
    may_pay = StatedSetField(
        _("个人账户可付"),
        choices=choices(terms.SelfPayPart),
        blank=True,
        help_text=_("都不选表示来源没有说。"),
    )
    mutual_aid = yes_no_field(_("家庭共济"))
    mutual_aid_cross_province = yes_no_field(_("跨省共济"))
    class_b_prepay_bp = ratio_field(_("乙类先行自付"), null=True, blank=True)
    text = text_field(_("说明"), 500)

    class Meta(Provision.Meta):
        verbose_name = _("个人账户和药店")
        verbose_name_plural = _("个人账户和药店")
        constraints = (
            *Provision.Meta.constraints,
            known("pharmacy_mode", terms.PharmacyMode, blank=True),
            share("class_b_prepay_bp", null=True),
        )


class Remark(Provision):
    """Kept, not computed: a fact that no column can hold, with the reason."""

    terms_type = policy.Remark

    topic = text_field(_("主题"), 60, blank=False)
    text = text_field(_("内容"), 500, blank=False)
    reason = text_field(_("为什么不计算"), 300, blank=False)

    class Meta(Provision.Meta):
        verbose_name = _("不计算的说明")
        verbose_name_plural = _("不计算的说明")
        constraints = (
            *Provision.Meta.constraints,
            models.CheckConstraint(
                name="remark_is_complete",
                condition=~Q(topic="") & ~Q(text="") & ~Q(reason=""),
                violation_error_message=_("主题、内容和原因都要填。"),
            ),
        )
