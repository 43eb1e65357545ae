"""The day that public pages call today.

Views ask here and pass the day on. It is the real one, except in a preview, where staff see
the site as it will be on another day.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date

from django.utils import timezone

_shown: ContextVar[date | None] = ContextVar("today", default=None)


def today() -> date:
    """Return the day for which public pages are shown; only views call this."""
    return _shown.get() or timezone.localdate()


@contextmanager
def on_day(day: date) -> Iterator[None]:
    """Call another day today inside the block, in this thread and request alone."""
    token = _shown.set(day)
    try:
        yield
    finally:
        _shown.reset(token)
