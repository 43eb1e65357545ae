"""What happened to an account, in the audit trail."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from yibao.accounts.models import User
from yibao.audit.operations import Actor, record


def record_account(
    event: str,
    user: User,
    *,
    by: Actor,
    at: datetime,
    reason: str = "",
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    """Record an event about a person's account; `record` says what the arguments are."""
    record(
        event=event,
        by=by,
        at=at,
        object_type="accounts.user",
        object_key=user.username,
        reason=reason,
        before=before,
        after=after,
    )
