"""The one table of the web kit: version stamps of data that is kept in memory."""

from django.db import models


class DataStamp(models.Model):
    """A counter per kind of data; it grows with each change, so that every process can
    tell with one query whether what it holds in memory is current.

    `content` is the digest of the files loaded last, so that a loader that meets the same
    files again has nothing to do.
    """

    name = models.CharField(max_length=40, primary_key=True)
    value = models.PositiveBigIntegerField(default=0)
    content = models.CharField(max_length=64, blank=True)

    def __str__(self) -> str:
        return f"{self.name} {self.value}"
