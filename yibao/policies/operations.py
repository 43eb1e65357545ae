"""Change region policies: draft, review, publish. What is published is never changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, cast

from django.db import transaction
from django.utils.translation import gettext as _

from yibao.accounts.queries import may_act_for
from yibao.audit.operations import record
from yibao.core import stamps
from yibao.policies.checks import problems
from yibao.policies.gates import refuse_unexplained_deviations, refuse_unreplayed
from yibao.policies.models import (
    Comment,
    Provision,
    Revision,
    RevisionStatus,
)
from yibao.policies.rows import draft_of, insert, rows_in
from yibao.policies.schema import Draft
from yibao.policies.succession import PolicyRefused, RevisionIncomplete, Succession
from yibao.regions import queries as regions

if TYPE_CHECKING:
    from yibao.accounts.models import User

STAMP = "policies"
SCHEDULE_STAMP = "schedule"


class NotOpen(PolicyRefused):
    """The revision has been published or withdrawn already."""


class AuthorMayNotPublish(PolicyRefused):
    """Nobody publishes their own draft."""


class NotYourRegion(PolicyRefused):
    """The person was not given this region."""


class RegionGone(PolicyRefused):
    """The region was merged into another or dissolved since the draft was opened."""


class GroundChanged(PolicyRefused):
    """Others published for the same region and branch what the author has not seen."""


@transaction.atomic
def create_revision(
    *,
    region_code: str,
    insurance: str,
    title: str,
    by: User,
    at: datetime,
    basis: str = "",
    announced_on: date | None = None,
    corrects: Revision | None = None,
    content_hash: str = "",
    starts_on: date | None = None,
    drafts: Iterable[Draft] = (),
) -> Revision:
    """Open a draft, with the given rows in it.

    `insurance` is "" for rules of both branches.

    Raises:
        NotYourRegion: the author may not act for the region.
    """
    _refuse_foreign_region(region_code, by=by)
    revision = Revision(
        region_id=region_code,
        insurance=insurance,
        title=title,
        basis=basis,
        announced_on=announced_on,
        corrects=corrects,
        content_hash=content_hash,
        starts_on=starts_on,
        author=by,
        created_at=at,
    )
    revision.save(force_insert=True)
    insert(drafts, revision)
    record_created(revision=revision, by=by, at=at)
    return revision


def record_created(*, revision: Revision, by: User, at: datetime) -> None:
    """Record a revision that a form of the panel has saved."""
    _record("created", revision, by=by, at=at, after=_head(revision))


@transaction.atomic
def submit_revision(*, revision: Revision, by: User, at: datetime) -> Revision:
    """Hand a draft over for review.

    Raises:
        NotOpen, NotYourRegion, RegionGone, GroundChanged, RevisionIncomplete,
        NotReplayed, Unexplained.
    """
    revision = _locked(revision, RevisionStatus.DRAFT)
    _refuse_foreign_region(revision.region_id, by=by)
    _refuse_changed_ground(revision)
    _refuse_problems(revision, rows_in(revision))
    refuse_unreplayed(revision)
    return _move(revision, RevisionStatus.IN_REVIEW, "submitted", by=by, at=at)


@transaction.atomic
def return_revision(*, revision: Revision, by: User, at: datetime, reason: str) -> Revision:
    """Give a revision in review back to its author, with the reason.

    Raises:
        NotOpen, NotYourRegion.
    """
    revision = _locked(revision, RevisionStatus.IN_REVIEW)
    _refuse_foreign_region(revision.region_id, by=by)
    return _move(revision, RevisionStatus.DRAFT, "returned", by=by, at=at, reason=reason)


@transaction.atomic
def withdraw_revision(*, revision: Revision, by: User, at: datetime, reason: str) -> Revision:
    """Give up a revision that was never published.

    Raises:
        NotOpen, NotYourRegion.
    """
    revision = _locked(revision, RevisionStatus.DRAFT, RevisionStatus.IN_REVIEW)
    _refuse_foreign_region(revision.region_id, by=by)
    return _move(revision, RevisionStatus.WITHDRAWN, "withdrawn", by=by, at=at, reason=reason)


@transaction.atomic
def publish_revision(*, revision: Revision, by: User, at: datetime) -> Revision:
    """Publish a revision and end what it replaces, in one transaction.

    A rule that was in force for the same key ends on the first day of the new one; a
    revision that corrects another takes that one's rule back instead. Both only where
    the revision restates everything that the replaced row says.

    Raises:
        NotOpen, AuthorMayNotPublish, NotYourRegion, RegionGone, GroundChanged,
        RevisionIncomplete, RulesOverlap.
        Unexplained: a known case would come out wrong, and no note says why. Shipped files
        are exempt: their own test holds them to the cases that ship with them.
    """
    revision = _locked(revision, RevisionStatus.DRAFT, RevisionStatus.IN_REVIEW)
    if _has_written(revision, by):
        raise AuthorMayNotPublish(_("起草人不能发布自己的修订，请由另一人发布。"))
    _refuse_foreign_region(revision.region_id, by=by)
    _refuse_changed_ground(revision)
    rows = rows_in(revision)
    _refuse_problems(revision, rows)
    change = Succession(revision)
    change.carry_out(rows)
    Revision.objects.filter(pk=revision.pk).update(
        status=RevisionStatus.PUBLISHED, publisher_id=by.pk, published_at=at
    )
    revision.refresh_from_db()
    if not by.is_system:
        refuse_unexplained_deviations(revision)
    _record(
        "published",
        revision,
        by=by,
        at=at,
        after=_head(revision)
        | {"added": len(rows), "ended": change.ended, "taken_back": change.taken_back},
    )
    stamps.bump(STAMP)
    return revision


@transaction.atomic
def schedule_revision(*, revision: Revision, by: User, at: datetime, moment: datetime) -> Revision:
    """Approve a revision in review for publication at a later moment (`publish_due`).

    Raises:
        NotOpen, AuthorMayNotPublish, NotYourRegion, RegionGone, GroundChanged,
        RevisionIncomplete: also where the moment is not ahead.
    """
    revision = _locked(revision, RevisionStatus.IN_REVIEW)
    if _has_written(revision, by):
        raise AuthorMayNotPublish(_("起草人不能批准自己的修订，请由另一人批准。"))
    _refuse_foreign_region(revision.region_id, by=by)
    _refuse_changed_ground(revision)
    if moment <= at:
        raise RevisionIncomplete(_("定时发布的时间已经过去。"))
    Revision.objects.filter(pk=revision.pk).update(scheduled_for=moment, approver_id=by.pk)
    revision.refresh_from_db()
    _record("scheduled", revision, by=by, at=at, after={"scheduled_for": moment.isoformat()})
    stamps.bump(SCHEDULE_STAMP)
    return revision


@dataclass(frozen=True, slots=True)
class DueReport:
    """What `publish_due` did: revisions published, and those refused with the reasons."""

    published: tuple[Revision, ...]
    refused: tuple[tuple[Revision, tuple[str, ...]], ...]


def publish_due(*, at: datetime) -> DueReport:
    """Publish what was approved for a moment that has come, each in a transaction of its own.

    The approver is the publisher. What is refused stays in review without its moment, with
    the reasons as a comment for its author. Several processes may call it at once.
    """
    published, refused = [], []
    due = Revision.objects.filter(
        status=RevisionStatus.IN_REVIEW, scheduled_for__lte=at
    ).select_related("approver")
    for revision in due.order_by("scheduled_for", "pk"):
        approver = cast("User", revision.approver)
        try:
            published.append(_publish_scheduled(revision, by=approver, at=at))
        except NotOpen:  # another process was faster, or somebody has just returned it
            continue
        except PolicyRefused as refusal:
            refused.append((revision, refusal.problems))
            _unschedule(revision, refusal.problems, by=approver, at=at)
    return DueReport(tuple(published), tuple(refused))


@transaction.atomic
def _publish_scheduled(revision: Revision, *, by: User, at: datetime) -> Revision:
    held = _locked(revision, RevisionStatus.IN_REVIEW)
    if held.approver_id != by.pk or held.scheduled_for is None or held.scheduled_for > at:
        raise NotOpen(_("定时发布已经改过。"))
    return publish_revision(revision=held, by=by, at=at)


@transaction.atomic
def _unschedule(revision: Revision, problems: Sequence[str], *, by: User, at: datetime) -> None:
    Revision.objects.filter(pk=revision.pk).update(scheduled_for=None, approver=None)
    reason = " ".join(problems)[:300]
    text = _("定时发布没有成功：%(reason)s") % {"reason": reason}
    Comment.objects.create(revision=revision, text=text, by=by, at=at)
    _record("schedule_failed", revision, by=by, at=at, reason=reason)
    stamps.bump(SCHEDULE_STAMP)


def _has_written(revision: Revision, user: User) -> bool:
    """Tell whether somebody is the author or was before the draft was handed over."""
    return revision.author_id == user.pk or revision.hand_overs.filter(author_id=user.pk).exists()


def _locked(revision: Revision, *statuses: RevisionStatus) -> Revision:
    """Lock the revisions of the region, so that two publishers take turns."""
    list(
        Revision.objects.select_for_update()
        .filter(region=revision.region_id)
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    revision = Revision.objects.get(pk=revision.pk)
    if revision.status not in statuses:
        raise NotOpen(
            _("这次修订现在是“%(status)s”，不能这样操作。")
            % {"status": revision.get_status_display()}
        )
    return revision


def _refuse_problems(revision: Revision, rows: Sequence[Provision]) -> None:
    found = [
        f"{row}：{reason}" for row in rows for reason in problems(draft_of(row), revision.insurance)
    ]
    if not rows and not revision.endings.exists():
        found.append(_("这次修订什么也没有规定。"))
    if found:
        raise RevisionIncomplete(*found)


def _refuse_foreign_region(region_code: str, *, by: User) -> None:
    try:
        codes = regions.chain(region_code)
    except regions.RetiredRegion:
        codes = (region_code,)
    if not (by.is_system or may_act_for(by, *codes)):
        raise NotYourRegion(_("您没有这个统筹区的权限。"))


def _refuse_changed_ground(revision: Revision) -> None:
    """Refuse what was written for a region that is gone, or on rules that others changed."""
    try:
        region = regions.resolve(revision.region_id)
    except regions.RetiredRegion as error:
        raise RegionGone(_("%(code)s 已撤销，不能再发布它的规定。") % {"code": error}) from error
    if region.code != revision.region_id:
        raise RegionGone(
            _("%(code)s 现在归 %(name)s 统筹：请撤回，在那里另建修订。")
            % {"code": revision.region_id, "name": region.name}
        )
    unseen = list_unseen(revision)
    if unseen:
        raise GroundChanged(
            *(
                _("起草以后，“%(title)s”改了同一地区的规定。请起草人看过差异，确认后再送审。")
                % {"title": other.title}
                for other in unseen
            )
        )


def list_unseen(revision: Revision) -> list[Revision]:
    """Return what was published for the same region and branch since the author looked."""
    return list(
        Revision.objects.filter(
            region=revision.region_id,
            insurance=revision.insurance,
            status=RevisionStatus.PUBLISHED,
            published_at__gt=revision.seen_at or revision.created_at,
        )
        .exclude(pk=revision.pk)
        .order_by("published_at")
    )


def _move(
    revision: Revision,
    status: RevisionStatus,
    fact: str,
    *,
    by: User,
    at: datetime,
    reason: str = "",
) -> Revision:
    before, was_scheduled = {"status": revision.status}, revision.scheduled_for is not None
    Revision.objects.filter(pk=revision.pk).update(status=status, scheduled_for=None, approver=None)
    revision.refresh_from_db()
    _record(fact, revision, by=by, at=at, before=before, after={"status": status}, reason=reason)
    if was_scheduled:
        stamps.bump(SCHEDULE_STAMP)
    return revision


def _head(revision: Revision) -> dict[str, object]:
    return {
        "region": revision.region_id,
        "insurance": revision.insurance,
        "title": revision.title,
        "status": revision.status,
    }


def _record(
    fact: str,
    revision: Revision,
    *,
    by: User,
    at: datetime,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
    reason: str = "",
) -> None:
    record(
        event=f"policies.revision_{fact}",
        by=by,
        at=at,
        object_type="policies.revision",
        object_key=str(revision.pk),
        region_code=revision.region_id,
        before=before,
        after=after,
        reason=reason,
    )
