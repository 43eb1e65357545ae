"""Copies of documents as files: what is taken in, and whether it still is what it was.

They lie under `MEDIA_ROOT`, which no address serves: only the panel hands them out. A copy is
named after the SHA-256 of its content.
"""

import os
import zipfile
from enum import StrEnum
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

MAX_BYTES = 20 * 1024 * 1024
ACCEPTED = ".pdf,.ofd,.docx,.doc,.xlsx,.xls,.png,.jpg,.jpeg"
_SIGNATURES = (
    (b"%PDF-", "pdf"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xff\xd8\xff", "jpg"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "doc"),
)
_IN_ZIP = (("word/document.xml", "docx"), ("xl/workbook.xml", "xlsx"), ("OFD.xml", "ofd"))
_CHUNK = 1024 * 1024


class CopyState(StrEnum):
    """What a look at the stored file found."""

    SAME = "same"
    CHANGED = "changed"
    MISSING = "missing"

    @property
    def words(self) -> object:
        return _WORDS[self]


_WORDS = {
    CopyState.SAME: _("文件副本完好，与登记的校验值一致。"),
    CopyState.CHANGED: _("文件副本与登记的校验值不一致：它被改过或损坏，请重新上传并查明原因。"),
    CopyState.MISSING: _("文件副本不见了，请重新上传并查明原因。"),
}


def kind_of(content: bytes) -> str | None:
    """Return the extension that the content itself calls for; None for what is not taken in.

    The name that a browser sends says nothing.
    """
    for signature, kind in _SIGNATURES:
        if content.startswith(signature):
            return kind
    if not content.startswith(b"PK\x03\x04"):
        return None
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            names = set(archive.namelist())
    except zipfile.BadZipFile:
        return None
    return next((kind for name, kind in _IN_ZIP if name in names), None)


def digest(content: bytes) -> str:
    """Return the SHA-256 of a file's content, in hexadecimal."""
    return sha256(content).hexdigest()


def look(name: str, expected: str) -> CopyState:
    """Compare a stored copy with its registered checksum."""
    whole = sha256()
    try:
        with _path(name).open("rb") as file:
            while chunk := file.read(_CHUNK):
                whole.update(chunk)
    except OSError:
        return CopyState.MISSING
    return CopyState.SAME if whole.hexdigest() == expected else CopyState.CHANGED


def flush(name: str) -> None:
    """Bring a copy just written to the medium, with its folder: a power cut cannot undo it."""
    path = _path(name)
    for each in (path, path.parent):
        descriptor = os.open(each, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def open_copy(name: str) -> Any:
    """Open a stored copy for reading. Raises OSError."""
    return _path(name).open("rb")


def _path(name: str) -> Path:
    root = Path(settings.MEDIA_ROOT).resolve()
    path = (root / name).resolve()
    if not path.is_relative_to(root):
        raise FileNotFoundError(name)
    return path
