"""What rows share that are only ever added."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from yibao.core.written_once import WrittenOnce


class AppendOnly(WrittenOnce):
    """A row that is written once; the database refuses changes as well (migration 0002).

    `at` is when it was written. Rows may be purged once they are older than the shortest
    retention that the site allows.
    """

    at = models.DateTimeField(_("时间"))

    class Meta:
        abstract = True
