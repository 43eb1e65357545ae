"""What waits for an officer: the desks on the first page of the staff panel.

An app's admin names its own: `desks(request)` of a registered ModelAdmin yields the pages at
which this person works, with how much waits there in their regions.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.http import HttpRequest


@dataclass(frozen=True, slots=True)
class Desk:
    """A page of work: its name and address, and how much waits; None where nothing is counted."""

    label: Any
    address: str
    waiting: int | None = None


def desks_of(request: HttpRequest) -> tuple[Desk, ...]:
    """Return the desks of whoever asks, those where something waits first."""
    return tuple(sorted(_desks(request), key=lambda desk: not desk.waiting))


def _desks(request: HttpRequest) -> Iterator[Desk]:
    for model_admin in admin.site._registry.values():
        desks: Iterable[Desk] = getattr(model_admin, "desks", lambda _request: ())(request)
        yield from desks
