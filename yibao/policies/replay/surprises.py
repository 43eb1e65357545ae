"""Which changes of an answer need a word from the draft's author."""

from __future__ import annotations

from collections.abc import Callable

from yibao.policies.models import ChangeKind, Surprise
from yibao.policies.replay.sources import Case, Source


def surprise_of(
    source: Source, case: Case, kind: ChangeKind, *, at_home: str, is_named: Callable[[], bool]
) -> Surprise | None:
    """Say why a change needs a word; None where the draft itself says it.

    Args:
        at_home: the code of the region whose draft it is.
        is_named: whether a row of the draft speaks of such a case; asked last, for it costs.
    """
    if source.is_decided:
        return Surprise.DECIDED
    if kind is ChangeKind.LOST:
        return Surprise.LOST
    if case.region_code != at_home:
        return Surprise.ELSEWHERE
    return None if is_named() else Surprise.INDIRECT
