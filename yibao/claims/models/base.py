"""What rows share that are only ever added."""

from typing import Any, Never

from django.db import models
from django.utils.translation import gettext_lazy as _


class AppendOnly(models.Model):
    """A row that is written once; the database refuses changes as well (migration 0002).

    `at` is when it was written. Rows may be purged once they are older than the shortest
    retention that the site allows.
    """

    at = models.DateTimeField(_("时间"))

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError(f"a row of {self._meta.label} is not changed")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Never:
        raise TypeError(f"a row of {self._meta.label} is not removed")
