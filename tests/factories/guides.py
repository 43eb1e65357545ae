"""The shipped guides and terms, in memory, for tests that need no rows of them."""

from functools import cache

from yibao.guides import files, queries
from yibao.guides.markup import parse, parse_line
from yibao.guides.queries import GuideRow, Memory, TermRow
from yibao.guides.topics import Topic


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
