"""The days for which each key is settled: what keeps two rules from holding at once."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from yibao.core.periods import Dated


class KeyPeriod(Dated):
    """One key of one published row that is computed with (official, secondary, unverified).

    For one key and one stretch of its `low … high` (money of a band, number of an
    admission; the whole line where a key has none) no two rows hold on the same day.
    `key_hash` is the key as a 63-bit number, which ranges of PostgreSQL and plain
    comparisons of SQLite both take; triggers and an exclusion constraint refuse what
    the operations should have refused (migration 0002).
    """

    table = models.CharField(_("表"), max_length=24)
    provision_id = models.PositiveBigIntegerField(_("规定编号"))
    path = models.CharField(_("规定路径"), max_length=500)
    key_hash = models.BigIntegerField(_("路径摘要"))
    low = models.BigIntegerField(_("自"), default=0)
    high = models.BigIntegerField(_("至(不含)"))

    class Meta(Dated.Meta):
        verbose_name = _("规定的有效期")
        verbose_name_plural = _("规定的有效期")
        ordering = ("id",)
        constraints = (
            *Dated.Meta.constraints,
            models.CheckConstraint(
                name="keyperiod_stretch_not_empty", condition=Q(high__gt=F("low"))
            ),
        )
        indexes = (
            models.Index(fields=("key_hash", "effective_from"), name="keyperiod_by_key"),
            models.Index(fields=("table", "provision_id"), name="keyperiod_by_provision"),
        )

    def __str__(self) -> str:
        return self.path
