"""修订: one act of changing a region's rules."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from yibao.policies.labels import choices
from yibao.rules.terms import InsuranceType

INSURANCE_CHOICES = (("", _("职工和居民")), *choices(InsuranceType))


class Locked(Exception):
    """What was published stays as it is; a correction is a revision of its own."""


class RevisionStatus(models.TextChoices):
    DRAFT = "draft", _("草稿")
    IN_REVIEW = "in_review", _("待复核")
    PUBLISHED = "published", _("已发布")
    WITHDRAWN = "withdrawn", _("已撤回")


OPEN_STATUSES = frozenset({RevisionStatus.DRAFT, RevisionStatus.IN_REVIEW})


class Revision(models.Model):
    """It brings provisions in and ends others; the difference is the revision itself.

    An empty `insurance` means facts of both branches. A published revision never
    changes: what it got wrong is put right by a revision that names it in `corrects`.
    `version` counts the edits of the draft: whoever saves an older one is shown what came
    in between. What others published after `seen_at` (else `created_at`) the author has
    not seen. `scheduled_for` is the moment for which `approver` approved its publication.
    """

    region = models.ForeignKey(
        "regions.Region",
        on_delete=models.PROTECT,
        related_name="revisions",
        verbose_name=_("统筹区"),
    )
    insurance = models.CharField(
        _("险种"),
        max_length=10,
        choices=INSURANCE_CHOICES,
        blank=True,
        default="",
        help_text=_("规定对两个险种都适用时选“职工和居民”。"),
    )
    title = models.CharField(
        _("标题"), max_length=120, help_text=_("例如：烟台市居民医保 2026 年度待遇调整。")
    )
    basis = models.TextField(_("修订依据"), blank=True, help_text=_("为什么改，依据哪些文件。"))
    status = models.CharField(
        _("状态"),
        max_length=10,
        choices=RevisionStatus,
        default=RevisionStatus.DRAFT,
        editable=False,
    )
    announced_on = models.DateField(_("公布日期"), null=True, blank=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        editable=False,
        verbose_name=_("起草人"),
    )
    publisher = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("发布人"),
    )
    created_at = models.DateTimeField(_("起草时间"), editable=False)
    published_at = models.DateTimeField(_("发布时间"), null=True, editable=False)
    content_hash = models.CharField(_("内容摘要"), max_length=64, blank=True, editable=False)
    corrects = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="corrections",
        verbose_name=_("更正哪次修订"),
        help_text=_("只在更正录入错误时填写：被更正修订中的同一规定将撤下。"),
    )

    starts_on = models.DateField(
        _("从哪天起改"),
        null=True,
        blank=True,
        help_text=_("新规定的第一天：从这天在效的规定改起。"),
    )
    version = models.PositiveIntegerField(default=0, editable=False)
    seen_at = models.DateTimeField(_("已看过的发布截至"), null=True, editable=False)
    scheduled_for = models.DateTimeField(_("定时发布"), null=True, editable=False)
    approver = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("批准人"),
    )

    class Meta:
        verbose_name = _("修订")
        verbose_name_plural = _("修订")
        ordering = ("-id",)
        permissions = (
            ("publish_revision", _("可以发布修订")),
            ("hand_over_revision", _("可以把别人的草稿移交给他人")),
        )
        constraints = (
            models.CheckConstraint(
                name="revision_status_known", condition=Q(status__in=RevisionStatus.values)
            ),
            models.CheckConstraint(
                name="revision_insurance_known",
                condition=Q(insurance__in=["", *InsuranceType]),
            ),
            models.CheckConstraint(
                name="revision_publisher_is_not_the_author",
                condition=Q(publisher__isnull=True) | ~Q(publisher=F("author")),
                violation_error_message=_("起草人不能发布自己的修订。"),
            ),
            models.CheckConstraint(
                name="revision_published_has_publisher_and_moment",
                condition=Q(publisher__isnull=False, published_at__isnull=False)
                | Q(publisher__isnull=True, published_at__isnull=True, status__in=OPEN_STATUSES)
                | Q(publisher__isnull=True, published_at__isnull=True, status="withdrawn"),
            ),
            models.CheckConstraint(
                name="revision_approver_is_not_the_author",
                condition=Q(approver__isnull=True) | ~Q(approver=F("author")),
                violation_error_message=_("起草人不能批准自己的修订。"),
            ),
            models.CheckConstraint(
                name="revision_scheduled_has_an_approver",
                condition=Q(scheduled_for__isnull=True, approver__isnull=True)
                | Q(scheduled_for__isnull=False, approver__isnull=False),
            ),
            models.CheckConstraint(
                name="revision_published_has_left_draft",
                condition=Q(published_at__isnull=True) | Q(status__in=["published", "withdrawn"]),
            ),
            models.CheckConstraint(
                name="revision_does_not_correct_itself",
                condition=Q(corrects__isnull=True) | ~Q(corrects=F("id")),
            ),
        )

    def __str__(self) -> str:
        return f"{self.title} #{self.pk}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        refuse_unless_open(self.pk)
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        refuse_unless_open(self.pk)
        return super().delete(*args, **kwargs)

    @property
    def is_open(self) -> bool:
        """Whether it may still be changed."""
        return self.status in OPEN_STATUSES


def refuse_unless_open(revision_id: int | None) -> None:
    """Raise Locked when the stored revision has left the drafting stage."""
    if revision_id is None:
        return
    status = Revision.objects.filter(pk=revision_id).values_list("status", flat=True).first()
    if status is not None and status not in OPEN_STATUSES:
        raise Locked(_("已发布或撤回的修订不能再改；请另建一次修订。"))


class Ending(models.Model):
    """终止: a published provision that the revision ends without putting another in its place.

    `ends_on` is the first day no longer in force; empty takes the provision back as
    one that never held (an error of entry).
    """

    revision = models.ForeignKey(
        "policies.Revision", on_delete=models.CASCADE, related_name="endings"
    )
    table = models.CharField(_("表"), max_length=24)
    provision_id = models.PositiveBigIntegerField(_("规定编号"))
    ends_on = models.DateField(
        _("失效日(不含当日)"),
        null=True,
        blank=True,
        help_text=_("从这一天起不再适用；录入错误、从未适用的留空。"),
    )

    class Meta:
        verbose_name = _("终止的规定")
        verbose_name_plural = _("终止的规定")
        ordering = ("table", "provision_id")
        constraints = (
            models.UniqueConstraint(
                fields=("revision", "table", "provision_id"), name="ending_once_per_provision"
            ),
        )

    def __str__(self) -> str:
        return f"{self.table}-{self.provision_id}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        refuse_unless_open(self.revision_id)
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        refuse_unless_open(self.revision_id)
        return super().delete(*args, **kwargs)
