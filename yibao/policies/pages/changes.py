"""The public log of changes: published revisions of all regions, newest first, page by page."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from django.db.models import Q

from yibao.policies import queries
from yibao.policies.models import Revision, RevisionStatus
from yibao.policies.store import Stored
from yibao.regions import queries as regions
from yibao.regions import reach
from yibao.regions.index import RegionRef

PAGE_SIZE = 20
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MOST_SECONDS = 10**11


class BadCursor(ValueError):
    """The link to a further page is not one of ours."""


@dataclass(frozen=True, slots=True)
class Effect:
    """What a revision did to the rules: how many rows it brought in and ended, and the first
    and last of the days on which they begin or end."""

    brought_in: int
    ended: int
    first: date | None
    last: date | None


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One published revision. `published_at` is its moment here; `announced_on` the day on
    which the authority announced it, where known."""

    pk: int
    title: str
    basis: str
    region: RegionRef
    insurance_words: str
    announced_on: date | None
    published_at: datetime
    is_correction: bool
    effect: Effect

    @property
    def heading(self) -> str:
        """The title behind the name of its region, which most titles begin with."""
        name = self.region.name
        return self.title if self.title.startswith(name) else f"{name}：{self.title}"


@dataclass(frozen=True, slots=True)
class Log:
    """A page of the log; `further` is the cursor of the next, "" on the last."""

    entries: tuple[LogEntry, ...]
    further: str


def change_log(region_code: str | None, cursor: str = "", size: int = PAGE_SIZE) -> Log:
    """Return one page of the log (one query): of all regions, or of what concerns one, which
    is the region itself, what lies below it, and what it inherits from.

    Raises:
        BadCursor: for a cursor that no page of the log gave.
    """
    wanted = Revision.objects.filter(status=RevisionStatus.PUBLISHED)
    if region_code is not None:
        below = reach.within([region_code])
        if below is not None:
            wanted = wanted.filter(region__in=below | set(regions.chain(region_code)))
    if cursor:
        at, pk = _read(cursor)
        wanted = wanted.filter(Q(published_at__lt=at) | Q(published_at=at, pk__lt=pk))
    rows = list(wanted.order_by("-published_at", "-pk")[: size + 1])
    effects = _effects()
    entries = tuple(_entry(row, effects) for row in rows[:size])
    further = _cursor(entries[-1]) if len(rows) > size else ""
    return Log(entries, further)


def _entry(
    revision: Revision, effects: Mapping[int, tuple[list[Stored], list[Stored]]]
) -> LogEntry:
    if revision.published_at is None:
        raise ValueError(f"revision {revision.pk} is published without a moment")
    brought_in, ended = effects.get(revision.pk, ([], []))
    days = [row.provision.period.start for row in brought_in]
    days += [row.provision.period.end for row in ended if row.provision.period.end]
    return LogEntry(
        pk=revision.pk,
        title=revision.title,
        basis=revision.basis,
        region=regions.get_region(revision.region_id),
        insurance_words=revision.get_insurance_display(),
        announced_on=revision.announced_on,
        published_at=revision.published_at,
        is_correction=revision.corrects_id is not None,
        effect=Effect(
            len(brought_in), len(ended), min(days, default=None), max(days, default=None)
        ),
    )


def _effects() -> Mapping[int, tuple[list[Stored], list[Stored]]]:
    """Return the rows that each revision brought in, and those that it ended."""
    found: dict[int, tuple[list[Stored], list[Stored]]] = defaultdict(lambda: ([], []))
    for row in queries.list_published():
        found[row.revision_id][0].append(row)
        if row.ended_by_id is not None:
            found[row.ended_by_id][1].append(row)
    return found


def _cursor(entry: LogEntry) -> str:
    return f"{(entry.published_at - _EPOCH) // timedelta(microseconds=1)}-{entry.pk}"


def _read(cursor: str) -> tuple[datetime, int]:
    moment, _dash, pk = cursor.partition("-")
    if not (moment.isdecimal() and pk.isdecimal() and moment.isascii() and pk.isascii()):
        raise BadCursor(cursor)
    if len(pk) > 18 or len(moment) > 18 or int(moment) // 10**6 > _MOST_SECONDS:
        raise BadCursor(cursor)
    return _EPOCH + timedelta(microseconds=int(moment)), int(pk)
