# ruff: noqa: S608
"""One page of strata from the database in two statements: its rows, then their openings.

Everything that was typed reaches the database as a parameter, which is why S608 is off in
this file: the text of a statement is put together from constants.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from yibao.institutions import fts5, gin
from yibao.institutions.strata import Arm, Asked

_COLUMNS = (
    "code", "name", "aliases", "kind", "level", "grade", "class_slug", "region_id", "address",
    "phones", "source_name", "source_date", "checked_on",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Opening:
    """A service that is open on the day asked about."""

    service: str
    disease: str
    scope: str
    since: date
    checked_on: date


@dataclass(frozen=True, slots=True)
class Found:
    """One institution of a page, with its openings on the day."""

    stratum: int
    position: int
    code: str
    name: str
    aliases: str
    kind: str
    level: str
    grade: str
    class_slug: str
    region_code: str
    address: str
    phones: str
    source_name: str
    source_date: date
    checked_on: date | None
    openings: tuple[Opening, ...] = ()


def page(arms: Sequence[Arm], asked: Asked, size: int) -> tuple[tuple[Found, ...], bool]:
    """Return the first rows of the arms, one arm after the other, and whether there are more."""
    engine = fts5 if connection.vendor == "sqlite" else gin
    statement, values = engine.page(arms, asked, _COLUMNS, size + 1)
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        rows = cursor.fetchall()
        shown = rows[:size]
        openings = _openings(cursor, [row[2] for row in shown], asked.on) if shown else {}
    found = tuple(_found(row, tuple(openings.get(row[2], ()))) for row in shown)
    return found, len(rows) > size


def _found(row: Sequence[Any], openings: tuple[Opening, ...]) -> Found:
    *plain, source_date, checked_on = row
    checked = _day(checked_on) if checked_on else None
    values = [*plain, _day(source_date), checked, openings]
    return Found(*values)


def _openings(cursor: Any, codes: Sequence[str], on: date) -> dict[str, list[Opening]]:
    """Return the openings of a day by institution, in the order of service, disease, scope."""
    marks = ", ".join(["%s"] * len(codes))
    cursor.execute(
        "SELECT institution_id, service, disease, scope, effective_from, checked_on "
        f"FROM institutions_serviceopening WHERE institution_id IN ({marks}) "
        "AND effective_from <= %s AND (effective_to IS NULL OR effective_to > %s)",
        [*codes, on, on],
    )
    return _gathered(cursor.fetchall())


def _gathered(rows: Iterable[tuple[Any, ...]]) -> dict[str, list[Opening]]:
    gathered: dict[str, list[Opening]] = {}
    for code, service, disease, scope, since, checked_on in sorted(rows, key=lambda row: row[:4]):
        opening = Opening(service, disease, scope, _day(since), _day(checked_on))
        gathered.setdefault(code, []).append(opening)
    return gathered


def _day(value: date | str) -> date:
    """Return a day; SQLite gives text for columns of a compound statement."""
    return date.fromisoformat(value) if isinstance(value, str) else value
