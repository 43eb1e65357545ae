"""`kill -9` of a worker in the middle of its transaction: all or nothing, and the next one goes on.

Real processes on a database of their own (SQLite, a file): nothing is simulated.
"""

import os
import signal
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from yibao.core.sqlite.base import Database

ROOT = Path(__file__).resolve().parents[2]
ROWS = 2_000
PREPARE = f"""
from django.utils import timezone
from yibao.accounts.models import User
from yibao.institutions import operations
from yibao.institutions.import_models import ImportSource
from yibao.institutions.imports import worker
from yibao.institutions.imports.operations import work
officer = User.objects.create(username="chen")
columns = {{"code": "code", "name": "name", "region": "region", "inpatient": "inpatient"}}
source = ImportSource.objects.create(name="名单", columns=columns)
lines = [f"H110101{{n:05d}},第{{n}}医院,110101,1" for n in range({ROWS})]
content = "\\n".join(["code,name,region,inpatient", *lines, ""]).encode()
run = operations.start_import(
    source=source, region_code="000000", list_date=timezone.localdate(), is_full=False,
    upload=operations.Upload("a.csv", [content]), by=officer, at=timezone.now(),
)
work(worker=worker.new_name(), is_alive=worker.is_alive, clock=timezone.now)
run.refresh_from_db()
operations.ask_to_apply(
    run, skip_refused=False, close_missing=None, by=officer, at=timezone.now()
)
"""
# The worker as it is, but that it waits to be killed at one place of its transaction.
STOP_AT = """
import time
from django.core.management import call_command
from yibao.institutions.imports import {module}
inner = {module}.{name}
def stop(*arguments, **named):
    inner(*arguments, **named)
    print("stopped", flush=True)
    time.sleep(600)
{module}.{name} = stop
call_command("work_imports")
"""


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
        _python(["manage.py", *command], found)
    _shell(PREPARE, found)
    return found


def _python(arguments: list[str], environment: dict[str, str]) -> None:
    subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL,
    )  # fmt: skip


def _with_django(code: str) -> list[str]:
    return ["-c", f"import django; django.setup()\n{code}"]


def _shell(code: str, environment: dict[str, str]) -> None:
    _python(_with_django(code), environment)


def _numbers(environment: dict[str, str]) -> tuple[int, int, int, str, int]:
    """Institutions, found by the index, openings; state and attempts of the run."""
    (file,) = Path(environment["YIBAO_DATA_DIR"]).glob("*.sqlite3")
    with closing(Database.connect(file)) as held:
        return held.execute(  # type: ignore[no-any-return]
            "SELECT (SELECT count(*) FROM institutions_institution), (SELECT count(*)"
            " FROM institutions_search WHERE institutions_search MATCH '\"医院\"'),"
            " (SELECT count(*) FROM institutions_serviceopening), state, attempts"
            " FROM institutions_importrun"
        ).fetchone()


def test_a_killed_worker_leaves_nothing_and_the_next_one_writes_all(
    environment: dict[str, str],
) -> None:
    for attempt, (module, name) in enumerate(
        (("applying", "_insert"), ("applying", "_write_openings")), start=1
    ):
        code = STOP_AT.format(module=module, name=name)
        worker = subprocess.Popen(
            [sys.executable, *_with_django(code)],
            cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert worker.stdout is not None
        assert worker.stdout.readline() == "stopped\n"

        worker.send_signal(signal.SIGKILL)
        worker.communicate()

        assert _numbers(environment) == (0, 0, 0, "working", attempt)

    _python(["manage.py", "work_imports"], environment)

    assert _numbers(environment) == (ROWS, ROWS, ROWS, "applied", 0)
