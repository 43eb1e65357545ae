"""Change region policies: draft, review, publish. What is published is never changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from yibao.accounts.queries import may_act_for
from yibao.audit.operations import record
from yibao.core import stamps
from yibao.policies.checks import problems
from yibao.policies.keys import SettledKey
from yibao.policies.models import (
    MODEL_OF,
    Ending,
    KeyPeriod,
    Provision,
    Revision,
    RevisionStatus,
)
from yibao.policies.rows import draft_of, insert, rows_in, settled_by
from yibao.policies.schema import Draft
from yibao.regions import queries as regions
from yibao.rules.period import Period

if TYPE_CHECKING:
    from yibao.accounts.models import User

STAMP = "policies"


class PolicyRefused(Exception):
    """The operation is not possible; `problems` says why, in words for the officer."""

    def __init__(self, *problems: str) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class NotOpen(PolicyRefused):
    """The revision has been published or withdrawn already."""


class AuthorMayNotPublish(PolicyRefused):
    """Nobody publishes their own draft."""


class NotYourRegion(PolicyRefused):
    """The person was not given this region."""


class RevisionIncomplete(PolicyRefused):
    """The revision says nothing, or something that cannot stand."""


class RulesOverlap(PolicyRefused):
    """Two rules of one key would hold on the same day."""


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
    _record("created", revision, by, at, after=_head(revision))


@transaction.atomic
def submit_revision(*, revision: Revision, by: User, at: datetime) -> Revision:
    """Hand a draft over for review.

    Raises:
        NotOpen, NotYourRegion, RevisionIncomplete.
    """
    revision = _locked(revision, RevisionStatus.DRAFT)
    _refuse_foreign_region(by, revision.region_id)
    _refuse_problems(revision, rows_in(revision))
    return _move(revision, RevisionStatus.IN_REVIEW, "submitted", by, at)


@transaction.atomic
def return_revision(*, revision: Revision, by: User, at: datetime, reason: str) -> Revision:
    """Give a revision in review back to its author, with the reason.

    Raises:
        NotOpen, NotYourRegion.
    """
    revision = _locked(revision, RevisionStatus.IN_REVIEW)
    _refuse_foreign_region(by, revision.region_id)
    return _move(revision, RevisionStatus.DRAFT, "returned", by, at, reason)


@transaction.atomic
def withdraw_revision(*, revision: Revision, by: User, at: datetime, reason: str) -> Revision:
    """Give up a revision that was never published.

    Raises:
        NotOpen, NotYourRegion.
    """
    revision = _locked(revision, RevisionStatus.DRAFT, RevisionStatus.IN_REVIEW)
    _refuse_foreign_region(by, revision.region_id)
    return _move(revision, RevisionStatus.WITHDRAWN, "withdrawn", by, at, reason)


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
    change = _Change(revision)
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
        by,
        at,
        after=_head(revision)
        | {"added": len(rows), "ended": change.ended, "taken_back": change.taken_back},
    )
    stamps.bump(STAMP)
    return revision


@dataclass
class _Change:
    """What publishing does to the rows that are already published."""

    revision: Revision
    ended: list[str] = field(default_factory=list)
    taken_back: list[str] = field(default_factory=list)

    def apply_endings(self) -> None:
        """End or take back the rows that the revision names."""
        for ending in self.revision.endings.all():
            row = self._named_by(ending)
            if row is None:
                raise RevisionIncomplete(
                    _("要终止的规定不存在或不在本地本险种内：%(row)s。") % {"row": ending}
                )
            if ending.ends_on is None:
                self._take_back(row)
            else:
                self._end(row, ending.ends_on)

    def _named_by(self, ending: Ending) -> Provision | None:
        if ending.table not in MODEL_OF:
            return None
        return (
            MODEL_OF[ending.table]
            ._default_manager.filter(
                pk=ending.provision_id,
                revision__status=RevisionStatus.PUBLISHED,
                revision__region=self.revision.region_id,
                revision__insurance=self.revision.insurance,
                withdrawn_by=None,
            )
            .first()
        )

    def replace(self, rows: Sequence[Provision]) -> None:
        """End or take back published rows whose key a new row settles."""
        new: dict[str, list[tuple[SettledKey, Provision]]] = defaultdict(list)
        for row in rows:
            for key in settled_by(row, self.revision):
                for other_key, other in new[key.path]:
                    if key.overlaps(other_key) and _period(row).overlaps(_period(other)):
                        raise RulesOverlap(_overlap(key, row, other))
                new[key.path].append((key, row))
        starts: dict[tuple[str, int], set[date]] = defaultdict(set)
        hashes = {key.hash for keys in new.values() for key, _row in keys}
        for held in KeyPeriod.objects.filter(key_hash__in=hashes):
            for key, row in new.get(held.path, ()):
                if key.overlaps(SettledKey(held.path, held.low, held.high)) and _period(
                    row
                ).overlaps(_period(held)):
                    starts[held.table, held.provision_id].add(row.effective_from)
        for (table, pk), days in starts.items():
            old = MODEL_OF[table]._default_manager.select_related("revision").get(pk=pk)
            self._replace_one(old, days, new)

    def _replace_one(
        self,
        old: Provision,
        days: set[date],
        new: dict[str, list[tuple[SettledKey, Provision]]],
    ) -> None:
        lost = [
            key.path
            for key in settled_by(old, old.revision)
            if not any(row.effective_from in days for _key, row in new.get(key.path, ()))
        ]
        if lost:
            raise RulesOverlap(
                _("%(old)s 还规定了本次修订没有写的内容，请一并写明：%(paths)s。")
                % {"old": old, "paths": "；".join(lost)}
            )
        if self.revision.corrects_id == old.revision_id:
            self._take_back(old)
            return
        (first, *others) = sorted(days)
        successors = [
            row for rows in new.values() for _key, row in rows if row.effective_from == first
        ]
        outlives = any(
            row.effective_to is not None
            and (old.effective_to is None or row.effective_to < old.effective_to)
            for row in successors
        )
        if others or first <= old.effective_from or outlives:
            raise RulesOverlap(
                _(
                    "%(old)s 与本次修订的同一规定有效期重叠，不能自动衔接："
                    "请调整生效日，或写明更正哪次修订，或先终止它。"
                )
                % {"old": old}
            )
        self._end(old, first)

    def settle(self, rows: Sequence[Provision]) -> None:
        """Register the keys of the new rows; the database refuses what overlaps."""
        KeyPeriod.objects.bulk_create(
            KeyPeriod(
                table=row.terms_type.table,
                provision_id=row.pk,
                path=key.path,
                key_hash=key.hash,
                low=key.low,
                high=key.high,
                effective_from=row.effective_from,
                effective_to=row.effective_to,
            )
            for row in rows
            for key in settled_by(row, self.revision)
        )

    def _end(self, row: Provision, day: date) -> None:
        if day <= row.effective_from or (row.effective_to and day > row.effective_to):
            raise RulesOverlap(
                _("%(row)s 不能在 %(day)s 终止：应在它的有效期之内。") % {"row": row, "day": day}
            )
        type(row)._default_manager.filter(pk=row.pk).update(
            effective_to=day, ended_by=self.revision
        )
        _keys_of(row).update(effective_to=day)
        self.ended.append(_name(row))

    def _take_back(self, row: Provision) -> None:
        type(row)._default_manager.filter(pk=row.pk).update(withdrawn_by=self.revision)
        _keys_of(row).delete()
        self.taken_back.append(_name(row))


def _keys_of(row: Provision) -> QuerySet[KeyPeriod]:
    return KeyPeriod.objects.filter(table=row.terms_type.table, provision_id=row.pk)


def _name(row: Provision) -> str:
    return f"{row.terms_type.table}-{row.pk}"


def _period(row: Provision | KeyPeriod) -> Period:
    return Period(row.effective_from, row.effective_to)


def _overlap(key: SettledKey, row: Provision, other: Provision) -> str:
    return _("%(row)s 与 %(other)s 是同一规定，有效期重叠：%(path)s。") % {
        "row": row,
        "other": other,
        "path": key.path,
    }


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
    by: User,
    at: datetime,
    reason: str = "",
) -> Revision:
    before = {"status": revision.status}
    Revision.objects.filter(pk=revision.pk).update(status=status)
    revision.refresh_from_db()
    _record(fact, revision, by, at, before=before, after={"status": status}, reason=reason)
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
    by: User,
    at: datetime,
    *,
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
