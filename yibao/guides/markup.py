"""The text of guides: paragraphs, lists, links and placeholders for figures, nothing else.

    ## a heading
    - an item of a list (1. for a numbered one)
    a paragraph with **weight** and [a link](check), [to a guide](guide:what-is-filing)
    {{figure filing_rule.validity_months category=referral}}

A figure is never written down: it would go stale, and be wrong elsewhere. A placeholder
stands on a line of its own; the page puts the region's own provisions there.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, fields

from django.utils.translation import gettext as _

from yibao.core.navigation import ADDRESSES
from yibao.rules.policy import PROVISION_TYPES

_TABLES = {kind.table: kind for kind in PROVISION_TYPES}
_KEYS = {
    "category": "categories",
    "situation": "situations",
    "care_type": "care_types",
    "group": "groups",
}
_PLACEHOLDER = re.compile(r"\{\{figure ([a-z_]+)(?:\.([a-z_]+))?((?: [a-z_]+=[^\s=}]+)*)\}\}")
_LINK = re.compile(r"\[([^\[\]]+)\]\(([a-z_]+)(?::([a-z0-9-]+))?\)")
_BOLD = re.compile(r"\*\*([^*]+)\*\*")
_INLINE = re.compile(f"{_LINK.pattern}|{_BOLD.pattern}")
_NUMBERED = re.compile(r"\d{1,2}\. ")
_MARK = re.compile(rf"## |- |{_NUMBERED.pattern}|")

# What may hold digits: days, hotlines, articles of laws.
_ALLOWED = re.compile(
    "|".join(
        (
            r"(?:19|20)\d\d\s*年(?:\s*\d{1,2}\s*月(?:\s*\d{1,2}\s*日)?)?",  # not shown
            r"(?:19|20)\d\d-\d\d-\d\d",
            r"(?<!\d)(?:12393|12333|12345|120)(?!\d)",
            r"第\s*[\d一二三四五六七八九十百]+\s*条",  # not shown
        )
    )
)
_BARE = re.compile(
    "|".join(
        (
            r"[0-9０-９]+(?:[.,．，][0-9０-９]+)*\s*"  # not shown
            r"(?:个百分点|个工作日|个月|万元|[%％元天月年日岁折倍次种])?",  # not shown
            "百分之[零一二两三四五六七八九十百半几]+",  # not shown
            "[零〇一二两三四五六七八九十百千万半]+"  # not shown
            "(?:个百分点|个多?月|个?工作日|天|[万千百]?元|折|倍|周?岁|小时|分钟"  # not shown
            "|成(?![员人功为]))",  # not shown
            "[半两三四五六七八九十百]+年",  # not shown
        )
    )
)


class MarkupRefused(ValueError):
    """A text cannot stand; `problems` says why, in words for the officer."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


@dataclass(frozen=True, slots=True)
class Words:
    """Text; `is_strong` is printed with weight."""

    text: str
    is_strong: bool = False


@dataclass(frozen=True, slots=True)
class Link:
    """A link to a main page (`kind` is its short name), a guide or a term (`slug`)."""

    text: str
    kind: str
    slug: str


type Inline = tuple[Words | Link, ...]


@dataclass(frozen=True, slots=True)
class Paragraph:
    inline: Inline


@dataclass(frozen=True, slots=True)
class Heading:
    text: str


@dataclass(frozen=True, slots=True)
class Items:
    """A list."""

    items: tuple[Inline, ...]
    is_numbered: bool


@dataclass(frozen=True, slots=True)
class Placeholder:
    """Provisions to be put here: of one table, stating one field, fitting the keys.

    `field` is "" for whole rows; a key is the name of a selector and one of its values.
    """

    table: str
    field: str
    keys: tuple[tuple[str, str], ...]


type Block = Paragraph | Heading | Items | Placeholder


def parse(text: str) -> tuple[Block, ...]:
    """Return the blocks of a text.

    Raises:
        MarkupRefused: for a bare figure, an unknown link or a placeholder that names no
            column.
    """
    problems = list(bare_figures(text))
    blocks: list[Block] = []
    for lines in _paragraphs(text):
        try:
            blocks.append(_block(lines))
        except MarkupRefused as refused:
            problems += refused.problems
    if problems:
        raise MarkupRefused(problems)
    return tuple(blocks)


def parse_line(text: str) -> Inline:
    """Return one line of text without blocks (a short answer, a definition). Raises as `parse`."""
    if problems := list(bare_figures(text)):
        raise MarkupRefused(problems)
    return _inline(text)


def words_of(text: str) -> tuple[str, ...]:
    """Return what a text says: each heading, item and paragraph without the mark before it.

    >>> words_of("## 标题\\n- 甲\\n{{figure payment_cap}}")
    ('标题', '甲')
    """
    words: list[str] = []

    def heard(line: str) -> str:
        words.append(line)
        return line

    said_with(text, heard)
    return tuple(words)


def said_with(text: str, say: Callable[[str], str]) -> str:
    """Return a text with what `say` makes of its words; marks and placeholders stay."""
    return "\n\n".join("\n".join(_said(lines, say)) for lines in _paragraphs(text))


def _said(lines: list[str], say: Callable[[str], str]) -> Iterator[str]:
    if lines[0].startswith("{{"):
        yield from lines
        return
    is_list = _kind(lines[0]) != "paragraph"
    for line in lines if is_list else ["".join(lines)]:
        mark = _MARK.match(line)
        found = mark[0] if mark else ""
        yield found + say(line.removeprefix(found))


def bare_figures(text: str) -> Iterator[str]:
    """Yield a problem for each amount, ratio or number of months or days outside a placeholder.

    Days, hotlines, articles of laws and the numbers of a list may stand.

    >>> [*bare_figures("2025年起，按第十六条，打 12393。")]
    []
    >>> len([*bare_figures("先自付10%，六个月后可改，付500元。")])
    3
    """
    for line in text.splitlines():
        if line.strip().startswith("{{"):
            continue
        kept = _ALLOWED.sub("", _NUMBERED.sub("", line, count=1) if _NUMBERED.match(line) else line)
        for found in _BARE.finditer(kept):
            yield _(
                "“%(found)s”是写死的数字，会过时，也不是各地都一样：请改用占位行，或者去掉。"
            ) % {"found": found[0]}


def _paragraphs(text: str) -> Iterator[list[str]]:
    """Yield the lines that belong together: headings and placeholders stand alone."""
    group: list[str] = []
    for line in [*(line.strip() for line in text.splitlines()), ""]:
        stands_alone = line.startswith(("## ", "{{"))
        if group and (not line or stands_alone or _kind(line) != _kind(group[0])):
            yield group
            group = []
        if stands_alone:
            yield [line]
        elif line:
            group.append(line)


def _kind(line: str) -> str:
    if line.startswith("- "):
        return "list"
    return "numbered" if _NUMBERED.match(line) else "paragraph"


def _block(lines: list[str]) -> Block:
    first = lines[0]
    if first.startswith("## "):
        return Heading(first.removeprefix("## "))
    if first.startswith("{{"):
        return _placeholder(first)
    match _kind(first):
        case "list":
            return Items(tuple(_inline(line.removeprefix("- ")) for line in lines), False)
        case "numbered":
            return Items(tuple(_inline(line.partition(". ")[2]) for line in lines), True)
    return Paragraph(_inline("".join(lines)))


def _inline(text: str) -> Inline:
    if "{{" in text:
        raise MarkupRefused([_("占位要单独占一行：%(text)s") % {"text": text[:40]}])
    parts: list[Words | Link] = []
    place = 0
    for found in _INLINE.finditer(text):
        parts.append(Words(text[place : found.start()]))
        words, kind, slug, strong = found.groups()
        parts.append(Words(strong, is_strong=True) if strong else _link(words, kind, slug or ""))
        place = found.end()
    parts.append(Words(text[place:]))
    return tuple(part for part in parts if not isinstance(part, Words) or part.text)


def _link(words: str, kind: str, slug: str) -> Link:
    if bool(slug) != (kind in ("guide", "term")) or (not slug and kind not in ADDRESSES):
        raise MarkupRefused([_("没有这个链接：%(link)s") % {"link": f"{kind}:{slug}"}])
    return Link(words, kind, slug)


def _placeholder(line: str) -> Placeholder:
    found = _PLACEHOLDER.fullmatch(line)
    if found is None:
        raise MarkupRefused([_("占位写得不对：%(line)s") % {"line": line}])
    table, field, keys = found.groups(default="")
    kind = _TABLES.get(table)
    columns = {column.name for column in fields(kind)} if kind else set()
    pairs = tuple(tuple(pair.split("=", 1)) for pair in keys.split())
    selectors = tuple((_KEYS.get(name, name), value) for name, value in pairs)
    unknown = [name for name in (field, *(name for name, _value in selectors)) if name]
    if kind is None or any(name not in columns for name in unknown):
        raise MarkupRefused([_("占位里的表或字段不存在：%(line)s") % {"line": line}])
    return Placeholder(table, field, selectors)


def links_of(blocks: Iterable[Block]) -> Iterator[Link]:
    """Yield every link of a text."""
    for block in blocks:
        lines: Iterable[Inline] = ()
        if isinstance(block, Paragraph):
            lines = (block.inline,)
        elif isinstance(block, Items):
            lines = block.items
        for line in lines:
            yield from (part for part in line if isinstance(part, Link))
