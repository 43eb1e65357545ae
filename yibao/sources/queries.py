"""Read the sources. Documents and statements are few and kept in memory."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from yibao.core.stamps import Stamped
from yibao.rules.terms import Standing
from yibao.sources.models import Authority, Clause, Document, Statement

__all__ = [
    "MEMORY",
    "Authority",
    "ClauseRow",
    "DocumentRow",
    "StatementRow",
    "UnknownDocument",
    "get_document",
    "list_clauses",
    "list_documents",
    "list_statements",
    "list_topics",
]


class UnknownDocument(LookupError):
    """No document has this slug."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentRow:
    """A document as a citizen may see it: where it was seen is for staff only.

    `effective_to` is the first day on which it no longer holds.
    """

    slug: str
    title: str
    issuer: str
    number: str
    authority: Authority
    reading: Standing
    published_on: date | None
    effective_on: date | None
    effective_to: date | None
    dates_note: str
    address: str
    caution: str
    superseded_by: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementRow:
    """A statement of a document that no table can hold, with its ruling."""

    slug: str
    document: str
    article: str
    quote: str
    checked_on: date
    review_due_on: date
    topic: str
    topic_name: str
    text: str
    standing: Standing
    ruling: str
    related: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClauseRow:
    """A clause with the first day on which its last check is too old."""

    pk: int
    article: str
    quote: str
    checked_on: date
    review_due_on: date


@dataclass(frozen=True, slots=True)
class Memory:
    """Everything that the queries keep."""

    documents: Mapping[str, DocumentRow]
    statements: tuple[StatementRow, ...]


def _build() -> Memory:
    statements = Statement.objects.select_related("clause__document")
    return build(Document.objects.all(), statements)


def build(documents: Iterable[Document], statements: Iterable[Statement]) -> Memory:
    """Put the rows together as memory holds them; saved or not makes no difference."""
    return Memory(
        MappingProxyType({row.slug: _document(row) for row in documents}),
        tuple(_statement(row) for row in statements),
    )


def _document(row: Document) -> DocumentRow:
    return DocumentRow(
        slug=row.slug,
        title=row.title,
        issuer=row.issuer,
        number=row.number,
        authority=Authority(row.authority),
        reading=Standing(row.reading),
        published_on=row.published_on,
        effective_on=row.effective_on,
        effective_to=row.effective_to,
        dates_note=row.dates_note,
        address=row.address,
        caution=row.caution,
        superseded_by=row.superseded_by_id,
    )


def _statement(row: Statement) -> StatementRow:
    return StatementRow(
        slug=row.slug,
        document=row.clause.document_id,
        article=row.clause.article,
        quote=row.clause.quote,
        checked_on=row.clause.checked_on,
        review_due_on=row.clause.review_due_on(),
        topic=row.topic,
        topic_name=row.topic_name,
        text=row.text,
        standing=Standing(row.standing),
        ruling=row.ruling,
        related=row.related_statement_id,
    )


MEMORY = Stamped("sources", _build)


def get_document(slug: str) -> DocumentRow:
    """Return one document. Raises UnknownDocument."""
    try:
        return MEMORY.get().documents[slug]
    except KeyError as error:
        raise UnknownDocument(slug) from error


def list_documents() -> tuple[DocumentRow, ...]:
    """Return every document, by slug."""
    return tuple(MEMORY.get().documents.values())


def list_clauses(slug: str) -> tuple[ClauseRow, ...]:
    """Return the clauses of one document, by article (one query)."""
    rows = Clause.objects.filter(document=slug).select_related("document")
    return tuple(
        ClauseRow(
            pk=row.pk,
            article=row.article,
            quote=row.quote,
            checked_on=row.checked_on,
            review_due_on=row.review_due_on(),
        )
        for row in rows
    )


def list_statements(slug: str | None = None) -> tuple[StatementRow, ...]:
    """Return the statements of one document, or of all, by topic."""
    rows = MEMORY.get().statements
    return rows if slug is None else tuple(row for row in rows if row.document == slug)


def list_topics() -> tuple[tuple[StatementRow, ...], ...]:
    """Return all statements, those on one topic together."""
    topics: dict[str, list[StatementRow]] = defaultdict(list)
    for row in MEMORY.get().statements:
        topics[row.topic].append(row)
    return tuple(tuple(rows) for _topic, rows in sorted(topics.items()))
