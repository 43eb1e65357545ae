"""更正建议: a reader's word that a figure is wrong; 处理: what became of a conflict."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from yibao.core.sealing import seal, unseal


class CorrectionStatus(models.TextChoices):
    OPEN = "open", _("待处理")
    ACCEPTED = "accepted", _("采纳")
    REFUSED = "refused", _("不采纳")
    DISPUTED = "disputed", _("列为争议")


class Correction(models.Model):
    """What a reader proposes, and what an officer made of it.

    `table` and `provision_id` name the row; both empty speak of the region as a whole.
    `shown` is what the page said then. The contact is sealed, seen only on record, and
    erased with the decision. `revision` is the draft that an accepted proposal led to.
    """

    region = models.ForeignKey(
        "regions.Region", on_delete=models.PROTECT, related_name="+", verbose_name=_("统筹区")
    )
    table = models.CharField(_("表"), max_length=24, blank=True)
    provision_id = models.PositiveBigIntegerField(_("规定编号"), null=True)
    shown = models.CharField(_("当时显示"), max_length=500, blank=True)
    proposed = models.CharField(_("读者认为应是"), max_length=300)
    document = models.CharField(_("读者的依据"), max_length=300)
    sealed_contact = models.CharField(max_length=500, blank=True, editable=False)
    sent_at = models.DateTimeField(_("收到时间"))
    status = models.CharField(
        _("处理情况"), max_length=10, choices=CorrectionStatus, default=CorrectionStatus.OPEN
    )
    reply = models.CharField(
        _("处理说明"), max_length=300, blank=True, help_text=_("会在“有争议的规定”页公开。")
    )
    revision = models.ForeignKey(
        "policies.Revision",
        on_delete=models.SET_NULL,
        null=True,
        related_name="prompted_by",
        verbose_name=_("由哪次修订更正"),
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("处理人"),
    )
    decided_at = models.DateTimeField(_("处理时间"), null=True)

    class Meta:
        verbose_name = _("更正建议")
        verbose_name_plural = _("更正建议")
        ordering = ("-id",)
        default_permissions = ("view", "change")
        indexes = (
            # The officers' queue and the public list of outcomes; few rows are open at once.
            models.Index(fields=("status", "region"), name="correction_by_status"),
        )
        constraints = (
            models.CheckConstraint(
                name="correction_names_a_whole_row",
                condition=Q(table="", provision_id__isnull=True)
                | (~Q(table="") & Q(provision_id__isnull=False)),
            ),
            models.CheckConstraint(
                name="correction_status_known", condition=Q(status__in=CorrectionStatus.values)
            ),
            models.CheckConstraint(
                name="correction_decided_by_somebody_in_words",
                condition=Q(status="open", decided_by=None, decided_at=None, reply="")
                | (
                    ~Q(status="open")
                    & ~Q(reply="")
                    & Q(decided_by__isnull=False, decided_at__isnull=False, sealed_contact="")
                ),
            ),
        )

    def __str__(self) -> str:
        return f"{self.proposed[:30]} #{self.pk}"

    @property
    def contact(self) -> str:
        """How to reach the reader, "" where they gave nothing. Record the look first."""
        return unseal(self.sealed_contact, self._place(self.pk)) if self.sealed_contact else ""

    @classmethod
    def sealed(cls, pk: int, contact: str) -> str:
        """Return a contact as it is stored for the row of this number."""
        return seal(contact, cls._place(pk)) if contact else ""

    @staticmethod
    def _place(pk: int) -> str:
        return f"policies.correction.contact:{pk}"


class Resolution(models.Model):
    """争议的处理: how a conflict was resolved; public once its revision is published.

    `key` is the conflict's path on the board, `chosen` the reading that stands in words,
    empty where none does.
    """

    key = models.CharField(_("规定路径"), max_length=500)
    title = models.CharField(_("规定"), max_length=100)
    chosen = models.CharField(_("采用的说法"), max_length=500, blank=True)
    reason = models.CharField(_("理由"), max_length=300)
    clause = models.ForeignKey(
        "sources.Clause", on_delete=models.PROTECT, related_name="+", verbose_name=_("依据条文")
    )
    revision = models.OneToOneField(
        "policies.Revision",
        on_delete=models.CASCADE,
        related_name="resolution",
        verbose_name=_("由哪次修订处理"),
    )

    class Meta:
        verbose_name = _("争议的处理")
        verbose_name_plural = _("争议的处理")
        ordering = ("-id",)
        default_permissions = ()
        constraints = (
            models.CheckConstraint(name="resolution_has_a_reason", condition=~Q(reason="")),
        )

    def __str__(self) -> str:
        return self.key
