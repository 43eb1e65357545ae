"""Read for which regions a person may act, and what stands in the way of signing in."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import timezone

from yibao.accounts.devices import device_words
from yibao.accounts.models import Authenticator, RecoveryCode, StaffSession, User

NATION = "000000"


def may_act_for(user: User, *region_codes: str) -> bool:
    """Tell whether the person may act for one of these: a region and what lies above it.

    Pass the whole chain (pooling region, province); the nation holds for all.
    """
    return any(user.acts_for(code) for code in region_codes if code != NATION) or (
        user.region_codes is None
    )


def find_authenticator(user: User) -> Authenticator | None:
    """Return the person's second factor, None before it was set up."""
    return Authenticator.objects.filter(user=user).first()


def count_recovery_codes(user: User) -> int:
    """Return how many recovery codes are left."""
    return RecoveryCode.objects.filter(user=user, used_at=None).count()


# --- sessions --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class OpenSession:
    """A session as its owner recognises it; `is_own` is the one that asks."""

    uid: str
    device: str
    address: str
    began_at: datetime
    seen_at: datetime
    is_own: bool


def list_open_sessions(user: User, *, at: datetime, own: str = "") -> tuple[OpenSession, ...]:
    """Return the sessions that can still be used, the own one first, then the latest."""
    rows = StaffSession.objects.filter(
        user=user,
        ended_at=None,
        seen_at__gt=at - timedelta(minutes=settings.STAFF_IDLE_MINUTES),
        began_at__gt=at - timedelta(hours=settings.STAFF_SESSION_HOURS),
    )
    found = [
        OpenSession(
            uid=row.uid,
            device=device_words(row.agent),
            address=row.address,
            began_at=row.began_at,
            seen_at=row.seen_at,
            is_own=row.uid == own,
        )
        for row in rows
    ]
    return tuple(sorted(found, key=lambda session: not session.is_own))


def is_session_open(uid: str) -> bool:
    """Tell whether nobody has ended a session."""
    return StaffSession.objects.filter(uid=uid, ended_at=None).exists()


# --- accounts that nobody uses ---------------------------------------------------------------


def used_at(user: User) -> datetime:
    """Return when the account was used last, made, or opened again."""
    return max(filter(None, (user.last_login, user.date_joined, user.reopened_at)))


def closes_on(user: User) -> date:
    """Return the first day on which the person no longer gets in without an administrator."""
    return timezone.localdate(used_at(user)) + timedelta(days=settings.STAFF_UNUSED_DAYS)


def is_unused(user: User, *, at: datetime) -> bool:
    """Tell whether the account has closed because nobody used it."""
    return timezone.localdate(at) >= closes_on(user)


def unused_since(users: QuerySet[User], day: date) -> QuerySet[User]:
    """Return the staff among these who can sign in and were last seen before a day."""
    moment = timezone.make_aware(datetime.combine(day, datetime.min.time()))
    return users.filter(
        Q(last_login=None) | Q(last_login__lt=moment),
        Q(reopened_at=None) | Q(reopened_at__lt=moment),
        date_joined__lt=moment,
        is_active=True,
        is_staff=True,
        is_system=False,
    )


def list_unused(users: QuerySet[User], *, at: datetime) -> QuerySet[User]:
    """Return those among these whose account has closed."""
    last = timezone.localdate(at) - timedelta(days=settings.STAFF_UNUSED_DAYS)
    return unused_since(users, last + timedelta(days=1))


def list_closing(*, at: datetime, within: timedelta) -> tuple[User, ...]:
    """Return the people whose account closes soon, but has not yet."""
    soon = timezone.localdate(at) - timedelta(days=settings.STAFF_UNUSED_DAYS) + within
    found = unused_since(User.objects.all(), soon + timedelta(days=1))
    return tuple(user for user in found.order_by("pk") if not is_unused(user, at=at))
