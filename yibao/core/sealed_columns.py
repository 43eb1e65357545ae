"""Which columns of which tables are sealed, so that a new key can seal them all anew."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import models


@dataclass(frozen=True, slots=True)
class Sealed:
    """A sealed column of a table, and the place that each row's text is bound to."""

    model: type[models.Model]
    column: str
    place_of: Callable[[Any], str]

    @property
    def label(self) -> str:
        return f"{self.model._meta.label_lower}.{self.column}"


_COLUMNS: list[Sealed] = []


def register(column: Sealed) -> None:
    """Let an app's sealed column be sealed anew too; called once, when the app is ready."""
    _COLUMNS.append(column)


def columns() -> tuple[Sealed, ...]:
    """Return all columns that were registered."""
    return tuple(_COLUMNS)
