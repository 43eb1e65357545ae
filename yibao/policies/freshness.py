"""Which clauses of a region's rules have to be compared with their documents again.

Public pages need none of this: a figure whose clause was checked too long ago is marked
there by itself, from the day on which it is due (`store.Stored.seen`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from yibao.policies import queries
from yibao.policies.pages.blocks import names_in
from yibao.policies.presentation import describe
from yibao.policies.store import Stored
from yibao.regions import queries as regions
from yibao.regions.index import RegionRef
from yibao.rules.citation import Citation
from yibao.sources import queries as sources

SOON = timedelta(days=30)
_SAMPLES = 3


@dataclass(frozen=True, slots=True)
class ClauseToCheck:
    """One clause with the rules in force that rest on it. `is_stale`: it is due already."""

    pk: int
    region: RegionRef
    document_id: str
    source: str
    address: str
    article: str
    quote: str
    checked_on: date
    due_on: date
    is_stale: bool
    rows: int
    samples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LinkToCheck:
    """One document with an address. `checked_on` is the oldest check of its clauses."""

    document_id: str
    source: str
    address: str
    checked_on: date
    clauses: int


@dataclass(frozen=True, slots=True)
class Freshness:
    """What is due now or within a month, and the addresses; the oldest first."""

    clauses: tuple[ClauseToCheck, ...]
    links: tuple[LinkToCheck, ...]

    @property
    def stale(self) -> int:
        return sum(clause.is_stale for clause in self.clauses)


def freshness_of(codes: Iterable[str], today: date) -> Freshness:
    """Return what is due within a month in the given regions, and the addresses to re-check."""
    in_force = [
        (code, row)
        for code in sorted(set(codes))
        for row in queries.list_published(code)
        if row.provision.period.end is None or today < row.provision.period.end
    ]
    grouped: dict[tuple[str, int], list[Stored]] = defaultdict(list)
    for code, row in in_force:
        grouped[code, row.clause_id].append(row)
    clauses = [
        _clause(code, pk, rows, today)
        for (code, pk), rows in grouped.items()
        if rows[0].review_due_on <= today + SOON
    ]
    return Freshness(
        clauses=tuple(sorted(clauses, key=lambda each: (each.due_on, each.region.code, each.pk))),
        links=_links(row for _code, row in in_force),
    )


def citing_region(clause_id: int, codes: Iterable[str]) -> str | None:
    """Return the first of the regions whose published rules cite a clause, None for none."""
    return next(
        (
            code
            for code in sorted(set(codes))
            if any(row.clause_id == clause_id for row in queries.list_published(code))
        ),
        None,
    )


def _clause(code: str, pk: int, rows: list[Stored], today: date) -> ClauseToCheck:
    citation = rows[0].provision.citation
    names = names_in(code)
    said = [describe(row.provision, names) for row in rows[:_SAMPLES]]
    return ClauseToCheck(
        pk=pk,
        region=regions.get_region(code),
        document_id=citation.document_id,
        source=_source(citation),
        address=sources.get_document(citation.document_id).address,
        article=citation.article,
        quote=citation.quote,
        checked_on=citation.checked_on,
        due_on=rows[0].review_due_on,
        is_stale=rows[0].review_due_on <= today,
        rows=len(rows),
        samples=tuple(
            f"{each.table_label}：{'；'.join(line.text for line in each.lines)}" for each in said
        ),
    )


def _links(rows: Iterable[Stored]) -> tuple[LinkToCheck, ...]:
    by_document: dict[str, dict[int, Citation]] = defaultdict(dict)
    for row in rows:
        citation = row.provision.citation
        by_document[citation.document_id][row.clause_id] = citation
    found = [
        LinkToCheck(
            document_id=slug,
            source=_source(next(iter(cited.values()))),
            address=sources.get_document(slug).address,
            checked_on=min(each.checked_on for each in cited.values()),
            clauses=len(cited),
        )
        for slug, cited in by_document.items()
        if sources.get_document(slug).address
    ]
    return tuple(sorted(found, key=lambda each: (each.checked_on, each.document_id)))


def _source(citation: Citation) -> str:
    return f"{citation.title}{citation.number}"
