"""Bring in the list that ships with the code: real names of January 2020, nothing invented.

Rows that an import or an officer has taken over since then stay as they are.
"""

import csv
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from django.db import transaction

from yibao.audit.operations import Actor, record
from yibao.core import stamps
from yibao.institutions import indexing
from yibao.institutions.models import Institution
from yibao.institutions.upkeep import tidy_index

DATA = Path(__file__).parent / "data" / "institutions.csv"
STAMP = "institutions"
_FIELDS = ("name", "aliases", "kind", "level", "grade", "region_id", "address", "phones")
_BATCH = 1000


@dataclass(frozen=True, slots=True)
class LoadReport:
    """What a load did; `unchanged` when this very file was loaded before."""

    added: int = 0
    changed: int = 0
    unchanged: bool = False


def read(path: Path = DATA) -> list[Institution]:
    """Return the file's rows as institutions with their search keys."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = [
            Institution(
                code=row["code"],
                name=row["name"],
                aliases=row["aliases"],
                kind=row["kind"],
                level=row["level"],
                grade=row["grade"],
                region_id=row["region"],
                address=row["address"],
                phones=row["phones"],
                source_name=row["source_name"],
                source_date=date.fromisoformat(row["source_date"]),
            )
            for row in csv.DictReader(file)
        ]
    for institution in rows:
        indexing.index(institution, services=())
    return rows


def load_institutions(
    *, by: Actor, at: datetime, path: Path = DATA, force: bool = False
) -> LoadReport:
    """Add the file's rows that are not held, and correct those that still rest on it."""
    content = stamps.digest([path])
    if not force and stamps.loaded_content(STAMP) == content:
        return LoadReport(unchanged=True)
    rows = read(path)
    with transaction.atomic():
        held = Institution.objects.in_bulk([row.code for row in rows])
        new = [row for row in rows if row.code not in held]
        changed = [
            row
            for row in rows
            if (before := held.get(row.code))
            and before.source_date == row.source_date
            and before.effective_to is None
            and before.checked_on is None
            and any(getattr(before, name) != getattr(row, name) for name in _FIELDS)
        ]
        new.sort(key=lambda row: row.position)
        Institution.objects.bulk_create(new, batch_size=_BATCH)
        Institution.objects.bulk_update(
            changed, (*_FIELDS, "source_name", *indexing.Keys._fields), batch_size=_BATCH
        )
        report = LoadReport(len(new), len(changed))
        stamps.bump(STAMP)
        stamps.record_content(STAMP, content)
        record(
            event="institutions.shipped_list_loaded",
            by=by,
            at=at,
            object_type="institutions.shipped_list",
            object_key=content,
            after={"added": report.added, "changed": report.changed},
        )
    tidy_index()
    return report
