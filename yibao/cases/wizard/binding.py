"""Which browser holds a draft: a secret in a cookie that is sent to the draft's address only."""

from datetime import datetime

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from yibao.cases.models import Draft
from yibao.cases.operations.drafts import belongs
from yibao.cases.queries import find_draft
from yibao.cases.vocabulary import Kind

SECONDS = 12 * 60 * 60
"""After the last saved step; then the resume code opens the draft again."""


def cookie_name() -> str:
    """Return the cookie's name; a path of its own rules `__Host-` out."""
    return "__Secure-draft" if settings.SECURE else "draft"


def bind(response: HttpResponseBase, secret: str, *, path: str) -> None:
    """Let the browser of this response hold the draft whose pages lie under `path`."""
    response.set_cookie(
        cookie_name(),
        secret,
        max_age=SECONDS,
        path=path,
        secure=settings.SECURE,
        httponly=True,
        samesite="Lax",
    )


def keep_bound(request: HttpRequest, response: HttpResponseBase, *, path: str) -> None:
    """Begin the hours anew."""
    bind(response, request.COOKIES[cookie_name()], path=path)


def release(response: HttpResponseBase, *, path: str) -> None:
    """Let the browser forget the draft."""
    response.delete_cookie(cookie_name(), path=path, samesite="Lax")


def held_draft(request: HttpRequest, uid: str, *, kind: Kind, at: datetime) -> Draft | None:
    """Return the draft of an address if this browser holds it and its time is not over."""
    secret = request.COOKIES.get(cookie_name(), "")
    draft = find_draft(uid, kind=kind) if secret else None
    if draft is None or not belongs(draft, secret):
        return None
    return draft if draft.case is not None or draft.expires_at > at else None
