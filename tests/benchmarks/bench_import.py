"""What it costs to import a national list, against the database's own bulk insert.

Each figure comes from a process of its own: `python -m tests.benchmarks.bench_import WHAT`
prints CPU seconds and the peak of its memory. INSTITUTIONS sets the size of the list.
"""

import csv
import json
import os
import resource
import subprocess
import sys
import time
from collections import defaultdict
from datetime import date
from itertools import batched
from pathlib import Path
from statistics import median

import pytest

ROOT = Path(__file__).resolve().parents[2]
COUNT = int(os.environ.get("INSTITUTIONS", "650000"))
ROUNDS = int(os.environ.get("ROUNDS", "5"))
_MIB = 1024


@pytest.mark.bench
def test_import_of_a_national_list(tmp_path):
    from tests.benchmarks.institution_rows import write_csv

    folder = tmp_path
    first, again = folder / "first.csv", folder / "again.csv"
    write_csv(first, COUNT, columns=9)
    write_csv(again, COUNT, columns=9, changed_per_mille=10)
    figures = defaultdict(list)
    for number in range(ROUNDS):
        environment = _environment(folder / str(number))
        for command in (["migrate", "-v0"], ["load_regions"]):
            _python(["manage.py", *command], environment)
        for what, file in (("raw", first), ("bulk", first), ("first", first), ("again", again)):
            arguments = ["-m", "tests.benchmarks.bench_import", what, str(file)]
            figures[what].append(json.loads(_python(arguments, environment).splitlines()[-1]))
    for what, found in figures.items():
        ratios = [
            figure["cpu"] / base["cpu"] for figure, base in zip(found, figures["raw"], strict=True)
        ]
        print(
            f"\n{what}: {median(ratios):.2f} × raw insert ({min(ratios):.2f} to {max(ratios):.2f}),"
            f" peak {max(figure['peak'] for figure in found):.0f} MiB,"
            f" stages {found[-1]['stages']}",
            end="",
        )
    repeats = [
        later["cpu"] / earlier["cpu"]
        for later, earlier in zip(figures["again"], figures["first"], strict=True)
    ]

    assert max(figure["peak"] for figure in figures["first"]) <= 120
    assert median(repeats) <= 1


def _environment(folder: Path) -> dict[str, str]:
    folder.mkdir()
    return {
        **os.environ,
        "YIBAO_DATA_DIR": str(folder),
        "YIBAO_OPERATOR": "",
        "DATABASE_URL": os.environ.get("TEST_DATABASE_URL", ""),
        "DJANGO_SETTINGS_MODULE": "yibao.config.settings",
    }


def _python(arguments: list[str], environment: dict[str, str]) -> str:
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT, env=environment, check=True, capture_output=True, text=True,
    )  # fmt: skip
    return done.stdout


# --- one measured process -----------------------------------------------------------------


def raw(file: Path) -> dict[str, float]:
    """Put the list's rows into a table of the same columns and indexes, with the bare driver."""
    from django.db import connection, transaction

    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS bench_raw")
        cursor.execute(
            "CREATE TABLE bench_raw (code varchar(12) PRIMARY KEY, name text, aliases text,"
            " kind text, level text, grade text, region text, address text, phones text)"
        )
        cursor.execute("CREATE INDEX bench_raw_region ON bench_raw (region)")
    with file.open(encoding="utf-8", newline="") as opened, transaction.atomic():
        reader = csv.reader(opened)
        next(reader)
        cursor = connection.cursor()
        if connection.vendor == "postgresql":
            with cursor.copy("COPY bench_raw FROM STDIN") as copy:
                for row in reader:
                    copy.write_row(row)
        else:
            bare = connection.connection
            for chunk in batched(reader, 5_000, strict=False):
                bare.executemany("INSERT INTO bench_raw VALUES (?,?,?,?,?,?,?,?,?)", chunk)
    return {}


def bulk(file: Path) -> dict[str, float]:
    """The same through the import's own way of writing rows, without looking at them."""
    from django.db import transaction

    from yibao.institutions.import_models import ImportRow, ImportRun
    from yibao.institutions.imports.tables import insert

    run = _run_of(ImportRun)
    columns = (
        "run_id", "line", "code", "name", "aliases", "kind", "level", "grade", "region_code",
        "address", "phones", "class_slug",
    )  # fmt: skip
    with file.open(encoding="utf-8", newline="") as opened:
        reader = csv.reader(opened)
        next(reader)
        for chunk in batched(reader, 5_000, strict=False):
            with transaction.atomic():
                insert(ImportRow, columns, [(run, 2, *row, "") for row in chunk])
    ImportRow.objects.all()._raw_delete("default")
    return {}


def _run_of(model: type) -> int:
    from django.utils import timezone

    from yibao.institutions.import_models import ImportSource

    source, _made = ImportSource.objects.get_or_create(name="bench")
    return model.objects.create(
        source=source, region_id="000000", list_date=date(2026, 7, 1), file_name="x", path="x",
        file_size=1, state="cancelled", created_by="bench", created_at=timezone.now(),
    ).pk  # fmt: skip


def first(file: Path) -> dict[str, float]:
    """Check and write the list."""
    return _import(file, date(2026, 7, 1))


def again(file: Path) -> dict[str, float]:
    """Check and write a later list, of which one row in a hundred differs."""
    return _import(file, date(2026, 10, 1))


def _import(file: Path, day: date) -> dict[str, float]:
    from tests.benchmarks.institution_rows import bring_in
    from yibao.accounts.models import User
    from yibao.institutions.imports import operations

    spent: dict[str, float] = defaultdict(float)
    for name in ("_stage", "comparing.compare", "applying.write", "applying._insert"):
        _time(operations, name, spent)
    officer, _made = User.objects.get_or_create(username="bench")
    bring_in(file, officer, day)
    return {name: round(seconds, 1) for name, seconds in spent.items()}


def _time(module: object, name: str, spent: dict[str, float]) -> None:
    *path, last = name.split(".")
    owner = module
    for part in path:
        owner = getattr(owner, part)
    inner = getattr(owner, last)

    def timed(*arguments: object, **named: object) -> object:
        start = time.process_time()
        try:
            return inner(*arguments, **named)
        finally:
            spent[last] += time.process_time() - start

    setattr(owner, last, timed)


if __name__ == "__main__":
    import django

    django.setup()
    work = {"raw": raw, "bulk": bulk, "first": first, "again": again}[sys.argv[1]]
    begun, at = time.process_time(), time.perf_counter()
    stages = work(Path(sys.argv[2]))
    print(
        json.dumps(
            {
                "cpu": time.process_time() - begun,
                "wall": time.perf_counter() - at,
                "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _MIB,
                "stages": stages,
            }
        )
    )
