"""The shipped regions, in memory, for tests that need no rows of them."""

from functools import cache

from yibao.regions import files, queries
from yibao.regions.queries import Memory


@cache
def shipped_memory() -> Memory:
    """Return what memory holds once the shipped files are loaded."""
    shipped = files.read()
    return queries.build(shipped.regions, shipped.retired, shipped.mappings)
