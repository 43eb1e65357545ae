"""Open sessions of staff: begun, seen, and ended one by one or all at once.

The row of a session outlives changes of its key: what the browser holds names the row, and
a session whose row has ended is over at its next request, on every node.
"""

import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from yibao.accounts.models import StaffSession, User
from yibao.accounts.operations.recording import record_account

KEPT = timedelta(days=190)
"""How long a session that is over can still be looked up: as long as its events at least."""

_AGENT_LENGTH = 300


class NoSuchSession(LookupError):
    """No open session of this person has this name."""


@transaction.atomic
def begin_session(*, by: User, address: str, agent: str, at: datetime) -> str:
    """Note that somebody signed in; return the name by which the browser's session finds it."""
    StaffSession.objects.filter(user=by, seen_at__lt=at - KEPT).delete()
    return StaffSession.objects.create(
        uid=secrets.token_urlsafe(16),
        user=by,
        address=address[:45],
        agent=agent[:_AGENT_LENGTH],
        began_at=at,
        seen_at=at,
    ).uid


def see_session(*, uid: str, address: str, at: datetime) -> None:
    """Note that a session is being used."""
    StaffSession.objects.filter(uid=uid).update(seen_at=at, address=address[:45])


def leave_session(*, uid: str, at: datetime) -> None:
    """Note that a session is over; whoever signs out is recorded by that."""
    StaffSession.objects.filter(uid=uid, ended_at=None).update(ended_at=at)


@transaction.atomic
def end_session(*, uid: str, by: User, at: datetime) -> None:
    """End one of one's own sessions.

    Raises:
        NoSuchSession: it is somebody else's, or over already.
    """
    ended = StaffSession.objects.filter(uid=uid, user=by, ended_at=None)
    address = ended.values_list("address", flat=True).first()
    if address is None or not ended.update(ended_at=at):
        raise NoSuchSession(uid)
    record_account("accounts.session_ended", by, by=by, at=at, after={"session_address": address})


@transaction.atomic
def end_other_sessions(*, by: User, at: datetime, keep: str) -> User:
    """End every session of the person but `keep`; the caller binds that to the returned user
    again."""
    _end(by, at=at, keep=keep)
    record_account("accounts.sessions_ended", by, by=by, at=at)
    return by


@transaction.atomic
def end_sessions_of(*, user: User, by: User, at: datetime) -> int:
    """End every session of a colleague; return how many were open."""
    number = _end(user, at=at)
    record_account("accounts.all_sessions_ended", user, by=by, at=at, after={"number": number})
    return number


def end_with(*, user: User, at: datetime, keep: str = "") -> None:
    """End a person's sessions because of what else is recorded of them: a new password, other
    rights. Call it in the transaction of that change."""
    _end(user, at=at, keep=keep)


def _end(user: User, *, at: datetime, keep: str = "") -> int:
    User.objects.filter(pk=user.pk).update(session_epoch=F("session_epoch") + 1)
    user.refresh_from_db(fields=["session_epoch"])
    others = StaffSession.objects.filter(user=user, ended_at=None).exclude(uid=keep)
    return others.update(ended_at=at)
