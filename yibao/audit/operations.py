"""Record what happened, in the transaction in which it happens."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from django.db import transaction

from yibao.audit.models import Event


class Actor(Protocol):
    """Whoever acts: a user, or one of the site's system actors."""

    def get_username(self) -> str: ...


def record(
    *,
    event: str,
    by: Actor,
    at: datetime,
    object_type: str,
    object_key: str,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    reason: str = "",
    address: str | None = None,
) -> Event:
    """Add one event.

    Args:
        event: what happened, as `area.fact` (`policies.revision_published`).
        at: the aware moment, given by the view or command.
        before, after: only the fields that changed, as JSON can hold them; never
            personal data in clear.

    Raises:
        RuntimeError: outside a transaction, where the event could stand without
            the fact or the fact without the event.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("an event is recorded in the transaction of what it records")
    return Event.objects.create(
        event=event,
        actor=by.get_username(),
        at=at,
        object_type=object_type,
        object_key=object_key,
        before=dict(before or {}),
        after=dict(after or {}),
        reason=reason,
        address=address,
    )
