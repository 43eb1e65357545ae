"""What holds for every page of a wizard: private, never kept by caches, nothing typed is lost."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.core.handlers.wsgi import WSGIRequest
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.csrf import CsrfViewMiddleware
from django.template.response import TemplateResponse
from django.views.decorators.csrf import csrf_exempt

from yibao.cases.uploads.handlers import BoundedUploadHandler

type View = Callable[..., HttpResponseBase]

RETRY_SECONDS = 30
_NOT_REPEATED = ("csrfmiddlewaretoken",)


class _Check(CsrfViewMiddleware):
    """Django's own check, which reports and does not answer."""

    def _reject(self, request: HttpRequest, reason: str) -> Any:
        return reason


def _view(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


def is_forged(request: HttpRequest) -> bool:
    """Tell whether a request fails the CSRF check, be it only that the cookie ran out."""
    check = _Check(_view)
    check.process_request(request)
    return check.process_view(request, _view, (), {}) is not None


def private(view: View) -> View:
    """Guard a page of a wizard.

    The page answers for a failed CSRF check itself (`is_forged`), since the usual error page
    would lose what was typed. Files are bounded while they arrive. A database that cannot
    answer gives a page that repeats what was typed.
    """

    @csrf_exempt
    @wraps(view)
    def guarded(request: WSGIRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method == "POST":
            request.upload_handlers.insert(0, BoundedUploadHandler(request))
        try:
            response = view(request, *args, **kwargs)
            if isinstance(response, TemplateResponse):
                response.render()
        except DatabaseError:
            response = unavailable(request)
        make_private(response)
        return response

    return guarded


def make_private(response: HttpResponseBase) -> None:
    """Let nobody keep, list or be told of a page.

    The referrer stays on this site: without one, browsers would send forms from nowhere and
    fail the CSRF check.
    """
    response.headers["Cache-Control"] = "no-store, private"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Referrer-Policy"] = "same-origin"


def unavailable(request: HttpRequest) -> HttpResponse:
    """Say that nothing was saved, and offer to send the same again. Files must be chosen anew."""
    typed = [
        (name, value)
        for name, values in request.POST.lists()
        if name not in _NOT_REPEATED
        for value in values
    ]
    response = TemplateResponse(
        request,
        "cases/wizard/unavailable.html",
        {"typed": typed, "had_files": bool(request.FILES)},
        status=HTTPStatus.SERVICE_UNAVAILABLE,
        headers={"Retry-After": str(RETRY_SECONDS)},
    )
    return response.render()
