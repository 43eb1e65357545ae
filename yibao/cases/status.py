"""What each kind of case tells its filer beside the state; every app registers its own.

`lookups`, the export of one's own data and the erasure read cases through this register, so
none of them knows filings or claims.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from yibao.cases.models import Case
from yibao.cases.vocabulary import Kind, State

type Row = tuple[Any, Any]


@dataclass(frozen=True, slots=True)
class Refused:
    """Why it was refused, what to do, on which clause, and how to object."""

    words: Any
    remedy: Any
    clause: Any
    objection: Any


@dataclass(frozen=True, slots=True)
class Action:
    """Something that the filer can do now, on a page that asks for the ticket."""

    address: str
    words: Any
    hint: Any = ""
    is_main: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Detail:
    """One case on one day. Nothing in it names a person.

    `state` is the state to show: what was accepted becomes effective and expires by date.
    `hold` says why the personal data cannot be erased now, "" where nothing stands in the way.
    """

    state: State
    facts: tuple[Row, ...] = ()
    refused: Refused | None = None
    actions: tuple[Action, ...] = ()
    dates: tuple[tuple[Any, date], ...] = field(default=())
    hold: Any = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseKind:
    """What an app does for its kind: tell, forget what names somebody, remove its rows.

    `forget(case)` and `remove(case)` run in the caller's transaction, with the case locked.
    """

    detail: Callable[[Case, date], Detail]
    forget: Callable[[Case], None]
    remove: Callable[[Case], None]


_KINDS: dict[Kind, CaseKind] = {}


def register(kind: Kind, by: CaseKind) -> None:
    """Let an app answer for its kind; called once, when the app is ready."""
    _KINDS[kind] = by


def kind_of(case: Case) -> CaseKind:
    """Return who answers for a case. Raises KeyError: no app registered its kind."""
    return _KINDS[Kind(case.kind)]


def detail_of(case: Case, today: date) -> Detail:
    """Return what the filer of a case is told on a day."""
    return kind_of(case).detail(case, today)
