"""Decisions as a source of the replay: what a draft of the rules would have made of them."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from yibao.claims.models import Decision
from yibao.claims.reckoning import stored_case
from yibao.policies.replay.sources import Reach, ReplayCase

NAME = "claims"


def iterate(reach: Reach) -> Iterator[ReplayCase]:
    """Yield the decisions that hold, oldest first; nothing in them names a person."""
    for decision in _decisions(reach).iterator(chunk_size=500):
        bill, facts = stored_case(decision.input)
        yield ReplayCase(
            title=_("报销决定 %(case)s，第 %(number)d 次")
            % {"case": decision.claim.case.shown_reference, "number": decision.number},
            region_code=decision.claim.case.region_code,
            bill=bill,
            facts=facts,
        )


def count(reach: Reach) -> int:
    """Return how many decisions there are, without reading them."""
    return _decisions(reach).count()


def _decisions(reach: Reach) -> QuerySet[Decision]:
    conditions: dict[str, Any] = {
        "claim__case__region_code__in": reach.codes,
        "claim__case__insurance__in": [branch.value for branch in reach.branches],
    }
    first: date | None = min(reach.days, default=None)
    if first is not None:
        conditions["on__gte"] = first
    rows = Decision.objects.filter(corrected_by=None, is_override=False, **conditions)
    rows = rows.filter(engine_figures__isnull=False)
    return rows.select_related("claim__case").order_by("pk")
