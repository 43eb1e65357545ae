"""Show the public pages as the preview has them, to whoever came in by a link."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from yibao.core import clock
from yibao.core.stamps import apart
from yibao.policies.preview.operations import Preview, PreviewOver, open_preview

type GetResponse = Callable[[HttpRequest], HttpResponse]

COOKIE = "__Host-preview" if settings.SECURE else "preview"
_LIVE = ("/admin/", "/preview/", "/static/", "/healthz", "/readyz", "/metrics")
"""What is never previewed: the panel, the doors of the preview, and what machines read."""


class PreviewMiddleware:
    """Only reads: nothing can be sent from within a preview, and nothing of it is kept."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        token = request.COOKIES.get(COOKIE)
        if not token or request.path_info.startswith(_LIVE):
            return self.get_response(request)
        try:
            preview = open_preview(token, at=timezone.now())
        except PreviewOver as over:
            response = ended(request, over)
            forget(response)
            return response
        response = self._inside(request, preview)
        response.headers.pop("ETag", None)
        response["Cache-Control"] = "no-store"
        response["X-Robots-Tag"] = "noindex"
        return response

    def _inside(self, request: HttpRequest, preview: Preview) -> HttpResponse:
        request.preview = preview  # type: ignore[attr-defined]
        with apart(preview.scope), clock.on_day(preview.day):
            if request.method in ("GET", "HEAD"):
                return self.get_response(request)
            return render(request, "policies/preview_read_only.html", status=403)


def ended(request: HttpRequest, over: PreviewOver) -> HttpResponse:
    """Say that there is no preview: never show the public page in its place unsaid."""
    context = {"reasons": over.reasons, "address": request.get_full_path()}
    response = render(request, "policies/preview_over.html", context, status=410)
    response["Cache-Control"] = "no-store"
    return response


def remember(response: HttpResponse, token: str) -> None:
    """Enter the preview with the next page."""
    response.set_cookie(COOKIE, token, httponly=True, secure=settings.SECURE, samesite="Lax")


def forget(response: HttpResponse) -> None:
    """Leave the preview."""
    response.delete_cookie(COOKIE, samesite="Lax")
