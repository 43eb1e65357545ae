"""Headers and figures that every response needs."""

from collections.abc import Callable
from time import perf_counter

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

from yibao.core import metrics

HTMX_HEADERS = ("HX-Request", "HX-Boosted", "HX-History-Restore-Request")
PERMISSIONS_POLICY = "camera=(), geolocation=(), microphone=(), payment=()"

GetResponse = Callable[[HttpRequest], HttpResponse]


class PageHeadersMiddleware:
    """Tell caches what a page depends on, and browsers what it never needs."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if getattr(request, "varies_on_htmx", False):
            patch_vary_headers(response, HTMX_HEADERS)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        return response


class MetricsMiddleware:
    """Count requests and their seconds by view, never by address: addresses hold answers."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        start = perf_counter()
        response = self.get_response(request)
        match = request.resolver_match
        view = (match.view_name or "unnamed") if match else "none"
        if getattr(request, "preview", None):
            view = "preview"  # staff at work: no visitor's page
        metrics.observe(view, response.status_code, perf_counter() - start)
        return response
