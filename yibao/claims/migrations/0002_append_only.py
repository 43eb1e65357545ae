"""Decisions, their lines, payments and the year's totals are only added: the database refuses
to change them, and to remove what is younger than the shortest retention a site may set."""

from django.db import migrations

TABLES = ("decision", "linedecision", "paymententry", "accumulatorentry")
MESSAGE = "claims are append-only"
LEAST_DAYS = 2 * 365  # of YIBAO_CASE_YEARS


def add_triggers(apps, schema_editor):
    vendor = schema_editor.connection.vendor
    if vendor == "postgresql":
        schema_editor.execute(
            "CREATE FUNCTION claims_refuse() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{MESSAGE}' "
            "USING ERRCODE = 'integrity_constraint_violation'; END $$"
        )
    for table in TABLES:
        name = f"claims_{table}"
        if vendor == "sqlite":
            schema_editor.execute(
                f"CREATE TRIGGER {name}_no_update BEFORE UPDATE ON {name} "
                f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
            )
            schema_editor.execute(
                f"CREATE TRIGGER {name}_no_delete BEFORE DELETE ON {name} "
                f"WHEN julianday(OLD.at) > julianday('now') - {LEAST_DAYS} "
                f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
            )
        elif vendor == "postgresql":
            schema_editor.execute(
                f"CREATE TRIGGER {name}_no_update BEFORE UPDATE ON {name} "
                "FOR EACH ROW EXECUTE FUNCTION claims_refuse()"
            )
            schema_editor.execute(
                f"CREATE TRIGGER {name}_no_delete BEFORE DELETE ON {name} FOR EACH ROW "
                f"WHEN (OLD.at > now() - interval '{LEAST_DAYS} days') "
                "EXECUTE FUNCTION claims_refuse()"
            )
            schema_editor.execute(
                f"CREATE TRIGGER {name}_no_truncate BEFORE TRUNCATE ON {name} "
                "FOR EACH STATEMENT EXECUTE FUNCTION claims_refuse()"
            )


def remove_triggers(apps, schema_editor):
    vendor = schema_editor.connection.vendor
    for table in TABLES:
        name = f"claims_{table}"
        if vendor == "sqlite":
            for moment in ("update", "delete"):
                schema_editor.execute(f"DROP TRIGGER {name}_no_{moment}")
        elif vendor == "postgresql":
            for moment in ("update", "delete", "truncate"):
                schema_editor.execute(f"DROP TRIGGER {name}_no_{moment} ON {name}")
    if vendor == "postgresql":
        schema_editor.execute("DROP FUNCTION claims_refuse()")


class Migration(migrations.Migration):
    dependencies = [("claims", "0001_initial")]
    operations = [migrations.RunPython(add_triggers, remove_triggers)]
