"""Where a request came from."""

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """Return the client's address; "" over a Unix socket without a proxy.

    Behind our proxy that is the last entry of X-Forwarded-For, which the proxy itself
    added; whatever the client wrote stands before it. Without a proxy the header is
    the client's own and is not looked at.
    """
    if settings.BEHIND_PROXY and (forwarded := request.headers.get("X-Forwarded-For", "")):
        return forwarded.rpartition(",")[2].strip()
    return str(request.META.get("REMOTE_ADDR", ""))
