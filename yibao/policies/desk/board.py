"""The officers' board: what is known of each region, what runs out, who drafts what, what to do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from yibao.policies import queries
from yibao.policies.models import OPEN_STATUSES, Revision, RevisionStatus
from yibao.policies.operations import list_unseen
from yibao.policies.pages.coverage import Cell, cells_of
from yibao.policies.statements import statements_of
from yibao.policies.store import Stored
from yibao.regions import queries as regions
from yibao.regions.index import RegionRef
from yibao.rules.policy import BenefitProvision
from yibao.rules.terms import CareType, InsuranceType

_AHEAD = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class BoardCell:
    """One cell of the board. `ends_on`: its rules run out then and nothing follows yet."""

    cell: Cell
    ends_on: date | None


@dataclass(frozen=True, slots=True)
class BoardRow:
    """One region: its cells, how many figures need a new look, and the open drafts."""

    region: RegionRef
    cells: tuple[BoardCell, ...]
    stale: int
    drafts: tuple[Revision, ...]


@dataclass(frozen=True, slots=True)
class Task:
    """Something that waits for the officer; `revision` where it is about one."""

    text: str
    revision: Revision | None = None
    region: RegionRef | None = None


@dataclass(frozen=True, slots=True)
class Board:
    rows: tuple[BoardRow, ...]
    tasks: tuple[Task, ...]


def board_of(
    revisions: QuerySet[Revision],
    codes: Iterable[str],
    *,
    user_id: int,
    may_publish: bool,
    at: datetime,
    today: date,
) -> Board:
    """Return the board of an officer.

    `revisions` are those the person may see; `codes` the regions given to them.
    """
    drafts = list(
        revisions.filter(status__in=OPEN_STATUSES)
        .select_related("region", "author")
        .annotate(open_comments=Count("comments", filter=Q(comments__settled_at=None)))
    )
    held: dict[str, list[Revision]] = {}
    for draft in drafts:
        held.setdefault(draft.region_id, []).append(draft)
    rows = tuple(_row(code, held.get(code, ()), today) for code in sorted({*codes, *held}))
    tasks = [
        task
        for draft in drafts
        for task in _tasks_of(draft, user_id=user_id, may_publish=may_publish, at=at)
    ]
    return Board(rows, (*tasks, *(task for row in rows for task in _tasks_about(row))))


def _row(code: str, drafts: Iterable[Revision], today: date) -> BoardRow:
    region = regions.get_region(code)
    stored = queries.list_published(code)
    ending = _ending(stored, today)
    cells = cells_of(code, today, today) if region.is_pooling else ()
    return BoardRow(
        region=region,
        cells=tuple(
            BoardCell(cell, ending.get((cell.insurance, cell.care_type))) for cell in cells
        ),
        stale=sum(
            row.provision.period.holds(today) and row.review_due_on <= today for row in stored
        ),
        drafts=tuple(drafts),
    )


def _ending(stored: Iterable[Stored], today: date) -> dict[tuple[InsuranceType, CareType], date]:
    """Return the first day on which a rule of a cell ends soon and nothing follows."""
    rows = [row.provision for row in stored]
    starts = {
        (statement.path, row.period.start) for row in rows for statement in statements_of([row])
    }
    found: dict[tuple[InsuranceType, CareType], date] = {}
    for row in rows:
        end = row.period.end
        if end is None or not today < end <= today + _AHEAD:
            continue
        if not isinstance(row, BenefitProvision):
            continue
        if all((statement.path, end) in starts for statement in statements_of([row])):
            continue
        for branch in [row.insurance] if row.insurance else list(InsuranceType):
            for care in row.care_types or frozenset(CareType):
                found[branch, care] = min(end, found.get((branch, care), end))
    return found


def _tasks_of(draft: Revision, *, user_id: int, may_publish: bool, at: datetime) -> Iterable[Task]:
    comments: int = draft.open_comments  # type: ignore[attr-defined]
    if draft.author_id == user_id and draft.status == RevisionStatus.DRAFT:
        if comments:
            text = _("有 %(count)d 条意见没有处理") % {"count": comments}
        else:
            text = _("您的草稿还没有送审")
        yield Task(text, draft, regions.get_region(draft.region_id))
    if draft.author_id == user_id and list_unseen(draft):
        yield Task(
            _("起草以后，别人改了同一地区的规定"), draft, regions.get_region(draft.region_id)
        )
    if may_publish and draft.author_id != user_id and draft.status == RevisionStatus.IN_REVIEW:
        if draft.scheduled_for is None:
            yield Task(_("等您复核"), draft, regions.get_region(draft.region_id))
        elif draft.scheduled_for <= at:
            yield Task(_("已到定时发布的时间"), draft, regions.get_region(draft.region_id))


def _tasks_about(row: BoardRow) -> Iterable[Task]:
    for entry in row.cells:
        if entry.ends_on is not None:
            yield Task(
                _("%(insurance)s · %(care)s：%(day)s 起没有规定")
                % {
                    "insurance": entry.cell.insurance_words,
                    "care": entry.cell.care_words,
                    "day": entry.ends_on.isoformat(),
                },
                region=row.region,
            )
    if row.stale:
        yield Task(_("%(count)d 处规定该重新核对了") % {"count": row.stale}, region=row.region)
