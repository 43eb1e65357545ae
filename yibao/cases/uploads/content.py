"""What a file is, told by what is in it: its name and what the browser says count for nothing.

Nothing here imports Django: the process that opens files starts without it.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Reason(StrEnum):
    """Why a file was not taken; `wording` has the words and what to do instead."""

    EMPTY = "empty"
    TOO_BIG = "too_big"
    TOO_MANY = "too_many"
    HEIC = "heic"
    OTHER_PICTURE = "other_picture"
    VIDEO = "video"
    OFFICE = "office"
    PROGRAM = "program"
    WEB_PAGE = "web_page"
    UNKNOWN = "unknown"
    HIDDEN = "hidden"
    DAMAGED = "damaged"
    TOO_LARGE_PICTURE = "too_large_picture"
    TOO_SMALL_PICTURE = "too_small_picture"
    BLANK = "blank"
    LOCKED = "locked"
    FORM = "form"
    TOO_MANY_PAGES = "too_many_pages"
    BOMB = "bomb"
    TOO_SLOW = "too_slow"


class ContentType(StrEnum):
    """What is kept: every picture becomes a JPEG."""

    JPEG = "image/jpeg"
    PDF = "application/pdf"


class Refusal(ValueError):
    """A file cannot be taken."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.value)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Clean:
    """A file as it is kept: made anew, with nothing in it but what is seen.

    `preview` is a small JPEG of a picture, b"" for a PDF. `pages` is 1 for a picture.
    """

    content_type: ContentType
    content: bytes
    preview: bytes
    pages: int


class Sort(StrEnum):
    """What a file that can be taken is, in the name that Pillow has for it."""

    JPEG = "JPEG"
    PNG = "PNG"
    WEBP = "WEBP"
    PDF = "PDF"


_HEIF_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})
_STARTS: Final = (
    (b"\xff\xd8\xff", Sort.JPEG),
    (b"\x89PNG\r\n\x1a\n", Sort.PNG),
    (b"%PDF-1.", Sort.PDF),
    (b"%PDF-2.", Sort.PDF),
    (b"GIF8", Reason.OTHER_PICTURE),
    (b"BM", Reason.OTHER_PICTURE),
    (b"II*\x00", Reason.OTHER_PICTURE),
    (b"MM\x00*", Reason.OTHER_PICTURE),
    (b"\x00\x00\x01\x00", Reason.OTHER_PICTURE),
    (b"8BPS", Reason.OTHER_PICTURE),
    (b"\x00\x00\x00\x0cjP  ", Reason.OTHER_PICTURE),
    (b"\xff\x0a", Reason.OTHER_PICTURE),
    (b"%!PS", Reason.OTHER_PICTURE),
    (b"PK", Reason.OFFICE),
    (b"\xd0\xcf\x11\xe0", Reason.OFFICE),
    (b"{\\rtf", Reason.OFFICE),
    (b"Rar!", Reason.OFFICE),
    (b"7z\xbc\xaf", Reason.OFFICE),
    (b"\x1f\x8b", Reason.OFFICE),
    (b"MZ", Reason.PROGRAM),
    (b"\x7fELF", Reason.PROGRAM),
    (b"\xcf\xfa\xed\xfe", Reason.PROGRAM),
    (b"\xca\xfe\xba\xbe", Reason.PROGRAM),
    (b"dex\n", Reason.PROGRAM),
    (b"L\x00\x00\x00\x01\x14\x02\x00", Reason.PROGRAM),
    (b"#!", Reason.PROGRAM),
    (b"\x1a\x45\xdf\xa3", Reason.VIDEO),
    (b"ID3", Reason.VIDEO),
    (b"OggS", Reason.VIDEO),
)
_MARKUP = re.compile(rb"^(?:\xef\xbb\xbf|\s|\x00)*<(?:[!?]|[a-z/])", re.IGNORECASE)
_WIDE_MARKUP = re.compile(rb"^(?:\xff\xfe|\xfe\xff)\s*(?:\x00?<\x00?)", re.DOTALL)

# Looked for in lower case. Six bytes and more: in ten megabytes of a photograph each of them
# turns up by chance less than once in 500,000.
_MARKS = (
    b"<script",
    b"<html>",
    b"<html ",
    b"<!doctype",
    b"<?php ",
    b"<?php\n",
    b"<iframe",
    b"javascript:",
    b"#!/bin/",
    b"#!/usr/",
    b"%pdf-1.",
    b"\x7felf\x02\x01\x01",
    b"this program cannot be run in dos mode",
)
_ZIP_END = b"PK\x05\x06"
_ZIP_END_BYTES = 22


def recognise(data: bytes) -> Sort:
    """Return what the file is. Raises Refusal with what it is instead."""
    if not data:
        raise Refusal(Reason.EMPTY)
    for start, found in _STARTS:
        if data.startswith(start):
            if isinstance(found, Sort):
                return found
            raise Refusal(found)
    if data.startswith(b"RIFF"):
        if data[8:12] == b"WEBP":
            return Sort.WEBP
        raise Refusal(Reason.VIDEO)
    if data[4:8] == b"ftyp":
        brands = {data[8:12], *(data[at : at + 4] for at in range(16, min(len(data), 64), 4))}
        if brands & {b"avif", b"avis"}:
            raise Refusal(Reason.OTHER_PICTURE)
        raise Refusal(Reason.HEIC if brands & _HEIF_BRANDS else Reason.VIDEO)
    if _MARKUP.match(data[:1024]) or _WIDE_MARKUP.match(data[:64]):
        raise Refusal(Reason.WEB_PAGE)
    raise Refusal(Reason.DAMAGED if not any(data[:64]) else Reason.UNKNOWN)


def refuse_hidden(data: bytes, sort: Sort) -> None:
    """Refuse a file that is a second thing as well: a program, a page, an archive.

    Making it anew drops whatever hides in it; a file built to be two things is not a
    photograph of a paper, so it is not taken at all.

    Raises:
        Refusal: with Reason.HIDDEN.
    """
    if _ends_as_archive(data):
        raise Refusal(Reason.HIDDEN)
    if sort is Sort.PDF:
        return  # what its parts hold is looked at when it is opened
    lowered = data.lower()
    if any(mark in lowered for mark in _MARKS):
        raise Refusal(Reason.HIDDEN)


def _ends_as_archive(data: bytes) -> bool:
    """Tell whether an unpacker would take the file for a ZIP: its directory stands at the end."""
    tail = data[-(_ZIP_END_BYTES + 65_535) :]
    at = tail.rfind(_ZIP_END)
    while at >= 0:
        if len(tail) - at >= _ZIP_END_BYTES:
            size = int.from_bytes(tail[at + 12 : at + 16], "little")
            offset = int.from_bytes(tail[at + 16 : at + 20], "little")
            if offset + size <= len(data):
                return True
        at = tail.rfind(_ZIP_END, 0, at)
    return False
