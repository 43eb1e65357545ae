"""What changed in a region and when: its published revisions, newest first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from yibao.policies import queries
from yibao.policies.models import Revision, RevisionStatus
from yibao.policies.pages.blocks import names_in
from yibao.policies.statements import statements_of
from yibao.policies.store import Stored
from yibao.rules.terms import InsuranceType


@dataclass(frozen=True, slots=True)
class Change:
    """One row that a revision brought in, or ended. `day`: its first day, or the day it ends."""

    day: date | None
    sentence: str
    source: str
    document_id: str


@dataclass(frozen=True, slots=True)
class RevisionEntry:
    """A published revision. `published_on` is the day of its publication here; `announced_on`
    when the authority announced it, where known."""

    pk: int
    title: str
    basis: str
    insurance: InsuranceType | None
    announced_on: date | None
    published_on: date
    brought_in: tuple[Change, ...]
    ended: tuple[Change, ...]


def history_of(code: str) -> tuple[RevisionEntry, ...]:
    """Return the published revisions of one region (one query)."""
    stored = queries.list_published(code)
    names = names_in(code)
    revisions = Revision.objects.filter(region=code, status=RevisionStatus.PUBLISHED).order_by(
        "-published_at", "-pk"
    )
    return tuple(
        RevisionEntry(
            pk=revision.pk,
            title=revision.title,
            basis=revision.basis,
            insurance=InsuranceType(revision.insurance) if revision.insurance else None,
            announced_on=revision.announced_on,
            published_on=_day(revision),
            brought_in=_changes(stored, names, revision_id=revision.pk),
            ended=_changes(stored, names, ended_by_id=revision.pk),
        )
        for revision in revisions
    )


def _day(revision: Revision) -> date:
    if revision.published_at is None:
        raise ValueError(f"revision {revision.pk} is published without a moment")
    return timezone.localdate(revision.published_at)


def _changes(
    stored: tuple[Stored, ...],
    names: Mapping[str, str],
    revision_id: int | None = None,
    ended_by_id: int | None = None,
) -> tuple[Change, ...]:
    found = []
    for row in stored:
        if revision_id is not None and row.revision_id != revision_id:
            continue
        if ended_by_id is not None and row.ended_by_id != ended_by_id:
            continue
        provision = row.provision
        day = provision.period.start if ended_by_id is None else provision.period.end
        found += [
            Change(
                day,
                " · ".join((*statement.reading.qualifiers, statement.reading.text)),
                f"{provision.citation.title} {provision.citation.article}",
                provision.citation.document_id,
            )
            for statement in statements_of([provision], names)
        ]
    return tuple(found)
