"""What `manage.py check` says about this deployment."""

from typing import Any

from django.core.checks import CheckMessage, register
from django.core.checks import Warning as CheckWarning
from django.db import connection

from yibao.core.sqlite.base import WAL_IS_SAFE_FROM, Database


@register()
def sqlite_is_current(**kwargs: Any) -> list[CheckMessage]:
    """Warn where the embedded database runs on a SQLite with the WAL-reset bug."""
    version = Database.sqlite_version_info
    if connection.vendor != "sqlite" or version >= WAL_IS_SAFE_FROM:
        return []
    return [
        CheckWarning(
            f"SQLite {Database.sqlite_version} has the WAL-reset bug; writes are slower but safe.",
            hint="Install pysqlite3, or use PostgreSQL through DATABASE_URL.",
            id="yibao.W001",
        )
    ]
