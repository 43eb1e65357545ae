"""Who is signed in, for as long as the limits of a staff session allow."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from yibao.accounts.models import User
from yibao.accounts.operations import (
    begin_session,
    leave_session,
    record_sign_out,
    see_session,
)
from yibao.accounts.queries import is_session_open
from yibao.core.addresses import client_address
from yibao.core.confirmation_views import mark_confirmed

SIGNED_IN, SEEN, SESSION = "signed_in_at", "seen_at", "staff_session"
_WRITE_EVERY_SECONDS = 60


@receiver(user_logged_in, dispatch_uid="yibao.accounts.session_begins")
def _begin(sender: type[User], request: HttpRequest, user: User, **kwargs: Any) -> None:
    now = timezone.now()
    request.session[SIGNED_IN] = request.session[SEEN] = int(now.timestamp())
    request.session[SESSION] = begin_session(
        by=user,
        address=client_address(request),
        agent=request.META.get("HTTP_USER_AGENT", ""),
        at=now,
    )
    mark_confirmed(request, now)


@receiver(user_logged_out, dispatch_uid="yibao.accounts.session_ends")
def _end(sender: type[User], request: HttpRequest, user: User | None, **kwargs: Any) -> None:
    leave_session(uid=own_session(request), at=timezone.now())


def own_session(request: HttpRequest) -> str:
    """Return the name of the session that asks, "" where nobody has signed in."""
    return str(request.session.get(SESSION, ""))


class SessionLimitsMiddleware(AuthenticationMiddleware):
    """Django's own, with an end to sessions that are idle, too old or were ended elsewhere.

    Lazy as Django's: a page that does not ask who is signed in reads no session.
    """

    def process_request(self, request: HttpRequest) -> None:
        super().process_request(request)
        found = request.user
        request.user = SimpleLazyObject(lambda: _within_limits(request, found))  # type: ignore[assignment]


def _within_limits(request: HttpRequest, user: Any) -> Any:
    if not user.is_authenticated:
        return user
    now = timezone.now()
    if why := _over(request, now):
        record_sign_out(by=user, at=now, why=why)
        request.user = user
        logout(request)
        return AnonymousUser()
    if int(now.timestamp()) - request.session[SEEN] >= _WRITE_EVERY_SECONDS:
        request.session[SEEN] = int(now.timestamp())
        see_session(uid=own_session(request), address=client_address(request), at=now)
    return user


def _over(request: HttpRequest, at: datetime) -> str:
    """Return why the session is over, "" while it is not. A clock set back revives nothing."""
    now = int(at.timestamp())
    signed_in, seen = request.session.get(SIGNED_IN, 0), request.session.get(SEEN, 0)
    if not 0 <= now - signed_in < settings.STAFF_SESSION_HOURS * 3600:
        return "too_long"
    if now - seen >= settings.STAFF_IDLE_MINUTES * 60:
        return "idle"
    return "" if is_session_open(own_session(request)) else "ended"
