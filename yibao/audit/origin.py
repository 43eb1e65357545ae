"""From which address the request at hand came, for events of staff."""

from collections.abc import Callable
from contextvars import ContextVar
from ipaddress import ip_address

from django.http import HttpRequest, HttpResponse

from yibao.core.addresses import client_address

_address: ContextVar[str | None] = ContextVar("address", default=None)


def current_address() -> str | None:
    """Return the address behind the request at hand; None outside a request."""
    return _address.get()


class OriginMiddleware:
    """Remember the client's address while its request is served."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        token = _address.set(plain_address(client_address(request)))
        try:
            return self.get_response(request)
        finally:
            _address.reset(token)


def plain_address(text: str) -> str | None:
    """Return an address as the database gives it back, None for what is none (a Unix socket)."""
    try:
        return str(ip_address(text.partition("%")[0]))
    except ValueError:
        return None
