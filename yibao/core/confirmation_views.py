"""Sensitive acts ask whoever is signed in for the password (and code) again."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

SESSION_KEY = "confirmed_at"
FRESH_SECONDS = 600

type View = Callable[..., HttpResponse]


def mark_confirmed(request: HttpRequest, at: datetime) -> None:
    """Remember that the person just proved who they are."""
    request.session[SESSION_KEY] = int(at.timestamp())


def is_confirmed(request: HttpRequest, at: datetime) -> bool:
    """Tell whether they proved it within the last ten minutes."""
    age = int(at.timestamp()) - int(request.session.get(SESSION_KEY, 0))
    return 0 <= age <= FRESH_SECONDS


def confirmed_first(view: View) -> View:
    """Decorate a page, or a method of an admin, that asks for the proof before it does anything.

    What was posted is not done then: the person comes back to the page with the form.
    """

    @wraps(view)
    def asked(*args: Any, **kwargs: Any) -> HttpResponse:
        request = next(part for part in args if isinstance(part, HttpRequest))
        if is_confirmed(request, timezone.now()):
            return view(*args, **kwargs)
        query = urlencode({"next": _page(request)})
        return HttpResponseRedirect(f"{reverse('admin:confirm')}?{query}")

    return asked


def _page(request: HttpRequest) -> str:
    """Return the page that is asked for, or from which something was posted."""
    if request.method != "POST":
        return request.get_full_path()
    return request.headers.get("Referer", "")
