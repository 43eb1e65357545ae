"""The claim as it was sent in, its lines and invoices, and what the officer says to each."""

from datetime import date

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from yibao.claims.vocabulary import Answer, LineClass, MarkAnswer, MarkCode, Reason
from yibao.rules.terms import AidGroup, CareType, FilingCategory, Group, Level, Situation


def _choices(enumeration: type) -> tuple[tuple[str, str], ...]:
    return tuple((member.value, member.value) for member in enumeration)  # type: ignore[attr-defined]


class Claim(models.Model):
    """手工报销申请: one bill of one stay or visit.

    `situation` is the filing on the day of care (contract.md, `filing`), "" for care at home.
    `discharged_on` is the day by whose rules the claim is decided: discharge, or the visit.
    Totals are fen, of the bill as the person gave it. `last_claim_on` is null where no rule
    states a deadline. `first_fund_fen` is what the officer of a blind sample found before the
    engine's figure was shown. `pattern_key` is how like claims are found.
    """

    case = models.OneToOneField(
        "cases.Case", on_delete=models.PROTECT, primary_key=True, related_name="claim"
    )
    reason = models.CharField(_("为什么手工报销"), max_length=20, choices=Reason)
    institution_code = models.CharField(_("机构编码"), max_length=12, blank=True)
    institution_name = models.CharField(_("医疗机构"), max_length=100)
    level = models.CharField(_("医院级别"), max_length=10, choices=_choices(Level))
    institution_class = models.CharField(_("当地类别"), max_length=20, blank=True)
    care_code = models.CharField(_("就医地"), max_length=6)
    care_type = models.CharField(_("医疗类别"), max_length=12, choices=_choices(CareType))
    disease = models.CharField(_("病种"), max_length=20, blank=True)
    treatment = models.CharField(_("治疗方式"), max_length=20, blank=True)
    severity = models.CharField(_("病情"), max_length=20, blank=True)
    admitted_on = models.DateField(_("入院日期"), null=True, blank=True)
    discharged_on = models.DateField(_("出院或看病的日期"))
    situation = models.CharField(
        _("备案情况"), max_length=20, choices=_choices(Situation), blank=True
    )
    base_filing = models.CharField(
        _("原来的备案"), max_length=20, choices=_choices(FilingCategory), blank=True
    )
    trauma = models.CharField(_("外伤"), max_length=20)
    group = models.CharField(_("待遇人群"), max_length=10, choices=_choices(Group))
    tier = models.CharField(_("缴费档次"), max_length=10, blank=True)
    age = models.PositiveSmallIntegerField(_("年龄"), null=True, blank=True)
    aid_group = models.CharField(
        _("医疗救助对象"), max_length=20, choices=_choices(AidGroup), default=AidGroup.NONE.value
    )
    is_civil_servant = models.BooleanField(_("享受公务员医疗补助"), default=False)
    total_fen = models.BigIntegerField(_("医疗费总额（分）"))
    off_catalog_fen = models.BigIntegerField(_("全自费（分）"), default=0)
    over_limit_fen = models.BigIntegerField(_("超限价自费（分）"), default=0)
    upfront_self_pay_fen = models.BigIntegerField(_("先行自付（分）"), default=0)
    has_lines = models.BooleanField(_("有逐项清单"), default=False)
    last_claim_on = models.DateField(_("申请期限"), null=True, blank=True)
    pattern_key = models.CharField(max_length=60, editable=False, db_index=True)
    is_sample = models.BooleanField(_("随机抽查"), default=False)
    first_fund_fen = models.BigIntegerField(_("经办人先算出的数（分）"), null=True, blank=True)

    class Meta:
        verbose_name = _("手工报销申请")
        verbose_name_plural = _("手工报销申请")
        default_permissions = ("view", "change")
        permissions = (
            ("decide_claim", _("可以作出报销决定")),
            ("confirm_claim", _("可以复核报销决定")),
            ("pay_claim", _("可以登记付款")),
        )
        indexes = (models.Index(fields=("discharged_on",), name="claim_by_day"),)
        constraints = (
            models.CheckConstraint(
                name="claim_ends_after_it_begins",
                condition=Q(admitted_on=None) | Q(discharged_on__gte=F("admitted_on")),
            ),
            models.CheckConstraint(
                name="claim_parts_are_not_negative",
                condition=Q(
                    total_fen__gte=0,
                    off_catalog_fen__gte=0,
                    over_limit_fen__gte=0,
                    upfront_self_pay_fen__gte=0,
                ),
            ),
        )

    def __str__(self) -> str:
        return str(self.case)

    @property
    def on(self) -> date:
        """The day whose rules decide."""
        return self.discharged_on


class ClaimLine(models.Model):
    """One line of the bill as it was sent in; never changed. A refund is negative.

    `upfront_fen` is the part of a B line that the person pays first; null: not known, and the
    line is held. `is_total` marks lines made of a settlement sheet's totals.
    """

    claim = models.ForeignKey("claims.Claim", on_delete=models.PROTECT, related_name="lines")
    position = models.PositiveSmallIntegerField(_("序号"))
    name = models.CharField(_("项目"), max_length=120)
    on = models.DateField(_("日期"), null=True, blank=True)
    amount_fen = models.BigIntegerField(_("金额（分）"))
    line_class = models.CharField(_("类别"), max_length=10, choices=LineClass, blank=True)
    upfront_fen = models.BigIntegerField(_("先行自付（分）"), null=True, blank=True)
    is_total = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("费用明细")
        verbose_name_plural = _("费用明细")
        ordering = ("position",)
        default_permissions = ("view",)
        constraints = (
            models.UniqueConstraint(fields=("claim", "position"), name="claimline_one_per_place"),
        )

    def __str__(self) -> str:
        return f"{self.position}. {self.name}"


class LineReview(models.Model):
    """What the officer says to a line so far; a decision copies it and never looks back.

    `line_class`, `upfront_fen` are the officer's reading of the line; `allowed_fen` is how
    much of an adjusted line is looked at at all, the rest is the person's own.
    """

    line = models.OneToOneField(
        "claims.ClaimLine", on_delete=models.PROTECT, primary_key=True, related_name="review"
    )
    answer = models.CharField(_("审核"), max_length=10, choices=Answer, default=Answer.HELD)
    line_class = models.CharField(_("类别"), max_length=10, choices=LineClass, blank=True)
    upfront_fen = models.BigIntegerField(_("先行自付（分）"), null=True, blank=True)
    allowed_fen = models.BigIntegerField(_("认可金额（分）"), null=True, blank=True)
    reason_code = models.CharField(_("原因"), max_length=20, blank=True)
    note = models.CharField(_("说明"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("逐项审核")
        verbose_name_plural = _("逐项审核")
        default_permissions = ("view",)

    def __str__(self) -> str:
        return f"{self.line_id} {self.answer}"


class Invoice(models.Model):
    """票据: its number only as a keyed hash and masked; two claims with one are asked about."""

    claim = models.ForeignKey("claims.Claim", on_delete=models.PROTECT, related_name="invoices")
    number_hash = models.CharField(max_length=64, db_index=True, editable=False)
    masked = models.CharField(_("票据号码"), max_length=40)
    institution_key = models.CharField(max_length=100, editable=False)
    on = models.DateField(_("日期"))
    amount_fen = models.BigIntegerField(_("金额（分）"))

    class Meta:
        verbose_name = _("票据")
        verbose_name_plural = _("票据")
        default_permissions = ("view",)
        indexes = (
            models.Index(fields=("institution_key", "on", "amount_fen"), name="invoice_alike"),
        )
        constraints = (
            models.UniqueConstraint(fields=("claim", "number_hash"), name="invoice_once_per_claim"),
        )

    def __str__(self) -> str:
        return self.masked


class RiskMark(models.Model):
    """Something to look at before the claim is decided, and what came of it.

    `values` are codes, dates and fen that the words are filled with; never personal data.
    """

    claim = models.ForeignKey("claims.Claim", on_delete=models.PROTECT, related_name="marks")
    code = models.CharField(_("提示"), max_length=20, choices=MarkCode)
    values = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    other = models.ForeignKey(
        "claims.Claim",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("另一件"),
    )
    answer = models.CharField(_("核实结果"), max_length=12, choices=MarkAnswer, blank=True)
    note = models.CharField(_("核实说明"), max_length=300, blank=True)
    answered_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    answered_at = models.DateTimeField(_("核实时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("核实提示")
        verbose_name_plural = _("核实提示")
        ordering = ("id",)
        default_permissions = ("view",)
        constraints = (
            models.CheckConstraint(
                name="riskmark_answered_by_somebody",
                condition=Q(answer="", answered_by=None, answered_at=None)
                | (~Q(answer="") & Q(answered_by__isnull=False, answered_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="riskmark_duplicate_names_the_other",
                condition=~Q(code="duplicate") | Q(other__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return str(self.get_code_display())
