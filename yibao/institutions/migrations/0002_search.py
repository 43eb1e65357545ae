"""The search index over `grams`, and the refusal of synthetic rows.

SQLite: an external-content FTS5 table whose row ids are `position`, kept by triggers.
A later migration that makes SQLite rebuild `institutions_institution` drops the triggers
with the old table and has to call `create` again.
PostgreSQL: a GIN index on the tokens. Without good statistics the planner misjudges them.
"""

from django.db import migrations

SQLITE = (
    """CREATE VIRTUAL TABLE institutions_search USING fts5(
        grams, content='institutions_institution', content_rowid='position', detail=none,
        columnsize=0, tokenize="ascii tokenchars '|:'")""",
    """CREATE TRIGGER institutions_search_insert AFTER INSERT ON institutions_institution BEGIN
        INSERT INTO institutions_search(rowid, grams) VALUES (new.position, new.grams); END""",
    """CREATE TRIGGER institutions_search_delete AFTER DELETE ON institutions_institution BEGIN
        INSERT INTO institutions_search(institutions_search, rowid, grams)
        VALUES ('delete', old.position, old.grams); END""",
    """CREATE TRIGGER institutions_search_update AFTER UPDATE OF position, grams
        ON institutions_institution
        WHEN old.position <> new.position OR old.grams <> new.grams BEGIN
        INSERT INTO institutions_search(institutions_search, rowid, grams)
        VALUES ('delete', old.position, old.grams);
        INSERT INTO institutions_search(rowid, grams) VALUES (new.position, new.grams); END""",
    """CREATE TRIGGER institutions_no_synthetic BEFORE INSERT ON institutions_institution
        WHEN new.synthetic BEGIN
        SELECT RAISE(ABORT, 'synthetic institutions are for benchmark databases only'); END""",
    """CREATE TRIGGER institutions_stay_real BEFORE UPDATE OF synthetic ON institutions_institution
        WHEN new.synthetic BEGIN
        SELECT RAISE(ABORT, 'synthetic institutions are for benchmark databases only'); END""",
)
SQLITE_BACK = (
    "DROP TRIGGER institutions_stay_real",
    "DROP TRIGGER institutions_no_synthetic",
    "DROP TRIGGER institutions_search_update",
    "DROP TRIGGER institutions_search_delete",
    "DROP TRIGGER institutions_search_insert",
    "DROP TABLE institutions_search",
)
POSTGRESQL = (
    "CREATE INDEX institutions_grams ON institutions_institution "
    "USING gin (string_to_array(grams, ' '))",
    "ALTER INDEX institutions_grams ALTER COLUMN 1 SET STATISTICS 1000",
    "ALTER TABLE institutions_institution "
    "ADD CONSTRAINT institutions_no_synthetic CHECK (NOT synthetic)",
)
POSTGRESQL_BACK = (
    "ALTER TABLE institutions_institution DROP CONSTRAINT institutions_no_synthetic",
    "DROP INDEX institutions_grams",
)
# What a benchmark database runs before synthetic rows come in; no other may.
ALLOW_SYNTHETIC = {
    "sqlite": SQLITE_BACK[:2],
    "postgresql": POSTGRESQL_BACK[:1],
}


def create(apps, schema_editor):
    _run(schema_editor, {"sqlite": SQLITE, "postgresql": POSTGRESQL})


def drop(apps, schema_editor):
    _run(schema_editor, {"sqlite": SQLITE_BACK, "postgresql": POSTGRESQL_BACK})


def _run(schema_editor, statements):
    for statement in statements[schema_editor.connection.vendor]:
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("institutions", "0001_initial")]
    operations = [migrations.RunPython(create, drop)]
