"""The shipped source files: read and checked, without a database.

Every `*.toml` of the folder is read. A file holds tables of two kinds, with the fields of
the models of the same name; `superseded_by` and `related_statement` name a slug:

    [[document]]
    slug = "s-js-75"
    title = "江苏省异地就医经办服务规程"
    …

    [[statement]]
    slug = "card-replaced"
    document = "s-seed4"
    article = "正文"
    quote = "…"
    checked_on = 2026-11-23
    topic = "statement/card"
    …

Clauses that only provisions cite come with the provisions (`operations.ensure_clauses`).
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.db import models

from yibao.sources.models import SLUG_PATTERN, Clause, Document, Statement

DATA = Path(__file__).parent / "data"
CHECKED_ON = date(2026, 11, 23)


class SourceFileRefused(Exception):
    """A shipped file cannot be loaded; the message names file, entry and reason."""

    def __init__(self, file: str, entry: str, reason: str) -> None:
        super().__init__(f"{file}, {entry}: {reason}")


class ClauseKey(NamedTuple):
    """What tells a clause from all others."""

    document: str
    article: str
    quote: str


@dataclass(frozen=True, slots=True)
class StatementEntry:
    """An unsaved statement with the clause that it rests on."""

    statement: Statement
    clause: Clause


@dataclass(frozen=True, slots=True)
class SourceFiles:
    """What the files say, unsaved and consistent in itself."""

    documents: tuple[Document, ...]
    statements: tuple[StatementEntry, ...]


DOCUMENT_FIELDS = {
    "slug": str,
    "title": str,
    "issuer": str,
    "number": str,
    "authority": str,
    "reading": str,
    "published_on": date,
    "effective_on": date,
    "effective_to": date,
    "dates_note": str,
    "address": str,
    "caution": str,
    "seen_at": str,
    "how_seen": str,
    "superseded_by": str,
}
_CLAUSE_FIELDS = {
    "document": str,
    "article": str,
    "quote": str,
    "checked_on": date,
    "review_interval_days": int,
}
_STATEMENT_FIELDS = {
    "slug": str,
    "topic": str,
    "topic_name": str,
    "text": str,
    "standing": str,
    "ruling": str,
    "related_statement": str,
}
_REFERENCES = {
    "document": "document_id",
    "superseded_by": "superseded_by_id",
    "related_statement": "related_statement_id",
}
_KINDS = {"document": DOCUMENT_FIELDS, "statement": _CLAUSE_FIELDS | _STATEMENT_FIELDS}


def paths(folder: Path = DATA) -> list[Path]:
    """Return the files of the folder in the order of their names."""
    return sorted(folder.glob("*.toml"))


def read(folder: Path = DATA) -> SourceFiles:
    """Read and check all files of the folder. Raises SourceFileRefused."""
    documents: dict[str, Document] = {}
    statements: dict[str, StatementEntry] = {}
    places: dict[str, str] = {}
    for path in paths(folder):
        for kind, entry, fields in _entries(path):
            slug = str(fields.get("slug", ""))
            if not re.fullmatch(SLUG_PATTERN, slug):
                raise SourceFileRefused(path.name, entry, f"{slug!r} is no slug")
            if f"{kind} {slug}" in places:
                raise SourceFileRefused(path.name, entry, f"{kind} {slug} is listed twice")
            places[f"{kind} {slug}"] = path.name
            if kind == "document":
                documents[slug] = _build(Document, fields, path.name, slug)
            else:
                statements[slug] = _statement(fields, path.name, slug)
    _check_references(documents, statements, places)
    return SourceFiles(tuple(documents.values()), tuple(statements.values()))


def _entries(path: Path) -> Iterable[tuple[str, str, dict[str, Any]]]:
    """Yield (kind, entry for messages, fields) of one file, with the types of all checked."""
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SourceFileRefused(path.name, "whole file", str(error)) from error
    for kind, rows in content.items():
        if kind not in _KINDS or not isinstance(rows, list):
            raise SourceFileRefused(path.name, kind, "expected [[document]] or [[statement]]")
        for number, fields in enumerate(rows, start=1):
            entry = f"{kind} {number} ({fields.get('slug', 'no slug')})"
            for name, value in fields.items():
                expected = _KINDS[kind].get(name)
                if expected is None:
                    raise SourceFileRefused(path.name, entry, f"unknown key {name!r}")
                if type(value) is not expected:
                    reason = f"{name} must be of type {expected.__name__}"
                    raise SourceFileRefused(path.name, entry, reason)
            yield kind, entry, fields


def _statement(fields: Mapping[str, Any], file: str, slug: str) -> StatementEntry:
    clause = {name: value for name, value in fields.items() if name in _CLAUSE_FIELDS}
    clause.setdefault("checked_on", CHECKED_ON)
    statement = {name: value for name, value in fields.items() if name in _STATEMENT_FIELDS}
    return StatementEntry(
        _build(Statement, statement, file, slug), _build(Clause, clause, file, slug)
    )


def _build[M: (Document, Clause, Statement)](
    model: type[M], fields: Mapping[str, Any], file: str, slug: str
) -> M:
    row = model(**{_REFERENCES.get(name, name): value for name, value in fields.items()})
    references = [
        field.name for field in model._meta.fields if isinstance(field, models.ForeignKey)
    ]
    try:
        row.clean_fields(exclude=references)
    except ValidationError as error:
        name, messages = next(iter(error.message_dict.items()))
        raise SourceFileRefused(file, slug, f"{name}: {messages[0]}") from error
    return row


def _check_references(
    documents: Mapping[str, Document],
    statements: Mapping[str, StatementEntry],
    places: Mapping[str, str],
) -> None:
    for document in documents.values():
        target = document.superseded_by_id
        if target is not None and target not in documents:
            file = places[f"document {document.slug}"]
            raise SourceFileRefused(file, document.slug, f"unknown document {target!r}")
    for slug, entry in statements.items():
        file = places[f"statement {slug}"]
        if entry.clause.document_id not in documents:
            raise SourceFileRefused(file, slug, f"unknown document {entry.clause.document_id!r}")
        target = entry.statement.related_statement_id
        if target is not None and target not in statements:
            raise SourceFileRefused(file, slug, f"unknown statement {target!r}")
