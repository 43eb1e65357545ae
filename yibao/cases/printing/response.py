"""Answer with a printed paper."""

from urllib.parse import quote

from django.http import HttpResponse


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
