"""Change region policies: draft, review, publish. What is published is never changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from yibao.accounts.queries import may_act_for
from yibao.audit.operations import record
from yibao.core import stamps
from yibao.policies.checks import problems
from yibao.policies.models import (
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


class NotOpen(PolicyRefused):
    """The revision has been published or withdrawn already."""


class AuthorMayNotPublish(PolicyRefused):
    """Nobody publishes their own draft."""


class NotYourRegion(PolicyRefused):
    """The person was not given this region."""


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
    drafts: Iterable[Draft] = (),
) -> Revision:
    """Open a draft, with the given rows in it.

    `insurance` is "" for rules of both branches.

    Raises:
        NotYourRegion: the author may not act for the region.
    """
    _refuse_foreign_region(by, region_code)
    revision = Revision(
        region_id=region_code,
        insurance=insurance,
        title=title,
        basis=basis,
        announced_on=announced_on,
        corrects=corrects,
        content_hash=content_hash,
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
        NotOpen, NotYourRegion, RevisionIncomplete.
    """
    revision = _locked(revision, RevisionStatus.DRAFT)
    _refuse_foreign_region(by, revision.region_id)
    _refuse_problems(revision, rows_in(revision))
    return _move(revision, RevisionStatus.IN_REVIEW, "submitted", by=by, at=at)


@transaction.atomic
def return_revision(*, revision: Revision, by: User, at: datetime, reason: str) -> Revision:
    """Give a revision in review back to its author, with the reason.

    Raises:
        NotOpen, NotYourRegion.
    """
    revision = _locked(revision, RevisionStatus.IN_REVIEW)
    _refuse_foreign_region(by, revision.region_id)
    return _move(revision, RevisionStatus.DRAFT, "returned", by=by, at=at, reason=reason)


@transaction.atomic
def withdraw_revision(*, revision: Revision, by: User, at: datetime, reason: str) -> Revision:
    """Give up a revision that was never published.

    Raises:
        NotOpen, NotYourRegion.
    """
    revision = _locked(revision, RevisionStatus.DRAFT, RevisionStatus.IN_REVIEW)
    _refuse_foreign_region(by, revision.region_id)
    return _move(revision, RevisionStatus.WITHDRAWN, "withdrawn", by=by, at=at, reason=reason)


@transaction.atomic
def publish_revision(*, revision: Revision, by: User, at: datetime) -> Revision:
    """Publish a revision and end what it replaces, in one transaction.

    A rule that was in force for the same key ends on the first day of the new one; a
    revision that corrects another takes that one's rule back instead. Both only where
    the revision restates everything that the replaced row says.

    Raises:
        NotOpen, AuthorMayNotPublish, NotYourRegion, RevisionIncomplete, RulesOverlap.
    """
    revision = _locked(revision, RevisionStatus.DRAFT, RevisionStatus.IN_REVIEW)
    if revision.author_id == by.pk:
        raise AuthorMayNotPublish(_("起草人不能发布自己的修订，请由另一人发布。"))
    _refuse_foreign_region(by, revision.region_id)
    rows = rows_in(revision)
    _refuse_problems(revision, rows)
    change = Succession(revision)
    change.apply_endings()
    change.replace(rows)
    change.settle(rows)
    Revision.objects.filter(pk=revision.pk).update(
        status=RevisionStatus.PUBLISHED, publisher_id=by.pk, published_at=at
    )
    revision.refresh_from_db()
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


def _refuse_foreign_region(by: User, region_code: str) -> None:
    if not (by.is_system or may_act_for(by, *regions.chain(region_code))):
        raise NotYourRegion(_("您没有这个统筹区的权限。"))


def _move(
    revision: Revision,
    status: RevisionStatus,
    fact: str,
    *,
    by: User,
    at: datetime,
    reason: str = "",
) -> Revision:
    before = {"status": revision.status}
    Revision.objects.filter(pk=revision.pk).update(status=status)
    revision.refresh_from_db()
    _record(fact, revision, by=by, at=at, before=before, after={"status": status}, reason=reason)
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
        before=before,
        after=after,
        reason=reason,
    )
