"""What a provision says, one line per statement; each table registers its own writer."""

from collections.abc import Iterable
from functools import singledispatch

from yibao.policies.presentation.figures import Line
from yibao.rules.policy import Provision


@singledispatch
def lines_of(row: Provision) -> Iterable[Line]:
    """Return the statements of a provision.

    Raises:
        TypeError: for a table without a writer (a test keeps this from happening).
    """
    raise TypeError(type(row).__name__)
