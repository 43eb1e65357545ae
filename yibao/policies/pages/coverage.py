"""What is known: region × insurance type × care type, worked out from the terms of a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from yibao.policies import queries
from yibao.policies.labels import label
from yibao.regions import queries as regions
from yibao.regions.index import RegionRef
from yibao.rules.policy import AccountRule, BenefitProvision, Deductible, PaymentBand, Terms
from yibao.rules.terms import CareType, InsuranceType, Kind, Standing

COVERED_CARE = (CareType.INPATIENT, CareType.OUTPATIENT, CareType.CHRONIC, CareType.PHARMACY)


class Status(StrEnum):
    """What can be said of one cell, best first."""

    STATED = "stated"
    SECONDARY = "secondary"
    UNVERIFIED = "unverified"
    PARTIAL = "partial"
    RANGE = "range"
    DISPUTED = "disputed"
    STALE = "stale"
    MISSING = "missing"

    @property
    def words(self) -> object:
        return _WORDS[self]


_WORDS = {
    Status.STATED: _("有官方原文"),
    Status.SECONDARY: _("转引，未见原文"),
    Status.UNVERIFIED: _("待核实"),
    Status.PARTIAL: _("只查到一部分"),
    Status.RANGE: _("只查到范围"),
    Status.DISPUTED: _("有争议"),
    Status.STALE: _("已过复核期"),
    Status.MISSING: _("没有查到"),
}


@dataclass(frozen=True, slots=True)
class Cell:
    insurance: InsuranceType
    care_type: CareType
    status: Status

    @property
    def insurance_words(self) -> str:
        return str(label(self.insurance))

    @property
    def care_words(self) -> str:
        return str(label(self.care_type))


@dataclass(frozen=True, slots=True)
class CoverageRow:
    region: RegionRef
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Coverage:
    """The board. `rows` are the regions of which anything is known; `counts` are over all
    pooling regions, so that what is missing weighs what it should."""

    rows: tuple[CoverageRow, ...]
    pools: int
    pools_with_facts: int
    counts: tuple[tuple[Status, int], ...]
    cells: int


def coverage(on: date, today: date) -> Coverage:
    """Return the coverage of every pooling region on a day."""
    pools = [pool for group in regions.list_provinces() for pool in group.pools]
    stated = set(queries.list_regions_with_policies())
    counts = dict.fromkeys(Status, 0)
    rows = []
    for pool in pools:
        cells = cells_of(pool.code, on, today)
        for cell in cells:
            counts[cell.status] += 1
        if pool.code in stated:
            rows.append(CoverageRow(pool, cells))
    return Coverage(
        rows=tuple(rows),
        pools=len(pools),
        pools_with_facts=len(rows),
        counts=tuple(counts.items()),
        cells=sum(counts.values()),
    )


def cells_of(code: str, on: date, today: date) -> tuple[Cell, ...]:
    """Return the status of each insurance and care type of one pooling region."""
    found = []
    for insurance in InsuranceType:
        terms = queries.get_terms(code, insurance, on, today=today)
        found += [Cell(insurance, care, _status(terms, care)) for care in COVERED_CARE]
    return tuple(found)


def _status(terms: Terms, care: CareType) -> Status:
    """Judge a cell by the rows that decide what is paid at home: ratios and deductibles."""
    bands = _rows(terms, PaymentBand, care)
    if care is CareType.PHARMACY and not bands:
        return _account_status(terms)
    if not bands:
        return Status.PARTIAL if _rows(terms, Deductible, care) else Status.MISSING
    if any(row.citation.stale for row in bands):
        return Status.STALE
    computed = [row for row in bands if row.standing is not Standing.DISPUTED]
    if not computed:
        return Status.DISPUTED
    if all(row.kind is Kind.BOUND for row in computed):
        return Status.RANGE
    if not _rows(terms, Deductible, care):
        return Status.PARTIAL
    return _weakest({row.standing for row in computed})


def _account_status(terms: Terms) -> Status:
    rows = [row for level in terms.of(AccountRule) for row in level if row.pharmacy_mode]
    if not rows:
        return Status.MISSING
    if any(row.citation.stale for row in rows):
        return Status.STALE
    standings = {row.standing for row in rows}
    return Status.DISPUTED if standings == {Standing.DISPUTED} else _weakest(standings)


def _weakest(standings: set[Standing]) -> Status:
    if Standing.UNVERIFIED in standings:
        return Status.UNVERIFIED
    return Status.SECONDARY if Standing.SECONDARY in standings else Status.STATED


def _rows[P: BenefitProvision](terms: Terms, table: type[P], care: CareType) -> list[P]:
    """Return the rows of the nearest level that speak of a care type and may be computed."""
    for level in terms.of(table):
        rows = [
            row
            for row in level
            if row.kind in (Kind.RULE, Kind.BOUND)
            and (not row.care_types or care in row.care_types)
        ]
        if rows:
            return rows
    return []
