"""One measured process of `bench_import`: `python -m tests.benchmarks.import_figures WHAT PATH`.

It prints its seconds (of the processor and on the clock) and the peak of its memory.
"""

import csv
import json
import resource
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import date
from itertools import batched
from pathlib import Path
from types import ModuleType
from typing import Any

_MIB = 1024
_LEFT = ("importrow", "importservice", "institution", "serviceopening", "importopening")
_AT_ONCE = 2_000


def first(file: Path) -> dict[str, float]:
    """Check and write the list."""
    return _import(file, date(2026, 7, 1))


def again(file: Path) -> dict[str, float]:
    """Check and write a later list, of which one row in a hundred differs."""
    return _import(file, date(2026, 10, 1))


def dump(folder: Path) -> dict[str, float]:
    """Write the rows that the first import left to files, table by table."""
    from django.db import connection

    folder.mkdir(exist_ok=True)
    for name in _LEFT:
        order = "position" if name == "institution" else "id"
        with (folder / name).open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            with connection.chunked_cursor() as cursor:
                cursor.execute(f"SELECT * FROM institutions_{name} ORDER BY {order}")  # noqa: S608
                writer.writerow([column[0] for column in cursor.description])
                while rows := cursor.fetchmany(_AT_ONCE):
                    writer.writerows(rows)
    return {}


def raw(folder: Path) -> dict[str, float]:
    """Put the rows of `dump` into an empty database with the bare driver."""
    from django.db import connection, transaction

    _make_run()
    for name in _LEFT:
        table = f"institutions_{name}"
        with (folder / name).open(encoding="utf-8", newline="") as file, transaction.atomic():
            rows = csv.reader(file)
            columns = next(rows)
            with connection.cursor() as cursor:
                about = connection.introspection.get_table_description(cursor, table)
            null = {column.name for column in about if column.null_ok}
            may_be_null = [column in null for column in columns]
            _put(table, columns, (_with_nulls(row, may_be_null) for row in rows))
    return {}


def _with_nulls(row: list[str], may_be_null: list[bool]) -> list[str | None]:
    return [
        cell or (None if is_null else "") for cell, is_null in zip(row, may_be_null, strict=True)
    ]


def _make_run() -> None:
    from django.utils import timezone

    from yibao.institutions.import_models import ImportRun, ImportSource

    source = ImportSource.objects.create(name="bench")
    ImportRun.objects.create(
        pk=1, source=source, region_id="000000", list_date=date(2026, 7, 1), file_name="x",
        path="x", file_size=1, state="cancelled", created_by="bench", created_at=timezone.now(),
    )  # fmt: skip


def _put(table: str, columns: list[str], rows: Iterator[list[str | None]]) -> None:
    from django.db import connection

    names = ", ".join(f'"{column}"' for column in columns)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({names}) FROM STDIN") as to:
            for row in rows:
                to.write_row(row)
        return
    bare = connection.connection
    trigger = bare.execute(
        "SELECT name, sql FROM sqlite_master WHERE tbl_name = ?"
        " AND name = 'institutions_search_insert'",
        (table,),
    ).fetchone()
    # The search index is filled fastest afterwards, by one statement.
    if trigger:
        bare.execute(f"DROP TRIGGER {trigger[0]}")
    marks = ", ".join("?" * len(columns))
    for chunk in batched(rows, _AT_ONCE):
        bare.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", chunk)  # noqa: S608
    if trigger:
        bare.execute(
            "INSERT INTO institutions_search (rowid, grams)"
            " SELECT position, grams FROM institutions_institution ORDER BY position"
        )
        bare.execute(trigger[1])


def _import(file: Path, day: date) -> dict[str, float]:
    from tests.benchmarks.institution_rows import bring_in
    from yibao.accounts.models import User
    from yibao.institutions.imports import comparing, operations, preparing

    spent: dict[str, float] = defaultdict(float)
    _time(operations, "_stage", spent)
    _time(comparing, "compare", spent)
    _time(preparing, "prepare", spent)
    _time(operations, "_switch", spent)
    officer, _made = User.objects.get_or_create(username="bench")
    bring_in(file, officer, day)
    return {name: round(seconds, 1) for name, seconds in spent.items()}


def _time(module: ModuleType, name: str, spent: dict[str, float]) -> None:
    """Have a function of a module add up how long it takes on the clock."""
    inner: Callable[..., Any] = getattr(module, name)

    def timed(*arguments: Any, **named: Any) -> Any:
        start = time.perf_counter()
        try:
            return inner(*arguments, **named)
        finally:
            spent[name] += time.perf_counter() - start

    setattr(module, name, timed)


if __name__ == "__main__":
    import django

    django.setup()
    work = {"raw": raw, "dump": dump, "first": first, "again": again}[sys.argv[1]]
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
