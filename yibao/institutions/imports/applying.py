"""Write a compared list into what is held, and take it back: set-based, in one transaction each.

Nothing here opens a transaction: `imports.operations` does.
"""

# ruff: noqa: S608 (names of tables and columns are ours, values are parameters)

from array import array
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from itertools import batched
from operator import itemgetter
from typing import Any

from django.db import connection

from yibao.institutions.import_models import ImportBefore, ImportRow, ImportRun, Outcome
from yibao.institutions.imports import history
from yibao.institutions.imports.comparing import COLUMN_OF, Spoken, missing, spoken_of
from yibao.institutions.imports.tables import (
    execute,
    fetch,
    insert_at_once,
    marks,
    number,
    update_keyed,
)
from yibao.institutions.indexing import Keys, keys_of, position, region_line
from yibao.institutions.models import Institution

CHUNK = 5_000
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
# What the search columns are made from, and the columns of a new entry.
_INDEXED = ("code", "name", "aliases", "kind", "level", "grade", "region_code")
_indexed_of = itemgetter(*(("code", *FIELDS).index(name) for name in _INDEXED))
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
_COLUMN = COLUMN_OF | {"merged_code": "merged_into_id", "document_slug": "document_id"}


_WRITTEN = (
    "code",
    *(_COLUMN.get(name, name) for name in FIELDS),
    *_KEYS,
    "effective_from",
    "end_reason",
    *PROVENANCE,
    "synthetic",
)


def column_of(name: str) -> str:
    """Return the institution's column for a name of the import's own tables."""
    return _COLUMN.get(name, name)


# --- before the switch: codes --------------------------------------------------------------


def give_codes(run: ImportRun) -> None:
    """Give new rows without a code one of our own: `Y`, the region, the next free number."""
    last: dict[str, int] = defaultdict(int)
    for table in ("institutions_institution", "institutions_importrow"):
        rows = fetch(
            f"SELECT SUBSTR(code, 2, 6), MAX(SUBSTR(code, 8)) FROM {table}"
            " WHERE code LIKE 'Y%%' GROUP BY SUBSTR(code, 2, 6)"
        )
        for region, number_text in rows:
            last[region] = max(last[region], int(number_text))
    given = []
    for key, region, kind, level, grade in fetch(
        "SELECT id, region_code, kind, level, grade FROM institutions_importrow"
        " WHERE run_id = %s AND outcome = %s AND code = '' ORDER BY line",
        [run.pk, Outcome.NEW],
    ):
        digits = region if region.isdigit() else XPCC_DIGITS
        last[digits] += 1
        code = f"Y{digits}{last[digits]:05d}"
        given.append((code, position(code=code, kind=kind, level=level, grade=grade), key))
    for chunk in batched(given, CHUNK):
        update_keyed(ImportRow, ("code", "position"), chunk)


# --- the switch ---------------------------------------------------------------------------


def write(run: ImportRun, *, closed_because: str, merged_because: str) -> int:
    """Write the list; the caller's transaction makes it visible all at once.

    The reasons are what staff and visitors read beside an entry that has ended. Returns
    how many institutions were closed because the full list no longer names them.
    """
    spoken = spoken_of(run)
    _keep(run, "seen", "JOIN institutions_importrow r ON r.code = i.code", _row_is(Outcome.SAME))
    _keep(
        run, "changed", "JOIN institutions_importrow r ON r.code = i.code", _row_is(Outcome.CHANGED)
    )
    _keep(run, "merged", "JOIN institutions_importrow r ON r.twin = i.code", _row_is(Outcome.NEW))
    closed = 0
    if run.close_missing:
        condition, params = missing(run)
        _keep(run, "closed", "", condition, params)
        closed = _end(run, "closed", closed_because)
    history.keep_changes(run, spoken)
    _keep_former_names(run, spoken)
    _update(run, spoken)
    _insert(run, spoken)
    _end(run, "merged", merged_because)
    execute(
        "UPDATE institutions_institution SET merged_into_id = r.code"
        " FROM institutions_importrow r WHERE r.run_id = %s AND r.outcome = %s"
        " AND r.twin = institutions_institution.code",
        [run.pk, Outcome.NEW],
    )
    if spoken.services:
        _write_openings(run, spoken)
    _index_changed(run)
    return closed


def _row_is(outcome: Outcome) -> str:
    return f"r.run_id = %s AND r.outcome = '{outcome.value}'"


def _keep(
    run: ImportRun, deed: str, join: str, condition: str, params: list[object] | None = None
) -> None:
    """Copy institutions as they are now into the table of what was before."""
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
    execute(
        f"INSERT INTO institutions_importbefore ({columns})"
        f" SELECT %s, %s, i.code, {values} FROM institutions_institution i {join}"
        f" WHERE {condition}",
        [run.pk, deed, *([run.pk] if params is None else params)],
    )


def _end(run: ImportRun, deed: str, reason: str) -> int:
    """End the institutions kept under a deed, and say why."""
    kept = "code IN (SELECT code FROM institutions_importbefore WHERE run_id = %s AND deed = %s)"
    execute(
        f"UPDATE institutions_institution SET end_reason = %s WHERE {kept}",
        [reason, run.pk, deed],
    )
    return _end_on("institutions_institution", kept, [run.pk, deed], run.list_date)


def _keep_former_names(run: ImportRun, spoken: Spoken) -> None:
    if "name" not in spoken.fields:
        return
    execute(
        "INSERT INTO institutions_institutionname"
        " (institution_id, name, used_from, used_to, source_name)"
        " SELECT i.code, i.name, NULL, %s, %s FROM institutions_institution i"
        " JOIN institutions_importrow r ON r.code = i.code"
        " WHERE r.run_id = %s AND r.outcome = %s AND r.name <> i.name"
        " AND NOT EXISTS (SELECT 1 FROM institutions_institutionname n"
        " WHERE n.institution_id = i.code AND n.name = i.name AND n.used_to = %s)",
        [run.list_date, run.source.name, run.pk, Outcome.CHANGED, run.list_date],
    )


def _update(run: ImportRun, spoken: Spoken) -> None:
    """Bring changed rows in line, and say of every row that the list has seen it."""
    seen = "source_name = %s, source_date = %s, checked_on = %s, document_id = NULL"
    provenance = [run.source.name, run.list_date, run.list_date]
    changed = ", ".join(
        [f"{column_of(name)} = r.{name}" for name in spoken.fields]
        + ["effective_to = NULL", "end_reason = ''", "merged_into_id = NULL", seen]
    )
    for outcome, sets in ((Outcome.CHANGED, changed), (Outcome.SAME, seen)):
        execute(
            f"UPDATE institutions_institution SET {sets} FROM institutions_importrow r"
            " WHERE r.run_id = %s AND r.outcome = %s AND r.code = institutions_institution.code",
            [*provenance, run.pk, outcome],
        )


def _index_changed(run: ImportRun) -> None:
    """Set the search columns of changed entries, whose openings stand by now."""
    keys = _numbers(run, Outcome.CHANGED)
    region_lines: dict[str, tuple[str, ...]] = {}
    for chunk in batched(keys, CHUNK):
        rows = fetch(
            f"SELECT {', '.join(f'i.{column_of(name)}' for name in _INDEXED)}"
            " FROM institutions_importrow r JOIN institutions_institution i ON i.code = r.code"
            f" WHERE r.id IN ({marks(chunk)})",
            chunk,
        )
        services: dict[str, set[tuple[str, str]]] = defaultdict(set)
        for code, service, disease in fetch(
            "SELECT institution_id, service, disease FROM institutions_serviceopening"
            f" WHERE institution_id IN ({marks(rows)})",
            [row[0] for row in rows],
        ):
            services[code].add((service, disease))
        found = [(*_keys_of(row, services.get(row[0], ()), region_lines), row[0]) for row in rows]
        update_keyed(Institution, _KEYS, found)


def _insert(run: ImportRun, spoken: Spoken) -> None:
    """Add the new rows in the order of results, as the search index is built fastest."""
    fixed = (run.list_date, "", run.source.name, run.list_date, run.list_date, False)
    region_lines: dict[str, tuple[str, ...]] = {}
    for chunk in batched(_numbers(run, Outcome.NEW), CHUNK):
        rows = fetch(
            f"SELECT code, {', '.join(FIELDS)}, line FROM institutions_importrow"
            f" WHERE id IN ({marks(chunk)}) ORDER BY position",
            chunk,
        )
        services: dict[int, list[tuple[str, str]]] = defaultdict(list)
        if spoken.services:
            lines = [row[-1] for row in rows]
            for line, service, disease in fetch(
                "SELECT line, service, disease FROM institutions_importservice"
                f" WHERE run_id = %s AND line IN ({marks(lines)})",
                [run.pk, *lines],
            ):
                services[line].append((service, disease))
        insert_at_once(
            Institution,
            _WRITTEN,
            [
                (
                    *row[:-1],
                    *_keys_of(_indexed_of(row), services.get(row[-1], ()), region_lines),
                    *fixed,
                )
                for row in rows
            ],
        )


def _numbers(run: ImportRun, outcome: Outcome) -> array[int]:
    """Return the keys of the rows with an outcome, in the order of results."""
    found = array("q")
    with connection.chunked_cursor() as cursor:
        cursor.execute(
            "SELECT id FROM institutions_importrow WHERE run_id = %s AND outcome = %s"
            " ORDER BY position",
            [run.pk, outcome],
        )
        while rows := cursor.fetchmany(CHUNK):
            found.extend(row[0] for row in rows)
    return found


def _keys_of(
    row: Sequence[Any],
    services: Iterable[tuple[str, str]],
    region_lines: dict[str, tuple[str, ...]],
) -> Keys:
    """Return the search columns of a row of `_INDEXED`.

    `region_lines` remembers: outside a request each look at the regions asks the database
    whether they are fresh.
    """
    code, name, aliases, kind, level, grade, region = row
    line = region_lines.get(region)
    if line is None:
        line = region_lines[region] = region_line(region)
    return keys_of(
        code=code,
        name=name,
        aliases=aliases,
        kind=kind,
        level=level,
        grade=grade,
        line=line,
        services=sorted(services),
    )


def _write_openings(run: ImportRun, spoken: Spoken) -> None:
    """End openings that the list no longer names, confirm those it does, add the rest."""
    execute(
        "INSERT INTO institutions_importopening"
        " (run_id, deed, opening_key, effective_to, checked_on, source_name)"
        " SELECT %s, 'touched', o.id, o.effective_to, o.checked_on, o.source_name"
        " FROM institutions_serviceopening o JOIN institutions_importrow r"
        " ON r.run_id = %s AND r.code = o.institution_id AND r.outcome IN ('changed', 'same')"
        f" WHERE o.scope = %s AND o.service IN ({marks(spoken.services)})"
        " AND (o.effective_to IS NULL OR o.effective_from = %s)",
        [run.pk, run.pk, spoken.scope, *spoken.services, run.list_date],
    )
    execute(
        "UPDATE institutions_serviceopening SET effective_to = NULL, checked_on = %s,"
        f" source_name = %s WHERE id IN ({_TOUCHED}) AND {_NAMED}",
        [run.list_date, run.source.name, run.pk, run.pk],
    )
    _end_on(
        "institutions_serviceopening",
        f"id IN ({_TOUCHED}) AND effective_to IS NULL AND NOT {_NAMED}",
        [run.pk, run.pk],
        run.list_date,
    )
    last = number("SELECT MAX(id) FROM institutions_serviceopening")
    execute(
        "INSERT INTO institutions_serviceopening (institution_id, service, disease, scope,"
        " source_name, checked_on, effective_from)"
        " SELECT r.code, s.service, s.disease, %s, %s, %s, %s FROM institutions_importrow r"
        " JOIN institutions_importservice s ON s.run_id = r.run_id AND s.line = r.line"
        " WHERE r.run_id = %s AND r.outcome IN ('new', 'changed', 'same')"
        " AND NOT EXISTS (SELECT 1 FROM institutions_serviceopening o"
        " WHERE o.institution_id = r.code AND o.service = s.service AND o.disease = s.disease"
        " AND o.scope = %s AND (o.effective_to IS NULL OR o.effective_from = %s))",
        [
            spoken.scope,
            run.source.name,
            run.list_date,
            run.list_date,
            run.pk,
            spoken.scope,
            run.list_date,
        ],
    )
    execute(
        "INSERT INTO institutions_importopening (run_id, deed, opening_key, source_name)"
        " SELECT %s, 'made', o.id, '' FROM institutions_serviceopening o"
        " WHERE o.id > %s AND o.source_name = %s AND o.effective_from = %s",
        [run.pk, last, run.source.name, run.list_date],
    )


_TOUCHED = (
    "SELECT opening_key FROM institutions_importopening WHERE run_id = %s AND deed = 'touched'"
)
_NAMED = (
    "EXISTS (SELECT 1 FROM institutions_importrow r JOIN institutions_importservice s"
    " ON s.run_id = r.run_id AND s.line = r.line WHERE r.run_id = %s"
    " AND r.code = institutions_serviceopening.institution_id"
    " AND r.outcome IN ('changed', 'same')"
    " AND s.service = institutions_serviceopening.service"
    " AND s.disease = institutions_serviceopening.disease)"
)


def _end_on(table: str, condition: str, params: list[object], day: date) -> int:
    """End rows on a day; one that began later ends on the day after it began."""
    late = fetch(
        f"SELECT DISTINCT effective_from FROM {table} WHERE {condition} AND effective_from >= %s",
        [*params, day],
    )
    ended = 0
    for (first,) in late:
        began = first if isinstance(first, date) else date.fromisoformat(first)
        ended += execute(
            f"UPDATE {table} SET effective_to = %s WHERE {condition} AND effective_from = %s",
            [began + timedelta(days=1), *params, began],
        )
    return ended + execute(
        f"UPDATE {table} SET effective_to = %s WHERE {condition}"
        " AND (effective_from IS NULL OR effective_from < %s)",
        [day, *params, day],
    )
