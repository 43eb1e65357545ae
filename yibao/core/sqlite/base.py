"""The embedded default database.

* pysqlite3 brings a current SQLite. The one of Debian 12 has the WAL-reset bug
  (3.7.0 to 3.51.2): it can damage a WAL database that is written and checkpointed
  at the same moment. With such a version the journal is TRUNCATE, not WAL.
* `synchronous=FULL`: with WAL and NORMAL, acknowledged rows are gone after a power cut.
* `BEGIN IMMEDIATE`: a transaction that reads and then writes waits for its turn
  instead of failing with "database is locked".
"""

import datetime
import decimal
from collections.abc import Iterable, Mapping
from typing import Any

from django.db.backends.sqlite3 import base as django_sqlite
from django.db.backends.sqlite3._functions import register as register_functions
from django.utils.dateparse import parse_date, parse_datetime, parse_time

try:
    from pysqlite3 import dbapi2 as Database
except ImportError:
    from sqlite3 import dbapi2 as Database

__all__ = ["WAL_IS_SAFE_FROM", "Database", "DatabaseWrapper"]

WAL_IS_SAFE_FROM = (3, 51, 3)
# SQLite's own limits (sqlite3_limit), for a driver that cannot ask: variables and columns.
_LIMITS = {9: 32_766, 2: 2_000}


class Connection(Database.Connection):  # type: ignore[misc]
    """A driver's connection that answers `getlimit`, which pysqlite3 lacks."""

    def getlimit(self, category: int) -> int:
        return _LIMITS[category]


class Cursor(Database.Cursor):  # type: ignore[misc]
    """Django's cursor wrapper, on the driver in use."""

    convert_query = django_sqlite.SQLiteCursorWrapper.convert_query

    def execute(self, query: str, params: Any = None) -> Any:
        if params is None:
            return super().execute(query)
        names = list(params) if isinstance(params, Mapping) else None
        return super().execute(self.convert_query(query, param_names=names), params)

    def executemany(self, query: str, param_list: Iterable[Any]) -> Any:
        rows = list(param_list)
        names = list(rows[0]) if rows and isinstance(rows[0], Mapping) else None
        return super().executemany(self.convert_query(query, param_names=names), rows)


def _register_types() -> None:
    """Repeat for this driver what Django registers for the standard library's."""
    Database.register_converter("bool", b"1".__eq__)
    Database.register_converter("date", django_sqlite.decoder(parse_date))
    Database.register_converter("time", django_sqlite.decoder(parse_time))
    for name in ("datetime", "timestamp"):
        Database.register_converter(name, django_sqlite.decoder(parse_datetime))
    Database.register_adapter(decimal.Decimal, str)
    Database.register_adapter(datetime.date, django_sqlite.adapt_date)
    Database.register_adapter(datetime.datetime, django_sqlite.adapt_datetime)


_register_types()


class DatabaseWrapper(django_sqlite.DatabaseWrapper):
    Database = Database

    def get_connection_params(self) -> dict[str, Any]:
        params = super().get_connection_params()
        params.setdefault("timeout", 20)
        params["factory"] = Connection
        self.transaction_mode = "IMMEDIATE"
        return params

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        connection = Database.connect(**conn_params)
        register_functions(connection)
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA legacy_alter_table = OFF")
        journal = "WAL" if Database.sqlite_version_info >= WAL_IS_SAFE_FROM else "TRUNCATE"
        connection.execute(f"PRAGMA journal_mode = {journal}")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA temp_store = MEMORY")
        return connection

    def create_cursor(self, name: str | None = None) -> Any:
        return self.connection.cursor(factory=Cursor)
