"""Answer with a printed paper."""

from collections.abc import Callable
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from yibao.core import throttle
from yibao.core.addresses import client_address

MOST_PER_HOUR = 60
"""Papers for one address: making one costs as much as some hundred pages. A community office
behind one address stays below it."""

_HOUR = 60 * 60


def printed(request: HttpRequest, make: Callable[[], bytes], name: str) -> HttpResponse:
    """Make a paper for the public and answer with it, or ask to wait after too many.

    `make` is not called then.
    """
    if not throttle.allows("print", client_address(request), most=MOST_PER_HOUR, seconds=_HOUR):
        return TemplateResponse(
            request,
            "cases/too_many_papers.html",
            status=429,
            headers={"Retry-After": str(_HOUR), "Cache-Control": "no-store, private"},
        )
    return pdf_response(make(), name)


def pdf_response(content: bytes, name: str, *, is_download: bool = True) -> HttpResponse:
    """Return a PDF under a (Chinese) name without ending, never kept by a cache.

    The name is ours, never the person's: it ends up in lists of downloads.
    """
    disposition = "attachment" if is_download else "inline"
    encoded = f"filename*=UTF-8''{quote(name, safe='')}.pdf"
    return HttpResponse(
        content,
        content_type="application/pdf",
        headers={
            "Cache-Control": "no-store, private",
            "Content-Disposition": f'{disposition}; filename="document.pdf"; {encoded}',
            "Referrer-Policy": "no-referrer",
            "X-Content-Type-Options": "nosniff",
        },
    )
