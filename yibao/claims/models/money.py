"""Where the money went: payments, and what a person's year has used up."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from yibao.claims.models.base import AppendOnly
from yibao.claims.vocabulary import EntryKind, Failure, PaymentKind, ProposalState
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


class YearAmounts(models.Model):
    """What some care added to a year; amounts in fen. `stays` counts admissions."""

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

    class Meta:
        abstract = True

    @property
    def amounts(self) -> dict[str, int]:
        """The amounts by the names of their columns."""
        return {name: getattr(self, name) for name in AMOUNTS}


AMOUNTS = (
    "pooled_fen",
    "deductible_fen",
    "large_fen",
    "critical_fen",
    "in_scope_fen",
    "self_pay_fen",
    "stays",
)


class AccumulatorEntry(YearAmounts, AppendOnly):
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


class YearAddition(YearAmounts):
    """Care of the year that was settled elsewhere, as one officer read it in the evidence.

    It counts once a colleague has looked at the same evidence, by an entry of its own
    (`entry`). `undoes` is the entry that a row takes back, whose opposite amounts it holds.
    """

    claim = models.ForeignKey(
        "claims.Claim", on_delete=models.PROTECT, related_name="year_additions"
    )
    source = models.CharField(_("依据"), max_length=200)
    evidence = models.ForeignKey(
        "cases.Upload",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("依据的材料"),
    )
    undoes = models.ForeignKey(
        "claims.AccumulatorEntry",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="undoings",
        verbose_name=_("冲回的明细"),
    )
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("提出时间"))
    state = models.CharField(
        _("状态"), max_length=10, choices=ProposalState, default=ProposalState.OPEN
    )
    answered_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    answered_at = models.DateTimeField(_("复核时间"), null=True, blank=True)
    answer_note = models.CharField(_("复核意见"), max_length=300, blank=True)
    entry = models.OneToOneField(
        "claims.AccumulatorEntry",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="addition",
        verbose_name=_("累计明细"),
    )

    class Meta:
        verbose_name = _("其他结算的年度金额")
        verbose_name_plural = _("其他结算的年度金额")
        ordering = ("at", "id")
        default_permissions = ("view",)
        constraints = (
            models.CheckConstraint(name="yearaddition_has_a_source", condition=~Q(source="")),
            models.CheckConstraint(
                name="yearaddition_answered_by_another",
                condition=Q(answered_by=None) | ~Q(answered_by=models.F("by")),
            ),
            models.CheckConstraint(
                name="yearaddition_counts_once_confirmed",
                condition=Q(state=ProposalState.CONFIRMED, entry__isnull=False)
                | (~Q(state=ProposalState.CONFIRMED) & Q(entry=None)),
            ),
            models.UniqueConstraint(
                fields=("undoes",),
                condition=~Q(state=ProposalState.RETURNED),
                name="yearaddition_undoes_an_entry_once",
            ),
        )

    def __str__(self) -> str:
        return f"{self.claim_id} {self.on} {self.state}"
