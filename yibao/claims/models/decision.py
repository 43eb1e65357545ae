"""What was decided, with everything that it was decided with."""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from yibao.claims.models.base import AppendOnly
from yibao.claims.vocabulary import Answer, LineClass, Outcome, ProposalState


class Decision(AppendOnly):
    """报销决定: written once; a correction is a new row that names the one it corrects.

    `input` holds bill, facts and the year's totals; `trace` the engine's steps with their
    citations; `provision_ids` the rules behind them. `engine_figures` is null where the engine
    could not compute. Amounts are fen: `claimed_fen` is the bill's total, `fund_fen` what all
    funds pay, `personal_fen` the rest. `first_fund_fen` is the officer's own figure in a blind
    sample. `object_until` is the last day for an objection.
    """

    claim = models.ForeignKey("claims.Claim", on_delete=models.PROTECT, related_name="decisions")
    number = models.PositiveSmallIntegerField(_("第几次"))
    corrects = models.OneToOneField(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="corrected_by",
        verbose_name=_("更正的决定"),
    )
    outcome = models.CharField(_("结果"), max_length=10, choices=Outcome)
    on = models.DateField(_("按哪天的规定"))
    officer = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, related_name="+", verbose_name=_("经办人")
    )
    second = models.ForeignKey(
        "accounts.User",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("复核人"),
    )
    input = models.JSONField(encoder=DjangoJSONEncoder)
    provision_ids = models.JSONField(encoder=DjangoJSONEncoder)
    trace = models.JSONField(encoder=DjangoJSONEncoder)
    engine_figures = models.JSONField(null=True, blank=True, encoder=DjangoJSONEncoder)
    figures = models.JSONField(encoder=DjangoJSONEncoder)
    first_fund_fen = models.BigIntegerField(_("经办人先算出的数（分）"), null=True, blank=True)
    claimed_fen = models.BigIntegerField(_("申请金额（分）"))
    fund_fen = models.BigIntegerField(_("基金支付（分）"))
    personal_fen = models.BigIntegerField(_("个人负担（分）"))
    is_override = models.BooleanField(_("没有按系统计算"), default=False)
    override_reason = models.CharField(_("没有按系统计算的原因"), max_length=500, blank=True)
    reason_code = models.CharField(_("原因"), max_length=20, blank=True)
    note = models.TextField(_("对申请人说的话"), blank=True)
    object_until = models.DateField(_("提出异议的最后一天"))

    class Meta:
        verbose_name = _("报销决定")
        verbose_name_plural = _("报销决定")
        ordering = ("claim", "number")
        default_permissions = ("view",)
        constraints = (
            models.UniqueConstraint(fields=("claim", "number"), name="decision_one_per_number"),
            models.CheckConstraint(
                name="decision_amounts_add_up",
                condition=Q(claimed_fen=F("fund_fen") + F("personal_fen")) & Q(fund_fen__gte=0),
            ),
            models.CheckConstraint(
                name="decision_override_has_reason_and_second_officer",
                condition=Q(is_override=False) | (~Q(override_reason="") & Q(second__isnull=False)),
            ),
            models.CheckConstraint(
                name="decision_by_two_different_officers",
                condition=Q(second=None) | ~Q(second=F("officer")),
            ),
            models.CheckConstraint(
                name="decision_corrections_are_not_the_first",
                condition=Q(number=1, corrects=None) | Q(number__gt=1, corrects__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return f"{self.claim} #{self.number}"


class LineDecision(AppendOnly):
    """What was decided of one line: its amount in four parts, in fen.

    Their sum is the line's amount, so every fen of the bill stands in one column of the sheet.
    """

    decision = models.ForeignKey(
        "claims.Decision", on_delete=models.PROTECT, related_name="line_decisions"
    )
    line = models.ForeignKey("claims.ClaimLine", on_delete=models.PROTECT, related_name="+")
    answer = models.CharField(_("审核"), max_length=10, choices=Answer)
    line_class = models.CharField(_("类别"), max_length=10, choices=LineClass)
    claimed_fen = models.BigIntegerField(_("申请（分）"))
    in_scope_fen = models.BigIntegerField(_("符合政策范围（分）"))
    off_catalog_fen = models.BigIntegerField(_("全自费（分）"))
    over_limit_fen = models.BigIntegerField(_("超限价自费（分）"))
    upfront_fen = models.BigIntegerField(_("先行自付（分）"))
    reason_code = models.CharField(_("原因"), max_length=20, blank=True)
    note = models.CharField(_("说明"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("逐项决定")
        verbose_name_plural = _("逐项决定")
        ordering = ("line__position",)
        default_permissions = ("view",)
        constraints = (
            models.UniqueConstraint(fields=("decision", "line"), name="linedecision_once_per_line"),
            models.CheckConstraint(
                name="linedecision_parts_add_up",
                condition=Q(
                    claimed_fen=F("in_scope_fen")
                    + F("off_catalog_fen")
                    + F("over_limit_fen")
                    + F("upfront_fen")
                ),
            ),
            models.CheckConstraint(
                name="linedecision_is_not_held", condition=~Q(answer=Answer.HELD)
            ),
            models.CheckConstraint(
                name="linedecision_cut_has_a_reason",
                condition=Q(answer=Answer.APPROVED) | ~Q(reason_code=""),
            ),
        )

    def __str__(self) -> str:
        return f"{self.line_id} {self.answer}"


class DecisionDraft(models.Model):
    """What one officer wants to decide and a second one has to confirm.

    `fund_fen` and `digest` are of what the first officer saw: when anything else comes out at
    the confirmation, it goes back.
    """

    claim = models.ForeignKey("claims.Claim", on_delete=models.PROTECT, related_name="drafts")
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("提出时间"))
    wish = models.JSONField(encoder=DjangoJSONEncoder)
    fund_fen = models.BigIntegerField(_("基金支付（分）"))
    digest = models.CharField(max_length=64, editable=False)
    why = models.CharField(_("为什么要复核"), max_length=20)
    state = models.CharField(
        _("状态"), max_length=10, choices=ProposalState, default=ProposalState.OPEN
    )
    answered_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    answered_at = models.DateTimeField(_("复核时间"), null=True, blank=True)
    answer_note = models.CharField(_("复核意见"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("待复核的决定")
        verbose_name_plural = _("待复核的决定")
        ordering = ("at",)
        default_permissions = ("view",)
        constraints = (
            models.UniqueConstraint(
                fields=("claim",),
                condition=Q(state=ProposalState.OPEN),
                name="decisiondraft_one_open_per_claim",
            ),
            models.CheckConstraint(
                name="decisiondraft_answered_by_another",
                condition=Q(answered_by=None) | ~Q(answered_by=F("by")),
            ),
        )

    def __str__(self) -> str:
        return f"{self.claim_id} {self.state}"
