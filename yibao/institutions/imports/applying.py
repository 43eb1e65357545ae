"""Write a compared list into what is held: the switch, set-based, in one transaction.

Nothing here opens a transaction: `imports.operations` does. What is written was worked out
before (`imports.preparing`), so that the database's only writer is held as shortly as can be.
"""

# ruff: noqa: S608 (names of tables and columns are ours, values are parameters)

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from yibao.institutions.import_models import ImportRun, Outcome
from yibao.institutions.imports import history
from yibao.institutions.imports.comparing import Spoken, spoken_of
from yibao.institutions.imports.preparing import FIELDS, PROVENANCE, READY, column_of
from yibao.institutions.imports.tables import Span, execute, fetch, number, numbered, spans_of_list
from yibao.institutions.indexing import Keys

# Rows of one statement: SQLite holds what an UPDATE ... FROM reads in memory.
_AT_ONCE = 1_500
_WRITTEN = (
    *(column_of(name) for name in READY),
    "effective_from",
    "end_reason",
    *PROVENANCE,
    "synthetic",
)


def write(
    run: ImportRun, kept: Mapping[str, int], *, closed_because: str, merged_because: str
) -> int:
    """Write the list; the caller's transaction makes it visible all at once.

    `kept` is what `preparing.prepare` returned. The reasons are what staff and visitors
    read beside an entry that has ended. Returns how many institutions were closed because
    the full list no longer names them.
    """
    spoken = spoken_of(run)
    closed = _end(run, "closed", closed_because) if kept["closed"] else 0
    history.keep_changes(run, spoken, has_ended=bool(kept["closed"] or kept["merged"]))
    if kept["changed"]:
        _keep_former_names(run, spoken)
        _change(run)
    if kept["seen"]:
        _confirm(run)
    _insert(run)
    if kept["merged"]:
        _end(run, "merged", merged_because)
        execute(
            "UPDATE institutions_institution SET merged_into_id = r.code"
            " FROM institutions_importrow r WHERE r.run_id = %s AND r.outcome = %s"
            " AND r.twin = institutions_institution.code",
            [run.pk, Outcome.NEW],
        )
    if spoken.services:
        _write_openings(run, spoken)
    return closed


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
        " SELECT i.code, i.name, NULL, %s, %s FROM import_changed c"
        " JOIN institutions_institution i ON i.code = c.code WHERE c.name <> i.name"
        " AND NOT EXISTS (SELECT 1 FROM institutions_institutionname n"
        " WHERE n.institution_id = i.code AND n.name = i.name AND n.used_to = %s)",
        [run.list_date, run.source.name, run.list_date],
    )


def _change(run: ImportRun) -> None:
    """Bring changed rows in line, search columns included."""
    sets = ", ".join(
        [f"{column_of(name)} = c.{name}" for name in (*FIELDS, *Keys._fields)]
        + ["effective_to = NULL", "end_reason = ''", "merged_into_id = NULL", *_SEEN]
    )
    for low, high in _numbers("import_changed"):
        execute(
            f"UPDATE institutions_institution SET {sets} FROM import_changed c"
            " WHERE c.number > %s AND c.number <= %s AND c.code = institutions_institution.code",
            [*_provenance(run), low, high],
        )


_SEEN = ("source_name = %s", "source_date = %s", "checked_on = %s", "document_id = NULL")


def _provenance(run: ImportRun) -> tuple[str, date, date]:
    return run.source.name, run.list_date, run.list_date


def _confirm(run: ImportRun) -> None:
    """Say of every row that is as the list says that the list has seen it."""
    for low, high in spans_of_list(size=_AT_ONCE):
        execute(
            f"UPDATE institutions_institution SET {', '.join(_SEEN)} WHERE position IN"
            " (SELECT s.position FROM import_same s WHERE s.position > %s AND s.position <= %s)",
            [*_provenance(run), low, high],
        )


def _insert(run: ImportRun) -> None:
    """Add the new rows in the order of results, as the search index is built fastest.

    Many by each statement: SQLite's full-text index writes what it has gathered at the end
    of each. Not all by one: where a table has triggers SQLite first copies the rows to memory.
    """
    for low, high in _numbers("import_new"):
        execute(
            f"INSERT INTO institutions_institution ({', '.join(_WRITTEN)})"
            f" SELECT {', '.join(READY)}, %s, '', %s, %s, %s, %s FROM import_new"
            " WHERE number > %s AND number <= %s ORDER BY number",
            [run.list_date, *_provenance(run), False, low, high],
        )


def _numbers(table: str) -> Iterator[Span]:
    ((low, high),) = fetch(f"SELECT MIN(number), MAX(number) FROM {table}")
    return numbered(low - 1, high, size=_AT_ONCE) if low is not None else iter(())


def _write_openings(run: ImportRun, spoken: Spoken) -> None:
    """End openings that the list no longer names, confirm those it does, add the rest."""
    low, high = fetch("SELECT MIN(opening), MAX(opening) FROM import_touched")[0]
    for first, last in numbered(low - 1, high) if low is not None else ():
        execute(
            "UPDATE institutions_serviceopening SET effective_to = NULL, checked_on = %s,"
            " source_name = %s WHERE id IN (SELECT opening FROM import_touched"
            " WHERE opening > %s AND opening <= %s AND is_named = 1)",
            [run.list_date, run.source.name, first, last],
        )
    _end_on(
        "institutions_serviceopening",
        "id IN (SELECT opening FROM import_touched WHERE is_named = 0) AND effective_to IS NULL",
        [],
        run.list_date,
    )
    last = number("SELECT MAX(id) FROM institutions_serviceopening")
    execute(
        "INSERT INTO institutions_serviceopening (institution_id, service, disease, scope,"
        " source_name, checked_on, effective_from)"
        " SELECT code, service, disease, %s, %s, %s, %s FROM import_opening",
        [spoken.scope, *_provenance(run)],
    )
    execute(
        "INSERT INTO institutions_importopening (run_id, deed, opening_key, source_name)"
        " SELECT %s, 'made', o.id, '' FROM institutions_serviceopening o WHERE o.id > %s",
        [run.pk, last],
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
