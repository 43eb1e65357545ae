"""意见: what a checker says about a revision or one of its rows."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Comment(models.Model):
    """One remark. `table` and `provision_id` name the row; both empty speak of the whole."""

    revision = models.ForeignKey(
        "policies.Revision", on_delete=models.CASCADE, related_name="comments"
    )
    table = models.CharField(_("表"), max_length=24, blank=True)
    provision_id = models.PositiveBigIntegerField(_("规定编号"), null=True)
    text = models.CharField(_("意见"), max_length=500)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("谁")
    )
    at = models.DateTimeField(_("时间"))
    settled_at = models.DateTimeField(_("已处理"), null=True)

    class Meta:
        verbose_name = _("意见")
        verbose_name_plural = _("意见")
        ordering = ("id",)
        constraints = (
            models.CheckConstraint(
                name="comment_names_a_whole_row",
                condition=Q(table="", provision_id__isnull=True)
                | (~Q(table="") & Q(provision_id__isnull=False)),
            ),
        )

    def __str__(self) -> str:
        return self.text
