"""What a revision changes, in plain sentences: old → new, from which day, by which clause."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from yibao.policies.desk.outcome import Outcome
from yibao.policies.models import Provision as ProvisionRow
from yibao.policies.presentation import describe
from yibao.policies.statements import Statement, statements_of
from yibao.policies.store import provision_of


class ChangeKind(StrEnum):
    CHANGED = "changed"
    NEW = "new"
    ENDED = "ended"
    BASIS = "basis"  # the same figure on another clause, standing or day
    SAME = "same"  # nothing at all: the row need not be there

    @property
    def words(self) -> Promise:
        return _WORDS[self]


_WORDS = {
    ChangeKind.CHANGED: _("改了"),
    ChangeKind.NEW: _("新增"),
    ChangeKind.ENDED: _("终止"),
    ChangeKind.BASIS: _("只改依据，数值不变"),
    ChangeKind.SAME: _("没有变化"),
}


@dataclass(frozen=True, slots=True)
class Change:
    """One statement before and after; "" where there was or will be none.

    `table`, `row_id` name the row of the revision (or the ended one), for comments.
    `since` is the first day of the new words, or the day on which the old ones end; None
    where the old words are taken back as if they had never held.
    """

    kind: ChangeKind
    title: str
    for_whom: str
    before: str
    after: str
    since: date | None
    source: str
    quote: str
    table: str
    row_id: int


def changes_of(outcome: Outcome, names: Mapping[str, str] | None = None) -> tuple[Change, ...]:
    """Return every change that an outcome makes, in the order of the tables.

    `names` maps slugs of classes and diseases to words.
    """
    before = _by_path(outcome.stopped, names)
    after = _by_path(outcome.added, names)
    taken_back = {provision_of(row).id for row in outcome.stopped if row.withdrawn_by_id}
    found = []
    for path in dict.fromkeys([*after, *before]):
        olds, news = before.get(path, []), after.get(path, [])
        for place in range(max(len(olds), len(news))):
            old = olds[place] if place < len(olds) else None
            new = news[place] if place < len(news) else None
            found.append(_change(old, new, taken_back))
    order = list(ChangeKind)
    return tuple(sorted(found, key=lambda change: order.index(change.kind)))


def _by_path(
    rows: Iterable[ProvisionRow], names: Mapping[str, str] | None
) -> dict[str, list[Statement]]:
    found: dict[str, list[Statement]] = defaultdict(list)
    for statement in statements_of([provision_of(row) for row in rows], names):
        found[statement.path].append(statement)
    return found


def _change(old: Statement | None, new: Statement | None, taken_back: Set[str]) -> Change:
    shown = new or old
    if shown is None:
        raise ValueError("a change has at least one side")
    row = shown.provision
    table, _dash, number = row.id.rpartition("-")
    citation = row.citation
    ends = None if row.id in taken_back else row.period.end
    return Change(
        kind=_kind(old, new),
        title=describe(row).table_label,
        for_whom=" · ".join(shown.reading.qualifiers),
        before=old.reading.text if old else "",
        after=new.reading.text if new else "",
        since=row.period.start if new else ends,
        source=f"{citation.title}{citation.number} {citation.article}",
        quote=citation.quote,
        table=table,
        row_id=int(number),
    )


def _kind(old: Statement | None, new: Statement | None) -> ChangeKind:
    if old is None:
        return ChangeKind.NEW
    if new is None:
        return ChangeKind.ENDED
    if old.reading.text != new.reading.text or old.provision.kind != new.provision.kind:
        return ChangeKind.CHANGED
    return ChangeKind.SAME if _basis(old) == _basis(new) else ChangeKind.BASIS


def _basis(statement: Statement) -> tuple[object, ...]:
    row = statement.provision
    citation = row.citation
    return (citation.document_id, citation.article, citation.quote, row.standing, row.note)
