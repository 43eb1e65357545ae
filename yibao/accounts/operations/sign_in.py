"""Count attempts to sign in before they are checked, so that guessing is slow from everywhere.

Attempts are counted per account and address together, per address, and per account. The
last bound is high: nobody can lock a colleague out with a few wrong passwords, and one who
knows the password still gets in from an address of their own within a quarter of an hour.
"""

import hmac
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network

from django.db import transaction

from yibao.accounts.models import AttemptCount, User
from yibao.accounts.operations.recording import record_account
from yibao.accounts.operations.sessions import end_with
from yibao.audit.operations import record
from yibao.audit.origin import current_address
from yibao.core.keys import current_key

WINDOW = timedelta(minutes=15)
PAIR_LIMIT, ADDRESS_LIMIT, ACCOUNT_LIMIT = 5, 30, 50
UNKNOWN = "unknown"


class Visitor:
    """Whoever has not signed in yet."""

    def get_username(self) -> str:
        return "visitor"


@transaction.atomic
def count_attempt(*, account: str, address: str, at: datetime) -> bool:
    """Count one attempt and tell whether it may be made.

    Counting comes before checking: of many at once no more than the limit pass. What one
    address may no longer try does not count against the account.
    """
    place = _network(address)
    for key, limit in (
        (_key("pair", account, place), PAIR_LIMIT),
        (_key("address", place), ADDRESS_LIMIT),
        (_key("account", account), ACCOUNT_LIMIT),
    ):
        row, is_new = AttemptCount.objects.select_for_update().get_or_create(
            key=key, defaults={"since": at, "count": 1}
        )
        if not is_new:
            is_over = not row.since <= at < row.since + WINDOW
            row.since, row.count = (at, 1) if is_over else (row.since, row.count + 1)
            row.save(update_fields=("since", "count"))
        if row.count == limit + 1:
            _record_failure("accounts.locked_out", account, at=at)
        if row.count > limit:
            return False
    return True


@transaction.atomic
def forget_attempts(*, account: str, address: str) -> None:
    """Start counting anew for an account whose owner got in."""
    keys = (_key("pair", account, _network(address)), _key("account", account))
    AttemptCount.objects.filter(key__in=keys).delete()


@transaction.atomic
def record_failure(*, account: str, step: str, at: datetime) -> None:
    """Record a wrong password or code; what was typed as a name is kept only if it is one."""
    _record_failure("accounts.sign_in_failed", account, at=at, step=step)


@transaction.atomic
def record_sign_in(*, by: User, at: datetime, factor: str) -> None:
    """Record who came in, and by which second factor ("totp", "recovery_code" or "none")."""
    record_account("accounts.signed_in", by, by=by, at=at, after={"factor": factor})


@transaction.atomic
def record_sign_out(*, by: User, at: datetime, why: str) -> None:
    """Record who left: "asked", "idle", "too_long" or "ended" (by a colleague or elsewhere)."""
    record_account("accounts.signed_out", by, by=by, at=at, after={"why": why})


@transaction.atomic
def change_password(*, by: User, password: str, at: datetime, keep: str) -> None:
    """Give the person a new password, checked by the form; all sessions but `keep` end."""
    by.set_password(password)
    by.save(update_fields=["password"])
    end_with(user=by, at=at, keep=keep)
    record_account("accounts.password_changed", by, by=by, at=at, after={})


@transaction.atomic
def record_password_set(*, user: User, by: User, at: datetime) -> None:
    """Record that an administrator gave a colleague a new password; their sessions end."""
    end_with(user=user, at=at)
    record_account("accounts.password_set", user, by=by, at=at)


def _record_failure(event: str, account: str, *, at: datetime, step: str = "") -> None:
    known = User.objects.filter(username=account).values_list("username", flat=True).first()
    record(
        event=event,
        by=Visitor(),
        at=at,
        object_type="accounts.user",
        object_key=known or UNKNOWN,
        after={"step": step} if step else {},
        address=current_address(),
    )


def _key(*parts: str) -> str:
    key = current_key("attempts")
    text = "\n".join(part.casefold() for part in parts)
    return hmac.digest(key.secret, text.encode(), "sha256").hex()


def _network(address: str) -> str:
    """Return the address; of an IPv6 address its /64, which is what one customer has."""
    try:
        found = ip_address(address)
    except ValueError:
        return ""
    if isinstance(found, IPv6Address) and found.ipv4_mapped is None:
        return str(ip_network((int(found), 64), strict=False))
    return str(found)
