"""While a long list is written, others write too: they wait for the switch, not for the list.

Real processes on a database of their own (SQLite, a file): nothing is simulated.
"""

import os
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from yibao.core.sqlite.base import Database

ROOT = Path(__file__).resolve().parents[2]
ROWS = 30_000
PREPARE = f"""
from django.utils import timezone
from yibao.accounts.models import User
from yibao.institutions import operations
from yibao.institutions.import_models import ImportSource
officer = User.objects.create(username="chen")
columns = {{"code": "code", "name": "name", "region": "region", "inpatient": "inpatient"}}
source = ImportSource.objects.create(name="名单", columns=columns)
lines = [f"H110101{{n:05d}},东城第{{n}}号医院,110101,1" for n in range({ROWS})]
content = "\\n".join(["code,name,region,inpatient", *lines, ""]).encode()
run = operations.start_import(
    source=source, region_code="000000", list_date=timezone.localdate(), is_full=False,
    upload=operations.Upload("a.csv", [content]), by=officer, at=timezone.now(),
)
"""
WORK = """
from yibao.accounts.models import User
from yibao.institutions import operations
from yibao.institutions.import_models import ImportRun
from yibao.institutions.imports import applying, worker
from yibao.institutions.imports.operations import work
import time
from django.utils import timezone
inner = applying.write
def timed(*arguments, **named):
    print("switch", time.monotonic(), flush=True)
    return inner(*arguments, **named)
applying.write = timed
def once():
    begun = time.monotonic()
    work(worker=worker.new_name(), is_alive=worker.is_alive, clock=timezone.now)
    print("done", begun, time.monotonic(), flush=True)
once()
operations.ask_to_apply(
    ImportRun.objects.get(), skip_refused=False, close_missing=None,
    by=User.objects.get(), at=timezone.now(),
)
once()
"""


def _with_django(code: str) -> list[str]:
    return [sys.executable, "-c", f"import django; django.setup()\n{code}"]


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    found = {
        **os.environ,
        "YIBAO_DATA_DIR": str(tmp_path),
        "YIBAO_OPERATOR": "",
        "DATABASE_URL": "",
        "DJANGO_SETTINGS_MODULE": "yibao.config.settings",
    }
    for command in (["migrate", "-v0"], ["load_regions"]):
        subprocess.run(
            [sys.executable, "manage.py", *command],
            cwd=ROOT, env=found, check=True, stdout=subprocess.DEVNULL,
        )  # fmt: skip
    subprocess.run(_with_django(PREPARE), cwd=ROOT, env=found, check=True)
    return found


def test_others_write_while_a_list_is_checked_and_written(environment: dict[str, str]) -> None:
    """Small writes all the while: each succeeds, and none waits longer than the switch."""
    (file,) = Path(environment["YIBAO_DATA_DIR"]).glob("*.sqlite3")
    worker = subprocess.Popen(
        _with_django(WORK), cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
    )
    waits: list[tuple[float, float]] = []
    with closing(Database.connect(file, timeout=20, isolation_level=None)) as other:
        while worker.poll() is None:
            begun = time.monotonic()
            other.execute("BEGIN IMMEDIATE")
            other.execute(
                "UPDATE core_datastamp SET value = value + 1 WHERE name = 'somebody else'"
            )
            other.execute("COMMIT")
            waits.append((begun, time.monotonic() - begun))
            time.sleep(0.01)
        held = other.execute(
            "SELECT state, (SELECT COUNT(*) FROM institutions_institution),"
            " (SELECT COUNT(*) FROM institutions_serviceopening) FROM institutions_importrun"
        ).fetchone()
    said = [line.split() for line in (worker.stdout or []) if line.strip()]
    worker.communicate()

    assert held == ("applied", ROWS, ROWS)
    done = [(float(line[1]), float(line[2])) for line in said if line[0] == "done"]
    (switch,) = (float(line[1]) for line in said if line[0] == "switch")
    whole = sum(end - begun for begun, end in done)
    before = [wait for begun, wait in waits if begun + wait < switch]
    assert max(wait for _begun, wait in waits) < whole / 2
    assert max(before) < whole / 8
    assert len(waits) > 50
