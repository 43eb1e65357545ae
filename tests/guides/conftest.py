from collections.abc import Iterator
from datetime import date
from functools import cache

import pytest
from django.core.cache import cache as django_cache
from django.utils import timezone

from tests.factories.regions import shipped_memory
from tests.factories.shipped_policies import shipped_store
from yibao.guides import files, queries
from yibao.guides.markup import parse, parse_line
from yibao.guides.queries import GuideRow, Memory, TermRow
from yibao.guides.search import INDEXES
from yibao.guides.topics import Topic
from yibao.policies.store import STORE
from yibao.regions import queries as regions
from yibao.sources import files as source_files
from yibao.sources import queries as sources

TODAY = date(2026, 12, 1)


@cache
def shipped_guides() -> Memory:
    """Return what memory holds once the shipped files are loaded."""
    shipped = files.read()
    return queries.memory_of(
        (
            GuideRow(
                slug=entry.slug,
                topic=Topic(entry.topic),
                question=entry.question,
                keywords=entry.keywords,
                short=entry.short,
                short_line=parse_line(entry.short),
                body=entry.body,
                blocks=parse(entry.body),
                documents=entry.documents,
                related=entry.related,
                reviewed_on=entry.reviewed_on,
            )
            for entry in shipped.guides
        ),
        (
            TermRow(
                slug=term.slug,
                name=term.name,
                aliases=tuple(term.aliases.split()),
                english=term.english,
                definition=term.definition,
            )
            for term in shipped.terms
        ),
    )


@cache
def shipped_sources() -> sources.Memory:
    """Return the shipped documents as memory holds them."""
    rows = source_files.read().documents
    return sources.Memory({row.slug: sources._document(row) for row in rows}, ())


@pytest.fixture(autouse=True)
def today(monkeypatch: pytest.MonkeyPatch) -> date:
    monkeypatch.setattr(timezone, "localdate", lambda: TODAY)
    return TODAY


@pytest.fixture(autouse=True)
def nothing_from_other_tests() -> Iterator[None]:
    """A rolled-back test gives its stamp back, so memory could not tell its rows are gone."""
    django_cache.clear()
    yield
    for memory in (queries.MEMORY, INDEXES, STORE, regions.MEMORY, sources.MEMORY):
        memory.forget()


@pytest.fixture
def shipped(db: None) -> None:
    """The shipped regions, policies, sources and guides in memory, without their rows."""
    regions.MEMORY.hold(shipped_memory())
    STORE.hold(shipped_store())
    sources.MEMORY.hold(shipped_sources())
    queries.MEMORY.hold(shipped_guides())
