"""Read region policies: the only bridge from the tables to the engine.

Everything comes from memory (`store`); the stamps are checked with one query per request.
"""

from dataclasses import dataclass
from datetime import date

from django.conf import settings

from yibao.policies.store import STORE, Stored
from yibao.regions import queries as regions
from yibao.rules.policy import Provision, Terms
from yibao.rules.terms import InsuranceType


@dataclass(frozen=True, slots=True)
class RegionLevel:
    """What one region of a chain has in force itself."""

    region_code: str
    provisions: tuple[Provision, ...]


@dataclass(frozen=True, slots=True)
class ComingChange:
    """A day on which a region's own rules change: what begins and what ends on it."""

    on: date
    begins: tuple[Provision, ...]
    ends: tuple[Provision, ...]


def get_terms(
    region_code: str, insurance: InsuranceType, on: date, *, today: date | None = None
) -> Terms:
    """Return everything in force on a day for people insured under a code.

    `on` is the day of care; `today`, where given, marks citations whose last check is too
    old as stale. Rows of standing `unverified` are left out where an operator runs the site.

    Raises:
        UnknownRegion: for a code that is no region's (see `regions.queries.get_region`).
    """
    code = regions.resolve(region_code).code
    return STORE.get().terms(code, insurance, on, today, _with_unverified())


def list_levels(
    region_code: str,
    on: date,
    *,
    insurance: InsuranceType | None = None,
    today: date | None = None,
) -> tuple[RegionLevel, ...]:
    """Return what a region and those it inherits from have in force, nearest first.

    `insurance=None` gives the rows of both branches.

    Raises:
        UnknownRegion: as `get_terms`.
    """
    store = STORE.get()
    return tuple(
        RegionLevel(code, store.level(code, insurance, on, today, _with_unverified()))
        for code in regions.chain(region_code)
    )


def provisions_in_force(
    region_code: str,
    on: date,
    *,
    insurance: InsuranceType | None = None,
    today: date | None = None,
) -> tuple[Provision, ...]:
    """Return what a region itself has in force, without what it inherits."""
    return STORE.get().level(region_code, insurance, on, today, _with_unverified())


def list_published(region_code: str | None = None) -> tuple[Stored, ...]:
    """Return everything published for one region or for all, of all days and standings."""
    store = STORE.get()
    if region_code is not None:
        return store.of(region_code)
    return tuple(row for rows in store.by_region.values() for row in rows)


def list_regions_with_policies() -> tuple[str, ...]:
    """Return the codes of the regions that state anything themselves, in order."""
    return tuple(sorted(STORE.get().by_region))


def changes_ahead(region_code: str, after: date) -> tuple[ComingChange, ...]:
    """Return the days after `after` on which a region's own rules change, in order."""
    rows = [row.provision for row in STORE.get().of(region_code)]
    days = {row.period.start for row in rows} | {row.period.end for row in rows}
    return tuple(
        ComingChange(
            day,
            tuple(row for row in rows if row.period.start == day),
            tuple(row for row in rows if row.period.end == day),
        )
        for day in sorted(day for day in days if day is not None and day > after)
    )


def _with_unverified() -> bool:
    return not settings.OPERATOR
