"""Rows that are only ever added: Django refuses to change or remove them."""

from typing import Any, Never

from django.db import models


class WrittenOnce(models.Model):
    """A row that is written once; what corrects it is another row."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError(f"a row of {self._meta.label} is not changed")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Never:
        raise TypeError(f"a row of {self._meta.label} is not removed")
