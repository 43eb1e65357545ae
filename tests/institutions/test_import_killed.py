"""`kill -9` of a worker in the middle of its transaction: all or nothing, and the next one goes on.

Real processes on a database of their own (SQLite, a file): nothing is simulated.
"""

import signal
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.institutions.processes import ASK, ROOT, make_site, python, with_django
from yibao.core.sqlite.base import Database

ROWS = 2_000
APPLY = """
from yibao.institutions.imports import worker
from yibao.institutions.imports.operations import work
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
    found = make_site(tmp_path)
    python(with_django(ASK.format(name="第{n}医院", rows=ROWS) + APPLY), found)
    return found


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
            [sys.executable, *with_django(code)],
            cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert worker.stdout is not None
        assert worker.stdout.readline() == "stopped\n"

        worker.send_signal(signal.SIGKILL)
        worker.communicate()

        assert _numbers(environment) == (0, 0, 0, "working", attempt)

    python(["manage.py", "work_imports"], environment)

    assert _numbers(environment) == (ROWS, ROWS, ROWS, "applied", 0)
