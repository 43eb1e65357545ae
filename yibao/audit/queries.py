"""Read events for the pages that show them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from yibao.audit.models import Event


@dataclass(frozen=True, slots=True)
class EventRow:
    """One line of an object's history."""

    at: datetime
    event: str
    actor: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    reason: str


def list_events(object_type: str, object_key: str) -> tuple[EventRow, ...]:
    """Everything that happened to one object, newest first."""
    rows = Event.objects.filter(object_type=object_type, object_key=object_key)
    return tuple(
        EventRow(row.at, row.event, row.actor, row.before, row.after, row.reason) for row in rows
    )


def was_added_by(actor: str, object_type: str, object_key: str) -> bool:
    """Tell whether the person added the row in the panel."""
    return Event.objects.filter(
        object_type=object_type, object_key=object_key, actor=actor, event=f"{object_type}_added"
    ).exists()
