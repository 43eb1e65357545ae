"""Real processes of the site on a database of their own (SQLite, a file)."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ASK = """
from django.utils import timezone
from yibao.accounts.models import User
from yibao.institutions import operations
from yibao.institutions.import_models import ImportSource
officer = User.objects.create(username="chen")
columns = {{"code": "code", "name": "name", "region": "region", "inpatient": "inpatient"}}
source = ImportSource.objects.create(name="名单", columns=columns)
lines = [f"H110101{{n:05d}},{name},110101,1" for n in range({rows})]
content = "\\n".join(["code,name,region,inpatient", *lines, ""]).encode()
run = operations.start_import(
    source=source, region_code="000000", list_date=timezone.localdate(), is_full=False,
    upload=operations.Upload("a.csv", [content]), by=officer, at=timezone.now(),
)
"""
"""An officer hands in a list; `name` is what the n-th institution is called."""


def make_site(folder: Path) -> dict[str, str]:
    """Return the environment of processes that share an empty site in a folder."""
    environment = {
        **os.environ,
        "YIBAO_DATA_DIR": str(folder),
        "YIBAO_OPERATOR": "",
        "DATABASE_URL": "",
        "DJANGO_SETTINGS_MODULE": "yibao.config.settings",
    }
    for command in (["migrate", "-v0"], ["load_regions"]):
        python(["manage.py", *command], environment)
    return environment


def python(arguments: list[str], environment: dict[str, str]) -> None:
    subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL,
    )  # fmt: skip


def with_django(code: str) -> list[str]:
    return ["-c", f"import django; django.setup()\n{code}"]
