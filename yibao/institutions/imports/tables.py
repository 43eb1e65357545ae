"""Plain SQL for whole lists: the same statements on SQLite and PostgreSQL.

Rows of a list are written and compared in the database; going through model instances
costs ten times as much time and memory.
"""

# ruff: noqa: S608 (names of tables and columns are ours, values are parameters)

from collections.abc import Iterable, Sequence
from itertools import batched, chain
from typing import Any

from django.db import connection
from django.db.models import Model

# What one statement of SQLite may hold.
_MOST_PARAMETERS = 32_766


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


def sort_in_files() -> None:
    """Let SQLite sort a national list in a temporary file: in memory it takes 100 MiB."""
    if connection.vendor == "sqlite" and not connection.in_atomic_block:
        execute("PRAGMA temp_store = FILE")


def number(sql: str, params: Sequence[Any] = ()) -> int:
    """Return the one number that a query gives, 0 for null."""
    return int(fetch(sql, params)[0][0] or 0)


def insert(model: type[Model], columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Add rows as fast as the database takes them; `columns` are those of the table."""
    if not rows:
        return
    table = model._meta.db_table
    names = ", ".join(f'"{column}"' for column in columns)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f'COPY "{table}" ({names}) FROM STDIN') as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            marks = ", ".join(["%s"] * len(columns))
            cursor.executemany(f'INSERT INTO "{table}" ({names}) VALUES ({marks})', rows)


def insert_at_once(
    model: type[Model], columns: Sequence[str], rows: Sequence[Sequence[Any]]
) -> None:
    """Add rows of a table with triggers for the search: many by each statement.

    SQLite's full-text index writes what it has gathered at the end of every statement that
    runs a trigger, so that rows one by one take five times as long.
    """
    if connection.vendor == "postgresql":
        insert(model, columns, rows)
        return
    names = ", ".join(f'"{column}"' for column in columns)
    one = f"({', '.join(['%s'] * len(columns))})"
    with connection.cursor() as cursor:
        for chunk in batched(rows, _MOST_PARAMETERS // len(columns)):
            cursor.execute(
                f'INSERT INTO "{model._meta.db_table}" ({names})'
                f" VALUES {', '.join([one] * len(chunk))}",
                [*chain.from_iterable(chunk)],
            )


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
