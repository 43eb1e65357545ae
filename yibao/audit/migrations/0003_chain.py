"""Chain the events, let those older than six months be purged, and nothing younger."""

from importlib import import_module

from django.db import migrations, models

from yibao.audit.chain import GENESIS, PURPOSE, RETENTION_DAYS, Facts, event_hash
from yibao.core.keys import current_key

append_only = import_module("yibao.audit.migrations.0002_append_only")
MESSAGE = append_only.MESSAGE


def add_triggers(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute(
            "CREATE TRIGGER audit_event_no_update BEFORE UPDATE ON audit_event "
            f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
        )
        schema_editor.execute(
            "CREATE TRIGGER audit_event_no_delete BEFORE DELETE ON audit_event "
            f"WHEN julianday(OLD.at) > julianday('now') - {RETENTION_DAYS} "
            f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
        )
    elif schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            "CREATE FUNCTION audit_event_refuse() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{MESSAGE}' "
            "USING ERRCODE = 'integrity_constraint_violation'; END $$"
        )
        schema_editor.execute(
            "CREATE TRIGGER audit_event_no_update BEFORE UPDATE ON audit_event "
            "FOR EACH ROW EXECUTE FUNCTION audit_event_refuse()"
        )
        schema_editor.execute(
            "CREATE TRIGGER audit_event_no_delete BEFORE DELETE ON audit_event FOR EACH ROW "
            f"WHEN (OLD.at > now() - interval '{RETENTION_DAYS} days') "
            "EXECUTE FUNCTION audit_event_refuse()"
        )
        schema_editor.execute(
            "CREATE TRIGGER audit_event_no_truncate BEFORE TRUNCATE ON audit_event "
            "FOR EACH STATEMENT EXECUTE FUNCTION audit_event_refuse()"
        )


def remove_triggers(apps, schema_editor):
    names = ["audit_event_no_update", "audit_event_no_delete"]
    if schema_editor.connection.vendor == "sqlite":
        for name in names:
            schema_editor.execute(f"DROP TRIGGER {name}")
    elif schema_editor.connection.vendor == "postgresql":
        for name in [*names, "audit_event_no_truncate"]:
            schema_editor.execute(f"DROP TRIGGER {name} ON audit_event")
        schema_editor.execute("DROP FUNCTION audit_event_refuse()")


def chain_existing(apps, schema_editor):
    """Give the events that were there before the chain their places in it."""
    Event = apps.get_model("audit", "Event")
    key = current_key(PURPOSE)
    previous, sequence = GENESIS, 0
    for event in Event.objects.order_by("id").iterator():
        sequence += 1
        event.sequence = sequence
        facts = Facts(
            **{
                name: getattr(event, name)
                for name in Facts.__dataclass_fields__
            }
        )
        event.key_id, event.previous_hash = key.id, previous
        event.hash = previous = event_hash(key, previous, facts)
        event.save()
    apps.get_model("audit", "ChainHead").objects.create(pk=1, sequence=sequence, hash=previous)


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_append_only")]
    operations = [
        # Outside the next steps: SQLite makes the table anew, which drops its triggers.
        migrations.RunPython(append_only.remove_triggers, append_only.add_triggers),
        migrations.CreateModel(
            name="ChainHead",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sequence", models.PositiveBigIntegerField(default=0)),
                ("hash", models.CharField(max_length=64)),
            ],
            options={
                "default_permissions": (),
                "constraints": [models.CheckConstraint(condition=models.Q(("pk", 1)), name="chainhead_is_one_row")],
            },
        ),
        migrations.AlterModelOptions(
            name="event",
            options={
                "default_permissions": ("view",),
                "ordering": ("-id",),
                "permissions": (("export_event", "可以导出操作记录"),),
                "verbose_name": "操作记录",
                "verbose_name_plural": "操作记录",
            },
        ),
        migrations.AddField("event", "sequence", models.PositiveBigIntegerField(null=True, verbose_name="序号", editable=False)),
        migrations.AddField("event", "region_code", models.CharField(blank=True, default="", max_length=6, verbose_name="统筹区代码"), preserve_default=False),
        migrations.AddField("event", "key_id", models.CharField(default="", editable=False, max_length=8, verbose_name="密钥编号"), preserve_default=False),
        migrations.AddField("event", "previous_hash", models.CharField(default="", editable=False, max_length=64, verbose_name="前一条的校验值"), preserve_default=False),
        migrations.AddField("event", "hash", models.CharField(default="", editable=False, max_length=64, verbose_name="校验值"), preserve_default=False),
        migrations.RunPython(chain_existing, migrations.RunPython.noop),
        migrations.AlterField("event", "sequence", models.PositiveBigIntegerField(editable=False, unique=True, verbose_name="序号")),
        migrations.AddIndex("event", models.Index(fields=["region_code", "at"], name="event_by_region")),
        migrations.AddIndex("event", models.Index(fields=["at"], name="event_by_moment")),
        migrations.RunPython(add_triggers, remove_triggers),
    ]
