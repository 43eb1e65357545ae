"""Write, review and publish guides; load the shipped ones; take in reports."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from yibao.accounts.operations import ensure_system_actors
from yibao.audit.operations import record
from yibao.core import stamps
from yibao.guides.files import DATA, GuideEntry, GuideFileRefused, paths, read, text_problems
from yibao.guides.models import (
    OPEN_STATUSES,
    ChannelReport,
    Fault,
    Guide,
    GuideRevision,
    GuideStatus,
)
from yibao.sources.queries import list_documents

if TYPE_CHECKING:
    from yibao.accounts.models import User

STAMP = "guides"


class GuideRefused(Exception):
    """The operation is not possible; `problems` says why, in words for the officer."""

    def __init__(self, *problems: str) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class NotOpen(GuideRefused):
    """The revision is not in the stage that the operation needs."""


class AuthorMayNotPublish(GuideRefused):
    """Nobody publishes their own text."""


@transaction.atomic
def submit_guide(*, revision: GuideRevision, by: User, at: datetime) -> GuideRevision:
    """Hand a draft over for review.

    Raises:
        NotOpen, GuideRefused: a text that may not stand.
    """
    revision = _locked(revision, GuideStatus.DRAFT)
    _refuse_problems(revision)
    return _move(revision, GuideStatus.IN_REVIEW, "submitted", by=by, at=at)


@transaction.atomic
def return_guide(*, revision: GuideRevision, by: User, at: datetime, reason: str) -> GuideRevision:
    """Give a text in review back to its author, with the reason. Raises NotOpen."""
    revision = _locked(revision, GuideStatus.IN_REVIEW)
    return _move(revision, GuideStatus.DRAFT, "returned", by=by, at=at, reason=reason)


@transaction.atomic
def withdraw_guide(
    *, revision: GuideRevision, by: User, at: datetime, reason: str
) -> GuideRevision:
    """Give up a text that was never published. Raises NotOpen."""
    revision = _locked(revision, *OPEN_STATUSES)
    return _move(revision, GuideStatus.WITHDRAWN, "withdrawn", by=by, at=at, reason=reason)


@transaction.atomic
def publish_guide(*, revision: GuideRevision, by: User, at: datetime) -> GuideRevision:
    """Publish a text in review; it takes the place of the guide's earlier ones.

    Raises:
        NotOpen, AuthorMayNotPublish, GuideRefused: a text that may not stand.
    """
    revision = _locked(revision, GuideStatus.IN_REVIEW)
    if revision.author_id == by.pk:
        raise AuthorMayNotPublish(_("起草人不能发布自己写的指南，请由另一人发布。"))
    _refuse_problems(revision)
    GuideRevision.objects.filter(pk=revision.pk).update(
        status=GuideStatus.PUBLISHED, publisher=by, published_at=at
    )
    revision.refresh_from_db()
    _record(revision, "published", by=by, at=at)
    stamps.bump(STAMP)
    return revision


def _locked(revision: GuideRevision, *statuses: str) -> GuideRevision:
    stored = GuideRevision.objects.select_for_update().get(pk=revision.pk)
    if stored.status not in statuses:
        raise NotOpen(
            _("这一版现在是“%(status)s”，不能这样办。") % {"status": stored.get_status_display()}
        )
    return stored


def _refuse_problems(revision: GuideRevision) -> None:
    texts = {name: getattr(revision, name) for name in ("question", "short", "body")}
    if problems := [*text_problems(**texts)]:
        raise GuideRefused(*problems)


def _move(
    revision: GuideRevision,
    status: GuideStatus,
    what: str,
    *,
    by: User,
    at: datetime,
    reason: str = "",
) -> GuideRevision:
    GuideRevision.objects.filter(pk=revision.pk).update(status=status)
    revision.refresh_from_db()
    _record(revision, what, by=by, at=at, reason=reason)
    return revision


def _record(
    revision: GuideRevision, what: str, *, by: User, at: datetime, reason: str = ""
) -> None:
    record(
        event=f"guides.revision_{what}",
        by=by,
        at=at,
        object_type="guides.guiderevision",
        object_key=str(revision.pk),
        after={
            "guide": revision.guide_id,
            "question": revision.question,
            "status": revision.status,
            "reviewed_on": str(revision.reviewed_on),
        },
        reason=reason,
    )


# --- shipped files ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LoadReport:
    """What the loader did. `waiting` guides were changed by staff since the last release:
    the shipped text waits for their review and is not published over theirs."""

    guides: int = 0
    terms: int = 0
    published: int = 0
    waiting: int = 0
    unchanged: bool = False


@transaction.atomic
def load_guides(*, at: datetime, folder: Path = DATA, force: bool = False) -> LoadReport:
    """Bring guides and glossary in line with the files, all or nothing.

    Files that were loaded before are skipped unless `force`. What staff added stays.

    Raises:
        GuideFileRefused: with every problem of the files.
    """
    content = stamps.digest(paths(folder))
    if not force and stamps.loaded_content(STAMP) == content:
        return LoadReport(unchanged=True)
    files = read(folder)
    _refuse_unknown_documents(files.guides)
    loader, release = ensure_system_actors()
    _save_guides(files.guides)
    states = [_load_guide(entry, loader=loader, release=release, at=at) for entry in files.guides]
    for term in files.terms:
        term.save()
    report = LoadReport(
        len(files.guides), len(files.terms), states.count("published"), states.count("waiting")
    )
    stamps.bump(STAMP)
    stamps.record_content(STAMP, content)
    record(
        event="guides.files_loaded",
        by=loader,
        at=at,
        object_type="guides.files",
        object_key=content,
        after={"guides": report.guides, "terms": report.terms, "published": report.published},
    )
    return report


def _refuse_unknown_documents(entries: Iterable[GuideEntry]) -> None:
    known = {document.slug for document in list_documents()}
    problems = [
        f"guide {entry.slug}: no document {slug}"
        for entry in entries
        for slug in entry.documents
        if slug not in known
    ]
    if problems:
        raise GuideFileRefused(problems)


def _save_guides(entries: Iterable[GuideEntry]) -> None:
    """Save the heads first: texts name each other as related."""
    for entry in entries:
        Guide.objects.update_or_create(
            slug=entry.slug, defaults={"topic": entry.topic, "rank": entry.rank}
        )


def _load_guide(entry: GuideEntry, *, loader: User, release: User, at: datetime) -> str:
    """Publish one guide where its file changed. Return "kept", "published" or "waiting"."""
    rows = GuideRevision.objects.filter(guide=entry.slug).order_by("-id")
    loaded = rows.exclude(content_hash="").first()
    if loaded is not None and loaded.content_hash == entry.content_hash:
        return "kept"
    current = rows.filter(status=GuideStatus.PUBLISHED).first()
    if rows.filter(status__in=OPEN_STATUSES).exists():
        return "waiting"
    revision = GuideRevision(
        guide_id=entry.slug,
        question=entry.question,
        keywords=entry.keywords,
        short=entry.short,
        body=entry.body,
        reviewed_on=entry.reviewed_on,
        author=loader,
        created_at=at,
        content_hash=entry.content_hash,
    )
    revision.save(force_insert=True)
    revision.documents.set(entry.documents)  # type: ignore[arg-type]  # keys will do
    revision.related.set(entry.related)  # type: ignore[arg-type]  # keys will do
    submit_guide(revision=revision, by=loader, at=at)
    if current is not None and not current.content_hash:
        return "waiting"
    publish_guide(revision=revision, by=release, at=at)
    return "published"


# --- reports ------------------------------------------------------------------------------


def report_channel(
    *, channel: str, region_code: str, shown: str, fault: Fault, note: str, at: datetime
) -> ChannelReport:
    """Put a visitor's report into the staff queue. The directory stays as it is."""
    return ChannelReport.objects.create(
        channel=channel,
        region_code=region_code,
        shown=shown[:300],
        fault=fault,
        note=note,
        reported_at=at,
    )


@transaction.atomic
def resolve_report(
    *, report: ChannelReport, by: User, at: datetime, resolution: str
) -> ChannelReport:
    """Close a report with what was found out.

    Raises:
        NotOpen: it was closed before.
        GuideRefused: without a word on what was found.
    """
    if not resolution.strip():
        raise GuideRefused(_("请写明查到了什么、怎么处理的。"))
    report = ChannelReport.objects.select_for_update().get(pk=report.pk)
    if report.resolved_at is not None:
        raise NotOpen(_("这条报错已经有人处理过了。"))
    report.resolution, report.resolved_by, report.resolved_at = resolution.strip(), by, at
    report.save()
    record(
        event="guides.report_resolved",
        by=by,
        at=at,
        object_type="guides.channelreport",
        object_key=str(report.pk),
        region_code=report.region_code,
        after={"channel": report.channel, "fault": report.fault},
        reason=report.resolution,
    )
    return report
