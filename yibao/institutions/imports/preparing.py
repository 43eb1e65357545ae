"""Work out, before the switch, what it will write, and keep what is there before it.

Nothing of this is seen by anybody: what is to be written lies in tables of the worker alone,
what was before in tables of the import. So other writers wait for the switch only, and a
worker killed here leaves the list as it was.
"""

# ruff: noqa: S608 (names of tables and columns are ours, values are parameters)

from array import array
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import batched
from typing import Any

import numpy as np
from django.db import connection, transaction

from yibao.institutions.import_models import (
    ImportBefore,
    ImportOpening,
    ImportRow,
    ImportRun,
    Outcome,
)
from yibao.institutions.imports.comparing import COLUMN_OF, Spoken, missing, spoken_of
from yibao.institutions.imports.tables import (
    SPAN,
    drop_rows,
    execute,
    fetch,
    in_spans,
    insert_into,
    marks,
    number,
    numbered,
    spans_of_list,
    update_keyed,
    writing_own,
)
from yibao.institutions.indexing import POSITIONS_PER_CLASS, Keys, keys_of, position, region_line

CHUNK = 1_000
# A code of ours has digits only; no region has this number.
XPCC_DIGITS = "660000"
FIELDS = (
    "name",
    "aliases",
    "kind",
    "level",
    "grade",
    "class_slug",
    "region_code",
    "address",
    "phones",
)
_KEYS = Keys._fields
PROVENANCE = ("source_name", "source_date", "checked_on")
KEPT = (
    *FIELDS,
    "effective_from",
    "effective_to",
    "end_reason",
    "merged_code",
    *PROVENANCE,
    "document_slug",
    *_KEYS,
)
READY = ("code", *FIELDS, *_KEYS)
_COLUMN = COLUMN_OF | {"merged_code": "merged_into_id", "document_slug": "document_id"}
_READY_COLUMNS = (
    "number integer PRIMARY KEY, code varchar(12), "
    + ", ".join(f"{name} text" for name in (*FIELDS, *_KEYS[:-1]))
    + ", position bigint"
)
TABLES = {
    "import_new": _READY_COLUMNS,
    "import_changed": _READY_COLUMNS,
    "import_same": "position bigint PRIMARY KEY",
    "import_touched": "opening bigint PRIMARY KEY, is_named integer",
    "import_opening": "code varchar(12), service varchar(12), disease varchar(6)",
}
# A row in the order of results within its class: the place in the class, then the row.
_ROWS_BITS = 22


def column_of(name: str) -> str:
    """Return the institution's column for a name of the import's own tables."""
    return _COLUMN.get(name, name)


def prepare(run: ImportRun, renew: Callable[[int, int], None]) -> dict[str, int]:
    """Fill `TABLES` and the tables of what was before.

    `renew(done, all)` is told how far the work is. Returns how many institutions of each
    `ImportBefore.Deed` are kept.
    """
    drop_rows((ImportBefore, ImportOpening), run.pk)
    spoken = spoken_of(run)
    _give_codes(run)
    region_lines = _RegionLines()
    done, whole = 0, run.counts["new"] + run.counts["changed"] + run.counts["same"]
    renew(done, whole)
    for outcome, table in ((Outcome.NEW, "import_new"), (Outcome.CHANGED, "import_changed")):
        for rows in batched(_in_order(run, outcome), CHUNK):
            ready = _ready(run, spoken, outcome, rows, region_lines)
            with writing_own():
                insert_into(table, ("number", *READY), [(done + n, *row) for n, row in ready])
            done += len(rows)
            if done % (CHUNK * 10) < CHUNK:
                renew(done, whole)
    kept = {"seen": 0, "changed": 0, "closed": 0, "merged": 0}
    if run.counts["same"]:
        kept["seen"] = _find_same(run)
        renew(whole, whole)
        in_spans(
            spans_of_list(),
            lambda low, high: _keep(
                run,
                "seen",
                "institutions_institution i JOIN import_same s ON s.position = i.position",
                "s.position > %s AND s.position <= %s",
                [low, high],
            ),
        )
    if run.counts["changed"]:
        with transaction.atomic():
            kept["changed"] = _keep(
                run,
                "changed",
                "import_changed n JOIN institutions_institution i ON i.code = n.code",
            )
    with transaction.atomic():
        kept["merged"] = _keep(
            run,
            "merged",
            "institutions_importrow r JOIN institutions_institution i ON i.code = r.twin",
            "r.run_id = %s AND r.outcome = %s AND r.twin <> ''",
            [run.pk, Outcome.NEW],
        )
    if run.close_missing:
        condition, params = missing(run)

        def close(low: int, high: int) -> None:
            kept["closed"] += _keep(
                run,
                "closed",
                "institutions_institution i",
                f"i.position > %s AND i.position <= %s AND {condition}",
                [low, high, *params],
            )

        in_spans(spans_of_list(), close)
    if spoken.services:
        _prepare_openings(run, spoken)
    renew(whole, whole)
    return kept


def _give_codes(run: ImportRun) -> None:
    """Give new rows without a code one of our own: `Y`, the region, the next free number."""
    wanting = fetch(
        "SELECT id, region_code, kind, level, grade FROM institutions_importrow"
        " WHERE run_id = %s AND code = '' AND outcome = %s ORDER BY line",
        [run.pk, Outcome.NEW],
    )
    if not wanting:
        return
    last: dict[str, int] = defaultdict(int)
    for table in ("institutions_institution", "institutions_importrow"):
        rows = fetch(
            f"SELECT SUBSTR(code, 2, 6), MAX(SUBSTR(code, 8)) FROM {table}"
            " WHERE code LIKE 'Y%%' GROUP BY SUBSTR(code, 2, 6)"
        )
        for region, number_text in rows:
            last[region] = max(last[region], int(number_text))
    for chunk in batched(wanting, SPAN):
        given = []
        for key, region, kind, level, grade in chunk:
            digits = region if region.isdigit() else XPCC_DIGITS
            last[digits] += 1
            code = f"Y{digits}{last[digits]:05d}"
            place = position(code=code, kind=kind, level=level, grade=grade)
            given.append((code, place, key))
        with transaction.atomic():
            update_keyed(ImportRow, ("code", "position"), given)


def _in_order(run: ImportRun, outcome: Outcome) -> Iterator[int]:
    """Yield the keys of the rows with an outcome, in the order of results.

    A search index is built fastest in that order. Sorted here, eight bytes a row: SQLite
    would hold four times as much in memory.
    """
    first = number("SELECT MIN(id) FROM institutions_importrow WHERE run_id = %s", [run.pk])
    classes: dict[int, array[int]] = defaultdict(lambda: array("q"))
    with connection.chunked_cursor() as cursor:
        cursor.execute(
            "SELECT id, position FROM institutions_importrow WHERE run_id = %s AND outcome = %s",
            [run.pk, outcome],
        )
        while rows := cursor.fetchmany(CHUNK):
            for key, place in rows:
                group, rest = divmod(place, POSITIONS_PER_CLASS)
                classes[group].append(rest << _ROWS_BITS | key - first)
    mask = (1 << _ROWS_BITS) - 1
    for group in sorted(classes):
        packed = classes.pop(group)
        np.frombuffer(packed, dtype=np.int64).sort()
        for value in packed:
            yield (value & mask) + first


def _ready(
    run: ImportRun,
    spoken: Spoken,
    outcome: Outcome,
    keys: Sequence[int],
    region_lines: Mapping[str, tuple[str, ...]],
) -> Iterator[tuple[int, tuple[Any, ...]]]:
    """Yield (number, row of `READY`) of staged rows, in the order of their keys here.

    A field that the list does not speak of is the institution's, and so are its services.
    """
    is_new = outcome == Outcome.NEW
    values = [
        f"r.{name}" if is_new or name in spoken.fields else f"i.{column_of(name)}"
        for name in FIELDS
    ]
    join = "" if is_new else " JOIN institutions_institution i ON i.code = r.code"
    found = {
        row[0]: row[1:]
        for row in fetch(
            f"SELECT r.id, r.line, r.code, {', '.join(values)} FROM institutions_importrow r{join}"
            f" WHERE r.id IN ({marks(keys)})",
            keys,
        )
    }
    services: dict[int, set[tuple[str, str]]] = defaultdict(set)
    if spoken.services:
        lines = [row[0] for row in found.values()]
        for line, service, disease in fetch(
            "SELECT line, service, disease FROM institutions_importservice"
            f" WHERE run_id = %s AND line IN ({marks(lines)})",
            [run.pk, *lines],
        ):
            services[line].add((service, disease))
    if not is_new:
        lines_of = {row[1]: row[0] for row in found.values()}
        for code, service, disease in fetch(
            "SELECT institution_id, service, disease FROM institutions_serviceopening"
            f" WHERE institution_id IN ({marks(lines_of)})",
            [*lines_of],
        ):
            services[lines_of[code]].add((service, disease))
    for place, key in enumerate(keys, start=1):
        line, *row = found[key]
        code, name, aliases, kind, level, grade, _class, region, _address, _phones = row
        yield (
            place,
            (
                *row,
                *keys_of(
                    code=code,
                    name=name,
                    aliases=aliases,
                    kind=kind,
                    level=level,
                    grade=grade,
                    line=region_lines[region],
                    services=sorted(services.get(line, ())),
                ),
            ),
        )


class _RegionLines(dict[str, tuple[str, ...]]):
    """`region_line` by region: asking for one looks whether the regions are fresh."""

    def __missing__(self, region: str) -> tuple[str, ...]:
        line = self[region] = region_line(region)
        return line


# --- what was before ------------------------------------------------------------------------


def _find_same(run: ImportRun) -> int:
    """Note the institutions that the list only confirms, in the order of the disk."""
    found = 0
    for low, high in spans_of_list():
        with writing_own():
            found += execute(
                "INSERT INTO import_same SELECT i.position FROM institutions_institution i"
                " CROSS JOIN institutions_importrow r WHERE i.position > %s AND i.position <= %s"
                " AND r.run_id = %s AND r.code = i.code AND r.outcome = %s",
                [low, high, run.pk, Outcome.SAME],
            )
    return found


def _keep(
    run: ImportRun, deed: str, tables: str, condition: str = "", params: Iterable[object] = ()
) -> int:
    """Copy institutions `i` as they are now into the table of what was before."""
    names = (*PROVENANCE, "document_slug") if deed == "seen" else KEPT
    copied = ", ".join(
        f"COALESCE(i.{column_of(name)}, '')" if name == "merged_code" else f"i.{column_of(name)}"
        for name in names
    )
    blank = [field for field in ImportBefore._meta.concrete_fields if field.name not in names]
    defaults = {
        field.name: "''" if field.get_internal_type() != "BigIntegerField" else "0"
        for field in blank
        if field.name not in ("id", "run", "deed", "code") and not field.null
    }
    columns = ", ".join(["run_id", "deed", "code", *names, *defaults])
    values = ", ".join([copied, *defaults.values()])
    where = f" WHERE {condition}" if condition else ""
    return execute(
        f"INSERT INTO institutions_importbefore ({columns})"
        f" SELECT %s, %s, i.code, {values} FROM {tables}{where}",
        [run.pk, deed, *params],
    )


# --- openings -------------------------------------------------------------------------------


def _prepare_openings(run: ImportRun, spoken: Spoken) -> None:
    """Find the openings that the list confirms or ends, and those that it adds."""
    for low, high in _spans_of_openings():
        with writing_own():
            execute(
                f"INSERT INTO import_touched SELECT o.id, CASE WHEN {_NAMED} THEN 1 ELSE 0 END"
                " FROM institutions_serviceopening o CROSS JOIN institutions_importrow r"
                " WHERE o.id > %s AND o.id <= %s AND r.run_id = %s AND r.code = o.institution_id"
                " AND r.outcome IN ('changed', 'same') AND o.scope = %s"
                f" AND o.service IN ({marks(spoken.services)})"
                " AND (o.effective_to IS NULL OR o.effective_from = %s)",
                [low, high, run.pk, spoken.scope, *spoken.services, run.list_date],
            )
    in_spans(
        _spans_of_openings(),
        lambda low, high: execute(
            "INSERT INTO institutions_importopening"
            " (run_id, deed, opening_key, effective_to, checked_on, source_name)"
            " SELECT %s, 'touched', o.id, o.effective_to, o.checked_on, o.source_name"
            " FROM import_touched t JOIN institutions_serviceopening o ON o.id = t.opening"
            " WHERE t.opening > %s AND t.opening <= %s",
            [run.pk, low, high],
        ),
    )
    for first, last in _spans_of_codes(run):
        with writing_own():
            execute(
                "INSERT INTO import_opening SELECT r.code, s.service, s.disease"
                " FROM institutions_importrow r CROSS JOIN institutions_importservice s"
                " WHERE r.run_id = %s AND r.code > %s AND r.code <= %s"
                " AND r.outcome IN ('new', 'changed', 'same')"
                " AND s.run_id = r.run_id AND s.line = r.line"
                " AND NOT EXISTS (SELECT 1 FROM institutions_serviceopening o"
                " WHERE o.institution_id = r.code AND o.service = s.service"
                " AND o.disease = s.disease AND o.scope = %s"
                " AND (o.effective_to IS NULL OR o.effective_from = %s))",
                [run.pk, first, last, spoken.scope, run.list_date],
            )


_NAMED = (
    "EXISTS (SELECT 1 FROM institutions_importservice s WHERE s.run_id = r.run_id"
    " AND s.line = r.line AND s.service = o.service AND s.disease = o.disease)"
)


def _spans_of_openings() -> Iterator[tuple[int, int]]:
    low, high = fetch("SELECT MIN(id), MAX(id) FROM institutions_serviceopening")[0]
    return numbered(low - 1, high) if low is not None else iter(())


def _spans_of_codes(run: ImportRun) -> Iterator[tuple[str, str]]:
    """Yield spans of the run's codes: openings lie together by institution."""
    low = ""
    while True:
        found = fetch(
            "SELECT code FROM institutions_importrow WHERE run_id = %s AND code > %s"
            " ORDER BY code LIMIT 1 OFFSET %s",
            [run.pk, low, SPAN - 1],
        )
        if not found:
            break
        yield low, found[0][0]
        low = found[0][0]
    yield low, "Z"
