"""A guide as its page shows it: text with terms linked, and the region's own rules in it."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from yibao.core.footnotes import Footnotes
from yibao.core.language import ENGLISH, spoken
from yibao.core.navigation import links
from yibao.core.words import in_language
from yibao.guides import queries
from yibao.guides.english import blocks_in_language
from yibao.guides.local_rules import LocalRules
from yibao.guides.markup import (
    Block,
    Heading,
    Inline,
    Items,
    Link,
    Paragraph,
    Placeholder,
    parse_line,
)
from yibao.guides.queries import GuideRow, TermRow
from yibao.guides.topics import Topic
from yibao.institutions.pinyin import syllables
from yibao.regions.index import RegionRef
from yibao.rules.citation import Citation
from yibao.rules.terms import InsuranceType
from yibao.sources import queries as sources
from yibao.sources.queries import DocumentRow


@dataclass(frozen=True, slots=True)
class RelatedGuide:
    question: str
    address: str


@dataclass(frozen=True, slots=True)
class GuidePage:
    """Everything that templates/guides/guide.html prints.

    `is_partly_chinese` tells that some of the text is not in the page's language; `has_local`
    that the text depends on the region; `is_stale` that its last review is too old.
    """

    guide: GuideRow
    topic: str
    short: SafeString
    body: SafeString
    notes: Footnotes[Citation]
    documents: tuple[DocumentRow, ...]
    related: tuple[RelatedGuide, ...]
    has_local: bool
    is_stale: bool
    is_elsewhere: bool
    is_partly_chinese: bool


@dataclass(frozen=True, slots=True)
class TopicGroup:
    """The guides under one topic."""

    slug: str
    title: str
    guides: tuple[GuideRow, ...]


def groups() -> tuple[TopicGroup, ...]:
    """Return all guides by topic, topics without guides left out."""
    rows = queries.list_guides()
    found = (
        TopicGroup(topic.value, str(topic.label), tuple(row for row in rows if row.topic == topic))
        for topic in Topic
    )
    return tuple(group for group in found if group.guides)


def terms() -> tuple[TermRow, ...]:
    """Return the terms as a dictionary of the page's language has them."""
    is_english = spoken() == ENGLISH

    def place(term: TermRow) -> list[str]:
        return [term.english.lower()] if is_english and term.english else syllables(term.name)

    return tuple(sorted(queries.list_terms(), key=place))


def guide_page(
    guide: GuideRow,
    *,
    region: RegionRef | None,
    insurance: InsuranceType | None,
    today: date,
    carried: Mapping[str, str],
) -> GuidePage:
    """Put a guide together; `carried` are the answers that its links keep."""
    rules = LocalRules(region, insurance, today)
    writer = _Writer(rules, carried)
    english = in_language(guide.short)
    short = writer.inline(guide.short_line if english == guide.short else parse_line(english))
    blocks, is_whole = blocks_in_language(guide.body)
    body = writer.blocks(blocks)
    due = guide.reviewed_on + timedelta(days=settings.GUIDE_REVIEW_DAYS)
    return GuidePage(
        guide=guide,
        topic=str(guide.topic.label),
        short=short,
        body=body,
        notes=rules.notes,
        documents=tuple(sources.get_document(slug) for slug in guide.documents),
        related=tuple(_related(guide, carried)),
        has_local=any(isinstance(block, Placeholder) for block in guide.blocks),
        is_stale=today > due,
        is_elsewhere=guide.topic is Topic.ELSEWHERE,
        is_partly_chinese=not is_whole,
    )


def _related(guide: GuideRow, carried: Mapping[str, str]) -> Iterable[RelatedGuide]:
    known = {row.slug: row for row in queries.list_guides()}
    for slug in guide.related:
        if slug in known:
            yield RelatedGuide(in_language(known[slug].question), guide_address(slug, carried))


def guide_address(slug: str, carried: Mapping[str, str]) -> str:
    """Return the address of a guide, with the answers that go along."""
    address = reverse("guides:guide", args=[slug])
    return f"{address}?{urlencode(carried)}" if carried else address


class _Writer:
    """Prints blocks; each term is linked where it appears first."""

    def __init__(self, rules: LocalRules, carried: Mapping[str, str]) -> None:
        self._rules = rules
        self._carried = carried
        self._pattern, self._slugs = queries.term_pattern()
        self._linked: set[str] = set()
        self._glossary = reverse("guides:glossary")

    def blocks(self, blocks: Iterable[Block]) -> SafeString:
        return mark_safe("\n".join(map(self._block, blocks)))  # noqa: S308

    def _block(self, block: Block) -> str:
        match block:
            case Heading(text):
                return f"<h2>{escape(text)}</h2>"
            case Paragraph(inline):
                return f"<p>{self.inline(inline)}</p>"
            case Items(items, is_numbered):
                tag = "ol" if is_numbered else "ul"
                lines = "".join(f"<li>{self.inline(item)}</li>" for item in items)
                return f"<{tag}>{lines}</{tag}>"
            case Placeholder():
                return self._rules.html(block)

    def inline(self, inline: Inline) -> SafeString:
        parts = (
            self._link(part) if isinstance(part, Link) else self._words(part.text, part.is_strong)
            for part in inline
        )
        return mark_safe("".join(parts))  # noqa: S308

    def _words(self, text: str, is_strong: bool) -> str:
        linked = self._pattern.sub(self._term, escape(text))
        return f"<strong>{linked}</strong>" if is_strong else linked

    def _term(self, found: re.Match[str]) -> str:
        slug = self._slugs[found[0].lower()]
        if slug in self._linked:
            return found[0]
        self._linked.add(slug)
        return f'<a class="term" href="{self._glossary}#{slug}">{found[0]}</a>'

    def _link(self, link: Link) -> str:
        words = escape(link.text)
        if link.kind == "term":
            self._linked.add(link.slug)
            return f'<a class="term" href="{self._glossary}#{link.slug}">{words}</a>'
        if link.kind == "guide":
            if link.slug not in {row.slug for row in queries.list_guides()}:
                return words
            address = guide_address(link.slug, self._carried)
        else:
            query = f"?{urlencode(self._carried)}" if self._carried else ""
            address = f"{links()[link.kind]}{query}"
        return f'<a href="{escape(address)}">{words}</a>'
