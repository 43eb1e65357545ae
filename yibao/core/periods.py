"""Rows that hold for a period of days, first included, end excluded."""

from datetime import date
from typing import ClassVar, Self, TypeVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

M = TypeVar("M", bound=models.Model)


class DatedQuerySet(models.QuerySet[M]):
    """Rows with `effective_from` and `effective_to` (excluded; null while open)."""

    def in_force(self, day: date) -> Self:
        """Rows whose period holds `day`."""
        return self.filter(
            Q(effective_to__isnull=True) | Q(effective_to__gt=day), effective_from__lte=day
        )

    def overlapping(self, start: date, end: date | None) -> Self:
        """Rows that share at least one day with `[start, end)`; `end=None` is open."""
        found = self.filter(Q(effective_to__isnull=True) | Q(effective_to__gt=start))
        return found if end is None else found.filter(effective_from__lt=end)


class Dated(models.Model):
    """A row that holds from `effective_from` to the day before `effective_to`."""

    effective_from = models.DateField(_("生效日"))
    effective_to = models.DateField(_("失效日(不含当日)"), null=True, blank=True)

    class Meta:
        abstract = True
        constraints: ClassVar[tuple[models.BaseConstraint, ...]] = (
            models.CheckConstraint(
                name="%(class)s_period_not_empty",
                condition=Q(effective_to__isnull=True) | Q(effective_to__gt=F("effective_from")),
                violation_error_message=_("失效日必须晚于生效日。"),
            ),
        )
