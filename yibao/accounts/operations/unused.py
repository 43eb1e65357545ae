"""Accounts that nobody has used for long: closed by themselves, opened by an administrator.

Nothing has to run for that: whether an account is closed follows from when it was used last.
"""

from datetime import datetime, timedelta

from django.core.mail import send_mail
from django.db import transaction
from django.utils.translation import gettext as _

from yibao.accounts.models import User
from yibao.accounts.operations.people import ensure_system_actors
from yibao.accounts.operations.recording import record_account
from yibao.accounts.queries import closes_on, list_closing

WARNED_AHEAD = timedelta(days=14)


@transaction.atomic
def reopen_account(*, user: User, by: User | None, at: datetime) -> None:
    """Let a person sign in again; the days are counted anew. `by=None` is the command line."""
    user.reopened_at = at
    user.warned_at = None
    user.save(update_fields=["reopened_at", "warned_at"])
    record_account("accounts.account_reopened", user, by=by or ensure_system_actors()[0], at=at)


def warn_unused(*, at: datetime, address: str) -> tuple[str, ...]:
    """Write to everybody whose account closes within two weeks, once; return whom.

    A mail that cannot be sent leaves the account unmarked, so that the next run tries again.

    Raises:
        OSError: the mail server does not answer; who was written to before it stays marked.
    """
    written = []
    for user in list_closing(at=at, within=WARNED_AHEAD):
        if not user.email or user.warned_at is not None:
            continue
        send_mail(
            _("您的工作人员账号快要停用了"),
            _(
                "%(name)s：您的账号 %(username)s 很久没有登录，到 %(day)s 会自动停用。"
                "还要用的话，请在那天以前登录一次%(address)s。停用以后要由系统管理员恢复。"
            )
            % {
                "name": user,
                "username": user.username,
                "day": closes_on(user),
                "address": f"：{address}" if address else "",
            },
            None,
            [user.email],
        )
        _mark(user, at)
        written.append(user.username)
    return tuple(written)


@transaction.atomic
def _mark(user: User, at: datetime) -> None:
    user.warned_at = at
    user.save(update_fields=["warned_at"])
    record_account(
        "accounts.closing_warned",
        user,
        by=ensure_system_actors()[0],
        at=at,
        after={"closes_on": str(closes_on(user))},
    )
