"""Where the money went: payments, and what a person's year has used up."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from yibao.claims.models.base import AppendOnly
from yibao.claims.vocabulary import EntryKind, Failure, PaymentKind
from yibao.rules.terms import CareType, InsuranceType


class PaymentEntry(AppendOnly):
    """付款记录: one thing that happened to money; never changed, reversed by a new row.

    `amount_fen` is that of the order on every row; a negative order asks for money back after
    a correction. All rows but `ordered` name their `order`.
    """

    claim = models.ForeignKey("claims.Claim", on_delete=models.PROTECT, related_name="payments")
    decision = models.ForeignKey(
        "claims.Decision", on_delete=models.PROTECT, related_name="payments"
    )
    kind = models.CharField(_("种类"), max_length=10, choices=PaymentKind)
    order = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="entries",
        verbose_name=_("付款通知"),
    )
    amount_fen = models.BigIntegerField(_("金额（分）"))
    on = models.DateField(_("银行日期"), null=True, blank=True)
    failure = models.CharField(_("未成功的原因"), max_length=20, choices=Failure, blank=True)
    note = models.CharField(_("说明"), max_length=300, blank=True)
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("付款记录")
        verbose_name_plural = _("付款记录")
        ordering = ("id",)
        default_permissions = ("view",)
        permissions = (("export_paymententry", _("可以导出付款清单")),)
        indexes = (models.Index(fields=("kind", "at"), name="payment_by_kind"),)
        constraints = (
            models.CheckConstraint(
                name="payment_orders_stand_alone_and_the_rest_follow_one",
                condition=Q(kind=PaymentKind.ORDERED, order=None)
                | (~Q(kind=PaymentKind.ORDERED) & Q(order__isnull=False)),
            ),
            models.CheckConstraint(name="payment_is_not_nothing", condition=~Q(amount_fen=0)),
            models.UniqueConstraint(
                fields=("order", "kind"), name="payment_each_thing_once_per_order"
            ),
            models.CheckConstraint(
                name="payment_failure_says_why",
                condition=(Q(kind=PaymentKind.FAILED) & ~Q(failure=""))
                | (~Q(kind=PaymentKind.FAILED) & Q(failure="")),
            ),
        )

    def __str__(self) -> str:
        return f"{self.claim_id} {self.kind} {self.amount_fen}"


class YearAccount(models.Model):
    """What one person used up in one year of one insurance; its row is what decisions lock.

    `person_hash` is the keyed hash of the paper's number (cases.personal.lookup_hash).
    """

    person_hash = models.CharField(max_length=64, editable=False)
    year = models.PositiveSmallIntegerField(_("年度"))
    insurance = models.CharField(
        _("险种"), max_length=10, choices=[(each.value, each.value) for each in InsuranceType]
    )

    class Meta:
        verbose_name = _("年度累计")
        verbose_name_plural = _("年度累计")
        default_permissions = ("view",)
        constraints = (
            models.UniqueConstraint(
                fields=("person_hash", "year", "insurance"), name="yearaccount_once_per_person"
            ),
        )

    def __str__(self) -> str:
        return f"{self.year} {self.insurance}"


class AccumulatorEntry(AppendOnly):
    """What one decision, or a settlement elsewhere, adds to a year; amounts in fen.

    A corrected decision is undone by a row of the opposite amounts. `stays` counts
    admissions: 1, or -1 where one is undone.
    """

    account = models.ForeignKey(
        "claims.YearAccount", on_delete=models.PROTECT, related_name="entries"
    )
    kind = models.CharField(_("种类"), max_length=10, choices=EntryKind)
    decision = models.ForeignKey(
        "claims.Decision",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="accumulated",
        verbose_name=_("决定"),
    )
    care_type = models.CharField(
        _("医疗类别"), max_length=12, choices=[(each.value, each.value) for each in CareType]
    )
    on = models.DateField(_("就医日期"))
    pooled_fen = models.BigIntegerField(_("统筹基金支付（分）"), default=0)
    deductible_fen = models.BigIntegerField(_("起付线（分）"), default=0)
    large_fen = models.BigIntegerField(_("大额补助（分）"), default=0)
    critical_fen = models.BigIntegerField(_("大病保险（分）"), default=0)
    in_scope_fen = models.BigIntegerField(_("符合政策范围（分）"), default=0)
    self_pay_fen = models.BigIntegerField(_("合规自付（分）"), default=0)
    stays = models.SmallIntegerField(_("住院次数"), default=0)
    source = models.CharField(_("来源"), max_length=200, blank=True)
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("累计明细")
        verbose_name_plural = _("累计明细")
        ordering = ("id",)
        default_permissions = ("view",)
        constraints = (
            models.CheckConstraint(
                name="accumulator_from_a_decision_or_a_named_source",
                condition=Q(kind=EntryKind.ELSEWHERE, decision=None) & ~Q(source="")
                | (~Q(kind=EntryKind.ELSEWHERE) & Q(decision__isnull=False)),
            ),
            models.UniqueConstraint(
                fields=("decision", "kind"), name="accumulator_once_per_decision"
            ),
        )

    def __str__(self) -> str:
        return f"{self.account_id} {self.kind} {self.pooled_fen}"
