"""What became of proposals and conflicts, as the public board shows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Q
from django.utils import timezone

from yibao.policies.models import (
    Correction,
    CorrectionStatus,
    Resolution,
    Revision,
    RevisionStatus,
)
from yibao.regions import queries as regions
from yibao.regions.index import RegionRef

_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Outcome:
    """One decision on a reader's proposal. `proposed` is empty where it was refused: what an
    officer did not find right is not spread. `revision` is set once it is published."""

    pk: int
    status: CorrectionStatus
    region: RegionRef
    shown: str
    proposed: str
    document: str
    reply: str
    on: date
    revision: Revision | None


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
    revision: Revision


@dataclass(frozen=True, slots=True)
class Outcomes:
    """The newest of both, and how many proposals wait."""

    corrections: tuple[Outcome, ...]
    resolved: tuple[Resolved, ...]
    waiting: int


def outcomes_of(region_code: str | None) -> Outcomes:
    """Return what was decided lately for one region or for all (three queries)."""
    here = Q(region=region_code) if region_code else Q()
    all_rows = Correction.objects.filter(here)
    decided = all_rows.exclude(status=CorrectionStatus.OPEN).select_related("revision")
    there = Q(revision__region=region_code) if region_code else Q()
    resolved = Resolution.objects.filter(
        there, revision__status=RevisionStatus.PUBLISHED
    ).select_related("revision", "clause__document")
    return Outcomes(
        corrections=tuple(_outcome(row) for row in decided.order_by("-decided_at", "-pk")[:_SHOWN]),
        resolved=tuple(
            _resolved(row) for row in resolved.order_by("-revision__published_at", "-pk")[:_SHOWN]
        ),
        waiting=all_rows.filter(status=CorrectionStatus.OPEN).count(),
    )


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
        revision=revision if is_published else None,
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
        revision=row.revision,
    )
