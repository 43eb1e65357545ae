"""Record what happened, in the transaction in which it happens."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Protocol

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import connection, transaction

from yibao.audit.chain import (
    GENESIS,
    PURGED,
    PURPOSE,
    RETENTION_DAYS,
    Facts,
    as_stored,
    event_hash,
)
from yibao.audit.models import ChainHead, Event
from yibao.audit.origin import current_address, plain_address
from yibao.core.keys import current_key


class Actor(Protocol):
    """Whoever acts: a user, or one of the site's system actors."""

    def get_username(self) -> str: ...


class TooYoung(ValueError):
    """Events of the last six months stay, whoever asks."""


def record(
    *,
    event: str,
    by: Actor,
    at: datetime,
    object_type: str,
    object_key: str,
    region_code: str = "",
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    reason: str = "",
    address: str | None = None,
) -> Event:
    """Add one event to the end of the chain.

    The end stays locked until the transaction ends: record last, after the rows.

    Args:
        event: what happened, as `area.fact` (`policies.revision_published`).
        at: the aware moment, given by the view or command.
        region_code: the region it was about; "" is the whole site, which only people
            who act for the whole nation can look up.
        before, after: only the fields that changed, as JSON can hold them; never
            personal data in clear.
        address: where the actor sat; for staff it is taken from the request at hand.

    Raises:
        RuntimeError: outside a transaction, where the event could stand without
            the fact or the fact without the event.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("an event is recorded in the transaction of what it records")
    if address is not None:
        address = plain_address(address)
    elif isinstance(by, AbstractBaseUser):
        address = current_address()
    head, _is_new = ChainHead.objects.select_for_update().get_or_create(
        pk=1, defaults={"hash": GENESIS}
    )
    key = current_key(PURPOSE)
    facts = Facts(
        sequence=head.sequence + 1,
        at=at,
        event=event,
        actor=by.get_username(),
        object_type=object_type,
        object_key=object_key,
        region_code=region_code,
        before=as_stored(before),
        after=as_stored(after),
        reason=reason,
        address=address,
    )
    added = Event.objects.create(
        sequence=facts.sequence,
        at=at,
        event=event,
        actor=facts.actor,
        object_type=object_type,
        object_key=object_key,
        region_code=region_code,
        before=facts.before,
        after=facts.after,
        reason=reason,
        address=address,
        key_id=key.id,
        previous_hash=head.hash,
        hash=event_hash(key, head.hash, facts),
    )
    ChainHead.objects.filter(pk=1).update(sequence=added.sequence, hash=added.hash)
    return added


@transaction.atomic
def record_view(
    *,
    by: Actor,
    at: datetime,
    object_type: str,
    object_key: str,
    fields: tuple[str, ...],
    region_code: str = "",
    reason: str = "",
) -> Event:
    """Record that somebody looked at sensitive fields; `fields` are their names, never values.

    Call it before showing them: what cannot be recorded must not be shown.
    """
    return record(
        event=f"{object_type}_viewed",
        by=by,
        at=at,
        object_type=object_type,
        object_key=object_key,
        region_code=region_code,
        after={"fields": list(fields)},
        reason=reason,
    )


@transaction.atomic
def purge_events(*, before: datetime, by: Actor, at: datetime, reason: str) -> int:
    """Remove the oldest events up to the last one that is older than `before`.

    What is left still verifies: an event says up to which place and hash it was cut.
    Returns how many were removed.

    Raises:
        TooYoung: `before` lies less than six months back.
    """
    if before > at - timedelta(days=RETENTION_DAYS):
        raise TooYoung(before.isoformat())
    # Moments may be out of order where a clock was set back; places never are.
    first_kept = Event.objects.filter(at__gte=before).order_by("sequence").first()
    doomed = Event.objects.order_by("-sequence")
    if first_kept is not None:
        doomed = doomed.filter(sequence__lt=first_kept.sequence)
    last = doomed.first()
    if last is None:
        return 0
    with connection.cursor() as cursor:
        # Not through the model, which refuses; the trigger lets old events go.
        cursor.execute("DELETE FROM audit_event WHERE sequence <= %s", [last.sequence])
        removed = int(cursor.rowcount)
    record(
        event=PURGED,
        by=by,
        at=at,
        object_type="audit.event",
        object_key=f"1-{last.sequence}",
        after={"through": last.sequence, "hash": last.hash, "removed": removed},
        reason=reason,
    )
    return removed
