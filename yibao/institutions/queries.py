"""Read one institution with its openings, and what changed in its entry."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from yibao.audit.queries import EventRow, list_events
from yibao.institutions.models import Institution, InstitutionName, ServiceOpening

__all__ = [
    "OBJECT_TYPE",
    "Change",
    "find",
    "list_changes",
    "list_former_names",
    "list_openings",
]

OBJECT_TYPE = "institutions.institution"
"""Under which the audit keeps what happened to an institution; the key is its code."""


@dataclass(frozen=True, slots=True)
class Change:
    """What happened to an entry on a day; who did it stays with the staff."""

    day: date
    fields: tuple[str, ...]
    before: tuple[str, ...]
    after: tuple[str, ...]


def find(code: str) -> Institution | None:
    """Return the institution of a code with its region, document and successor."""
    found = Institution.objects.select_related("region", "document", "merged_into")
    return found.filter(code=code).first()


def list_openings(institution: Institution) -> tuple[ServiceOpening, ...]:
    """Return all its openings, those of any day, in the order of services."""
    return tuple(institution.openings.order_by("service", "disease", "scope", "-effective_from"))


def list_former_names(institution: Institution) -> tuple[InstitutionName, ...]:
    """Return the names that it no longer bears, the last one first."""
    return tuple(institution.former_names.order_by("-used_to"))


def list_changes(institution: Institution, shown: Iterable[str]) -> tuple[Change, ...]:
    """Return the changes of the `shown` fields, newest first."""
    shown = tuple(shown)
    events = list_events(OBJECT_TYPE, institution.code)
    return tuple(change for event in events if (change := _change(event, shown)))


def _change(event: EventRow, shown: tuple[str, ...]) -> Change | None:
    fields = tuple(name for name in shown if name in event.after or name in event.before)
    if not fields:
        return None
    return Change(
        event.at.astimezone(timezone.get_current_timezone()).date(),
        fields,
        tuple(_text(event.before.get(name)) for name in fields),
        tuple(_text(event.after.get(name)) for name in fields),
    )


def _text(value: object) -> str:
    return "" if value is None else str(value)
