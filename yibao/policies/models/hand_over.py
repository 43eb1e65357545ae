"""移交: who wrote at a draft before its present author."""

from django.conf import settings
from django.db import models


class HandOver(models.Model):
    """One former author of a revision: they wrote part of it and so may not publish it."""

    revision = models.ForeignKey(
        "policies.Revision", on_delete=models.CASCADE, related_name="hand_overs"
    )
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.author} {self.revision_id}"
