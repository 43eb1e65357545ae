"""Work on a draft: start from what is in force, change or end single rows, talk about it."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from yibao.accounts.queries import may_act_for
from yibao.audit.operations import record
from yibao.policies.keys import paths_of
from yibao.policies.models import (
    MODEL_OF,
    Comment,
    Ending,
    HandOver,
    Provision,
    Revision,
    RevisionStatus,
)
from yibao.policies.operations import NotOpen, create_revision
from yibao.policies.rows import rows_of
from yibao.policies.schema import fields_of, values_of
from yibao.policies.succession import PolicyRefused
from yibao.regions import queries as regions
from yibao.rules.terms import EffectiveBasis

if TYPE_CHECKING:
    from yibao.accounts.models import User


class DraftMoved(PolicyRefused):
    """Somebody saved the draft since it was read."""


class NotYourDraft(PolicyRefused):
    """A draft is changed by its author only."""


class NoSuchRow(PolicyRefused):
    """The row is not one that this draft can change."""


def correct_revision(*, revision: Revision, reason: str, by: User, at: datetime) -> Revision:
    """Open a draft that puts right what a published revision got wrong, with the reason.

    Raises:
        NotOpen: it was never published.
        NotYourRegion: as `create_revision`.
    """
    if revision.status != RevisionStatus.PUBLISHED:
        raise NotOpen(_("只能更正已发布的修订；没有发布的直接修改。"))
    if not reason.strip():
        raise PolicyRefused(_("请写明更正的原因。"))
    return create_revision(
        region_code=revision.region_id,
        insurance=revision.insurance,
        title=_("更正：%(title)s") % {"title": revision.title[:110]},
        basis=reason,
        corrects=revision,
        by=by,
        at=at,
    )


def rows_to_change(revision: Revision) -> list[Provision]:
    """Return the published rows that a draft may change or end: what is in force on its
    first day, or the rows of the revision that it corrects."""
    if revision.corrects_id is not None:
        rows = rows_of(_published(revision, revision_id=revision.corrects_id))
        return [row for row in rows if row.withdrawn_by_id is None]
    day = revision.starts_on
    if day is None:
        return []
    return [
        row
        for row in rows_of(_published(revision))
        if row.effective_from <= day and (row.effective_to is None or day < row.effective_to)
    ]


@transaction.atomic
def amend_row(
    *, revision: Revision, table: str, pk: int, by: User, at: datetime, version: int
) -> Provision:
    """Copy a published row into the draft to be changed there, and end the old one.

    The copy holds from the draft's first day. A correction keeps the row's own day and
    takes the old row back.

    Raises:
        NotOpen, NotYourDraft, DraftMoved, NoSuchRow.
    """
    revision = take_turn(revision, by=by, version=version)
    old = _end(revision, table, pk)
    start = old.effective_from if revision.corrects_id else revision.starts_on
    if start is None:
        raise NoSuchRow(_("先写明从哪天起改。"))
    columns = {field.name: getattr(old, field.name) for field in fields_of(table)}
    keeps_day = revision.corrects_id is not None
    copy = MODEL_OF[table](
        revision=revision,
        clause_id=old.clause_id,
        effective_from=start,
        effective_to=old.effective_to,
        effective_basis=old.effective_basis if keeps_day else EffectiveBasis.STATED.value,
        standing=old.standing,
        kind=old.kind,
        note=old.note,
        **columns,
    )
    copy.save(force_insert=True)
    _record_edit(revision, "amended", old, by=by, at=at)
    return copy


@transaction.atomic
def end_row(
    *, revision: Revision, table: str, pk: int, by: User, at: datetime, version: int
) -> None:
    """End a published row without putting another in its place.

    Raises:
        NotOpen, NotYourDraft, DraftMoved, NoSuchRow.
    """
    revision = take_turn(revision, by=by, version=version)
    _record_edit(revision, "ended", _end(revision, table, pk), by=by, at=at)


@transaction.atomic
def keep_row(
    *, revision: Revision, table: str, pk: int, by: User, at: datetime, version: int
) -> None:
    """Leave a published row as it is after all: its ending and the rows in its place go.

    Raises:
        NotOpen, NotYourDraft, DraftMoved, NoSuchRow.
    """
    revision = take_turn(revision, by=by, version=version)
    old = _row_to_change(revision, table, pk)
    Ending.objects.filter(revision=revision, table=table, provision_id=pk).delete()
    said = set(_paths(old, revision))
    for row in MODEL_OF[table]._default_manager.filter(revision=revision):
        if said & set(_paths(row, revision)):
            row.delete()
    _record_edit(revision, "kept", old, by=by, at=at)


@transaction.atomic
def accept_ground(*, revision: Revision, by: User, at: datetime) -> None:
    """The author has looked at what others published meanwhile.

    Raises:
        NotOpen, NotYourDraft.
    """
    revision = take_turn(revision, by=by, version=None)
    Revision.objects.filter(pk=revision.pk).update(seen_at=at)
    _record(revision, "policies.ground_accepted", by=by, at=at)


@transaction.atomic
def hand_over(*, revision: Revision, to: User, reason: str, by: User, at: datetime) -> Revision:
    """Give an open revision to another officer, who is its author from then on.

    The owner does it, or somebody with the right to: people leave, fall ill, move on. Who
    wrote at it before still may not publish it.

    Raises:
        NotOpen: it was published or withdrawn.
        NotYourDraft: it is not the person's to give away.
        PolicyRefused: there is no reason, or the other could not go on with it.
    """
    revision = Revision.objects.select_for_update().get(pk=revision.pk)
    if not revision.is_open:
        raise NotOpen(_("已经发布或撤回，不用移交。"))
    is_within = may_act_for(by, *regions.chain(revision.region_id))
    may_give = revision.author_id == by.pk or by.has_perm("policies.hand_over_revision")
    if not (is_within and may_give):
        raise NotYourDraft(_("只有起草人自己或者系统管理员能移交草稿。"))
    if not reason.strip():
        raise PolicyRefused(_("请写明移交的原因。"))
    if not may_take_over(revision, to):
        raise PolicyRefused(
            _("%(name)s 接不了这份草稿：要有起草权限、负责这个地区，而且不是它的批准人。")
            % {"name": to}
        )
    before = revision.author.get_username()
    HandOver.objects.create(revision=revision, author_id=revision.author_id, at=at)
    Revision.objects.filter(pk=revision.pk).update(author=to, version=F("version") + 1)
    revision.refresh_from_db()
    record(
        event="policies.draft_handed_over",
        by=by,
        at=at,
        object_type="policies.revision",
        object_key=str(revision.pk),
        region_code=revision.region_id,
        before={"author": before},
        after={"author": to.get_username()},
        reason=reason.strip()[:300],
    )
    return revision


def may_take_over(revision: Revision, user: User) -> bool:
    """Tell whether somebody could go on with a revision as its author."""
    return (
        user.is_active
        and user.is_staff
        and user.pk not in (revision.author_id, revision.approver_id)
        and user.has_perms(("policies.add_revision", "policies.change_revision"))
        and may_act_for(user, *regions.chain(revision.region_id))
    )


@transaction.atomic
def comment_on(
    *, revision: Revision, text: str, by: User, at: datetime, table: str = "", pk: int | None = None
) -> Comment:
    """Say something about an open revision or, with `table` and `pk`, about one of its rows.

    Raises:
        NotOpen: it was published or withdrawn.
        NoSuchRow: the revision has no such row.
    """
    revision = Revision.objects.select_for_update().get(pk=revision.pk)
    if not revision.is_open:
        raise NotOpen(_("已经发布或撤回，不能再提意见。"))
    if not text.strip():
        raise PolicyRefused(_("请写下意见。"))
    if table:
        rows = MODEL_OF[table]._default_manager if table in MODEL_OF else None
        if rows is None or not rows.filter(pk=pk, revision=revision).exists():
            raise NoSuchRow(_("这次修订没有这一行。"))
    comment = Comment.objects.create(
        revision=revision, table=table, provision_id=pk, text=text.strip()[:500], by=by, at=at
    )
    _record(revision, "policies.revision_commented", by=by, at=at, after={"text": comment.text})
    return comment


@transaction.atomic
def settle_comment(*, comment: Comment, by: User, at: datetime) -> None:
    """Mark a comment as dealt with.

    Raises:
        NotOpen: the revision was published or withdrawn.
    """
    revision = Revision.objects.select_for_update().get(pk=comment.revision_id)
    if not revision.is_open:
        raise NotOpen(_("已经发布或撤回，意见不再改动。"))
    if Comment.objects.filter(pk=comment.pk, settled_at=None).update(settled_at=at):
        _record(revision, "policies.comment_settled", by=by, at=at, after={"comment": comment.pk})


def take_turn(revision: Revision, *, by: User, version: int | None) -> Revision:
    """Lock a draft for an edit by its author and count the edit; call it in a transaction.

    `version` is the one the author read; None where the edit does not depend on it.

    Raises:
        NotOpen, NotYourDraft, DraftMoved.
    """
    revision = Revision.objects.select_for_update().get(pk=revision.pk)
    if revision.status != RevisionStatus.DRAFT:
        raise NotOpen(
            _("这次修订现在是“%(status)s”，不能这样操作。")
            % {"status": revision.get_status_display()}
        )
    if revision.author_id != by.pk:
        raise NotYourDraft(
            _("这份草稿由 %(name)s 起草，只有起草人能改。") % {"name": revision.author}
        )
    if version is not None and version != revision.version:
        raise DraftMoved(_("这份草稿刚在别处保存过。请看过现在的内容再改一次。"))
    Revision.objects.filter(pk=revision.pk).update(version=F("version") + 1)
    revision.refresh_from_db()
    return revision


def _published(revision: Revision, **more: object) -> Q:
    return Q(
        revision__region=revision.region_id,
        revision__insurance=revision.insurance,
        revision__status=RevisionStatus.PUBLISHED,
        withdrawn_by=None,
        **more,
    )


def _row_to_change(revision: Revision, table: str, pk: int) -> Provision:
    for row in rows_to_change(revision):
        if row.pk == pk and row.terms_type.table == table:
            return row
    raise NoSuchRow(_("它不是这次修订可以改的规定。"))


def _end(revision: Revision, table: str, pk: int) -> Provision:
    old = _row_to_change(revision, table, pk)
    day: date | None = None if revision.corrects_id else revision.starts_on
    if day is not None and day <= old.effective_from:
        raise NoSuchRow(
            _("这一行从同一天起生效：要改它，请更正“%(title)s”。") % {"title": old.revision.title}
        )
    _ending, is_new = Ending.objects.get_or_create(
        revision=revision, table=table, provision_id=pk, defaults={"ends_on": day}
    )
    if not is_new:
        raise NoSuchRow(_("这一行已经改过或终止了。"))
    return old


def _paths(row: Provision, revision: Revision) -> tuple[str, ...]:
    table = row.terms_type.table
    return paths_of(revision.region_id, revision.insurance or None, table, values_of(row, table))


def _record_edit(revision: Revision, what: str, row: Provision, *, by: User, at: datetime) -> None:
    _record(revision, "policies.draft_edited", by=by, at=at, after={what: [str(row)]})


def _record(
    revision: Revision,
    event: str,
    *,
    by: User,
    at: datetime,
    after: dict[str, object] | None = None,
) -> None:
    record(
        event=event,
        by=by,
        at=at,
        object_type="policies.revision",
        object_key=str(revision.pk),
        region_code=revision.region_id,
        after=after,
    )
