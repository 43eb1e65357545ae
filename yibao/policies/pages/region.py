"""The page of one region: every provision in force on a day, with its source."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from yibao.core.footnotes import Footnotes
from yibao.core.language import spoken
from yibao.core.stamps import Stamped
from yibao.core.words import in_language
from yibao.policies import queries
from yibao.policies.labels import label
from yibao.policies.pages.blocks import Branch, Notes, branches_of, names_in
from yibao.policies.pages.coverage import Cell, cells_of
from yibao.policies.statements import statements_of
from yibao.regions import queries as regions
from yibao.regions.index import RegionRef
from yibao.rules.policy import Provision


@dataclass(frozen=True, slots=True)
class Inherited:
    """What a region takes over from one above it."""

    region: RegionRef
    branches: tuple[Branch, ...]


@dataclass(frozen=True, slots=True)
class Coming:
    """A day ahead on which the region's own rules change, in sentences."""

    on: date
    begins: tuple[str, ...]
    ends: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LocalClass:
    """A class of institutions of the region's own and the level it stands for, in words."""

    name: str
    level: str
    is_inferred: bool
    note: str


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class RegionPage:
    """`own` is empty where nothing of the region itself has been collected.

    Told from others by identity: its HTML is kept with it.
    """

    region: RegionRef
    on: date
    own: tuple[Branch, ...]
    inherited: tuple[Inherited, ...]
    notes: Notes
    coming: tuple[Coming, ...]
    cells: tuple[tuple[Cell, ...], ...]
    classes: tuple[LocalClass, ...]
    members: tuple[RegionRef, ...]
    whom_to_ask: str


KEPT_PAGES = 100

_kept: Stamped[dict[tuple[str, str, date, date], RegionPage]] = Stamped(
    ("policies", "sources", "regions"), dict
)
"""The pages built last: their hundred rules in words are nearly all that a page costs."""


def region_page(code: str, on: date, today: date) -> RegionPage:
    """Return everything that a region's page shows; a page once built changes no more.

    Raises:
        UnknownRegion: for a code that is no region's.
    """
    kept = _kept.get()
    key = (spoken(), code, on, today)
    page = kept.get(key)
    if page is None:
        page = _built(code, on, today)
        if len(kept) >= KEPT_PAGES:
            kept.clear()
        kept[key] = page
    return page


def _built(code: str, on: date, today: date) -> RegionPage:
    region = regions.get_region(code)
    names = names_in(code)
    notes: Notes = Footnotes()
    own, *above = queries.list_levels(code, on, today=today)
    return RegionPage(
        region=region,
        on=on,
        own=branches_of(own.provisions, notes, names),
        inherited=tuple(
            Inherited(
                regions.get_region(level.region_code),
                branches_of(level.provisions, notes, names),
            )
            for level in above
            if level.provisions
        ),
        notes=notes,
        coming=tuple(
            Coming(change.on, _sentences(change.begins, names), _sentences(change.ends, names))
            for change in queries.changes_ahead(code, on)
        ),
        cells=tuple(
            tuple(cells)
            for _insurance, cells in groupby(
                cells_of(region.code, on, today) if region.is_pooling else (),
                key=lambda cell: cell.insurance,
            )
        ),
        classes=tuple(
            LocalClass(
                in_language(row.local_name),
                str(label(row.level)),
                row.is_inferred,
                in_language(row.note),
            )
            for row in regions.list_class_rows(code)
        ),
        members=regions.list_members(code),
        whom_to_ask=regions.whom_to_ask(code),
    )


def _sentences(rows: Iterable[Provision], names: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(
        " · ".join((*statement.reading.qualifiers, statement.reading.text))
        for statement in statements_of(rows, names)
    )
