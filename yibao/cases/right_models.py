"""What stands beside a case: who stays away from it, missed look-ups, wishes to be forgotten."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Recusal(models.Model):
    """回避: an officer who is related to the person does not work on the case, now or later."""

    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="recusals")
    officer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("回避的人"),
    )
    declared_at = models.DateTimeField(_("声明的时间"))

    class Meta:
        verbose_name = _("回避")
        verbose_name_plural = _("回避")
        default_permissions = ()
        constraints = (
            models.UniqueConstraint(
                fields=("case", "officer"), name="recusal_once_per_case_and_officer"
            ),
        )

    def __str__(self) -> str:
        return f"{self.case_id} {self.officer_id}"


class LookupCount(models.Model):
    """How many look-ups missed since a moment, per reference and per address.

    `key` is a keyed hash: an address is personal data, and a reference is half of what
    opens a case. In the database, so that all processes count together.
    """

    key = models.CharField(max_length=64, primary_key=True)
    since = models.DateTimeField(db_index=True)
    count = models.PositiveIntegerField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.count)


class ErasureRequest(models.Model):
    """删除申请: the person wants their data gone; one officer checks, another does it.

    Two, because it cannot be undone and takes the proof of what was decided with it.
    """

    class Answer(models.TextChoices):
        OPEN = "open", _("待核对")
        CHECKED = "checked", _("已核对，待复核")
        DONE = "done", _("已删除")
        REFUSED = "refused", _("暂不能删除")

    case = models.ForeignKey(
        "cases.Case",
        on_delete=models.PROTECT,
        related_name="erasure_requests",
        verbose_name=_("办件"),
    )
    asked_at = models.DateTimeField(_("申请时间"))
    answer = models.CharField(
        _("处理结果"), max_length=8, choices=Answer, default=Answer.OPEN, db_default="open"
    )
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("核对人"),
    )
    checked_at = models.DateTimeField(_("核对时间"), null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("处理人"),
    )
    answered_at = models.DateTimeField(_("处理时间"), null=True, blank=True)
    note = models.CharField(_("答复"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("删除申请")
        verbose_name_plural = _("删除申请")
        ordering = ("asked_at",)
        default_permissions = ("view",)
        permissions = (("erase_person", _("可以核对和执行删除申请")),)
        constraints = (
            models.UniqueConstraint(
                fields=("case",),
                condition=Q(answer__in=("open", "checked")),
                name="erasure_request_one_open_per_case",
            ),
            models.CheckConstraint(
                name="erasure_is_done_by_another_than_checked",
                condition=~Q(answer="done")
                | Q(checked_by__isnull=False, answered_by__isnull=False)
                & ~Q(answered_by=F("checked_by")),
            ),
        )

    def __str__(self) -> str:
        return f"{self.asked_at:%Y-%m-%d}"
