"""Take an import back. What staff changed since then stays as they left it."""

# ruff: noqa: S608 (names of tables and columns are ours, values are parameters)

from yibao.institutions.import_models import ImportBefore, ImportOpening, ImportRun, Outcome
from yibao.institutions.imports import history
from yibao.institutions.imports.comparing import spoken_of
from yibao.institutions.imports.preparing import FIELDS, KEPT, PROVENANCE, column_of
from yibao.institutions.imports.tables import execute, number, spans_of_list, spans_of_run

_I = "institutions_institution"
# As the import left it: seen in its list, on its day, and still listed.
_UNTOUCHED = (
    f" AND {_I}.source_name = %s AND {_I}.source_date = %s AND {_I}.checked_on = %s"
    f" AND {_I}.effective_to IS NULL"
)


def take_back(run: ImportRun) -> int:
    """Restore what was before; return how many entries were kept because staff changed them."""
    left = [run.source.name, run.list_date, run.list_date]
    _take_back_openings(run)
    _restore_ended(run)
    restored = _restore_changed(run, left)
    _restore_seen(run, left)
    history.take_back(run)
    removed = _remove_new(run, left)
    touched = number(
        "SELECT COUNT(*) FROM institutions_importrow WHERE run_id = %s AND outcome IN (%s, %s)",
        [run.pk, Outcome.NEW, Outcome.CHANGED],
    )
    return touched - restored - removed


def _take_back_openings(run: ImportRun) -> None:
    for low, high in spans_of_run(ImportOpening, run.pk):
        execute(
            "UPDATE institutions_serviceopening SET effective_to = b.effective_to,"
            " checked_on = b.checked_on, source_name = b.source_name"
            " FROM institutions_importopening b WHERE b.id > %s AND b.id <= %s"
            " AND b.run_id = %s AND b.deed = 'touched'"
            " AND b.opening_key = institutions_serviceopening.id",
            [low, high, run.pk],
        )
        execute(
            "DELETE FROM institutions_serviceopening WHERE source_name = %s AND effective_from = %s"
            " AND effective_to IS NULL AND id IN (SELECT opening_key"
            " FROM institutions_importopening WHERE id > %s AND id <= %s"
            " AND run_id = %s AND deed = 'made')",
            [run.source.name, run.list_date, low, high, run.pk],
        )


def _restore_ended(run: ImportRun) -> None:
    """List again what the import closed or merged."""
    execute(
        f"UPDATE {_I} SET effective_to = b.effective_to, end_reason = b.end_reason,"
        " merged_into_id = NULLIF(b.merged_code, '') FROM institutions_importbefore b"
        f" WHERE b.run_id = %s AND b.deed IN ('closed', 'merged') AND b.code = {_I}.code"
        f" AND {_I}.effective_to IS NOT NULL",
        [run.pk],
    )


def _restore_changed(run: ImportRun, left: list[object]) -> int:
    spoken = spoken_of(run)
    same = "".join(f" AND {_I}.{column_of(name)} = r.{name}" for name in spoken.fields)
    values = ", ".join(
        f"{column_of(name)} = NULLIF(b.{name}, '')"
        if name == "merged_code"
        else f"{column_of(name)} = b.{name}"
        for name in KEPT
    )
    execute(
        "DELETE FROM institutions_institutionname WHERE used_to = %s AND source_name = %s"
        " AND EXISTS (SELECT 1 FROM institutions_importbefore b WHERE b.run_id = %s"
        " AND b.deed = 'changed' AND b.code = institutions_institutionname.institution_id"
        " AND b.name = institutions_institutionname.name)",
        [run.list_date, run.source.name, run.pk],
    )
    return execute(
        f"UPDATE {_I} SET {values} FROM institutions_importbefore b"
        " JOIN institutions_importrow r ON r.run_id = b.run_id AND r.code = b.code"
        f" AND r.outcome = 'changed' WHERE b.run_id = %s AND b.deed = 'changed'"
        f" AND b.code = {_I}.code{same}{_UNTOUCHED}",
        [run.pk, *left],
    )


def _restore_seen(run: ImportRun, left: list[object]) -> None:
    values = ", ".join(f"{name} = b.{name}" for name in (*PROVENANCE, "document_id"))
    values = values.replace("b.document_id", "b.document_slug")
    for low, high in spans_of_run(ImportBefore, run.pk):
        execute(
            f"UPDATE {_I} SET {values} FROM institutions_importbefore b"
            " WHERE b.id > %s AND b.id <= %s AND b.run_id = %s AND b.deed = 'seen'"
            f" AND b.code = {_I}.code{_UNTOUCHED}",
            [low, high, run.pk, *left],
        )


def _remove_new(run: ImportRun, left: list[object]) -> int:
    """Remove what the import added, but for entries that something hangs on by now."""
    same = "".join(f" AND r.{name} = {_I}.{column_of(name)}" for name in FIELDS)
    free = "".join(
        f" AND NOT EXISTS (SELECT 1 FROM institutions_{table} x WHERE x.{column} = {_I}.code)"
        for table, column in (
            ("serviceopening", "institution_id"),
            ("institutionname", "institution_id"),
            ("wrongentryreport", "institution_id"),
            ("institutionchange", "institution_id"),
            ("institution", "merged_into_id"),
        )
    )
    return sum(
        execute(
            f"DELETE FROM {_I} WHERE {_I}.position > %s AND {_I}.position <= %s"
            " AND EXISTS (SELECT 1 FROM institutions_importrow r"
            f" WHERE r.run_id = %s AND r.outcome = 'new' AND r.code = {_I}.code{same})"
            f"{_UNTOUCHED}{free}",
            [low, high, run.pk, *left],
        )
        for low, high in [*spans_of_list()]
    )
