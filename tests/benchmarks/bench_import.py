"""What it costs to import a national list, against the database's own bulk insert.

Each figure comes from a process of its own (`import_figures`). INSTITUTIONS sets the size of
the list, ROUNDS how often everything is done anew on empty databases.

The raw side puts the very rows that an import leaves into the very tables, with all their
indexes and the search index, by executemany (SQLite) or COPY (PostgreSQL): the staged rows,
the institutions with their search columns, the openings and the notes for undo. It has them
ready in files and checks, compares and works out nothing. On SQLite seconds of the processor
are compared; on PostgreSQL, whose server works beside, seconds on the clock.
"""

import json
import os
import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from statistics import median

import psycopg
import pytest

from tests.benchmarks.institution_rows import write_csv

ROOT = Path(__file__).resolve().parents[2]
COUNT = int(os.environ.get("INSTITUTIONS", "650000"))
ROUNDS = int(os.environ.get("ROUNDS", "5"))
# 9: entries alone; 13: with their services.
COLUMNS = int(os.environ.get("LIST_COLUMNS", "9"))
SERVER = os.environ.get("TEST_DATABASE_URL", "")
UNIT = "wall" if SERVER else "cpu"


@pytest.mark.bench
def test_import_of_a_national_list(tmp_path: Path) -> None:
    first, again, rows = tmp_path / "first.csv", tmp_path / "again.csv", tmp_path / "rows"
    write_csv(first, COUNT, columns=COLUMNS)
    write_csv(again, COUNT, columns=COLUMNS, changed_per_mille=10)
    figures: dict[str, list[dict[str, float]]] = defaultdict(list)
    for number in range(ROUNDS):
        used, empty = (_environment(tmp_path / f"{kind}{number}") for kind in ("used", "empty"))
        for what, path, environment in (
            ("first", first, used),
            ("dump", rows, used),
            ("raw", rows, empty),
            ("again", again, used),
        ):
            said = _python(["-m", "tests.benchmarks.import_figures", what, str(path)], environment)
            figures[what].append(json.loads(said.splitlines()[-1]))
    for what in ("raw", "first", "again"):
        spent = [figure[UNIT] for figure in figures[what]]
        ratios = [each / base[UNIT] for each, base in zip(spent, figures["raw"], strict=True)]
        print(
            f"\n{what}: {median(ratios):.2f} × raw insert ({min(ratios):.2f} to {max(ratios):.2f}),"
            f" {median(spent):.1f} s {UNIT}, peak"
            f" {max(figure['peak'] for figure in figures[what]):.0f} MiB,"
            f" seconds by stage {figures[what][-1]['stages']}",
            end="",
        )
    repeats = [
        later[UNIT] / earlier[UNIT]
        for later, earlier in zip(figures["again"], figures["first"], strict=True)
    ]

    assert max(figure["peak"] for figure in (*figures["first"], *figures["again"])) <= 120
    assert median(repeats) <= 1


def _environment(folder: Path) -> dict[str, str]:
    """Return the environment of a new database that knows the regions."""
    folder.mkdir()
    url = SERVER
    if SERVER:
        with psycopg.connect(SERVER, autocommit=True) as server:
            server.execute(f'CREATE DATABASE "bench_{folder.name}"')
        url = SERVER.replace("/postgres?", f"/bench_{folder.name}?")
    found = {
        **os.environ,
        "YIBAO_DATA_DIR": str(folder),
        "YIBAO_OPERATOR": "",
        "DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "yibao.config.settings",
    }
    for command in (["migrate", "-v0"], ["load_regions"]):
        _python(["manage.py", *command], found)
    return found


def _python(arguments: list[str], environment: dict[str, str]) -> str:
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT, env=environment, check=True, capture_output=True, text=True,
    )  # fmt: skip
    return done.stdout
