"""Read one institution with its openings, and what changed in its entry."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import CharField, DateField, F, QuerySet, Value
from django.db.models.functions import Cast

from yibao.institutions.models import (
    Institution,
    InstitutionChange,
    InstitutionName,
    ServiceOpening,
)

__all__ = ["OBJECT_TYPE", "Change", "Past", "find", "read_past"]

OBJECT_TYPE = "institutions.institution"
"""Under which the audit keeps what happened to an institution; the key is its code."""


@dataclass(frozen=True, slots=True)
class Change:
    """What happened to an entry on a day; who did it stays with the staff."""

    day: date
    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Past:
    """What an institution is and was.

    Openings of any day in the order of services, later ones first; names that it no longer
    bears and changes of its entry, the last ones first. The models are not saved ones.
    """

    openings: tuple[ServiceOpening, ...]
    former_names: tuple[InstitutionName, ...]
    changes: tuple[Change, ...]


def find(code: str) -> Institution | None:
    """Return the institution of a code with its region, document and successor."""
    found = Institution.objects.select_related("region", "document", "merged_into")
    return found.filter(code=code).first()


def read_past(institution: Institution, shown: Collection[str]) -> Past:
    """Return what was and is, in one query; of the changes those of the `shown` fields."""
    no_day = Cast(Value(None), DateField())
    openings = _lines(
        ServiceOpening.objects.filter(institution=institution),
        "opening",
        ("service", "disease", "scope", "source_name"),
        (F("effective_from"), F("effective_to"), F("checked_on")),
    )
    names = _lines(
        InstitutionName.objects.filter(institution=institution),
        "name",
        ("name", "source_name", "source_name", "source_name"),
        (F("used_to"), F("used_from"), no_day),
    )
    changes = _lines(
        InstitutionChange.objects.filter(institution=institution, field__in=shown),
        "change",
        ("field", "before", "after", "after"),
        (F("day"), no_day, no_day),
    )
    rows = list(openings.union(names, changes, all=True).order_by())
    return Past(
        openings=_openings([row[2:] for row in rows if row[0] == "opening"]),
        former_names=tuple(
            InstitutionName(name=name, used_to=used_to, used_from=used_from)
            for _what, _key, name, *_texts, used_to, used_from, _day in sorted(
                (row for row in rows if row[0] == "name"), key=lambda row: row[6], reverse=True
            )
        ),
        changes=tuple(
            Change(day, field, before, after)
            for _what, _key, field, before, after, _text, day, *_days in sorted(
                (row for row in rows if row[0] == "change"),
                key=lambda row: (row[6], row[1]),
                reverse=True,
            )
        ),
    )


def _lines(
    rows: QuerySet[Any], what: str, texts: tuple[str, ...], days: tuple[Any, ...]
) -> QuerySet[Any, tuple[Any, ...]]:
    """Return (what, key, four texts, three days) of each row."""
    named: dict[str, Any] = {
        f"text_{number}": Cast(F(name), CharField()) for number, name in enumerate(texts)
    }
    named |= {f"day_{number}": day for number, day in enumerate(days)}
    columns = rows.order_by().annotate(what=Value(what, CharField()), **named)
    lines: QuerySet[Any, tuple[Any, ...]] = columns.values_list("what", "pk", *named)
    return lines


def _openings(rows: list[tuple[Any, ...]]) -> tuple[ServiceOpening, ...]:
    found = [
        ServiceOpening(
            service=service,
            disease=disease,
            scope=scope,
            source_name=source_name,
            effective_from=effective_from,
            effective_to=effective_to,
            checked_on=checked_on,
        )
        for service, disease, scope, source_name, effective_from, effective_to, checked_on in rows
    ]
    found.sort(key=lambda row: row.effective_from, reverse=True)
    return tuple(sorted(found, key=lambda row: (row.service, row.disease, row.scope)))
