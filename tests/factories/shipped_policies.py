"""The shipped policies, in memory, for tests that need no rows of them."""

from datetime import date
from functools import cache

from tests.data.shipped import shipped_provisions
from yibao.policies.store import Store, Stored


@cache
def shipped_store() -> Store:
    """Return what memory holds once the shipped files are loaded; no check is too old."""
    return Store(
        Stored(provision=row, review_due_on=date.max, revision_id=0, ended_by_id=None)
        for rows in shipped_provisions().values()
        for row in rows
    )
