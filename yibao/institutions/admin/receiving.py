"""Take a list in as it comes, and no more of it than may be imported."""

from collections.abc import Callable
from functools import update_wrapper
from typing import Any

from django.core.files.uploadhandler import StopUpload, TemporaryFileUploadHandler
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt

from yibao.institutions.imports.reading import MAX_BYTES

TOO_LARGE = _("文件超过 %(limit)d MB 的上限。请分省或分市导入。")
_MARK = "_list_is_too_large"


class ListUpload(TemporaryFileUploadHandler):
    """Writes to a temporary file up to the limit; the rest is read and thrown away, so that
    the browser gets its answer."""

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if start + len(raw_data) > MAX_BYTES:
            self.file.close()
            setattr(self.request, _MARK, True)
            raise StopUpload(connection_reset=False)
        super().receive_data_chunk(raw_data, start)


def is_too_large(request: HttpRequest) -> bool:
    """Tell whether the request's list was cut off at the limit."""
    return getattr(request, _MARK, False)


def received_as_list(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let `view`, an admin view, receive files by `ListUpload`.

    The middleware's look for the CSRF token would read the body before. The view's own
    protection, which every admin view has, looks for it afterwards.
    """

    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        request.upload_handlers = [ListUpload(request)]
        return view(request, *args, **kwargs)

    return csrf_exempt(update_wrapper(answer, view))
