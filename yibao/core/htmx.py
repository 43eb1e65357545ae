"""Decide between a full page and one fragment of it; the only place that knows HTMX headers."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails


class HtmxHttpRequest(HttpRequest):
    """A request that passed django-htmx's middleware."""

    htmx: HtmxDetails
    varies_on_htmx: bool


def wants_fragment(request: HtmxHttpRequest) -> bool:
    """Tell whether HTMX asked for a part of the page.

    A boosted link and a history restore replace the whole page, though they too
    say `HX-Request`.
    """
    htmx = request.htmx
    return bool(htmx) and not htmx.boosted and not htmx.history_restore_request


def template_for(request: HtmxHttpRequest, template: str, fragment: str) -> str:
    """Name the template to render: the page, or its partial `fragment`.

    The response then depends on the HTMX headers: `PageHeadersMiddleware` says so
    to caches.
    """
    request.varies_on_htmx = True
    return f"{template}#{fragment}" if wants_fragment(request) else template
