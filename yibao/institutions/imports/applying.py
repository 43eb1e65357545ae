"""Write a compared list into what is held, and take it back: set-based, in one transaction each.

Nothing here opens a transaction: `imports.operations` does.
"""

# ruff: noqa: S608 (names of tables and columns are ours, values are parameters)

from collections import defaultdict
from datetime import date, timedelta

from yibao.institutions.import_models import ImportBefore, ImportRow, ImportRun, Outcome
from yibao.institutions.imports.comparing import COLUMN_OF, Spoken, missing, spoken_of
from yibao.institutions.imports.tables import execute, fetch, marks, number, update_keyed
from yibao.institutions.indexing import Keys, keys_of, region_line

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


def column_of(name: str) -> str:
    """Return the institution's column for a name of the import's own tables."""
    return _COLUMN.get(name, name)


# --- before the switch: codes and search keys ---------------------------------------------


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
    for key, region in fetch(
        "SELECT id, region_code FROM institutions_importrow"
        " WHERE run_id = %s AND outcome = %s AND code = '' ORDER BY line",
        [run.pk, Outcome.NEW],
    ):
        digits = region if region.isdigit() else XPCC_DIGITS
        last[digits] += 1
        given.append((f"Y{digits}{last[digits]:05d}", key))
    for start in range(0, len(given), CHUNK):
        update_keyed(ImportRow, ("code",), given[start : start + CHUNK])


def count_unindexed(run: ImportRun) -> int:
    """Return how many rows `index_chunk` still has to do."""
    return number(
        "SELECT COUNT(*) FROM institutions_importrow"
        " WHERE run_id = %s AND outcome IN (%s, %s) AND position = 0",
        [run.pk, Outcome.NEW, Outcome.CHANGED],
    )


def key_range(run: ImportRun) -> tuple[int, int]:
    """Return the key before the run's first row, and that of its last."""
    ((first, last),) = fetch(
        "SELECT MIN(id), MAX(id) FROM institutions_importrow WHERE run_id = %s", [run.pk]
    )
    return (first or 1) - 1, last or 0


def index_chunk(run: ImportRun, after: int, lines: dict[str, tuple[str, ...]]) -> tuple[int, int]:
    """Set the search keys of the next rows that will be written.

    Rows are taken by ranges of their key: sorting what is left for every chunk would cost
    more than the work. `lines` remembers `region_line` from chunk to chunk: outside a
    request each look at the regions asks the database whether they are fresh.

    Returns (the end of the range, how many rows of it were done).
    """
    spoken = spoken_of(run)
    held = ", ".join(
        f"r.{name}" if name in spoken.fields else f"COALESCE(i.{column_of(name)}, r.{name})"
        for name in ("name", "aliases", "kind", "level", "grade", "region_code")
    )
    rows = fetch(
        f"SELECT r.id, r.line, r.code, {held} FROM institutions_importrow r"
        " LEFT JOIN institutions_institution i ON i.code = r.code"
        # The plus keeps SQLite from the index of the run, whose rows it would all look at.
        " WHERE +r.run_id = %s AND r.outcome IN (%s, %s) AND r.position = 0"
        " AND r.id > %s AND r.id <= %s",
        [run.pk, Outcome.NEW, Outcome.CHANGED, after, after + CHUNK],
    )
    if not rows:
        return after + CHUNK, 0
    services = _services_of(run, [row[1] for row in rows], [row[2] for row in rows])
    keyed = []
    for key, _line, code, name, aliases, kind, level, grade, region in rows:
        line = lines.get(region)
        if line is None:
            line = lines[region] = region_line(region)
        found = keys_of(
            code=code,
            name=name,
            aliases=aliases,
            kind=kind,
            level=level,
            grade=grade,
            line=line,
            services=sorted(services[code]),
        )
        keyed.append((*found, key))
    update_keyed(ImportRow, _KEYS, keyed)
    return after + CHUNK, len(rows)


def _services_of(
    run: ImportRun, lines: list[int], codes: list[str]
) -> dict[str, set[tuple[str, str]]]:
    """Return the services of any day that each institution will have."""
    found: dict[str, set[tuple[str, str]]] = defaultdict(set)
    code_of = dict(zip(lines, codes, strict=True))
    for line, service, disease in fetch(
        "SELECT line, service, disease FROM institutions_importservice"
        " WHERE run_id = %s AND line BETWEEN %s AND %s",
        [run.pk, min(lines), max(lines)],
    ):
        if line in code_of:
            found[code_of[line]].add((service, disease))
    for code, service, disease in fetch(
        "SELECT institution_id, service, disease FROM institutions_serviceopening"
        f" WHERE institution_id IN ({marks(codes)})",
        codes,
    ):
        found[code].add((service, disease))
    return found


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
    _keep_former_names(run, spoken)
    _update(run, spoken)
    _insert(run)
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
        [f"{column_of(name)} = r.{name}" for name in (*spoken.fields, *_KEYS)]
        + ["effective_to = NULL", "end_reason = ''", "merged_into_id = NULL", seen]
    )
    for outcome, sets in ((Outcome.CHANGED, changed), (Outcome.SAME, seen)):
        execute(
            f"UPDATE institutions_institution SET {sets} FROM institutions_importrow r"
            " WHERE r.run_id = %s AND r.outcome = %s AND r.code = institutions_institution.code",
            [*provenance, run.pk, outcome],
        )


def _insert(run: ImportRun) -> None:
    """Add the new rows in the order of results, as the search index is built fastest."""
    names = (*FIELDS, *_KEYS)
    columns = ", ".join(column_of(name) for name in names)
    execute(
        "INSERT INTO institutions_institution (code, effective_from, end_reason, source_name,"
        f" source_date, checked_on, synthetic, {columns})"
        f" SELECT r.code, %s, '', %s, %s, %s, %s, {', '.join(f'r.{name}' for name in names)}"
        " FROM institutions_importrow r WHERE r.run_id = %s AND r.outcome = %s"
        " ORDER BY r.position",
        [
            run.list_date,
            run.source.name,
            run.list_date,
            run.list_date,
            False,
            run.pk,
            Outcome.NEW,
        ],
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
