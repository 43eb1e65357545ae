"""Read guides and glossary. They are few and kept in memory, already parsed."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from django.db.models import Max

from yibao.core.language import ENGLISH, spoken
from yibao.core.stamps import Stamped
from yibao.guides.markup import Block, Inline, parse, parse_line
from yibao.guides.models import GlossaryTerm, Guide, GuideRevision, GuideStatus
from yibao.guides.topics import Topic

__all__ = [
    "MEMORY",
    "GuideRow",
    "Memory",
    "TermRow",
    "Topic",
    "UnknownGuide",
    "get_guide",
    "list_guides",
    "list_terms",
    "row_of",
    "term_pattern",
]


class UnknownGuide(LookupError):
    """No published guide has this slug."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GuideRow:
    """A guide as it is shown: its latest published text."""

    slug: str
    topic: Topic
    question: str
    keywords: str
    short: str
    short_line: Inline
    body: str
    blocks: tuple[Block, ...]
    documents: tuple[str, ...]
    related: tuple[str, ...]
    reviewed_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class TermRow:
    """A term of the glossary."""

    slug: str
    name: str
    aliases: tuple[str, ...]
    english: str
    definition: str


@dataclass(frozen=True, slots=True)
class Memory:
    """Everything that the queries keep. `pattern` finds every Chinese name of a term in a
    text, the longest first, and `english_pattern` the English ones too; `terms_by_name` says
    which term a name in small letters belongs to."""

    guides: Mapping[str, GuideRow]
    terms: tuple[TermRow, ...]
    terms_by_name: Mapping[str, str]
    pattern: re.Pattern[str]
    english_pattern: re.Pattern[str]


def _build() -> Memory:
    latest = (
        GuideRevision.objects.filter(status=GuideStatus.PUBLISHED, guide__is_retired=False)
        .order_by()
        .values("guide")
        .annotate(latest=Max("pk"))
        .values("latest")
    )
    revisions = (
        GuideRevision.objects.filter(pk__in=latest)
        .select_related("guide")
        .prefetch_related("documents", "related")
    )
    order = {topic.value: place for place, topic in enumerate(Topic)}
    rows = sorted(revisions, key=lambda row: (order[row.guide.topic], row.guide.rank, row.guide_id))
    return memory_of((row_of(row) for row in rows), map(_term, GlossaryTerm.objects.all()))


def memory_of(guides: Iterable[GuideRow], terms: Iterable[TermRow]) -> Memory:
    """Put rows together as memory holds them."""
    terms = tuple(terms)
    names = {name: term.slug for term in terms for name in (*term.aliases, term.name)}
    english = {term.english.lower(): term.slug for term in terms if term.english}
    chinese_names = _any_of(names)
    return Memory(
        MappingProxyType({row.slug: row for row in guides}),
        terms,
        MappingProxyType({name.lower(): slug for name, slug in (english | names).items()}),
        re.compile(chinese_names),
        re.compile(rf"{chinese_names}|\b(?:{_any_of(english)})(?=s?\b)", re.IGNORECASE),
    )


def _any_of(names: Iterable[str]) -> str:
    """Return a pattern of names, the longest first."""
    longest_first = sorted(names, key=lambda name: (-len(name), name))
    return "|".join(map(re.escape, longest_first)) or r"(?!)"


def row_of(revision: GuideRevision) -> GuideRow:
    """Return a text as a page shows it (a preview shows one that is not published).

    Raises:
        MarkupRefused: for a draft whose text may not stand.
    """
    guide: Guide = revision.guide
    return GuideRow(
        slug=guide.slug,
        topic=Topic(guide.topic),
        question=revision.question,
        keywords=revision.keywords,
        short=revision.short,
        short_line=parse_line(revision.short),
        body=revision.body,
        blocks=parse(revision.body),
        documents=tuple(document.pk for document in revision.documents.all()),
        related=tuple(other.pk for other in revision.related.all()),
        reviewed_on=revision.reviewed_on,
    )


def _term(row: GlossaryTerm) -> TermRow:
    return TermRow(
        slug=row.slug,
        name=row.name,
        aliases=tuple(row.aliases.split()),
        english=row.english,
        definition=row.definition,
    )


MEMORY = Stamped("guides", _build)


def get_guide(slug: str) -> GuideRow:
    """Return one guide. Raises UnknownGuide."""
    try:
        return MEMORY.get().guides[slug]
    except KeyError as error:
        raise UnknownGuide(slug) from error


def list_guides() -> tuple[GuideRow, ...]:
    """Return every guide, by topic and rank."""
    return tuple(MEMORY.get().guides.values())


def list_terms() -> tuple[TermRow, ...]:
    """Return every term, by slug."""
    return MEMORY.get().terms


def term_pattern() -> tuple[re.Pattern[str], Mapping[str, str]]:
    """Return what finds the names of terms in a text of the page's language, and the slug
    that each stands for, by its name in small letters."""
    memory = MEMORY.get()
    pattern = memory.english_pattern if spoken() == ENGLISH else memory.pattern
    return pattern, memory.terms_by_name
