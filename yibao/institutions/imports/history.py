"""What a list changed, field by field, kept beside the entries; the audit keeps its digest."""

# ruff: noqa: S608 (names of tables and columns are ours, values are parameters)

from hashlib import sha256

from django.db import connection

from yibao.institutions.import_models import ImportRun
from yibao.institutions.imports.comparing import Spoken
from yibao.institutions.imports.tables import execute

_CHUNK = 5_000
# The name of a field in the change log, where the staging table has another.
_NAME_OF = {"region_code": "region"}


def keep_changes(run: ImportRun, spoken: Spoken, *, has_ended: bool) -> None:
    """Add a line for each field that the list changes; call it before entries are written.

    New entries have no line: they begin. What a list ends (`has_ended`: something) or lists
    again has one.
    """
    columns = "institution_id, day, field, before, after, run_id"
    for field in spoken.fields:
        execute(
            f"INSERT INTO institutions_institutionchange ({columns})"
            f" SELECT b.code, %s, %s, b.{field}, c.{field}, %s FROM import_changed c"
            " JOIN institutions_importbefore b ON b.run_id = %s AND b.code = c.code"
            f" WHERE b.{field} <> c.{field} ORDER BY c.number",
            [run.list_date, _NAME_OF.get(field, field), run.pk, run.pk],
        )
    if not (has_ended or run.counts["changed"]):
        return
    for deeds, before, after, condition in (
        ("'changed'", "CAST(b.effective_to AS varchar(10))", "''", "b.effective_to IS NOT NULL"),
        ("'closed', 'merged'", "''", "%s", "b.effective_to IS NULL"),
    ):
        ended = [str(run.list_date)] if after == "%s" else []
        execute(
            f"INSERT INTO institutions_institutionchange ({columns})"
            f" SELECT b.code, %s, 'effective_to', {before}, {after}, %s"
            f" FROM institutions_importbefore b WHERE b.run_id = %s AND b.deed IN ({deeds})"
            f" AND {condition} ORDER BY b.id",
            [run.list_date, *ended, run.pk, run.pk],
        )


def digest(run: ImportRun) -> tuple[int, str]:
    """Return how many lines a run has, and the SHA-256 of them.

    A line is code, field, before and after with a tab between and a line feed at the end,
    in UTF-8, in the order of codes and fields.
    """
    whole, lines = sha256(), 0
    with connection.chunked_cursor() as cursor:
        cursor.execute(
            "SELECT institution_id, field, before, after FROM institutions_institutionchange"
            " WHERE run_id = %s ORDER BY institution_id, field",
            [run.pk],
        )
        while rows := cursor.fetchmany(_CHUNK):
            lines += len(rows)
            whole.update("".join("\t".join(row) + "\n" for row in rows).encode())
    return lines, whole.hexdigest()


def take_back(run: ImportRun) -> None:
    """Drop the lines of entries that are again as they were before the run."""
    execute(
        "DELETE FROM institutions_institutionchange WHERE run_id = %s AND EXISTS ("
        "SELECT 1 FROM institutions_importbefore b JOIN institutions_institution i"
        " ON i.code = b.code AND i.source_name = b.source_name"
        " AND i.source_date = b.source_date WHERE b.run_id = %s"
        " AND b.code = institutions_institutionchange.institution_id)",
        [run.pk, run.pk],
    )
