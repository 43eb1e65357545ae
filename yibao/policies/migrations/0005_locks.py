"""The database itself refuses changes of what was published.

A published or withdrawn revision, its provisions and its endings stay as they are; of a
published provision only the end is ever set, or that it was taken back, and only by a
revision that is still open (so in the transaction that publishes it); what has an end is
ended once more only on an earlier day, so that who set the end that holds stays written. Drafts and withdrawn
revisions may be purged. A later migration that adds a column to one of these tables, or
makes SQLite rebuild it, has to drop and add the locks anew
(tests/policies/test_locks.py tries every column).
"""

from django.db import migrations

PROVISIONS = (
    "filingrule materialrequirement channel deductible paymentband groupadjustment paymentcap "
    "awayadjustment secondlayer secondlayerband medicalaid supplement chronicdisease claimrule "
    "enrolmentrule accountrule remark"
).split()
MESSAGE = "published policy is locked"
OPEN = "('draft', 'in_review')"
_MAY_CHANGE = {"effective_to", "ended_by_id", "withdrawn_by_id"}
_TRUNCATED = ("revision", "ending", *PROVISIONS)

_ENDED_OR_TAKEN_BACK = """
OLD.withdrawn_by_id IS NULL AND (
    ({is_open_ended} AND NEW.withdrawn_by_id IS NULL
     AND NEW.effective_to IS NOT NULL
     AND (OLD.effective_to IS NULL OR NEW.effective_to < OLD.effective_to
          OR (NEW.effective_to = OLD.effective_to AND NEW.ended_by_id = OLD.ended_by_id)))
    OR
    ({is_open_withdrawn}
     AND NEW.effective_to IS {same} OLD.effective_to AND NEW.ended_by_id IS {same} OLD.ended_by_id)
)
"""


# --- SQLite -------------------------------------------------------------------------------


def _is_open(revision: str) -> str:
    return f"(SELECT status FROM policies_revision WHERE id = {revision}) IN {OPEN}"


def _trigger(name: str, moment: str, when: str) -> str:
    return (
        f"CREATE TRIGGER policies_lock_{name} BEFORE {moment} WHEN {when} "
        f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
    )


def _children_on_sqlite(name: str, exception: str) -> list[str]:
    table = f"policies_{name}"
    return [
        _trigger(f"{name}_insert", f"INSERT ON {table}", f"NOT {_is_open('NEW.revision_id')}"),
        _trigger(
            f"{name}_update",
            f"UPDATE ON {table}",
            f"NOT {_is_open('NEW.revision_id')} AND NEW.revision_id IS NOT OLD.revision_id "
            f"OR NOT {_is_open('OLD.revision_id')} AND ({exception}) IS NOT TRUE",
        ),
        _trigger(
            f"{name}_delete",
            f"DELETE ON {table}",
            "(SELECT status FROM policies_revision WHERE id = OLD.revision_id) = 'published'",
        ),
    ]


def _columns(editor, table: str) -> list[str]:
    with editor.connection.cursor() as cursor:
        found = editor.connection.introspection.get_table_description(cursor, table)
    return [column.name for column in found if column.name not in _MAY_CHANGE]


def _on_sqlite(editor) -> list[str]:
    ended = _ENDED_OR_TAKEN_BACK.format(
        is_open_ended=_is_open("NEW.ended_by_id"),
        is_open_withdrawn=_is_open("NEW.withdrawn_by_id"),
        same="",
    )
    statements = [
        _trigger(
            "revision_update", "UPDATE ON policies_revision", f"OLD.status NOT IN {OPEN}"
        ),
        _trigger("revision_delete", "DELETE ON policies_revision", "OLD.status = 'published'"),
        *_children_on_sqlite("ending", "0"),
    ]
    for name in PROVISIONS:
        same = " AND ".join(
            f'NEW."{column}" IS OLD."{column}"' for column in _columns(editor, f"policies_{name}")
        )
        statements += _children_on_sqlite(name, f"{same} AND {ended}")
    return statements


# --- PostgreSQL ---------------------------------------------------------------------------

_FUNCTIONS = f"""
CREATE FUNCTION policies_lock_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '{MESSAGE}' USING ERRCODE = 'integrity_constraint_violation';
END $$;

-- The row lock makes an insert into a draft and its publication take turns.
CREATE FUNCTION policies_lock_is_open(wanted bigint) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE held text;
BEGIN
    SELECT status INTO held FROM policies_revision WHERE id = wanted FOR SHARE;
    RETURN held IN {OPEN};
END $$;

CREATE FUNCTION policies_lock_child() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    may_change text[] := ARRAY['effective_to', 'ended_by_id', 'withdrawn_by_id'];
    is_exempt boolean := false;
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF (SELECT status FROM policies_revision WHERE id = OLD.revision_id) = 'published' THEN
            RAISE EXCEPTION '{MESSAGE}' USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN OLD;
    END IF;
    IF TG_OP = 'UPDATE' THEN
        IF NOT policies_lock_is_open(OLD.revision_id) THEN
            IF TG_TABLE_NAME <> 'policies_ending' THEN
                is_exempt := to_jsonb(NEW) - may_change = to_jsonb(OLD) - may_change AND
                    {_ENDED_OR_TAKEN_BACK.format(
                        is_open_ended="policies_lock_is_open(NEW.ended_by_id)",
                        is_open_withdrawn="policies_lock_is_open(NEW.withdrawn_by_id)",
                        same="NOT DISTINCT FROM",
                    )};
            END IF;
            IF is_exempt IS NOT TRUE THEN
                RAISE EXCEPTION '{MESSAGE}' USING ERRCODE = 'integrity_constraint_violation';
            END IF;
        END IF;
        IF NEW.revision_id = OLD.revision_id THEN
            RETURN NEW;
        END IF;
    END IF;
    IF NOT policies_lock_is_open(NEW.revision_id) THEN
        RAISE EXCEPTION '{MESSAGE}' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
"""


def _on_postgresql() -> list[str]:
    refuse = "FOR EACH ROW WHEN ({when}) EXECUTE FUNCTION policies_lock_refuse()"
    statements = [
        _FUNCTIONS,
        "CREATE TRIGGER policies_lock_revision_update BEFORE UPDATE ON policies_revision "
        + refuse.format(when=f"OLD.status NOT IN {OPEN}"),
        "CREATE TRIGGER policies_lock_revision_delete BEFORE DELETE ON policies_revision "
        + refuse.format(when="OLD.status = 'published'"),
    ]
    statements += [
        f"CREATE TRIGGER policies_lock_{name} BEFORE INSERT OR UPDATE OR DELETE "
        f"ON policies_{name} FOR EACH ROW EXECUTE FUNCTION policies_lock_child()"
        for name in ("ending", *PROVISIONS)
    ]
    return statements + [
        f"CREATE TRIGGER policies_lock_{name}_truncate BEFORE TRUNCATE ON policies_{name} "
        "FOR EACH STATEMENT EXECUTE FUNCTION policies_lock_refuse()"
        for name in _TRUNCATED
    ]


# --- both ---------------------------------------------------------------------------------


def add_locks(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        statements = _on_postgresql()
    else:
        statements = _on_sqlite(schema_editor)
    for statement in statements:
        schema_editor.execute(statement)


def remove_locks(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for name in _TRUNCATED:
            schema_editor.execute(f"DROP TRIGGER policies_lock_{name}_truncate ON policies_{name}")
        for name in ("ending", *PROVISIONS):
            schema_editor.execute(f"DROP TRIGGER policies_lock_{name} ON policies_{name}")
        for event in ("update", "delete"):
            schema_editor.execute(f"DROP TRIGGER policies_lock_revision_{event} ON policies_revision")
        for name in ("child()", "is_open(bigint)", "refuse()"):
            schema_editor.execute(f"DROP FUNCTION policies_lock_{name}")
    else:
        for name in ("revision_update", "revision_delete"):
            schema_editor.execute(f"DROP TRIGGER policies_lock_{name}")
        for name in ("ending", *PROVISIONS):
            for event in ("insert", "update", "delete"):
                schema_editor.execute(f"DROP TRIGGER policies_lock_{name}_{event}")


class Migration(migrations.Migration):
    dependencies = [("policies", "0004_replay")]
    operations = [migrations.RunPython(add_locks, remove_locks)]
