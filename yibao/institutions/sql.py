# ruff: noqa: S608
"""Strata as SQL: the same rows from FTS5 and from a GIN index.

Everything that was typed reaches the database as a parameter, which is why S608 is off in
this file: the text of a statement is put together from constants. Tokens consist of letters,
digits, `|` and `:`, so that they can stand inside FTS5's quotes.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from django.db import connection

from yibao.institutions.indexing import POSITIONS_PER_BLOCK
from yibao.institutions.matching import Branch, Group, Groups, Tokens
from yibao.regions.queries import NATION

_MOST_SORTED = 2000
_EVERY_ROW = f"r:{NATION}"
_COLUMNS = (
    "code", "name", "aliases", "kind", "level", "grade", "class_slug", "region_id", "address",
    "phones", "source_name", "source_date", "checked_on",
)  # fmt: skip
_FIELDS = ("stratum", "position", *("region_code" if c == "region_id" else c for c in _COLUMNS))


@dataclass(frozen=True, slots=True, kw_only=True)
class Stratum:
    """Institutions that fit all `groups` and none of `besides`, hold all `tokens` and not
    `without`, and are or are not open for the service on the day (None: either).

    `is_across`: only openings across provinces count. `is_wide`: nothing but the text
    narrows it, so that it may hold a good part of the nation.
    """

    tokens: Tokens = ()
    without: str = ""
    service: str = ""
    groups: Groups = ()
    besides: tuple[Groups, ...] = ()
    is_open: bool | None = None
    is_across: bool = False
    is_wide: bool = False


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


type Statement = tuple[str, list[Any]]


class Engine(Protocol):
    """What differs between the two databases."""

    source: str
    common: str
    must_count_first: bool

    def arm(
        self, columns: str, stratum: Stratum, where: Statement, after: int, limit: int
    ) -> Statement: ...

    def candidates(self, stratum: Stratum) -> Statement: ...

    def contains(self, column: str) -> str: ...

    def lies_in(self, places: Tokens) -> Statement: ...


class Fts5:
    """SQLite: row ids of the index are positions, so that the best come out first."""

    # CROSS JOIN keeps the order of the tables: the index leads.
    source = "institutions_search f CROSS JOIN institutions_institution i ON i.position = f.rowid"
    common = ""
    must_count_first = False

    def arm(
        self, columns: str, stratum: Stratum, where: Statement, after: int, limit: int
    ) -> Statement:
        test, values = where
        return (
            f"SELECT {columns} FROM {self.source} WHERE {test} AND f.rowid > %s "
            f"ORDER BY f.rowid LIMIT {int(limit)}",
            [*values, after],
        )

    def candidates(self, stratum: Stratum) -> Statement:
        parts = [_quoted((token,)) for token in _all_tokens(stratum)]
        parts += [" OR ".join(f"({self._branch(b)})" for b in group) for group in stratum.groups]
        found = " AND ".join(f"({part})" for part in parts or [_quoted((_EVERY_ROW,))])
        if stratum.without:
            found = f"({found}) NOT {_quoted((stratum.without,))}"
        return "f.institutions_search MATCH %s", [found]

    def _branch(self, branch: Branch) -> str:
        return " AND ".join(f"({_quoted(tokens)})" for tokens in branch.tokens)

    def contains(self, column: str) -> str:
        return f"instr(i.{column}, %s) > 0"

    def lies_in(self, places: Tokens) -> Statement:
        tests = " OR ".join("instr(' ' || i.grams || ' ', %s) > 0" for _place in places)
        return f"({tests})", [f" {place} " for place in places]


class Gin:
    """PostgreSQL: tokens as an array under a GIN index.

    The index has no order: whatever fits is fetched and sorted. Where much may fit, the
    list is walked block by block instead (each block has a token), until the page is full;
    whether it does is counted first, up to a bound, in the same statement.
    """

    source = "institutions_institution i"
    # One step of the recursion per block that is asked for: the outer LIMIT ends it.
    common = (
        f"block(number) AS (SELECT min(position) / {POSITIONS_PER_BLOCK} "
        "FROM institutions_institution UNION ALL SELECT (SELECT min(next.position) "
        "FROM institutions_institution next "
        f"WHERE next.position >= (block.number + 1) * {POSITIONS_PER_BLOCK}) "
        f"/ {POSITIONS_PER_BLOCK} FROM block WHERE block.number IS NOT NULL)"
    )
    must_count_first = True
    _tokens = "string_to_array(i.grams, ' ')"

    def arm(
        self, columns: str, stratum: Stratum, where: Statement, after: int, limit: int
    ) -> Statement:
        few, found = self._sorted(columns, stratum, where, after, limit)
        if not stratum.is_wide:
            return few, found
        many, walked = self._walked(columns, stratum, where, after, limit)
        test, values = where
        fits = f"SELECT 1 FROM {self.source} WHERE {test} LIMIT {_MOST_SORTED + 1}"
        probe = f"WITH probe AS MATERIALIZED (SELECT count(*) AS rows FROM ({fits}) AS fits) "
        return (
            f"{probe}SELECT * FROM ({few}) AS few "
            f"WHERE (SELECT rows FROM probe) <= {_MOST_SORTED} "
            f"UNION ALL SELECT * FROM ({many}) AS many "
            f"WHERE (SELECT rows FROM probe) > {_MOST_SORTED}",
            [*values, *found, *walked],
        )

    def _sorted(
        self, columns: str, stratum: Stratum, where: Statement, after: int, limit: int
    ) -> Statement:
        test, values = where
        # `+ 0` keeps the planner from reading the whole list in order for a rare text.
        order = "i.position + 0" if stratum.is_wide else "i.position"
        return (
            f"SELECT {columns} FROM {self.source} WHERE {test} AND i.position > %s "
            f"ORDER BY {order} LIMIT {int(limit)}",
            [*values, after],
        )

    def _walked(
        self, columns: str, stratum: Stratum, where: Statement, after: int, limit: int
    ) -> Statement:
        test, values = where
        in_block = f"{self._tokens} @> ARRAY['k:' || block.number]"
        step, found = self._sorted(
            columns, stratum, (f"{test} AND {in_block}", values), after, limit
        )
        return (
            f"SELECT step.* FROM block CROSS JOIN LATERAL ({step}) AS step "
            f"WHERE block.number >= %s LIMIT {int(limit)}",
            [*found, after // POSITIONS_PER_BLOCK],
        )

    def candidates(self, stratum: Stratum) -> Statement:
        tests: list[str] = []
        values: list[Any] = []
        if tokens := _all_tokens(stratum):
            tests.append(f"{self._tokens} @> %s")
            values.append(list(tokens))
        tests += [
            "(" + " OR ".join(self._branch(branch, values) for branch in group) + ")"
            for group in stratum.groups
        ]
        if stratum.without:
            tests.append(f"NOT {self._tokens} @> %s")
            values.append([stratum.without])
        return " AND ".join(tests) or "TRUE", values

    def _branch(self, branch: Branch, values: list[Any]) -> str:
        tests = []
        if single := [tokens[0] for tokens in branch.tokens if len(tokens) == 1]:
            tests.append(f"{self._tokens} @> %s")
            values.append(single)
        for tokens in branch.tokens:
            if len(tokens) > 1:
                tests.append(f"{self._tokens} && %s")
                values.append(list(tokens))
        return "(" + " AND ".join(tests) + ")"

    def contains(self, column: str) -> str:
        return f"strpos(i.{column}, %s) > 0"

    def lies_in(self, places: Tokens) -> Statement:
        return f"{self._tokens} && %s", [list(places)]


def must_count_first() -> bool:
    """Tell whether the length of a list decides how it is read (`Stratum.is_wide`)."""
    return _engine().must_count_first


def page(
    strata: Iterable[tuple[int, Stratum, int]],
    on: date,
    service: str | None,
    disease: str,
    limit: int,
) -> Statement:
    """Return the statement of one page with its openings.

    Args:
        strata: number, stratum, and the position after which to begin in it.
    """
    engine = _engine()
    arms: list[str] = []
    values: list[Any] = []
    columns = ", ".join(("i.position", *(f"i.{column}" for column in _COLUMNS)))
    for number, stratum, after in strata:
        where = _where(engine, stratum, on, service, disease)
        head = f"{int(number)} AS stratum, {columns}"
        statement, found = engine.arm(head, stratum, where, after, limit)
        arms.append(f"SELECT * FROM ({statement}) AS arm{int(number)}")
        values += found
    common = f"{engine.common}, " if engine.common else ""
    statement = (
        f"WITH RECURSIVE {common}"
        f"page AS MATERIALIZED ({' UNION ALL '.join(arms)} LIMIT {int(limit)}) "
        "SELECT page.*, o.service, o.disease, o.scope, o.effective_from, o.checked_on "
        "FROM page LEFT JOIN institutions_serviceopening o ON o.institution_id = page.code "
        "AND o.effective_from <= %s AND (o.effective_to IS NULL OR o.effective_to > %s) "
        "ORDER BY page.stratum, page.position, o.service, o.disease, o.scope"
    )
    return statement, [*values, on, on]


def count(stratum: Stratum, on: date, most: int) -> Statement:
    """Return the statement that counts a stratum, up to `most`."""
    engine = _engine()
    where, values = _where(engine, stratum, on, None, "")
    return (
        f"SELECT count(*) FROM (SELECT 1 FROM {engine.source} WHERE {where} "
        f"LIMIT {int(most)}) AS found",
        values,
    )


def read_rows(rows: Sequence[Sequence[Any]]) -> tuple[Found, ...]:
    """Return the rows of a page's statement, openings gathered by institution."""
    gathered: dict[str, tuple[Sequence[Any], list[Opening]]] = {}
    edge = len(_FIELDS)
    for row in rows:
        openings = gathered.setdefault(row[2], (row[:edge], []))[1]
        service, disease, scope, since, checked_on = row[edge:]
        if service is not None:
            openings.append(Opening(service, disease, scope, _day(since), _day(checked_on)))
    return tuple(_found(row, openings) for row, openings in gathered.values())


def _found(row: Sequence[Any], openings: list[Opening]) -> Found:
    values: dict[str, Any] = dict(zip(_FIELDS, row, strict=True))
    values["source_date"] = _day(values["source_date"])
    if values["checked_on"] is not None:
        values["checked_on"] = _day(values["checked_on"])
    return Found(**values, openings=tuple(openings))


def _day(value: date | str) -> date:
    """Return a day; SQLite gives text for columns of a common table expression."""
    return date.fromisoformat(value) if isinstance(value, str) else value


def _engine() -> Engine:
    return Fts5() if connection.vendor == "sqlite" else Gin()


def _all_tokens(stratum: Stratum) -> Tokens:
    """Return the tokens that every row of a stratum holds."""
    return (*stratum.tokens, *([stratum.service] if stratum.is_open else []))


def _where(
    engine: Engine, stratum: Stratum, on: date, service: str | None, disease: str
) -> Statement:
    where, values = engine.candidates(stratum)
    tests = [where, *(_group(engine, group, values) for group in stratum.groups)]
    for groups in stratum.besides:
        inside = [_group(engine, group, values) for group in groups]
        tests.append(f"NOT ({' AND '.join(inside)})")
    tests.append("(i.effective_from IS NULL OR i.effective_from <= %s)")
    tests.append("(i.effective_to IS NULL OR i.effective_to > %s)")
    values += [on, on]
    if stratum.is_open is not None:
        tests.append(_open(stratum, on, service, disease, values))
    return " AND ".join(tests), values


def _group(engine: Engine, group: Group, values: list[Any]) -> str:
    return "(" + " OR ".join(_check(engine, branch, values) for branch in group) + ")"


def _check(engine: Engine, branch: Branch, values: list[Any]) -> str:
    tests = []
    if branch.places:
        test, found = engine.lies_in(branch.places)
        tests.append(test)
        values += found
    if branch.column:
        tests.append(engine.contains(branch.column))
        values.append(branch.text)
    return "(" + " AND ".join(tests) + ")"


def _open(stratum: Stratum, on: date, service: str | None, disease: str, values: list[Any]) -> str:
    tests = "o.institution_id = i.code AND o.service = %s AND o.effective_from <= %s "
    tests += "AND (o.effective_to IS NULL OR o.effective_to > %s)"
    values += [service, on, on]
    if disease:
        tests += " AND o.disease = %s"
        values.append(disease)
    if stratum.is_across:
        tests += " AND o.scope = 'cross_province'"
    found = f"EXISTS (SELECT 1 FROM institutions_serviceopening o WHERE {tests})"
    return found if stratum.is_open else f"NOT {found}"


def _quoted(tokens: Tokens) -> str:
    return " OR ".join(f'"{token}"' for token in tokens)
