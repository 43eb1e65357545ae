"""What binds each event to the one before it: a keyed hash over a canonical text.

Whoever changes, removes or reorders rows in the database without the key breaks the chain
at that place; whoever cuts off its end is found by the head, which is noted elsewhere
(`manage.py verify_audit` prints it and takes it back).
"""

import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

from yibao.core.keys import Key

PURPOSE = "audit"
GENESIS = "0" * 64
"""What the first event of all follows."""

RETENTION_DAYS = 183
"""Six months (网络安全法 art. 23: logs are kept at least six months); the database refuses less."""

PURGED = "audit.purged"
"""The event that says up to where older events were removed; its `after` holds the anchor."""


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything of an event that its hash covers."""

    sequence: int
    at: datetime
    event: str
    actor: str
    object_type: str
    object_key: str
    region_code: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    reason: str
    address: str | None


def as_stored(values: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return values as the database gives them back: dates and the like become text."""
    stored: dict[str, Any] = json.loads(json.dumps(dict(values or {}), cls=DjangoJSONEncoder))
    return stored


def event_hash(key: Key, previous: str, facts: Facts) -> str:
    """Return the hash of an event that follows the one with hash `previous`, as 64 hex signs."""
    text = json.dumps(
        [
            previous,
            facts.sequence,
            facts.at.astimezone(UTC).isoformat(timespec="microseconds"),
            facts.event,
            facts.actor,
            facts.object_type,
            facts.object_key,
            facts.region_code,
            facts.before,
            facts.after,
            facts.reason,
            facts.address,
        ],
        ensure_ascii=False,
        sort_keys=True,
        separators=(",", ":"),
    )
    return hmac.digest(key.secret, text.encode(), "sha256").hex()
