"""算例: a bill whose answer is known, kept so that no revision changes it unnoticed."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from yibao.policies.fields import enum_field, fen_field, number_field, text_field
from yibao.policies.models.constraints import known, not_negative
from yibao.rules import terms
from yibao.rules.decision import SettlementOutcome

EXPECTED = (
    "away_self_pay",
    "deductible",
    "pooled_fund",
    "large_expense",
    "critical_illness",
    "medical_aid",
    "supplement",
    "government_subsidy",
    "fund_total",
    "personal_total",
    "personal_account",
    "cash",
    "fund_total_low",
    "fund_total_high",
)
"""Names of the contract that a case may expect; the column is `expected_<name>`, in fen."""

BILL = ("total", "off_catalog", "over_limit", "upfront_self_pay")
"""Parts of the bill; the column is `<name>_fen`."""

USED = (
    "deductible_paid",
    "fund_paid",
    "fund_paid_month",
    "fund_paid_large",
    "fund_paid_critical",
    "cost_so_far",
    "self_pay_accumulated",
)
"""What the year has used up; the column is `<name>_fen`."""

OUTCOMES = (
    (SettlementOutcome.COMPUTED.value, _("算得出")),
    (SettlementOutcome.RANGE.value, _("只有范围")),
    (SettlementOutcome.UNKNOWN.value, _("算不出")),
)
_LEVELS = [level.value for level in terms.Level if level is not terms.Level.OTHER]
_RANGE = ("fund_total_low", "fund_total_high")
_GROUPS = {
    terms.InsuranceType.EMPLOYEE: terms.EMPLOYEE_GROUPS,
    terms.InsuranceType.RESIDENT: terms.RESIDENT_GROUPS,
}


def _known_outcome() -> models.CheckConstraint:
    return models.CheckConstraint(
        name="goldencase_outcome_known",
        condition=Q(outcome__in=[value for value, _label in OUTCOMES]),
    )


class GoldenCase(models.Model):
    """A case of one region on one day, and the figures that must come out.

    Columns are those of the estimate's form. An expected figure that is empty is not
    compared. `slug` names a shipped case. A case that no longer serves says why in
    `retired_because` and is compared no more; none is ever deleted.
    """

    slug = models.CharField(max_length=60, blank=True, editable=False)
    region = models.ForeignKey(
        "regions.Region", on_delete=models.PROTECT, related_name="+", verbose_name=_("统筹区")
    )
    title = models.CharField(
        _("标题"), max_length=120, help_text=_("例如：居民跨省转诊，三级医院住院。")
    )
    insurance = enum_field(_("险种"), terms.InsuranceType)
    on = models.DateField(_("出院或看病的日期"), help_text=_("按这一天的规定计算。"))
    care_type = enum_field(_("医疗类别"), terms.CareType)
    scope = enum_field(_("看病的地方"), terms.Scope)
    situation = enum_field(
        _("备案情况"), terms.Situation, blank=True, help_text=_("在参保地看病的留空。")
    )
    base_filing = enum_field(_("原来的长期备案"), terms.FilingCategory, blank=True)
    group = enum_field(_("看病的人"), terms.Group)
    level = enum_field(_("医院级别"), terms.Level, default=terms.Level.UNRATED.value)
    institution_class = text_field(_("机构类别"), 20)
    tier = text_field(_("缴费档次"), 10)
    age = number_field(_("年龄"))
    disease = text_field(_("病种代码"), 20)
    treatment = text_field(_("治疗方式"), 40)
    severity = text_field(_("病情程度"), 20)
    admission = number_field(_("今年第几次住院"))
    aid_group = enum_field(_("医疗救助"), terms.AidGroup, default=terms.AidGroup.NONE.value)
    civil_servant = models.BooleanField(_("享受公务员医疗补助"), default=False)
    total_fen = fen_field(_("总费用"))
    off_catalog_fen = fen_field(_("全自费"), default=0)
    over_limit_fen = fen_field(_("超限价自费"), default=0)
    upfront_self_pay_fen = fen_field(_("乙类先行自付"), default=0)
    deductible_paid_fen = fen_field(_("今年已付的起付线"), null=True, blank=True)
    fund_paid_fen = fen_field(_("今年基金已经付的"), null=True, blank=True)
    fund_paid_month_fen = fen_field(_("本月基金已经付的"), null=True, blank=True)
    fund_paid_large_fen = fen_field(_("今年大额补助已经付的"), null=True, blank=True)
    fund_paid_critical_fen = fen_field(_("今年大病保险已经付的"), null=True, blank=True)
    cost_so_far_fen = fen_field(_("今年已经发生的费用"), null=True, blank=True)
    self_pay_accumulated_fen = fen_field(_("今年累计的合规自付"), null=True, blank=True)
    account_balance_fen = fen_field(_("个人账户余额"), null=True, blank=True)
    outcome = models.CharField(
        _("应当"), max_length=10, choices=OUTCOMES, default=SettlementOutcome.COMPUTED.value
    )
    expected_away_self_pay = fen_field(_("异地先行自付"), null=True, blank=True)
    expected_deductible = fen_field(_("起付线"), null=True, blank=True)
    expected_pooled_fund = fen_field(_("统筹基金支付"), null=True, blank=True)
    expected_large_expense = fen_field(_("职工大额支付"), null=True, blank=True)
    expected_critical_illness = fen_field(_("大病保险支付"), null=True, blank=True)
    expected_medical_aid = fen_field(_("医疗救助支付"), null=True, blank=True)
    expected_supplement = fen_field(_("补充补助支付"), null=True, blank=True)
    expected_government_subsidy = fen_field(_("政府补助支付"), null=True, blank=True)
    expected_fund_total = fen_field(_("基金合计支付"), null=True, blank=True)
    expected_personal_total = fen_field(_("个人合计负担"), null=True, blank=True)
    expected_personal_account = fen_field(_("个人账户支付"), null=True, blank=True)
    expected_cash = fen_field(_("个人现金支付"), null=True, blank=True)
    expected_fund_total_low = fen_field(_("基金合计支付，最少"), null=True, blank=True)
    expected_fund_total_high = fen_field(_("基金合计支付，最多"), null=True, blank=True)
    clause = models.ForeignKey(
        "sources.Clause",
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("来源条文"),
        help_text=_("应得的数从哪一条算出来。"),
    )
    working = models.CharField(
        _("算式"), max_length=300, blank=True, help_text=_("怎样算出来的，让别人能够核对。")
    )
    retired_because = models.CharField(
        _("不再使用的原因"), max_length=200, blank=True, help_text=_("填写后不再核对这个算例。")
    )

    class Meta:
        verbose_name = _("算例")
        verbose_name_plural = _("算例")
        ordering = ("region", "insurance", "on", "id")
        constraints = (
            models.UniqueConstraint(
                name="goldencase_shipped_once", fields=("slug",), condition=~Q(slug="")
            ),
            known("insurance", terms.InsuranceType),
            known("care_type", terms.CareType),
            known("scope", terms.Scope),
            known("situation", terms.Situation, blank=True),
            known("base_filing", terms.FilingCategory, blank=True),
            known("group", terms.Group),
            known("aid_group", terms.AidGroup),
            models.CheckConstraint(
                name="goldencase_level_known",
                condition=Q(level__in=_LEVELS),
                violation_error_message=_("请选一种医院级别。"),
            ),
            _known_outcome(),
            not_negative("total_fen", *(f"{name}_fen" for name in (*BILL[1:], *USED))),
            models.CheckConstraint(
                name="goldencase_expects_what_its_outcome_gives",
                condition=Q(outcome="computed", expected_fund_total_low=None)
                & Q(expected_fund_total_high=None)
                | Q(
                    outcome="range",
                    expected_fund_total_low__isnull=False,
                    expected_fund_total_high__isnull=False,
                )
                | Q(outcome="unknown"),
                violation_error_message=_("只有范围的算例要填最少和最多，算得出的不填。"),
            ),
        )

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        """Refuse a case that contradicts itself, beside the fields concerned."""
        wrong: dict[str, Any] = {}
        if self.situation and self.scope == terms.Scope.LOCAL:
            if self.situation != terms.Situation.HOME_RETURN:
                wrong["situation"] = _("在参保地看病没有备案，请留空，或改看病的地方。")
        elif not self.situation and self.scope and self.scope != terms.Scope.LOCAL:
            wrong["situation"] = _("到外地看病，请选备案情况。")
        groups = _GROUPS.get(terms.InsuranceType(self.insurance)) if self.insurance else None
        if groups and self.group not in groups:
            wrong["group"] = _("这个险种没有这类人，请重新选。")
        parts = [getattr(self, f"{name}_fen") or 0 for name in BILL[1:]]
        if self.total_fen is not None and sum(parts) > self.total_fen:
            wrong["total_fen"] = _("自费的几项加起来比总费用还大，请检查。")
        if self.outcome == SettlementOutcome.COMPUTED and not self.expected():
            wrong["expected_pooled_fund"] = _("请至少填一个应得的数。")
        if wrong:
            raise ValidationError(wrong)

    def expected(self) -> dict[str, int]:
        """Return the figures that must come out, by their names in the contract, in fen."""
        given = {name: getattr(self, f"expected_{name}") for name in EXPECTED}
        is_range = self.outcome == SettlementOutcome.RANGE
        return {
            name: amount
            for name, amount in given.items()
            if amount is not None and (name in _RANGE) is is_range
        }
