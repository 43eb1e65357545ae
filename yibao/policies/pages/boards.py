"""The conflict board, and the pages of sources with the figures that rest on them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from yibao.core.footnotes import Footnotes
from yibao.core.words import in_language
from yibao.policies import queries
from yibao.policies.conflicts import Conflict, ConflictKind, find_conflicts
from yibao.policies.pages.blocks import Branch, Notes, branches_of, names_in
from yibao.policies.presentation import describe
from yibao.policies.presentation.markup import cite_html, lines_html
from yibao.policies.statements import Reading
from yibao.regions import queries as regions
from yibao.regions.index import RegionRef
from yibao.rules.terms import Standing
from yibao.sources import queries as sources
from yibao.sources.queries import Authority

KIND_WORDS: dict[ConflictKind, Promise] = {
    ConflictKind.VALUES: _("几处说法不同"),
    ConflictKind.READINGS: _("同一句话有几种理解"),
    ConflictKind.RANGE: _("只给出范围"),
    ConflictKind.LOCAL: _("本地规定与上级不同"),
    ConflictKind.SINGLE: _("说法可疑"),
}
_TREATMENT: dict[ConflictKind, Promise] = {
    ConflictKind.VALUES: _("不取其中任何一个；测算时列出各种说法的结果。"),
    ConflictKind.READINGS: _("不替您选；测算时按每种理解分别计算，给出范围。"),
    ConflictKind.RANGE: _("测算时按最低和最高分别计算，给出范围。"),
    ConflictKind.LOCAL: _("按本地规定计算，上级规定列在旁边。"),
    ConflictKind.SINGLE: _("不用来计算，等查到官方文件再定。"),
}
_COMPUTED_BESIDE: Promise = _("按没有争议的那一条计算，其余说法列在旁边。")
_LOCAL_DISPUTED: Promise = _("本地说法有疑问，不用来计算；在核实以前按上级规定说明。")


@dataclass(frozen=True, slots=True)
class ReadingView:
    """One side of a conflict as HTML."""

    whose: str
    for_whom: str
    html: SafeString
    cite: SafeString
    standing: Standing


@dataclass(frozen=True, slots=True)
class ConflictView:
    key: str
    kind: ConflictKind
    kind_words: str
    region: RegionRef
    title: str
    readings: tuple[ReadingView, ...]
    treatment: str
    standing: Standing


@dataclass(frozen=True, slots=True)
class TopicView:
    """Statements on one topic that no table can hold, and the rulings on them."""

    key: str
    name: str
    statements: tuple[sources.StatementRow, ...]
    rulings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RegionConflicts:
    region: RegionRef
    conflicts: tuple[ConflictView, ...]


@dataclass(frozen=True, slots=True)
class ConflictBoard:
    """`disputed` and `local` by region; `disputed_count`, `local_count` over all shown."""

    disputed: tuple[RegionConflicts, ...]
    disputed_count: int
    local: tuple[RegionConflicts, ...]
    local_count: int
    topics: tuple[TopicView, ...]
    regions: tuple[RegionRef, ...]
    notes: Notes


@dataclass(frozen=True, slots=True)
class RestingRegion:
    """The rows of one region that cite a document."""

    region: RegionRef
    branches: tuple[Branch, ...]


@dataclass(frozen=True, slots=True)
class SourcePage:
    document: sources.DocumentRow
    clauses: tuple[sources.ClauseRow, ...]
    statements: tuple[sources.StatementRow, ...]
    resting: tuple[RestingRegion, ...]
    notes: Notes


def conflict_board(on: date, today: date, region_code: str | None = None) -> ConflictBoard:
    """Return every conflict among the rules in force on a day, of one region or of all."""
    by_region = {
        code: queries.provisions_in_force(code, on, today=today)
        for code in queries.list_regions_with_policies()
    }
    found = find_conflicts(by_region, lambda code: regions.chain(code)[1:])
    codes = dict.fromkeys(conflict.region_code for conflict in found)
    notes: Notes = Footnotes()
    views = [
        _conflict_view(conflict, notes)
        for conflict in found
        if region_code is None or conflict.region_code == region_code
    ]
    disputed = [view for view in views if not _is_plain_local(view)]
    local = [view for view in views if _is_plain_local(view)]
    return ConflictBoard(
        disputed=_per_region(disputed),
        disputed_count=len(disputed),
        local=_per_region(local),
        local_count=len(local),
        topics=() if region_code else _topics(),
        regions=tuple(regions.get_region(code) for code in codes),
        notes=notes,
    )


def _per_region(views: Iterable[ConflictView]) -> tuple[RegionConflicts, ...]:
    groups: dict[RegionRef, list[ConflictView]] = {}
    for view in views:
        groups.setdefault(view.region, []).append(view)
    return tuple(RegionConflicts(region, tuple(found)) for region, found in groups.items())


def _is_plain_local(view: ConflictView) -> bool:
    return view.kind is ConflictKind.LOCAL and view.standing is not Standing.DISPUTED


def _conflict_view(conflict: Conflict, notes: Notes) -> ConflictView:
    region = regions.get_region(conflict.region_code)
    first = conflict.readings[0]
    return ConflictView(
        key=conflict.key,
        kind=conflict.kind,
        kind_words=str(KIND_WORDS[conflict.kind]),
        region=region,
        title=describe(first.provision).table_label,
        readings=tuple(_reading_view(reading, notes) for reading in conflict.readings),
        treatment=str(_treatment(conflict)),
        standing=conflict.standing,
    )


def _treatment(conflict: Conflict) -> Promise:
    standings = [reading.provision.standing for reading in conflict.readings]
    if conflict.kind is ConflictKind.LOCAL and standings[0] is Standing.DISPUTED:
        return _LOCAL_DISPUTED
    if conflict.kind is ConflictKind.VALUES and any(
        standing is not Standing.DISPUTED for standing in standings
    ):
        return _COMPUTED_BESIDE
    return _TREATMENT[conflict.kind]


def _reading_view(reading: Reading, notes: Notes) -> ReadingView:
    row = reading.provision
    return ReadingView(
        whose=regions.get_region(row.region_code).name,
        for_whom=" · ".join(reading.qualifiers),
        html=lines_html(reading.lines, row.citation.id),
        cite=cite_html(row.citation.id, notes.add(row.citation)),
        standing=row.standing,
    )


def _topics() -> tuple[TopicView, ...]:
    return tuple(
        TopicView(
            rows[0].topic,
            in_language(rows[0].topic_name),
            rows,
            tuple(dict.fromkeys(in_language(row.ruling) for row in rows if row.ruling)),
        )
        for rows in sources.list_topics()
    )


def source_page(slug: str, today: date) -> SourcePage:
    """Return a document, its clauses and what rests on it (one query for the clauses).

    Raises:
        UnknownDocument: when no document has the slug.
    """
    document = sources.get_document(slug)
    notes: Notes = Footnotes()
    resting = []
    for code in queries.list_regions_with_policies():
        rows = [
            stored.seen(today)
            for stored in queries.list_published(code)
            if stored.provision.citation.document_id == slug
        ]
        if rows:
            branches = branches_of(rows, notes, names_in(code))
            resting.append(RestingRegion(regions.get_region(code), branches))
    return SourcePage(
        document, sources.list_clauses(slug), sources.list_statements(slug), tuple(resting), notes
    )


def list_sources() -> Iterable[sources.DocumentRow]:
    """Return all documents, the most authoritative first."""
    order = list(Authority)
    return sorted(sources.list_documents(), key=lambda row: (order.index(row.authority), row.slug))
