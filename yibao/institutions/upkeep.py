"""What the search wants after a list was written; results are the same without it."""

from typing import Any

from django.db import connection

from yibao.core import stamps
from yibao.institutions import gin

_SAMPLE = 20_000
_COMMON = 1_000
_PAGES = 500


def tidy_index() -> None:
    """Merge the parts of SQLite's index; count on PostgreSQL what tokens are common.

    Call it after the transaction that wrote, so that nobody waits for it.
    """
    if connection.vendor == "sqlite":
        _merge_parts()
    else:
        _count_tokens()


def _merge_parts() -> None:
    """Make one part of the full-text index out of many, some pages at a time.

    SQLite looks every token up in every part: one part answers ten times as fast as a dozen.
    The first step, with a negative number, takes all parts together.
    """
    pages = -_PAGES
    with connection.cursor() as cursor:
        while True:
            before = _changes(cursor)
            cursor.execute(
                "INSERT INTO institutions_search(institutions_search, rank) VALUES ('merge', %s)",
                [pages],
            )
            # The command itself counts as one change.
            if _changes(cursor) - before < 2:
                return
            pages = _PAGES


def _changes(cursor: Any) -> int:
    cursor.execute("SELECT total_changes()")
    return int(cursor.fetchone()[0])


def _count_tokens() -> None:
    """Count, in a sample of some 20,000 rows, how many of each tier hold a token."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM institutions_institution")
        share = min(100.0, 100 * _SAMPLE / max(1, cursor.fetchone()[0]))
        cursor.execute("SELECT institutions_count_tokens(%s, %s)", [share, _COMMON])
    stamps.bump(gin.STAMP)
