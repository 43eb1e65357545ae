"""Compare the rows of a list with what is held, in the database, without changing what is held."""

# ruff: noqa: S608 (names of tables and columns are ours, values are parameters)

from array import array
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import batched

import numpy as np
from django.db import transaction

from yibao.institutions.import_models import ImportRow, ImportRun, Outcome
from yibao.institutions.imports.cells import compared_fields, spoken_services
from yibao.institutions.imports.tables import (
    SPAN,
    area_of,
    execute,
    fetch,
    in_spans,
    marks,
    number,
    spans_of_run,
    update_keyed,
)

# The staging table's name for a column of the institution, where the two differ.
COLUMN_OF = {"region_code": "region_id"}
_MOST_IN_AN_AREA = 50_000


@dataclass(frozen=True, slots=True)
class Spoken:
    """What a list speaks of: fields of the institution, services, and their scope."""

    fields: tuple[str, ...]
    services: tuple[str, ...]
    scope: str


def spoken_of(run: ImportRun) -> Spoken:
    """Return what the run's list speaks of."""
    columns = dict.fromkeys(run.columns, 0)
    fields = compared_fields(columns, has_grades=bool(run.counts.get("graded")))
    return Spoken(fields, spoken_services(columns), run.source.scope)


def compare(run: ImportRun, namesakes: Set[int]) -> None:
    """Give every row its outcome; doubles and twins wait for a person's decision.

    Rows of the import's own tables alone change, in short transactions: a check that is
    killed begins again.

    Args:
        namesakes: the `name_hash` that several rows of the file have.
    """
    _find_codes(run.pk)
    _mark_same_codes(run.pk)
    if namesakes:
        _mark_namesakes(run.pk, namesakes)
    classify(run)


def classify(run: ImportRun) -> None:
    """Give an outcome to the rows that have none: at first all, then those decided on."""
    _mark_twins(run.pk)
    differs, params = _differs(run)
    in_spans(
        spans_of_run(ImportRow, run.pk),
        lambda low, high: execute(
            "UPDATE institutions_importrow AS r SET outcome = COALESCE((SELECT CASE"
            f" WHEN {differs} THEN 'changed' ELSE 'same' END"
            " FROM institutions_institution i WHERE i.code = r.code), 'new')"
            " WHERE r.id > %s AND r.id <= %s AND r.run_id = %s AND r.outcome = ''",
            [*params, low, high, run.pk],
        ),
    )


def has_moved(run: ImportRun) -> bool:
    """Tell whether the comparison no longer holds because the list was changed meanwhile."""
    differs, params = _differs(run)
    moved = number(
        "SELECT COUNT(*) FROM institutions_importrow r"
        " LEFT JOIN institutions_institution i ON i.code = r.code WHERE r.run_id = %s AND ("
        " (r.outcome = 'new' AND i.code IS NOT NULL)"
        " OR (r.outcome IN ('changed', 'same') AND i.code IS NULL)"
        f" OR (r.outcome = 'same' AND ({differs})))",
        [run.pk, *params],
    )
    return bool(moved) or (run.close_missing and count(run)["missing"] != run.counts["missing"])


def _differs(run: ImportRun) -> tuple[str, list[object]]:
    """Return the SQL condition that row `r` says something else than institution `i` holds."""
    spoken = spoken_of(run)
    differs = [f"i.{COLUMN_OF.get(name, name)} <> r.{name}" for name in spoken.fields]
    differs.append("i.effective_to IS NOT NULL")
    params: list[object] = []
    if spoken.services:
        differs += [_MISSES_AN_OPENING, _HOLDS_ANOTHER.format(marks=marks(spoken.services))]
        params += [spoken.scope, spoken.scope, *spoken.services]
    return " OR ".join(differs), params


_MISSES_AN_OPENING = (
    "EXISTS (SELECT 1 FROM institutions_importservice s"
    " WHERE s.run_id = r.run_id AND s.line = r.line"
    " AND NOT EXISTS (SELECT 1 FROM institutions_serviceopening o WHERE o.institution_id = r.code"
    " AND o.service = s.service AND o.disease = s.disease AND o.scope = %s"
    " AND o.effective_to IS NULL))"
)
_HOLDS_ANOTHER = (
    "EXISTS (SELECT 1 FROM institutions_serviceopening o WHERE o.institution_id = r.code"
    " AND o.scope = %s AND o.service IN ({marks}) AND o.effective_to IS NULL"
    " AND NOT EXISTS (SELECT 1 FROM institutions_importservice s WHERE s.run_id = r.run_id"
    " AND s.line = r.line AND s.service = o.service AND s.disease = o.disease))"
)


def _find_codes(run: int) -> None:
    """Give rows without a code that of the institution of the same name and place."""
    if not number(
        "SELECT COUNT(*) FROM (SELECT 1 FROM institutions_importrow"
        " WHERE run_id = %s AND code = '' LIMIT 1) AS found",
        [run],
    ):
        return
    for first, last in _areas():
        execute(
            "UPDATE institutions_importrow AS r SET code = i.code FROM"
            " (SELECT name, region_id, MIN(code) AS code FROM institutions_institution"
            " WHERE merged_into_id IS NULL AND region_id >= %s AND region_id <= %s"
            " GROUP BY name, region_id) AS i"
            " WHERE r.run_id = %s AND r.code = '' AND r.name = i.name"
            " AND r.region_code = i.region_id",
            [first, last, run],
        )


def _areas() -> Iterator[tuple[str, str]]:
    """Yield the first and the last code of regions that hold some institutions together.

    Names are gathered in memory on SQLite: of an area, not of the nation.
    """
    first, last, held = "", "", 0
    for region, rows in fetch(
        "SELECT region_id, COUNT(*) FROM institutions_institution GROUP BY region_id"
        " ORDER BY region_id"
    ):
        if first and held + rows > _MOST_IN_AN_AREA:
            yield first, last
            first, held = "", 0
        first, last, held = first or region, region, held + rows
    if first:
        yield first, last


def name_hash(name: str, region_code: str) -> int:
    """Return what tells rows of one process apart by name and place."""
    return hash((name, region_code))


def several(hashes: array[int]) -> frozenset[int]:
    """Return the values that occur more than once; sorts the array."""
    found = np.frombuffer(hashes, dtype=np.int64)
    found.sort()
    return frozenset(found[1:][found[1:] == found[:-1]].tolist())


def _mark_same_codes(run: int) -> None:
    """Set aside rows whose code another row of the file has too; `twin` is the first's line."""
    execute(
        "UPDATE institutions_importrow AS r SET outcome = %s, twin = CAST(d.line AS varchar(12))"
        " FROM (SELECT code, MIN(line) AS line FROM institutions_importrow"
        " WHERE run_id = %s AND outcome = '' AND code <> ''"
        " GROUP BY code HAVING COUNT(*) > 1) AS d"
        " WHERE r.run_id = %s AND r.outcome = '' AND r.code = d.code",
        [Outcome.TWICE, run, run],
    )


def _mark_namesakes(run: int, namesakes: Set[int]) -> None:
    """Set aside rows whose name and place another row of the file has too, likewise."""
    groups: dict[tuple[str, str], list[tuple[int, int]]] = defaultdict(list)
    for low, high in spans_of_run(ImportRow, run):
        for key, line, name, region in fetch(
            "SELECT id, line, name, region_code FROM institutions_importrow"
            " WHERE id > %s AND id <= %s AND run_id = %s AND outcome = ''",
            [low, high, run],
        ):
            if name_hash(name, region) in namesakes:
                groups[name, region].append((line, key))
    doubled = [
        (Outcome.TWICE.value, str(min(rows)[0]), key)
        for rows in groups.values()
        if len(rows) > 1
        for _line, key in rows
    ]
    for chunk in batched(doubled, SPAN):
        with transaction.atomic():
            update_keyed(ImportRow, ("outcome", "twin"), chunk)


def _mark_twins(run: int) -> None:
    """Set aside new rows whose name and place an institution of another code has already."""
    candidates = (
        "r.run_id = %s AND r.outcome = '' AND r.code <> '' AND r.twin = ''"
        " AND NOT EXISTS (SELECT 1 FROM institutions_institution e WHERE e.code = r.code)"
    )
    if not number(
        f"SELECT COUNT(*) FROM (SELECT 1 FROM institutions_importrow r WHERE {candidates}"
        " LIMIT 1) AS found",
        [run],
    ):
        return
    for first, last in _areas():
        execute(
            "UPDATE institutions_importrow AS r SET outcome = %s, twin = i.code FROM"
            " (SELECT name, region_id, MIN(code) AS code FROM institutions_institution"
            " WHERE effective_to IS NULL AND region_id >= %s AND region_id <= %s"
            " GROUP BY name, region_id) AS i"
            f" WHERE {candidates} AND r.name = i.name AND r.region_code = i.region_id"
            " AND NOT EXISTS (SELECT 1 FROM institutions_importrow o"
            " WHERE o.run_id = r.run_id AND o.code = i.code)",
            [Outcome.TWIN, first, last, run],
        )


def count(run: ImportRun) -> dict[str, int]:
    """Return how many rows have each outcome, and how many institutions a full list lacks."""
    # Grouping would sort all rows, in memory on SQLite.
    sums = ", ".join(
        f"SUM(CASE WHEN outcome = '{outcome.value}' THEN 1 ELSE 0 END)" for outcome in Outcome
    )
    (found,) = fetch(f"SELECT {sums} FROM institutions_importrow WHERE run_id = %s", [run.pk])
    counts = {outcome.value: int(rows or 0) for outcome, rows in zip(Outcome, found, strict=True)}
    condition, params = missing(run)
    counts["missing"] = (
        number(f"SELECT COUNT(*) FROM institutions_institution i WHERE {condition}", params)
        if run.is_full
        else 0
    )
    return counts


def missing(run: ImportRun) -> tuple[str, list[object]]:
    """Return the SQL condition on institutions `i` that a full list no longer names.

    A row that was refused, skipped or not decided on still names its institution.
    """
    area = area_of(run.region_id)
    condition = (
        "i.effective_to IS NULL AND (i.effective_from IS NULL OR i.effective_from < %s)"
        " AND NOT EXISTS (SELECT 1 FROM institutions_importrow r"
        " WHERE r.run_id = %s AND r.code = i.code)"
        " AND i.code NOT IN (SELECT twin FROM institutions_importrow"
        " WHERE run_id = %s AND twin <> '')"
    )
    params: list[object] = [run.list_date, run.pk, run.pk]
    if area:
        condition += f" AND i.region_id IN ({marks(area)})"
        params += area
    return condition, params


@dataclass(frozen=True, slots=True)
class Change:
    """A changed row: (field, before, after) per field; services as (service, disease, open?)."""

    line: int
    code: str
    name: str
    fields: tuple[tuple[str, str, str], ...]


def changes(run: ImportRun, *, limit: int, after_line: int = 0) -> list[Change]:
    """Return what the changed rows change, field by field, in the order of the file."""
    spoken = spoken_of(run)
    held = ", ".join(f"i.{COLUMN_OF.get(name, name)}" for name in spoken.fields)
    read = ", ".join(f"r.{name}" for name in spoken.fields)
    rows = fetch(
        f"SELECT r.line, r.code, r.name, i.effective_to, {held}, {read}"
        " FROM institutions_importrow r JOIN institutions_institution i ON i.code = r.code"
        " WHERE r.run_id = %s AND r.outcome = %s AND r.line > %s ORDER BY r.line LIMIT %s",
        [run.pk, Outcome.CHANGED, after_line, limit],
    )
    services = _service_changes(run, spoken, [row[0] for row in rows])
    size = len(spoken.fields)
    return [
        Change(
            line,
            code,
            name,
            tuple(
                (field, before, after)
                for field, before, after in zip(
                    spoken.fields, values[:size], values[size:], strict=True
                )
                if before != after
            )
            + ((("effective_to", str(ended), ""),) if ended else ())
            + services.get(line, ()),
        )
        for line, code, name, ended, *values in rows
    ]


def _service_changes(
    run: ImportRun, spoken: Spoken, lines: Sequence[int]
) -> Mapping[int, tuple[tuple[str, str, str], ...]]:
    """Return ("services", open before, open now) of the lines where the two differ."""
    if not spoken.services or not lines:
        return {}
    now: dict[int, set[str]] = {line: set() for line in lines}
    before: dict[int, set[str]] = {line: set() for line in lines}
    for line, service, disease in fetch(
        "SELECT line, service, disease FROM institutions_importservice"
        f" WHERE run_id = %s AND line IN ({marks(lines)})",
        [run.pk, *lines],
    ):
        now[line].add(disease or service)
    for line, service, disease in fetch(
        "SELECT r.line, o.service, o.disease FROM institutions_importrow r"
        " JOIN institutions_serviceopening o ON o.institution_id = r.code"
        f" WHERE r.run_id = %s AND r.line IN ({marks(lines)}) AND o.scope = %s"
        f" AND o.service IN ({marks(spoken.services)}) AND o.effective_to IS NULL",
        [run.pk, *lines, spoken.scope, *spoken.services],
    ):
        before[line].add(disease or service)
    return {
        line: (("services", " ".join(sorted(before[line])), " ".join(sorted(now[line]))),)
        for line in lines
        if before[line] != now[line]
    }
