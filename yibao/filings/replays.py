"""Filings as a source of the replay: what a draft of the rules would have answered them."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from yibao.cases.vocabulary import State
from yibao.filings.models import Filing
from yibao.filings.queries import wish_of
from yibao.filings.reading import question_of
from yibao.policies.replay.sources import Question, Reach
from yibao.regions.queries import RetiredRegion, UnknownRegion

NAME = "filings"

_HELD = (State.SUBMITTED, State.NEEDS_MATERIALS, State.ACCEPTED)
"""What was refused, cancelled, replaced or withdrawn is over; a new answer helps nobody."""


def iterate(reach: Reach) -> Iterator[Question]:
    """Yield the filings that hold or are being looked at, oldest first; nothing in them names
    a person. One whose places are gone cannot be read again and is left out."""
    for filing in _filings(reach).iterator(chunk_size=500):
        try:
            facts = question_of(wish_of(filing))
        except (UnknownRegion, RetiredRegion):
            continue
        yield Question(
            title=_("备案 %(reference)s（%(state)s）")
            % {
                "reference": filing.case.shown_reference,
                "state": State(filing.case.state).label,
            },
            region_code=filing.case.region_code,
            facts=facts,
        )


def count(reach: Reach) -> int:
    """Return how many filings there are, without reading them."""
    return _filings(reach).count()


def _filings(reach: Reach) -> QuerySet[Filing]:
    conditions: dict[str, Any] = {
        "case__region_code__in": reach.codes,
        "case__insurance__in": [branch.value for branch in reach.branches],
        "case__state__in": _HELD,
    }
    first: date | None = min(reach.days, default=None)
    if first is not None:
        conditions["starts_on__gte"] = first
    rows = Filing.objects.filter(**conditions).exclude(decided_with={})
    return rows.select_related("case").order_by("pk")
