"""Bound what a request may bring while it still arrives, so that a disk never holds more."""

from collections import Counter
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from yibao.cases.uploads.limits import MOST_BYTES, MOST_FILES, MOST_FILES_IN_ALL

View = Callable[..., HttpResponseBase]


class BoundedUploadHandler(FileUploadHandler):
    """Drops what comes past the bounds: a file's bytes past its size, files past their number.

    One byte and one file past each bound go through, so that the form sees that it was too
    much and says so in words.
    """

    def __init__(self, request: HttpRequest | None = None) -> None:
        super().__init__(request)
        self._files: Counter[str] = Counter()
        self._bytes = 0

    def new_file(self, field_name: str, *args: Any, **kwargs: Any) -> None:
        """Begin one file, or drop it whole. Raises SkipFile."""
        super().new_file(field_name, *args, **kwargs)
        self._bytes = 0
        self._files[field_name] += 1
        if self._files[field_name] > MOST_FILES + 1 or self._files.total() > MOST_FILES_IN_ALL + 1:
            raise SkipFile

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        """Let through what the bound leaves; None drops the rest."""
        room = MOST_BYTES + 1 - self._bytes
        self._bytes += len(raw_data)
        return raw_data[:room] if room > 0 else None

    def file_complete(self, file_size: int) -> None:
        """Leave the file itself to the handlers behind."""


def bounded_uploads(view: View) -> View:
    """Let a view receive files in bounds; it replaces the CSRF check, which reads the body first.

    The middleware's check is put off until the handler stands, then done as ever.
    """
    protected = csrf_protect(view)

    @csrf_exempt
    @wraps(view)
    def bounded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        request.upload_handlers.insert(0, BoundedUploadHandler(request))
        return protected(request, *args, **kwargs)

    return bounded
