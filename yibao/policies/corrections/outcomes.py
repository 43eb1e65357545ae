"""What became of proposals and conflicts, as the public board shows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, QuerySet, Window
from django.db.models.functions import RowNumber
from django.utils import timezone

from yibao.core.stamps import Stamped
from yibao.policies.corrections.operations import STAMP
from yibao.policies.models import (
    Correction,
    CorrectionStatus,
    Resolution,
    RevisionStatus,
)
from yibao.regions import queries as regions
from yibao.regions.index import RegionRef

_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Outcome:
    """One decision on a reader's proposal. `proposed` is empty where it was refused: what an
    officer did not find right is not spread. `revision` is its key once it is published."""

    pk: int
    status: CorrectionStatus
    region: RegionRef
    shown: str
    proposed: str
    document: str
    reply: str
    on: date
    revision: int | None


@dataclass(frozen=True, slots=True)
class Resolved:
    """A conflict that a published revision resolved."""

    key: str
    region: RegionRef
    title: str
    chosen: str
    reason: str
    document_id: str
    source: str
    on: date
    revision: int


@dataclass(frozen=True, slots=True)
class Outcomes:
    """The newest of both, and how many proposals wait."""

    corrections: tuple[Outcome, ...]
    resolved: tuple[Resolved, ...]
    waiting: int


@dataclass(frozen=True, slots=True)
class _All:
    """The newest of every region, newest first, and how many proposals wait in each."""

    corrections: tuple[Outcome, ...]
    resolved: tuple[Resolved, ...]
    waiting: Mapping[str, int]


def _build() -> _All:
    decided = Correction.objects.exclude(status=CorrectionStatus.OPEN).select_related("revision")
    resolved = Resolution.objects.filter(revision__status=RevisionStatus.PUBLISHED).select_related(
        "revision", "clause__document"
    )
    waiting = Correction.objects.filter(status=CorrectionStatus.OPEN).values_list("region")
    return _All(
        corrections=tuple(
            _outcome(row) for row in _newest(decided, "region", "-decided_at", "-pk")
        ),
        resolved=tuple(
            _resolved(row)
            for row in _newest(resolved, "revision__region", "-revision__published_at", "-pk")
        ),
        waiting=dict(waiting.annotate(number=Count("pk")).order_by()),
    )


def _newest(rows: QuerySet[Any], region: str, *order: str) -> QuerySet[Any]:
    """Return the newest rows of each region."""
    place = Window(RowNumber(), partition_by=region, order_by=order)
    newest: QuerySet[Any] = rows.annotate(place=place).filter(place__lte=_SHOWN)
    return newest.order_by(*order)


_MEMORY = Stamped(("policies", "sources", "regions", STAMP), _build)


def outcomes_of(region_code: str | None) -> Outcomes:
    """Return what was decided lately for one region or for all, from memory."""
    held = _MEMORY.get()
    corrections, resolved = held.corrections, held.resolved
    waiting = sum(held.waiting.values())
    if region_code:
        corrections = tuple(each for each in corrections if each.region.code == region_code)
        resolved = tuple(each for each in resolved if each.region.code == region_code)
        waiting = held.waiting.get(region_code, 0)
    return Outcomes(corrections[:_SHOWN], resolved[:_SHOWN], waiting)


def _outcome(row: Correction) -> Outcome:
    if row.decided_at is None:
        raise ValueError(f"correction {row.pk} is decided without a moment")
    status = CorrectionStatus(row.status)
    is_refused = status is CorrectionStatus.REFUSED
    revision = row.revision
    is_published = revision is not None and revision.status == RevisionStatus.PUBLISHED
    return Outcome(
        pk=row.pk,
        status=status,
        region=regions.get_region(row.region_id),
        shown=row.shown,
        proposed="" if is_refused else row.proposed,
        document="" if is_refused else row.document,
        reply=row.reply,
        on=timezone.localdate(row.decided_at),
        revision=row.revision_id if is_published else None,
    )


def _resolved(row: Resolution) -> Resolved:
    if row.revision.published_at is None:
        raise ValueError(f"revision {row.revision_id} is published without a moment")
    document = row.clause.document
    return Resolved(
        key=row.key,
        region=regions.get_region(row.revision.region_id),
        title=row.title,
        chosen=row.chosen,
        reason=row.reason,
        document_id=document.pk,
        source=f"{document.title}{document.number} {row.clause.article}",
        on=timezone.localdate(row.revision.published_at),
        revision=row.revision_id,
    )
