"""The database itself refuses that two rules of one key hold on the same day.

A key is a number here (`key_hash`). PostgreSQL: ranges of whole numbers have a GiST
operator class of their own, so `[key, key]` in place of `key WITH =` needs no extension
(btree_gist is only a superuser's to install). SQLite: triggers; a later migration that makes SQLite
rebuild the table drops them and has to make them anew (tests/policies/test_constraints.py).
"""

from django.db import migrations

_CONSTRAINT = "keyperiod_no_two_at_once"
_POSTGRESQL = f"""
ALTER TABLE policies_keyperiod ADD CONSTRAINT {_CONSTRAINT} EXCLUDE USING gist (
    int8range(key_hash, key_hash, '[]') WITH &&,
    int8range(low, high) WITH &&,
    daterange(effective_from, effective_to) WITH &&
) DEFERRABLE INITIALLY IMMEDIATE
"""
_SQLITE = f"""
CREATE TRIGGER {_CONSTRAINT}_{{event}} BEFORE {{moment}} ON policies_keyperiod
WHEN EXISTS (
    SELECT 1 FROM policies_keyperiod held
    WHERE held.key_hash = NEW.key_hash
      AND held.id IS NOT NEW.id
      AND held.low < NEW.high AND NEW.low < held.high
      AND (held.effective_to IS NULL OR NEW.effective_from < held.effective_to)
      AND (NEW.effective_to IS NULL OR held.effective_from < NEW.effective_to)
)
BEGIN
    SELECT RAISE(ABORT, '{_CONSTRAINT}');
END
"""


def forbid(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(_POSTGRESQL)
    else:
        schema_editor.execute(_SQLITE.format(event="insert", moment="INSERT"))
        schema_editor.execute(_SQLITE.format(event="update", moment="UPDATE"))


def allow(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"ALTER TABLE policies_keyperiod DROP CONSTRAINT {_CONSTRAINT}")
    else:
        schema_editor.execute(f"DROP TRIGGER {_CONSTRAINT}_insert")
        schema_editor.execute(f"DROP TRIGGER {_CONSTRAINT}_update")


class Migration(migrations.Migration):
    dependencies = [("policies", "0001_initial")]
    operations = [migrations.RunPython(forbid, allow)]
