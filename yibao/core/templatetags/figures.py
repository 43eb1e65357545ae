"""Tags and filters that print figures, dates and the way to their sources.

They build HTML in Python: a result page prints dozens of figures, and a template for
each would be most of the page's cost.
"""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from html import escape
from typing import Any, NamedTuple, Protocol
from urllib.parse import quote

from django import template
from django.template.loader import get_template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy

from yibao.core.footnotes import Cited, Footnotes
from yibao.core.language import per_language
from yibao.core.navigation import links
from yibao.core.words import gettext as _
from yibao.core.words import in_language

register = template.Library()

UNKNOWN = "unknown"

register.filter("in_language", in_language)


@register.filter
def yuan(fen: int) -> str:
    """Return fen as yuan with two decimals and thousands separators, without the unit.

    >>> yuan(1_234_567), yuan(-5)
    ('12,345.67', '-0.05')
    """
    sign = "-" if fen < 0 else ""
    whole, cents = divmod(abs(fen), 100)
    return f"{sign}{whole:,}.{cents:02d}"


@register.filter
def percent(ratio_bp: int) -> str:
    """Return basis points as a percentage without needless zeros.

    >>> percent(8500), percent(6750), percent(5), percent(0)
    ('85%', '67.5%', '0.05%', '0%')
    """
    whole, hundredths = divmod(abs(ratio_bp), 100)
    decimals = f".{hundredths:02d}".rstrip("0").rstrip(".")
    return f"{'-' if ratio_bp < 0 else ''}{whole}{decimals}%"


@register.filter(expects_localtime=True)
def chinese_date(day: date | None) -> str:
    """Return a day as people write it; '' for None.

    >>> chinese_date(date(2025, 3, 1))
    '2025年3月1日'
    """
    if day is None:
        return ""
    return _("%(year)d年%(month)d月%(day)d日") % {
        "year": day.year,
        "month": day.month,
        "day": day.day,
    }


@register.filter
def day_before(day: date | None) -> date | None:
    """Return the last day of a period from its exclusive end; None for an open end."""
    return None if day is None else day - timedelta(days=1)


def machine_yuan(fen: int) -> str:
    """Return fen as `value` of a figure: yuan, two decimals, no separators."""
    return yuan(fen).replace(",", "")


def machine_ratio(ratio_bp: int) -> str:
    """Return basis points as `value` of a figure: a ratio with four decimals.

    >>> machine_ratio(8500), machine_ratio(10_000)
    ('0.8500', '1.0000')
    """
    whole, rest = divmod(abs(ratio_bp), 10_000)
    return f"{'-' if ratio_bp < 0 else ''}{whole}.{rest:04d}"


class _Words(NamedTuple):
    yuan: str
    unknown: str
    source: str


@per_language()
def _words() -> _Words:
    # Looking a word up costs as much as printing the figure beside it.
    return _Words(_("%(yuan)s 元"), _("不清楚"), _("依据"))


@register.simple_tag(takes_context=True)
def figure(
    context: template.Context,
    name: str,
    value: int | None,
    kind: str = "yuan",
    cite: str | Iterable[str] = (),
    unit: str = "",
) -> SafeString:
    """Print one marked figure and the links to its sources.

    `kind`: `yuan` (fen), `ratio` (basis points) or `count` (with `unit`). None prints as
    not known, with the value `unknown`. `cite` is one citation id or several; their
    numbers come from `footnotes` in the context.

    Raises ValueError on another kind.
    """
    if value is None:
        machine, shown = UNKNOWN, _words().unknown
    elif kind == "yuan":
        machine, shown = machine_yuan(value), _words().yuan % {"yuan": yuan(value)}
    elif kind == "ratio":
        machine, shown = machine_ratio(value), percent(value)
    elif kind == "count":
        machine, shown = str(value), f"{value} {escape(str(unit))}".rstrip()
    else:
        raise ValueError(f"no such kind of figure: {kind!r}")
    ids = [cite] if isinstance(cite, str) and cite else list(cite)
    if not ids:
        return _data(name, machine, shown)
    links_after = _note_links(ids, context.get("footnotes"))
    data = _data(name, machine, shown, f' data-citation="{escape(ids[0])}"')
    return mark_safe(f'<span class="cited">{data}{links_after}</span>')  # noqa: S308


def _data(name: str, machine: str, shown: str, source: str = "") -> SafeString:
    # Numbers of our own, names escaped here and a unit escaped by the caller.
    return mark_safe(  # noqa: S308
        f'<data class="figure" data-figure="{escape(name)}" value="{machine}"{source}>'
        f"{shown}</data>"
    )


@register.simple_tag(takes_context=True, name="cite")
def cite_tag(context: template.Context, *ids: str) -> SafeString:
    """Print the numbered links to the given citations."""
    return mark_safe(_note_links(list(ids), context.get("footnotes")))  # noqa: S308


@register.simple_tag(takes_context=True)
def note_number(context: template.Context, source_id: str) -> int | None:
    """Return the number under which the page lists a source."""
    footnotes: Footnotes[Any] | None = context.get("footnotes")
    return footnotes.number(source_id) if footnotes else None


_STANDINGS: Mapping[str, tuple[str, Any]] = {
    "official": ("✓", gettext_lazy("官方原文")),
    "secondary": ("›", gettext_lazy("转引")),
    "unverified": ("?", gettext_lazy("待核实")),
    "disputed": ("!", gettext_lazy("有争议")),
    "superseded": ("–", gettext_lazy("已被取代")),
    "rejected": ("×", gettext_lazy("不采用")),
}


@register.simple_tag
def standing(slug: str) -> SafeString:
    """Print how far a source may be relied on, as a sign and a word.

    Raises KeyError for a standing without a word.
    """
    sign, word = _STANDINGS[slug]
    return format_html(
        '<span class="tag tag-{}"><span aria-hidden="true">{}</span>{}</span>', slug, sign, word
    )


class Note(Cited, Protocol):
    """What a source shows (`rules.citation.Citation`)."""

    def __hash__(self) -> int: ...
    @property
    def document_id(self) -> str: ...
    @property
    def effective_from(self) -> date: ...
    @property
    def effective_to(self) -> date | None: ...
    @property
    def basis(self) -> str: ...


@register.simple_tag
def citations(notes: Iterable[Note]) -> SafeString:
    """Print the entries of the list of sources."""
    sources = links()["sources"]
    entries = (_citation(note, sources) for note in notes)
    return mark_safe("".join(entries))  # noqa: S308 - rendered by a template


@per_language(maxsize=4096)
def _citation(note: Note, sources: str) -> SafeString:
    # The same few hundred clauses stand under every result, and each costs eight
    # translated words.
    values = {"note": note, "source_address": f"{sources}{quote(note.document_id)}/"}
    return SafeString(get_template("components/citation.html").render(values))


@register.simple_tag
def effective_words(note: Note) -> str:
    """Say from when to when a clause holds, and how its first day is known."""
    first = chinese_date(note.effective_from)
    if note.basis == "stated":
        words = _("%(day)s起施行") % {"day": first}
    elif note.basis == "published":
        words = _("%(day)s发布，没有写明施行日") % {"day": first}
    else:
        words = _("最晚%(day)s已在执行") % {"day": first}
    if note.effective_to is not None:
        last = chinese_date(day_before(note.effective_to))
        words += _("，到%(day)s为止") % {"day": last}
    return words


def _note_links(ids: list[str], footnotes: Footnotes[Any] | None) -> str:
    numbered = (
        (source_id, footnotes.number(source_id) if footnotes else None) for source_id in ids
    )
    label = _words().source
    return "".join(
        f'<a class="cite" href="#{escape(id_)}" aria-label="{label}{number or ""}">'
        f"[{number or label}]</a>"
        for id_, number in numbered
    )
