"""Described provisions as HTML.

Built in Python, as a region page prints some hundred figures and a template for each
would be most of the page's cost. Everything that comes from data is escaped.
"""

from collections.abc import Iterable
from html import escape

from django.utils.safestring import SafeString, mark_safe

from yibao.core.words import gettext as _
from yibao.policies.presentation.figures import FigureValue, Line, Sentence


def sentence_html(sentence: Sentence, citation_id: str) -> SafeString:
    """Return a sentence whose figures are marked up with their citation."""
    return mark_safe("".join(_part(part, citation_id) for part in sentence))  # noqa: S308


def lines_html(lines: Iterable[Line], citation_id: str) -> SafeString:
    """Return the lines of a provision, one paragraph where there is one, else a list."""
    sentences = [sentence_html(line.sentence, citation_id) for line in lines]
    if len(sentences) == 1:
        return sentences[0]
    items = "".join(f"<li>{sentence}</li>" for sentence in sentences)
    return mark_safe(f'<ul class="plain-list">{items}</ul>')  # noqa: S308


def cite_html(citation_id: str, number: int | None) -> SafeString:
    """Return the numbered link to a source of the page."""
    shown = number or _("依据")
    label = _("依据%(number)s") % {"number": number or ""}
    return mark_safe(  # noqa: S308
        f'<a class="cite" href="#{escape(citation_id)}" aria-label="{label}">[{shown}]</a>'
    )


def _part(part: str | FigureValue, citation_id: str) -> str:
    if isinstance(part, str):
        return escape(part)
    return (
        f'<data class="figure" data-figure="{escape(part.name)}" value="{part.machine}"'
        f' data-citation="{escape(citation_id)}">{escape(part.text)}</data>'
    )
