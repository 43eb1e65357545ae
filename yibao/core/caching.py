"""Public pages that are computed once for as long as what they rest on does not change."""

from collections.abc import Callable
from functools import wraps
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.template.response import SimpleTemplateResponse
from django.utils.cache import get_conditional_response, patch_vary_headers

import yibao
from yibao.core.language import spoken
from yibao.core.middleware import HTMX_HEADERS
from yibao.core.stamps import is_apart

KEPT_SECONDS = 600
# Besides the page: its kind, and the address that a fragment puts into the browser's bar.
_KEPT_HEADERS = ("Content-Type", "HX-Push-Url")


View = Callable[..., HttpResponse]


def public_page(stamp: Callable[[HttpRequest], str]) -> Callable[[View], View]:
    """Answer a GET from the browser's copy or the shared cache while `stamp` stands.

    `stamp(request)` names the state of everything the page rests on besides its
    address: the policies' stamp and, where no day is given, today. A page under this
    decorator must not depend on who asks; the only cookie it may read is `type`
    (the large-type mode); the language is told apart from all else.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method not in ("GET", "HEAD") or is_apart():
                return view(request, *args, **kwargs)
            key = _key(request, stamp(request))
            etag = f'W/"{key}"'
            unchanged = get_conditional_response(request, etag=etag)
            if unchanged is not None:
                return _labelled(unchanged, etag)
            kept: tuple[bytes, dict[str, str]] | None = cache.get(key)
            if kept is not None:
                content, headers = kept
                return _labelled(HttpResponse(content, headers=headers), etag)
            response = view(request, *args, **kwargs)
            if isinstance(response, SimpleTemplateResponse) and not response.is_rendered:
                response.render()
            if response.status_code == 200 and not _is_personal(request):
                headers = {name: response[name] for name in _KEPT_HEADERS if name in response}
                cache.set(key, (response.content, headers), KEPT_SECONDS)
                _labelled(response, etag)
            return response

        return answer

    return decorate


def _key(request: HttpRequest, stamp: str) -> str:
    parts = (
        yibao.__version__,
        settings.OPERATOR,
        stamp,
        request.get_host(),
        request.get_full_path(),
        spoken(),
        request.COOKIES.get("type", ""),
        *(request.headers.get(name, "") for name in HTMX_HEADERS),
    )
    return sha256("\0".join(parts).encode()).hexdigest()


def _is_personal(request: HttpRequest) -> bool:
    """Tell whether the view looked at who asks, against its promise: then nobody else sees it."""
    return request.session.accessed or bool(request.META.get("CSRF_COOKIE_NEEDS_UPDATE"))


def _labelled(response: HttpResponse, etag: str) -> HttpResponse:
    response["ETag"] = etag
    response["Cache-Control"] = "no-cache"
    patch_vary_headers(response, ("Cookie", *HTMX_HEADERS))
    return response
