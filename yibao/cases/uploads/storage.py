"""Where files are kept: sealed, under random names, and on the disk before anybody says so.

`Storage` is the port: a folder serves one machine or a shared mount; another kind of store
implements the same four methods.
"""

import os
import re
import secrets
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Protocol

from django.conf import settings

from yibao.core.sealing import SealBroken, is_sealed_by_current_key, seal_bytes, unseal_bytes

_NAME = re.compile(r"[0-9a-f]{40}")
_PART = ".part"


class NotStored(OSError):
    """The store could not take or give a file: disk full, folder gone, medium at fault."""


class Damaged(ValueError):
    """A kept file is missing, was changed, or its key is no longer among the site's."""


class Storage(Protocol):
    """Keeps bytes under names that it is given; a name is written once."""

    def write(self, name: str, content: bytes) -> None:
        """Keep the bytes so that a power cut cannot undo it. Raises NotStored."""

    def read(self, name: str) -> bytes:
        """Return the bytes. Raises FileNotFoundError, NotStored."""

    def remove(self, name: str) -> None:
        """Forget the bytes; without effect where there are none. Raises NotStored."""

    def names(self) -> Iterator[tuple[str, datetime]]:
        """Yield every name, unfinished writes too, with the moment of its last change."""


class FolderStorage:
    """Files in a folder of the machine, in 256 subfolders, readable by the site's user only.

    A file is written under a name that nobody reads, flushed to the medium, renamed, and
    its folder flushed: Django's own storage flushes nothing, so a power cut takes files that
    were acknowledged. What fails on the way is not tried again on the same file: after a
    failed flush nobody knows what the medium holds.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    def write(self, name: str, content: bytes) -> None:
        path = self._path(name)
        part = path.with_name(f"{name}{_PART}")
        try:
            self._make_folder(path.parent)
            descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            try:
                with os.fdopen(descriptor, "wb") as file:
                    file.write(content)
                    file.flush()
                    os.fsync(file.fileno())
                part.rename(path)
                self._flush_folder(path.parent)
            except OSError:
                # Room for the others; when even that fails, the sweep finds it.
                for leftover in (part, path):
                    with suppress(OSError):
                        leftover.unlink(missing_ok=True)
                raise
        except OSError as error:
            raise NotStored(error.errno, os.strerror(error.errno or 0)) from error

    def read(self, name: str) -> bytes:
        try:
            return self._path(name).read_bytes()
        except FileNotFoundError:
            raise
        except OSError as error:
            raise NotStored(error.errno, os.strerror(error.errno or 0)) from error

    def remove(self, name: str) -> None:
        path = self._path(name.removesuffix(_PART))
        try:
            path.with_name(name).unlink(missing_ok=True)
        except OSError as error:
            raise NotStored(error.errno, os.strerror(error.errno or 0)) from error

    def names(self) -> Iterator[tuple[str, datetime]]:
        for folder in sorted(self.root.glob("[0-9a-f][0-9a-f]")):
            for path in folder.iterdir():
                with suppress(FileNotFoundError):  # removed meanwhile
                    if _NAME.fullmatch(path.name.removesuffix(_PART)):
                        yield path.name, datetime.fromtimestamp(path.stat().st_mtime, UTC)

    def _path(self, name: str) -> Path:
        if not _NAME.fullmatch(name):
            raise ValueError(f"not a name of the store: {name!r}")
        return self.root / name[:2] / name

    def _make_folder(self, folder: Path) -> None:
        for each in (self.root, folder):
            if not each.is_dir():
                each.mkdir(mode=0o700, parents=True, exist_ok=True)
                self._flush_folder(each.parent)

    @staticmethod
    def _flush_folder(folder: Path) -> None:
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def store() -> Storage:
    """Return the site's store."""
    return FolderStorage(Path(settings.DATA_DIR) / "uploads")


def keep(content: bytes) -> str:
    """Seal and keep the content under a new random name, and return the name.

    Raises:
        NotStored: nothing is kept.
    """
    name = secrets.token_hex(20)
    store().write(name, seal_bytes(content, _place(name)))
    return name


def fetch(name: str) -> bytes:
    """Return what was kept under the name.

    Raises:
        Damaged: it is gone, or not what was kept.
        NotStored: the store does not answer.
    """
    try:
        return unseal_bytes(store().read(name), _place(name))
    except (FileNotFoundError, SealBroken) as error:
        raise Damaged(name) from error


def forget(*names: str) -> None:
    """Remove what was kept under the names, as far as the store lets us; a sweep does the rest."""
    for name in filter(None, names):
        with suppress(NotStored):
            store().remove(name)


def is_current(name: str) -> bool:
    """Tell whether the newest key sealed what is kept under the name. Raises as `fetch`."""
    try:
        return is_sealed_by_current_key(store().read(name))
    except FileNotFoundError as error:
        raise Damaged(name) from error


def digest_of(content: bytes) -> str:
    """Return the SHA-256 of a content, in hexadecimal."""
    return sha256(content).hexdigest()


def _place(name: str) -> str:
    return f"cases.upload:{name}"
