"""Take a file from a request: bound its size, and have it opened by a process apart."""

import os
import subprocess
import sys
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

from django.conf import settings

from yibao.cases.uploads.content import Clean, ContentType, Reason, Refusal
from yibao.cases.uploads.inspection import read_answer
from yibao.cases.uploads.limits import INSPECTION_SECONDS, MOST_BYTES
from yibao.cases.uploads.storage import digest_of

_MODULE = "yibao.cases.uploads.inspection"


class Incoming(Protocol):
    """A file as a form has it: its size in bytes, and its bytes once more from the start."""

    @property
    def size(self) -> int | None: ...

    def seek(self, offset: int, /) -> int: ...

    def read(self, size: int = -1, /) -> bytes: ...


@dataclass(frozen=True)
class Received:
    """A file that can be kept: made anew, of a known type, with the SHA-256 of its content."""

    content_type: ContentType
    content: bytes
    preview: bytes
    pages: int

    @cached_property
    def digest(self) -> str:
        """The SHA-256 of the content, in hexadecimal."""
        return digest_of(self.content)


def receive(file: Incoming) -> Received:
    """Return the file made anew; its name and the type that the browser claims are not read.

    Raises:
        Refusal: with a coded reason; `wording.words_of` says it and what to do.
    """
    if file.size == 0:
        raise Refusal(Reason.EMPTY)
    if file.size is not None and file.size > MOST_BYTES:
        raise Refusal(Reason.TOO_BIG)
    file.seek(0)
    data = file.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise Refusal(Reason.TOO_BIG)
    found = _inspected(data)
    return Received(found.content_type, found.content, found.preview, found.pages)


def _inspected(data: bytes) -> Clean:
    environment = {
        name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ
    }
    try:
        done = subprocess.run(  # noqa: S603 - a fixed command
            [sys.executable, "-B", "-m", _MODULE],
            input=data,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=settings.BASE_DIR,
            env=environment,
            timeout=INSPECTION_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise Refusal(Reason.TOO_SLOW) from error
    if done.returncode != 0:
        # Killed by a limit or a fault of a parser: whatever it was, nobody else should open it.
        raise Refusal(Reason.BOMB)
    return read_answer(done.stdout)
