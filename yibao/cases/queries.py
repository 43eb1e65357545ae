"""Read cases. Other apps take the types of rows from here too, not from the models."""

from collections.abc import Iterable

from django.db.models import QuerySet

from yibao.cases.models import Case, Draft, Erased
from yibao.cases.personal import lookup_hashes
from yibao.cases.vocabulary import Kind

__all__ = [
    "Case",
    "Draft",
    "Erased",
    "cases_of_person",
    "find_case",
    "find_draft",
    "within_regions",
]


def cases_of_person(id_number: str, *, kind: Kind) -> QuerySet[Case]:
    """Return the cases of one kind about the holder of a (normalised) number."""
    return Case.objects.filter(kind=kind, person__id_lookup__in=lookup_hashes(id_number))


def within_regions(cases: QuerySet[Case], codes: Iterable[str] | None) -> QuerySet[Case]:
    """Return those of the cases that belong to regions; None is every one."""
    return cases if codes is None else cases.filter(region_code__in=codes)


def find_case(reference: str) -> Case | None:
    """Return the case of a stored reference with its person, None when there is none."""
    return Case.objects.select_related("person").filter(reference=reference).first()


def find_draft(uid: str, *, kind: Kind) -> Draft | None:
    """Return a draft by the name in its address, None when there is none."""
    return (
        Draft.objects.filter(uid=uid, kind=kind).select_related("case", "replaces__person").first()
    )
