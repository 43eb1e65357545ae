"""What a draft stands on: what is in force on its first day, its own rows, what it inherits."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from yibao.policies import queries
from yibao.policies.desk.checks import Ground
from yibao.policies.desk.drafts import rows_to_change
from yibao.policies.keys import SettledKey, settled_keys
from yibao.policies.models import Provision as ProvisionRow
from yibao.policies.models import Revision
from yibao.policies.presentation import describe
from yibao.policies.schema import values_of
from yibao.policies.store import provision_of
from yibao.regions import queries as regions
from yibao.rules.policy import Provision
from yibao.rules.terms import InsuranceType


@dataclass(frozen=True, slots=True)
class RowView:
    """A published row as an officer reads it; `is_ended` when the draft ends or replaces it."""

    table: str
    pk: int
    title: str
    for_whom: str
    text: str
    source: str
    since: date
    until: date | None
    is_ended: bool


@dataclass(frozen=True, slots=True)
class InheritedRows:
    """What one region above has in force and the draft's region therefore need not state."""

    region_code: str
    region_name: str
    rows: tuple[RowView, ...]


def views_of(revision: Revision) -> tuple[RowView, ...]:
    """Return the published rows that the draft may change or end."""
    ended = set(revision.endings.values_list("table", "provision_id"))
    return tuple(
        _view(provision_of(row), (row.terms_type.table, row.pk) in ended)
        for row in rows_to_change(revision)
    )


def inherited_by(revision: Revision, day: date) -> tuple[InheritedRows, ...]:
    """Return what the regions above have in force on a day, nearest first."""
    branch = _branch(revision)
    return tuple(
        InheritedRows(
            code,
            regions.get_region(code).name,
            tuple(
                _view(row, False)
                for row in queries.provisions_in_force(code, day, insurance=branch)
            ),
        )
        for code in regions.chain(revision.region_id)[1:]
    )


def ground_of(revision: Revision, rows: Iterable[ProvisionRow], today: date) -> Ground:
    """Return what the rows of a draft, saved or not, are judged by.

    The day is the draft's first, else the first day of any of its rows, else `today`.
    """
    draft = tuple(provision_of(row) for row in rows)
    day = revision.starts_on or min((row.period.start for row in draft), default=today)
    code, branch = revision.region_id, _branch(revision)
    held = queries.provisions_in_force(code, day, insurance=branch)
    ended = {f"{ending.table}-{ending.provision_id}" for ending in revision.endings.all()}
    new = [(key, row) for row in draft for key in _keys(row)]
    before = [row for row in held if row.id in ended or _is_replaced(row, new)]
    gone = {row.id for row in before}
    return Ground(
        draft=draft,
        after=[row for row in held if row.id not in gone]
        + [row for row in draft if row.period.holds(day)],
        before=before,
        inherited={
            above: queries.provisions_in_force(above, day, insurance=branch)
            for above in regions.chain(code)[1:]
        },
        elsewhere={
            regions.get_region(other).name: queries.provisions_in_force(other, day)
            for other in queries.list_regions_with_policies()
            if other != code
        },
    )


def _is_replaced(row: Provision, new: list[tuple[SettledKey, Provision]]) -> bool:
    return any(
        key.overlaps(other) and row.period.overlaps(successor.period)
        for key in _keys(row)
        for other, successor in new
        if successor.insurance == row.insurance
    )


def _keys(row: Provision) -> tuple[SettledKey, ...]:
    return settled_keys(
        row.region_code,
        row.insurance,
        row.table,
        row.standing,
        row.kind,
        values_of(row, row.table),
    )


def _view(row: Provision, is_ended: bool) -> RowView:
    described = describe(row)
    table, _dash, number = row.id.rpartition("-")
    return RowView(
        table=table,
        pk=int(number),
        title=described.table_label,
        for_whom=" · ".join(described.qualifiers),
        text="；".join(line.text for line in described.lines),
        source=f"{row.citation.title}{row.citation.number} {row.citation.article}",
        since=row.period.start,
        until=row.period.end,
        is_ended=is_ended,
    )


def _branch(revision: Revision) -> InsuranceType | None:
    return InsuranceType(revision.insurance) if revision.insurance else None
