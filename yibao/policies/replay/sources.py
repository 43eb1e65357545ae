"""Where the cases of a replay come from; other apps register what they have decided.

A source yields the same cases in the same order each time, so that a replay whose worker
died goes on where it stood. It never yields a name, a number or an address of a person.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise

from yibao.rules.facts import Bill, CaseFacts, CheckFacts
from yibao.rules.terms import InsuranceType


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """What a draft may touch: the regions that hold its region's rules (itself first), the
    branches, and the days on which something of it begins or ends."""

    region_code: str
    codes: tuple[str, ...]
    branches: tuple[InsuranceType, ...]
    days: tuple[date, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayCase:
    """One bill of one kind of case; `title` says which, without naming anybody."""

    title: str
    region_code: str
    bill: Bill
    facts: CaseFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question to the checker; `title` says which, without naming anybody.
    `region_code` is the pooling region that answers it."""

    title: str
    region_code: str
    facts: CheckFacts


type Case = ReplayCase | Question
type Iterate = Callable[[Reach], Iterable[Case]]
type Count = Callable[[Reach], int]


@dataclass(frozen=True, slots=True)
class Source:
    """`is_decided`: its cases are decisions that were made; whatever changes them needs a
    word. `count` tells how many there are without making them."""

    name: str
    label: str | Promise
    iterate: Iterate
    count: Count
    is_decided: bool


_SOURCES: dict[str, Source] = {}


def register(
    name: str,
    label: str | Promise,
    iterate: Iterate,
    *,
    count: Count | None = None,
    is_decided: bool = True,
) -> None:
    """Add a source of cases; call it when the app is ready. A name is registered once.

    Raises:
        ValueError: the name is taken by another source.
    """
    known = _SOURCES.get(name)
    if known is not None and known.iterate is not iterate:
        raise ValueError(f"replay source {name} is registered already")
    counted = count or (lambda reach: sum(1 for _case in iterate(reach)))
    _SOURCES[name] = Source(name, label, iterate, counted, is_decided)


def forget(name: str) -> None:
    """Take a source away again (tests)."""
    _SOURCES.pop(name, None)


def list_sources() -> tuple[Source, ...]:
    """Return the sources in the order in which they were registered."""
    return tuple(_SOURCES.values())


def label_of(name: str) -> str:
    """Return a source's name in words, the name itself where it is gone."""
    source = _SOURCES.get(name)
    return name if source is None else str(source.label)


def cases_of(reach: Reach) -> Iterator[tuple[Source, Case]]:
    """Yield every case of every source."""
    for source in list_sources():
        for case in source.iterate(reach):
            yield source, case
