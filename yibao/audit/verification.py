"""Walk the chain and name every place where it was tampered with."""

import hmac
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from yibao.audit.chain import GENESIS, PURGED, PURPOSE, Facts, event_hash
from yibao.audit.models import ChainHead, Event
from yibao.core.keys import key_of

_CHUNK = 2_000


class Fault(StrEnum):
    CHANGED = "changed"
    REMOVED = "removed"
    REORDERED = "reordered"
    CUT_OFF = "cut_off"
    UNKNOWN_KEY = "unknown_key"
    ANCHOR_DIFFERS = "anchor_differs"


@dataclass(frozen=True, slots=True)
class Finding:
    """A fault, and the places it concerns, both included."""

    fault: Fault
    first: int
    last: int


def facts_of(event: Event) -> Facts:
    """Return what the hash of a stored event covers."""
    return Facts(
        sequence=event.sequence,
        at=event.at,
        event=event.event,
        actor=event.actor,
        object_type=event.object_type,
        object_key=event.object_key,
        region_code=event.region_code,
        before=event.before,
        after=event.after,
        reason=event.reason,
        address=event.address,
    )


def head() -> tuple[int, str]:
    """Return place and hash of the newest event; (0, GENESIS) before the first."""
    row = ChainHead.objects.first()
    return (row.sequence, row.hash) if row else (0, GENESIS)


def verify(anchor: tuple[int, str] | None = None) -> Iterator[Finding]:
    """Yield the faults in the order of the chain; nothing when it is whole.

    Args:
        anchor: place and hash as an earlier run printed them, kept outside the database;
            finds a chain whose end was cut off or written anew with the key.
    """
    sequence, previous = _start()
    anchored = anchor is None or anchor[0] <= sequence
    for event in Event.objects.order_by("sequence").iterator(chunk_size=_CHUNK):
        if event.sequence != sequence + 1:
            yield Finding(Fault.REMOVED, sequence + 1, event.sequence - 1)
        elif event.previous_hash != previous:
            yield Finding(Fault.REORDERED, event.sequence, event.sequence)
        key = key_of(PURPOSE, event.key_id)
        if key is None:
            yield Finding(Fault.UNKNOWN_KEY, event.sequence, event.sequence)
        elif not hmac.compare_digest(
            event.hash, event_hash(key, event.previous_hash, facts_of(event))
        ):
            yield Finding(Fault.CHANGED, event.sequence, event.sequence)
        if anchor is not None and anchor[0] == event.sequence:
            anchored = True
            if anchor[1] != event.hash:
                yield Finding(Fault.ANCHOR_DIFFERS, event.sequence, event.sequence)
        sequence, previous = event.sequence, event.hash
    last, last_hash = head()
    if (sequence, previous) != (last, last_hash):
        yield Finding(Fault.CUT_OFF, min(sequence + 1, last), max(sequence, last))
    if anchor is not None and not anchored:
        yield Finding(Fault.CUT_OFF, sequence + 1, anchor[0])


def _start() -> tuple[int, str]:
    """Return after which place and hash the chain may begin: where it was last purged."""
    purge = Event.objects.filter(event=PURGED).order_by("-sequence").first()
    if purge is None:
        return 0, GENESIS
    return purge.after["through"], purge.after["hash"]
