"""The shipped guides and glossary: read and checked, without a database.

Every `*.toml` of the folder is read; a file holds `[[guide]]` tables, `[[term]]` tables,
or both:

    [[guide]]
    slug = "what-is-filing"
    topic = "filing"
    question = "…"
    keywords = "…"            # other ways to ask, by blanks
    short = "…"               # without a figure
    body = \"\"\"…\"\"\"           # see `markup`
    documents = ["s-nhsa22"]
    related = ["who-files"]
    reviewed_on = 2026-11-23

    [[term]]
    slug = "insured-place"
    name = "参保地"
    aliases = ""
    english = "insured place"
    definition = "…"

The order of the guides in a file is their order within a topic.
"""

import hashlib
import json
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

from yibao.guides.markup import Link, MarkupRefused, links_of, parse, parse_line
from yibao.guides.models import GlossaryTerm, Guide, GuideRevision

DATA = Path(__file__).parent / "data"

_GUIDE = {
    "slug": str, "topic": str, "question": str, "keywords": str, "short": str, "body": str,
    "documents": list, "related": list, "reviewed_on": date,
}  # fmt: skip
_TERM = {"slug": str, "name": str, "aliases": str, "english": str, "definition": str}
_OPTIONAL = {"keywords", "related", "aliases", "english"}


class GuideFileRefused(Exception):
    """The shipped files cannot be loaded; `problems` names file, entry and reason of each."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class GuideEntry:
    """One guide as its file has it."""

    slug: str
    topic: str
    rank: int
    question: str
    keywords: str
    short: str
    body: str
    documents: tuple[str, ...]
    related: tuple[str, ...]
    reviewed_on: date

    @property
    def content_hash(self) -> str:
        """Name the content, so that a guide is published anew only when it changed."""
        content = [
            self.question, self.keywords, self.short, self.body,
            sorted(self.documents), sorted(self.related), self.reviewed_on.isoformat(),
        ]  # fmt: skip
        return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class GuideFiles:
    guides: tuple[GuideEntry, ...]
    terms: tuple[GlossaryTerm, ...]


def paths(folder: Path = DATA) -> list[Path]:
    """Return the files of the folder in the order of their names."""
    return sorted(folder.glob("*.toml"))


def read(folder: Path = DATA) -> GuideFiles:
    """Read and check all files of the folder. Raises GuideFileRefused with every problem."""
    problems: list[str] = []
    guides: list[GuideEntry] = []
    terms: list[GlossaryTerm] = []
    for path in paths(folder):
        for kind, rank, fields in _entries(path, problems):
            place = f"{path.name}, {kind} {fields.get('slug', rank)}"
            if kind == "guide":
                entry = GuideEntry(
                    rank=rank,
                    documents=tuple(fields.pop("documents")),
                    related=tuple(fields.pop("related", ())),
                    keywords=fields.pop("keywords", ""),
                    **fields,
                )
                problems += [f"{place}: {reason}" for reason in _guide_problems(entry)]
                guides.append(entry)
            else:
                term = GlossaryTerm(**fields)
                problems += [f"{place}: {reason}" for reason in _term_problems(term)]
                terms.append(term)
    problems += _cross_problems(guides, terms)
    if problems:
        raise GuideFileRefused(problems)
    return GuideFiles(tuple(guides), tuple(terms))


_COLUMNS: Mapping[str, Mapping[str, type]] = {"guide": _GUIDE, "term": _TERM}


def _entries(path: Path, problems: list[str]) -> Iterator[tuple[str, int, dict[str, Any]]]:
    """Yield (kind, number, fields) of each table whose keys and types are right."""
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        problems.append(f"{path.name}: {error}")
        return
    for kind, rows in content.items():
        columns = _COLUMNS.get(kind, {})
        if not columns or not isinstance(rows, list):
            problems.append(f"{path.name}: expected [[guide]] or [[term]], found {kind}")
            continue
        for number, fields in enumerate(rows, start=1):
            wrong = [
                name
                for name in {*fields, *columns} - (_OPTIONAL - set(fields))
                if name not in columns or type(fields.get(name)) is not columns[name]
            ]
            if wrong:
                names = ", ".join(sorted(wrong))
                problems.append(f"{path.name}, {kind} {number}: missing or wrong: {names}")
            else:
                yield kind, number, dict(fields)


def _guide_problems(entry: GuideEntry) -> Iterator[str]:
    yield from _field_problems(Guide(slug=entry.slug, topic=entry.topic, rank=entry.rank))
    yield from _field_problems(
        GuideRevision(
            question=entry.question,
            keywords=entry.keywords,
            short=entry.short,
            body=entry.body,
            reviewed_on=entry.reviewed_on,
        ),
        exclude={"guide", "author", "created_at"},
    )
    yield from text_problems(question=entry.question, short=entry.short, body=entry.body)


def text_problems(*, question: str, short: str, body: str) -> Iterator[str]:
    """Yield why the texts of a guide cannot stand, in words for the officer."""
    for read_text, text in ((parse_line, question), (parse_line, short), (parse, body)):
        try:
            read_text(text)
        except MarkupRefused as refused:
            yield from refused.problems


def _term_problems(term: GlossaryTerm) -> Iterator[str]:
    yield from _field_problems(term)
    try:
        parse_line(term.definition)
    except MarkupRefused as refused:
        yield from refused.problems


def _field_problems(row: models.Model, exclude: set[str] | None = None) -> Iterator[str]:
    try:
        row.clean_fields(exclude=exclude)
    except ValidationError as error:
        for name, messages in error.message_dict.items():
            yield f"{name}: {messages[0]}"


def _cross_problems(guides: list[GuideEntry], terms: list[GlossaryTerm]) -> Iterator[str]:
    for what, slugs in (("guide", [g.slug for g in guides]), ("term", [t.slug for t in terms])):
        for slug, times in Counter(slugs).items():
            if times > 1:
                yield f"{what} {slug} is listed {times} times"
    known = {"guide": {guide.slug for guide in guides}, "term": {term.slug for term in terms}}
    for guide in guides:
        yield from (
            f"guide {guide.slug}: no guide {slug}"
            for slug in guide.related
            if slug not in known["guide"] or slug == guide.slug
        )
        yield from (
            f"guide {guide.slug}: no {link.kind} {link.slug}"
            for link in _links(guide)
            if link.slug and link.slug not in known[link.kind]
        )


def _links(guide: GuideEntry) -> Iterator[Link]:
    try:
        yield from links_of(parse(guide.body))
    except MarkupRefused:
        return
