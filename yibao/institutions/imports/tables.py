"""Plain SQL for whole lists: the same statements on SQLite and PostgreSQL.

Rows of a list are written and compared in the database; going through model instances
costs ten times as much time and memory. SQLite has one writer, so that what takes long is
done in spans, each in a transaction of its own, or in tables of the worker alone.
"""

# ruff: noqa: S608 (names of tables and columns are ours, values are parameters)

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.db.models import Model

# Rows of one short transaction: a tenth of a second of SQLite's only writer.
SPAN = 5_000
_PAGES_KEPT_KIB = 2_000


def execute(sql: str, params: Sequence[Any] = ()) -> int:
    """Run one statement and return how many rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return int(cursor.rowcount)


def fetch(sql: str, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """Return every row of a query."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())


def number(sql: str, params: Sequence[Any] = ()) -> int:
    """Return the one number that a query gives, 0 for null."""
    return int(fetch(sql, params)[0][0] or 0)


def insert(model: type[Model], columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Add rows as fast as the database takes them; `columns` are those of the table."""
    insert_into(model._meta.db_table, columns, rows)


def insert_into(table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Add rows to a table of any name, as `insert` does."""
    if not rows:
        return
    names = ", ".join(f'"{column}"' for column in columns)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f'COPY "{table}" ({names}) FROM STDIN') as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            cursor.executemany(f'INSERT INTO "{table}" ({names}) VALUES ({marks(columns)})', rows)


def update_keyed(model: type[Model], columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Set columns of rows by primary key; each row is its new values, then its key."""
    if not rows:
        return
    sets = ", ".join(f'"{column}" = %s' for column in columns)
    key = model._meta.pk.column
    with connection.cursor() as cursor:
        cursor.executemany(
            f'UPDATE "{model._meta.db_table}" SET {sets} WHERE "{key}" = %s',
            rows,
        )


def marks(values: Iterable[Any]) -> str:
    """Return the placeholders of an IN list; an empty list matches nothing."""
    return ", ".join("%s" for _value in values) or "NULL"


def analyze(*models: type[Model]) -> None:
    """Tell PostgreSQL's planner of rows that have just come: it would take a table for empty."""
    if connection.vendor == "postgresql":
        for model in models:
            execute(f"ANALYZE {model._meta.db_table}")


# --- span by span -------------------------------------------------------------------------

type Span = tuple[int, int]
"""From (excluded) and to (included)."""


def spans_of_run(model: type[Model], run: int, *, size: int = SPAN) -> Iterator[Span]:
    """Yield spans of the keys of a run's rows in one of the import's tables."""
    ((low, high),) = fetch(
        f"SELECT MIN(id), MAX(id) FROM {model._meta.db_table} WHERE run_id = %s", [run]
    )
    if low is not None:
        yield from numbered(int(low) - 1, int(high), size=size)


def numbered(low: int, high: int, *, size: int = SPAN) -> Iterator[Span]:
    """Yield spans that together reach from `low` (excluded) to `high`."""
    for start in range(low, high, size):
        yield start, min(start + size, high)


def spans_of_list(*, size: int = SPAN) -> Iterator[Span]:
    """Yield spans of `position`: institutions lie on the disk in that order."""
    low = -1
    while True:
        found = fetch(
            "SELECT position FROM institutions_institution WHERE position > %s"
            " ORDER BY position LIMIT 1 OFFSET %s",
            [low, size - 1],
        )
        if not found:
            break
        yield low, found[0][0]
        low = found[0][0]
    last = number("SELECT MAX(position) FROM institutions_institution")
    if last > low:
        yield low, last


def in_spans(spans: Iterable[Span], do: Callable[[int, int], object]) -> None:
    """Do something span by span, each in a transaction of its own."""
    for low, high in spans:
        with transaction.atomic():
            do(low, high)


# --- tables of the worker alone -------------------------------------------------------------


@contextmanager
def own_tables(tables: Mapping[str, str], file: Path) -> Iterator[None]:
    """Have empty tables (name → columns) that nobody else sees, gone afterwards.

    On SQLite they lie in a file of their own, which has no name as soon as it is open:
    writing there takes no lock of the database, and the temporary tables of this SQLite
    build would be in memory. Inside a transaction (tests) they are temporary all the same.
    """
    is_apart = connection.vendor == "sqlite" and not connection.in_atomic_block
    if is_apart:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        file.unlink(missing_ok=True)
        execute("ATTACH %s AS worker", [str(file)])
        for pragma in (
            "journal_mode = OFF",
            "synchronous = OFF",
            f"cache_size = -{_PAGES_KEPT_KIB}",
        ):
            fetch(f"PRAGMA worker.{pragma}")
    kind, schema = ("TABLE", "worker.") if is_apart else ("TEMPORARY TABLE", "")
    for name, columns in tables.items():
        execute(f"CREATE {kind} {schema}{name} ({columns})")
    if is_apart:
        file.unlink()
    try:
        yield
    finally:
        if is_apart:
            execute("DETACH worker")
        elif not connection.needs_rollback:
            for name in tables:
                execute(f"DROP TABLE {name}")


@contextmanager
def writing_own() -> Iterator[None]:
    """Write the worker's own tables: on SQLite without the lock that others wait for.

    Django begins a transaction as a writer; this one becomes a writer of what it writes.
    """
    if connection.in_atomic_block or connection.vendor != "sqlite":
        with transaction.atomic():
            yield
        return
    execute("BEGIN")
    try:
        yield
    except BaseException:
        execute("ROLLBACK")
        raise
    execute("COMMIT")


def area_of(code: str) -> tuple[str, ...]:
    """Return a region and everything below it or pooled with it, () for the whole nation."""
    if code == "000000":
        return ()
    rows = fetch(
        "WITH RECURSIVE area(code) AS ("
        " SELECT code FROM regions_region WHERE code = %s UNION"
        " SELECT r.code FROM regions_region r JOIN area a"
        " ON r.parent_id = a.code OR r.pooling_region_id = a.code)"
        " SELECT code FROM area",
        [code],
    )
    return tuple(row[0] for row in rows)


def drop_rows(models: Iterable[type[Model]], run: int) -> None:
    """Delete a run's rows of the import's own tables, span by span."""
    for model in models:
        table = model._meta.db_table

        def delete(low: int, high: int, table: str = table) -> None:
            execute(
                f"DELETE FROM {table} WHERE id > %s AND id <= %s AND run_id = %s", [low, high, run]
            )

        in_spans(list(spans_of_run(model, run)), delete)
