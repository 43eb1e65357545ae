"""Papers that were handed in, one row a file; the files themselves are sealed on disk."""

import secrets

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

REFERENCE_BYTES = 24


def new_public_id() -> str:
    """Return an unguessable name for an address: 192 random bits, 32 signs."""
    return secrets.token_urlsafe(REFERENCE_BYTES)


class Upload(models.Model):
    """上传的材料: one file for one paper of a draft or of a case, never of both.

    `stored_as` and `preview_as` are names in the file store, random and sealed for this row
    alone; a PDF has no preview. The name that the file had on somebody's phone is not kept:
    it may say who the person is. `size` is in bytes, of the content as it was made anew;
    `digest` is the SHA-256 of that content. A removed file of a draft is gone; one of a case
    stays until the case is purged, because somebody may have decided by it.
    """

    class State(models.TextChoices):
        RECEIVED = "received", _("已收到")
        UNREADABLE = "unreadable", _("看不清，请重传")
        ACCEPTED = "accepted", _("已通过")

    class ContentType(models.TextChoices):
        JPEG = "image/jpeg", _("照片")
        PDF = "application/pdf", _("PDF")

    class Fault(models.TextChoices):
        """Why staff cannot use a file: what the person has to do differently."""

        BLURRED = "blurred", _("拍得模糊，看不清字")
        CUT_OFF = "cut_off", _("没有拍全，边角的内容缺了")
        DARK = "dark", _("太暗、反光或有阴影，看不清")
        WRONG_PAPER = "wrong_paper", _("不是要的这种材料")
        OTHER_PERSON = "other_person", _("材料上的姓名和申请人对不上")
        OUT_OF_DATE = "out_of_date", _("材料已过有效期")
        NOT_SEALED = "not_sealed", _("缺盖章或签名")

    public_id = models.CharField(max_length=32, unique=True, default=new_public_id, editable=False)
    draft = models.ForeignKey(
        "cases.Draft",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="uploads",
        verbose_name=_("草稿"),
    )
    case = models.ForeignKey(
        "cases.Case",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="uploads",
        verbose_name=_("办件"),
    )
    material = models.CharField(_("材料"), max_length=60)
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.RECEIVED)
    fault = models.CharField(_("原因"), max_length=20, choices=Fault, blank=True)
    content_type = models.CharField(_("种类"), max_length=20, choices=ContentType)
    pages = models.PositiveSmallIntegerField(_("页数"))
    size = models.PositiveIntegerField(_("字节"))
    digest = models.CharField(_("校验值"), max_length=64, editable=False)
    stored_as = models.CharField(max_length=40, unique=True, editable=False)
    preview_as = models.CharField(max_length=40, blank=True, editable=False)
    created_at = models.DateTimeField(_("收到的时间"))
    removed_at = models.DateTimeField(_("撤下的时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("上传的材料")
        verbose_name_plural = _("上传的材料")
        ordering = ("created_at", "id")
        default_permissions = ("view",)
        permissions = (("mark_upload", _("可以判定材料能不能用")),)
        indexes = (
            models.Index(fields=("draft", "material"), name="upload_of_draft"),
            models.Index(fields=("case", "material"), name="upload_of_case"),
        )
        constraints = (
            models.CheckConstraint(
                name="upload_of_a_draft_or_of_a_case",
                condition=Q(draft=None, case__isnull=False) | Q(draft__isnull=False, case=None),
            ),
            models.CheckConstraint(
                name="upload_fault_says_why_it_is_unreadable",
                condition=(Q(state="unreadable") & ~Q(fault=""))
                | (~Q(state="unreadable") & Q(fault="")),
            ),
            models.CheckConstraint(
                name="upload_is_not_empty", condition=Q(size__gt=0, pages__gt=0)
            ),
            models.CheckConstraint(
                name="upload_preview_of_pictures_only",
                condition=(Q(content_type="image/jpeg") & ~Q(preview_as=""))
                | (Q(content_type="application/pdf") & Q(preview_as="")),
            ),
            models.UniqueConstraint(
                fields=("draft", "material", "digest"),
                condition=Q(removed_at=None),
                name="upload_once_per_paper_of_a_draft",
            ),
            models.UniqueConstraint(
                fields=("case", "material", "digest"),
                condition=Q(removed_at=None),
                name="upload_once_per_paper_of_a_case",
            ),
        )

    def __str__(self) -> str:
        return f"{self.material} {self.get_content_type_display()}"
