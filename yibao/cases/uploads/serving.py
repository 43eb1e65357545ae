"""Answer with a file. Callers have made sure that whoever asks may see it."""

from http import HTTPStatus
from typing import Final

from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _

from yibao.cases.models import Draft
from yibao.cases.upload_models import Upload
from yibao.cases.uploads.queries import content_of, find_upload, preview_of
from yibao.cases.uploads.storage import Damaged, NotStored

_ENDINGS: Final = {Upload.ContentType.JPEG: "jpg", Upload.ContentType.PDF: "pdf"}


def draft_file(draft: Draft, public_id: str, *, preview: bool = False) -> HttpResponse:
    """Return a file of a draft that the browser holds. Raises Http404: it is not the draft's."""
    upload = find_upload(public_id, draft=draft)
    if upload is None:
        raise Http404
    return file_response(upload, preview=preview)


def file_response(upload: Upload, *, preview: bool = False) -> HttpResponse:
    """Return the file, or the small picture of it, as something that cannot act.

    Never kept by a cache; opened directly it is in a sandbox of its own. The name is ours.

    Raises:
        Http404: a preview of what has none.
    """
    if preview and not upload.preview_as:
        raise Http404
    try:
        content = preview_of(upload) if preview else content_of(upload)
    except (Damaged, NotStored):
        return HttpResponse(
            _("文件暂时打不开，请稍后再试。"),
            status=HTTPStatus.SERVICE_UNAVAILABLE,
            content_type="text/plain; charset=utf-8",
            headers={"Cache-Control": "no-store, private", "Retry-After": "120"},
        )
    ending = _ENDINGS[Upload.ContentType(upload.content_type)]
    # A PDF is not shown inside the site: the browser's viewer opens what was saved.
    disposition = "inline" if upload.content_type == Upload.ContentType.JPEG else "attachment"
    return HttpResponse(
        content,
        content_type=upload.content_type,
        headers={
            "Cache-Control": "no-store, private",
            "Content-Disposition": f'{disposition}; filename="{upload.material}.{ending}"',
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Referrer-Policy": "no-referrer",
            "X-Content-Type-Options": "nosniff",
        },
    )
