"""A ticket for one case: whoever just looked it up may act in it for half an hour.

A signed cookie that holds the case's reference and nothing of the person. The look-up gives
it, the pages for the filer ask for it, so no address has to name a case.
"""

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from yibao.cases.models import Case
from yibao.cases.queries import find_case

SECONDS = 30 * 60
_SALT = "yibao.cases.ticket"


def cookie_name() -> str:
    """Return the cookie's name; over TLS browsers keep a `__Host-` name to this host alone."""
    return "__Host-case" if settings.SECURE else "case"


def grant(response: HttpResponseBase, case: Case) -> None:
    """Let the browser that gets this response act in the case, and in no other."""
    response.set_signed_cookie(
        cookie_name(),
        case.reference,
        salt=_SALT,
        max_age=SECONDS,
        path="/",
        secure=settings.SECURE,
        httponly=True,
        samesite="Lax",
    )


def holder(request: HttpRequest) -> Case | None:
    """Return the case that this browser may act in, with its person; None without a ticket."""
    reference = request.get_signed_cookie(cookie_name(), default=None, salt=_SALT, max_age=SECONDS)
    return find_case(reference) if reference else None


def revoke(response: HttpResponseBase) -> None:
    """Take the ticket back: the filer left, or the case is no longer theirs to see."""
    response.delete_cookie(cookie_name(), path="/", samesite="Lax")
