"""Version stamps: data held in memory is checked with one query per request for all kinds.

Public pages read regions and policies from memory (quality.md: no query but the check of
freshness). A change bumps the stamp in its own transaction; every process sees it on its
next request.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Any, ClassVar, cast
from weakref import WeakSet

from django.core.signals import request_finished, request_started
from django.db import connection
from django.db.models import F

from yibao.core.models import DataStamp

# Written out: the one query of every public page, and building it would cost thrice as much.
_SELECT = f"SELECT name, value FROM {DataStamp._meta.db_table}"  # noqa: S608 - our own table

_of_this_request: ContextVar[Mapping[str, int] | None] = ContextVar("stamps", default=None)
_in_request: ContextVar[bool] = ContextVar("in_request", default=False)
_before: ContextVar[tuple[str, Callable[[], None]] | None] = ContextVar("before", default=None)


@contextmanager
def before_reading(name: str, act: Callable[[], None]) -> Iterator[None]:
    """Do something inside the block before one kind of data is first read, if it is at all."""
    token = _before.set((name, act))
    try:
        yield
    finally:
        _before.reset(token)


def current(name: str) -> int:
    """Return the stamp of one kind of data, 0 when it was never bumped.

    One query per request for all names; outside a request one query per call.
    """
    waiting = _before.get()
    if waiting is not None and waiting[0] == name:
        _before.set(None)
        waiting[1]()
    known = _of_this_request.get()
    if known is None:
        with connection.cursor() as cursor:
            cursor.execute(_SELECT)
            known = dict(cursor.fetchall())
        if _in_request.get():
            _of_this_request.set(known)
    return known.get(name, 0)


def bump(name: str) -> None:
    """Mark one kind of data as changed; call it inside the transaction that changes it."""
    DataStamp.objects.get_or_create(name=name)
    DataStamp.objects.filter(name=name).update(value=F("value") + 1)
    _of_this_request.set(None)


def digest(paths: Iterable[Path]) -> str:
    """Return the SHA-256 of the names and contents of files, in the order of their names."""
    whole = hashlib.sha256()
    for path in sorted(paths):
        whole.update(f"{path.name}\n{path.stat().st_size}\n".encode())
        whole.update(path.read_bytes())
    return whole.hexdigest()


def loaded_content(name: str) -> str:
    """Return the digest of the files loaded last for one kind of data, "" when there was none."""
    return DataStamp.objects.filter(name=name).values_list("content", flat=True).first() or ""


def record_content(name: str, content: str) -> None:
    """Remember which files were loaded; call it inside the transaction that loads them."""
    DataStamp.objects.update_or_create(name=name, defaults={"content": content})


class Stamped[T]:
    """A value built from the database and kept until one of its stamps moves."""

    _all: ClassVar["WeakSet[Stamped[Any]]"] = WeakSet()

    def __init__(self, names: str | tuple[str, ...], build: Callable[[], T]) -> None:
        Stamped._all.add(self)
        self._names = (names,) if isinstance(names, str) else names
        self._build = build
        self._lock = Lock()
        self._held: tuple[tuple[int, ...], T] | None = None

    def get(self) -> T:
        scope = _apart.get()
        if scope is not None and not scope.names.isdisjoint(self._names):
            if self not in scope.values:
                scope.values[self] = self._build()
            return cast("T", scope.values[self])
        stamp = self._stamp()
        held = self._held
        if held is None or held[0] != stamp:
            with self._lock:
                held = self._held
                if held is None or held[0] != stamp:
                    held = (stamp, self._build())
                    self._held = held
        return held[1]

    def _stamp(self) -> tuple[int, ...]:
        return tuple(current(name) for name in self._names)

    def hold(self, value: T) -> None:
        """Keep a value as if it had just been built (tests that need no rows)."""
        self._held = (self._stamp(), value)

    def forget(self) -> None:
        """Drop the held value (tests roll stamps back with their transaction)."""
        self._held = None

    @classmethod
    def forget_all(cls) -> None:
        """Drop every value that any of them holds."""
        for each in cls._all:
            each.forget()


@dataclass(frozen=True, slots=True)
class Apart:
    """Other data than what is stored, for a preview: `values` hold them by what asks.

    `names` are the kinds of data that differ. What rests on them and is not among `values`
    is built anew and kept here, so it never meets what others are shown.
    """

    names: frozenset[str]
    values: dict[Stamped[Any], Any] = field(default_factory=dict)


_apart: ContextVar[Apart | None] = ContextVar("apart", default=None)


@contextmanager
def apart(scope: Apart) -> Iterator[None]:
    """Read other data inside the block, in this thread and request alone."""
    token = _apart.set(scope)
    try:
        yield
    finally:
        _apart.reset(token)


def is_apart() -> bool:
    """Tell whether other data than the published ones are being read: nobody else may be
    shown what comes of it."""
    return _apart.get() is not None


def _begin(**kwargs: object) -> None:
    _in_request.set(True)
    _of_this_request.set(None)


def _end(**kwargs: object) -> None:
    _in_request.set(False)
    _of_this_request.set(None)


request_started.connect(_begin, dispatch_uid="yibao.core.stamps.begin")
request_finished.connect(_end, dispatch_uid="yibao.core.stamps.end")
