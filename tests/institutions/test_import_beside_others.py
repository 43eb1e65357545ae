"""While a long list is written, others write too: they wait for the switch, not for the list.

Real processes on a database of their own (SQLite, a file): nothing is simulated.
"""

import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from tests.institutions.processes import ASK, ROOT, make_site, python, with_django
from yibao.core.sqlite.base import Database

ROWS = 30_000
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
    work(worker=worker.new_name(), is_alive=worker.is_alive, clock=timezone.now)
once()
operations.ask_to_apply(
    ImportRun.objects.get(), skip_refused=False, close_missing=None,
    by=User.objects.get(), at=timezone.now(),
)
once()
"""


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    found = make_site(tmp_path)
    python(with_django(ASK.format(name="东城第{n}号医院", rows=ROWS)), found)
    return found


def test_others_write_while_a_list_is_checked_and_written(environment: dict[str, str]) -> None:
    """Small writes all the while: each succeeds, and until the switch they hardly wait."""
    (file,) = Path(environment["YIBAO_DATA_DIR"]).glob("*.sqlite3")
    worker = subprocess.Popen(
        [sys.executable, *with_django(WORK)],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
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
    (switch,) = (float(line[1]) for line in said if line[0] == "switch")
    first, _wait = waits[0]
    before = [wait for begun, wait in waits if begun + wait < switch]
    assert len(before) > 50
    assert sum(before) < (switch - first) / 2
