"""预览链接: shows the site under a draft or on another day, to whoever has the link."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class PreviewLink(models.Model):
    """A way into a preview, until it expires or is revoked.

    The address carries the number signed; nothing secret is kept here. Without a revision
    it shows what is published, on `day`.
    """

    revision = models.ForeignKey(
        "policies.Revision",
        on_delete=models.CASCADE,
        null=True,
        related_name="preview_links",
        verbose_name=_("修订"),
    )
    day = models.DateField(_("看哪一天"))
    purpose = models.CharField(_("给谁看"), max_length=100, blank=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("谁")
    )
    made_at = models.DateTimeField(_("生成时间"))
    expires_at = models.DateTimeField(_("到期时间"))
    revoked_at = models.DateTimeField(_("收回时间"), null=True)

    class Meta:
        verbose_name = _("预览链接")
        verbose_name_plural = _("预览链接")
        ordering = ("-id",)
        default_permissions = ()
        constraints = (
            models.CheckConstraint(
                name="preview_link_lasts", condition=Q(expires_at__gt=F("made_at"))
            ),
        )

    def __str__(self) -> str:
        return f"{self.revision or ''} {self.day}".strip()
