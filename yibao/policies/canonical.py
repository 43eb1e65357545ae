"""The one form in which a policy file is written: the same rows always give the same text."""

from collections.abc import Iterable
from dataclasses import MISSING
from datetime import date
from enum import StrEnum
from typing import Any

from yibao.core import toml
from yibao.policies.files import BOTH, PolicyFile
from yibao.policies.schema import TYPE_OF, Draft, Field, fields_of, in_order
from yibao.rules.terms import Kind


def text_of(region_code: str, insurance: str, title: str, drafts: Iterable[Draft]) -> str:
    """Return the canonical text of a file."""
    document: dict[str, Any] = {
        "region": region_code,
        "insurance": insurance or BOTH,
        "title": title,
    }
    by_table: dict[str, list[Draft]] = {table: [] for table in TYPE_OF}
    for draft in drafts:
        by_table[draft.table].append(draft)
    for table, rows in by_table.items():
        if rows:
            document[table] = [_row(draft) for draft in sorted(rows, key=_place)]
    return toml.dumps(document)


def _row(draft: Draft) -> dict[str, Any]:
    row: dict[str, Any] = {
        "reference": list(draft.reference) or None,
        "document": draft.document,
        "article": draft.article,
        "quote": draft.quote or None,
        "checked_on": draft.checked_on,
        "standing": str(draft.standing),
        "kind": None if draft.kind == Kind.RULE else str(draft.kind),
        "effective_from": draft.effective_from,
        "effective_basis": str(draft.effective_basis),
        "effective_to": draft.effective_to,
        "note": draft.note or None,
    }
    for field in fields_of(draft.table):
        value = draft.values[field.name]
        if value != field.default or field.default is MISSING:
            row[field.name] = (
                [str(item) for item in in_order(field.base, value)] if field.many else value
            )
    return row


def _place(draft: Draft) -> tuple[Any, ...]:
    """Sort rows by what they say, then by period and source: independent of entry order."""
    said = tuple(_rank(field, draft.values[field.name]) for field in fields_of(draft.table))
    return (
        *said,
        draft.effective_from,
        draft.effective_to or date.max,
        str(draft.standing),
        draft.document,
        draft.article,
        draft.quote,
        draft.note,
        draft.reference,
    )


def _rank(field: Field, value: Any) -> tuple[Any, ...]:
    """Return a value that sorts: not stated first, enumerations in their own order."""
    if value is None:
        return (0,)
    if field.many:
        return (1, *(_member_rank(field.base, item) for item in in_order(field.base, value)))
    return (1, _member_rank(field.base, value))


def _member_rank(base: type, value: Any) -> Any:
    return list(base).index(value) if issubclass(base, StrEnum) else value


def in_canonical_form(file: PolicyFile, text: str) -> bool:
    """Tell whether the text is exactly what an export would write."""
    return text_of(file.region_code, file.insurance, file.title, file.drafts) == text
