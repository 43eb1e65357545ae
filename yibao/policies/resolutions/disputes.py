"""What stands disputed in an officer's regions, with all readings."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from yibao.policies import queries
from yibao.policies.conflicts import Conflict, find_conflicts
from yibao.policies.labels import label
from yibao.policies.models import OPEN_STATUSES, Resolution, Revision
from yibao.policies.pages.blocks import names_in
from yibao.policies.pages.boards import KIND_WORDS
from yibao.policies.presentation import describe
from yibao.policies.statements import Reading
from yibao.regions import queries as regions
from yibao.regions.index import RegionRef
from yibao.rules.terms import Standing


@dataclass(frozen=True, slots=True)
class ReadingRow:
    """One side of a dispute. `is_own`: a row of the region itself, not an inherited one."""

    row_id: str
    whose: str
    for_whom: str
    text: str
    source: str
    standing_words: str
    is_own: bool


@dataclass(frozen=True, slots=True)
class Dispute:
    """A conflict with a disputed side; `pending` is the draft that resolves it."""

    key: str
    region: RegionRef
    title: str
    kind_words: str
    readings: tuple[ReadingRow, ...]
    pending: Revision | None

    @property
    def rows(self) -> str:
        """The rows as an address names them."""
        return ",".join(reading.row_id for reading in self.readings)


def disputes_of(codes: Iterable[str], today: date) -> tuple[Dispute, ...]:
    """Return every dispute of the given regions, by key (one query)."""
    wanted = set(codes)
    by_region = {
        code: queries.provisions_in_force(code, today, today=today)
        for code in queries.list_regions_with_policies()
    }
    found = find_conflicts(by_region, lambda code: regions.chain(code)[1:])
    pending = {
        row.key: row.revision
        for row in Resolution.objects.filter(revision__status__in=OPEN_STATUSES).select_related(
            "revision__author"
        )
    }
    return tuple(
        _dispute(conflict, pending.get(conflict.key))
        for conflict in found
        if conflict.standing is Standing.DISPUTED and conflict.region_code in wanted
    )


def _dispute(conflict: Conflict, pending: Revision | None) -> Dispute:
    names = names_in(conflict.region_code)
    first = describe(conflict.readings[0].provision, names)
    return Dispute(
        key=conflict.key,
        region=regions.get_region(conflict.region_code),
        title=first.table_label,
        kind_words=str(KIND_WORDS[conflict.kind]),
        readings=tuple(_reading(each, conflict.region_code) for each in conflict.readings),
        pending=pending,
    )


def _reading(reading: Reading, code: str) -> ReadingRow:
    row = reading.provision
    citation = row.citation
    return ReadingRow(
        row_id=row.id,
        whose=regions.get_region(row.region_code).name,
        for_whom=" · ".join(reading.qualifiers),
        text=reading.text,
        source=f"{citation.title}{citation.number} {citation.article}",
        standing_words=str(label(row.standing)),
        is_own=row.region_code == code,
    )
