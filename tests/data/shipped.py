"""The shipped policy files as the engine's provisions, without a database."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from functools import cache

from tests.factories.regions import shipped_memory
from yibao.policies import files
from yibao.policies.files import Known, PolicyFile
from yibao.policies.schema import TYPE_OF, Draft
from yibao.regions.index import UnknownRegion
from yibao.regions.queries import NATION
from yibao.rules.citation import Citation
from yibao.rules.period import Period
from yibao.rules.policy import LocalClass, Provision, Terms
from yibao.rules.terms import InsuranceType
from yibao.sources import files as source_files
from yibao.sources.models import Document


@cache
def shipped_files() -> tuple[PolicyFile, ...]:
    """Read and check the files as the loader does. Raises PolicyFilesRefused."""
    index = shipped_memory().index

    def is_region(code: str) -> bool:
        try:
            return index.get(code).code == code
        except UnknownRegion:
            return False

    documents = frozenset(_documents())
    classes = {
        code: frozenset(row.slug for row in rows) for code, rows in shipped_memory().classes.items()
    }
    return files.read(
        files.DATA, Known(documents, is_region, lambda code: classes.get(code, frozenset()))
    )


@cache
def shipped_provisions() -> Mapping[str, tuple[Provision, ...]]:
    """Return every shipped row by region code; ids are `file#place`."""
    found: dict[str, list[Provision]] = defaultdict(list)
    for file in shipped_files():
        for place, row in enumerate(file.rows):
            found[file.region_code].append(
                _provision(file, f"{file.name}#{place}", row.draft),
            )
    return {code: tuple(rows) for code, rows in found.items()}


@cache
def _documents() -> Mapping[str, Document]:
    return {document.slug: document for document in source_files.read().documents}


def _provision(file: PolicyFile, anchor: str, draft: Draft) -> Provision:
    document = _documents()[draft.document]
    return TYPE_OF[draft.table](
        id=anchor,
        region_code=file.region_code,
        insurance=InsuranceType(file.insurance) if file.insurance else None,
        period=Period(draft.effective_from, draft.effective_to),
        standing=draft.standing,
        citation=Citation(
            id=anchor,
            document_id=draft.document,
            title=document.title,
            number=document.number,
            issuer=document.issuer,
            article=draft.article,
            quote=draft.quote,
            published_on=document.published_on,
            effective_from=draft.effective_from,
            effective_to=draft.effective_to,
            basis=draft.effective_basis,
            checked_on=draft.checked_on or draft.effective_from,
            standing=draft.standing,
        ),
        kind=draft.kind,
        note=draft.note,
        **draft.values,
    )


def ancestors(code: str) -> tuple[str, ...]:
    """Return the codes from which a pooling region or province inherits, nearest first."""
    if code == NATION:
        return ()
    province = shipped_memory().index.get(code).province_code or NATION
    return tuple(dict.fromkeys(each for each in (province, NATION) if each != code))


def shipped_terms(code: str, insurance: InsuranceType, on: date) -> Terms:
    """Return what the shipped files say for a pooling region on a day."""
    region = shipped_memory().index.get(code)
    rows = shipped_provisions()
    return Terms(
        region_code=code,
        region_name=region.name,
        insurance=insurance,
        on=on,
        levels=tuple(
            tuple(
                row
                for row in rows.get(each, ())
                if row.insurance in (None, insurance) and row.period.holds(on)
            )
            for each in (code, *ancestors(code))
        ),
        classes=tuple(
            LocalClass(slug=row.slug, name=row.local_name, level=row.level)
            for row in shipped_memory().classes.get(code, ())
        ),
    )
