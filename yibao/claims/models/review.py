"""A second look: the person's objection, and what a rule that reaches back would change."""

import secrets

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from yibao.claims.vocabulary import ObjectionState, ProposalState
from yibao.core.sealing import seal, unseal


def new_uid() -> str:
    """Return an unguessable name for an address: 128 random bits, 22 signs."""
    return secrets.token_urlsafe(16)


class Objection(models.Model):
    """异议: against one decision, once, with a text; files are the case's uploads.

    People write about their illness, so the text is sealed. `result` is the decision of the
    second look, which another officer made.
    """

    MATERIAL = "objection"
    """The name under which files of an objection stand among the case's uploads."""

    uid = models.CharField(max_length=22, unique=True, default=new_uid, editable=False)
    claim = models.ForeignKey("claims.Claim", on_delete=models.PROTECT, related_name="objections")
    decision = models.OneToOneField(
        "claims.Decision",
        on_delete=models.PROTECT,
        related_name="objection",
        verbose_name=_("针对的决定"),
    )
    sealed_text = models.TextField(editable=False)
    at = models.DateTimeField(_("提出时间"))
    state = models.CharField(
        _("状态"), max_length=10, choices=ObjectionState, default=ObjectionState.OPEN
    )
    result = models.OneToOneField(
        "claims.Decision",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="answers",
        verbose_name=_("复查后的决定"),
    )

    class Meta:
        verbose_name = _("异议")
        verbose_name_plural = _("异议")
        ordering = ("at",)
        default_permissions = ("view",)
        constraints = (
            models.UniqueConstraint(
                fields=("claim",),
                condition=Q(state=ObjectionState.OPEN),
                name="objection_one_open_per_claim",
            ),
            models.CheckConstraint(
                name="objection_answered_by_a_decision",
                condition=Q(state=ObjectionState.OPEN, result=None)
                | (~Q(state=ObjectionState.OPEN) & Q(result__isnull=False)),
            ),
        )

    def __str__(self) -> str:
        return f"{self.claim_id} {self.state}"

    def write(self, text: str) -> None:
        """Seal the text into this row (unsaved)."""
        self.sealed_text = seal(text, self._place)

    def read(self) -> str:
        """Open the text. Raises core.sealing.SealBroken; "" after erasure."""
        return unseal(self.sealed_text, self._place) if self.sealed_text else ""

    @property
    def _place(self) -> str:
        return f"claims.objection:{self.uid}"


class RetroactiveProposal(models.Model):
    """What a decision would be under the rules as they are published now; nothing by itself.

    `figures` are those of the new reckoning, null where it cannot be computed any more;
    `difference_fen` is what the funds would pay more. `digest` tells one reckoning from the
    next, so that the same difference is proposed once.
    """

    decision = models.ForeignKey(
        "claims.Decision", on_delete=models.PROTECT, related_name="proposals"
    )
    found_at = models.DateTimeField(_("发现时间"))
    figures = models.JSONField(null=True, blank=True, encoder=DjangoJSONEncoder)
    difference_fen = models.BigIntegerField(_("差额（分）"), null=True, blank=True)
    digest = models.CharField(max_length=64, editable=False)
    state = models.CharField(
        _("状态"), max_length=10, choices=ProposalState, default=ProposalState.OPEN
    )
    answered_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    answered_at = models.DateTimeField(_("处理时间"), null=True, blank=True)
    note = models.CharField(_("处理说明"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("追溯差额")
        verbose_name_plural = _("追溯差额")
        ordering = ("-found_at", "-id")
        default_permissions = ("view",)
        constraints = (
            models.UniqueConstraint(
                fields=("decision", "digest"), name="retroactiveproposal_once_per_difference"
            ),
        )

    def __str__(self) -> str:
        return f"{self.decision_id} {self.difference_fen}"
