"""Set the locks anew: an end on the day that stands already no longer changes who set it."""

from importlib import import_module

from django.db import migrations

_locks = import_module("yibao.policies.migrations.0005_locks")


def renew_locks(apps, schema_editor):
    _locks.remove_locks(apps, schema_editor)
    _locks.add_locks(apps, schema_editor)


class Migration(migrations.Migration):
    dependencies = [("policies", "0008_known_answers")]
    operations = [migrations.RunPython(renew_locks, migrations.RunPython.noop)]
