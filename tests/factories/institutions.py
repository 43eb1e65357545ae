"""Institutions for tests: indexed as the site indexes them, in regions from the shipped files."""

from collections.abc import Iterable
from datetime import date
from functools import cache
from itertools import count
from typing import Any

from tests.factories.regions import shipped_memory
from yibao.institutions.indexing import index, region_line
from yibao.institutions.models import Institution, OpeningScope, Service, ServiceOpening
from yibao.regions import files, queries
from yibao.regions.models import Region

LISTED_ON = date(2020, 1, 31)
_numbers = count(1)


def make_regions(codes: Iterable[str]) -> None:
    """Save the shipped regions of the codes and all above them, and hold all in memory."""
    queries.MEMORY.hold(shipped_memory())
    wanted = {above for code in codes for above in region_line(code)}
    rows = [shipped_rows()[code] for code in sorted(wanted)]
    # All in one statement: a county and its pooling region name one another.
    Region.objects.bulk_create(rows, ignore_conflicts=True)


@cache
def shipped_rows() -> dict[str, Region]:
    """Return the shipped regions by code, unsaved."""
    return {row.code: row for row in files.read().regions}


def make_institution(
    name: str, region: str, *, open_for: Iterable[Any] = (), **fields: Any
) -> Institution:
    """Save one institution with openings across provinces, since 2024.

    `open_for` are services, or pairs of the service `chronic` and a disease.
    """
    make_regions([region])
    institution = Institution(
        **{
            "code": f"Y{region}{next(_numbers):05d}",
            "name": name,
            "kind": "general",
            "region_id": region,
            "source_name": "卫健委",
            "source_date": LISTED_ON,
            **fields,
        }
    )
    services = [found if isinstance(found, tuple) else (found, "") for found in open_for]
    index(institution, services)
    institution.full_clean(exclude=("document",))
    institution.save(force_insert=True)
    for service, disease in services:
        make_opening(institution, service, disease=disease)
    return institution


def make_opening(institution: Institution, service: str, **fields: Any) -> ServiceOpening:
    """Save one opening; the caller indexes the institution."""
    return ServiceOpening.objects.create(
        **{
            "institution": institution,
            "service": Service(service),
            "scope": OpeningScope.CROSS_PROVINCE,
            "effective_from": date(2024, 1, 1),
            "source_name": "国家医保服务平台",
            "checked_on": date(2026, 11, 1),
            **fields,
        }
    )
