"""Figures, links to notes, and gaps: the pieces that results are made of."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.safestring import SafeString

from yibao.core.footnotes import Footnotes
from yibao.core.language import per_language
from yibao.core.patterns import escaped
from yibao.core.templatetags.figures import machine_ratio, percent, yuan
from yibao.core.words import gettext as _
from yibao.estimates import wording
from yibao.rules.citation import Citation
from yibao.rules.decision import Settlement, Unknown
from yibao.rules.terms import Standing

TYPED = "typed"
"""Anchor of the note for figures that the person typed and that no clause states."""

type Remark = tuple[str, SafeString]
"""Words and the notes behind them."""

_DOUBT = {
    Standing.OFFICIAL: 0,
    Standing.SECONDARY: 1,
    Standing.UNVERIFIED: 2,
    Standing.DISPUTED: 3,
}


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: `value` is what a machine reads (yuan, or a ratio), `text` what people read.
    `citation` is the id of the note it points to: the least trusted one that it rests on."""

    name: str
    value: str
    text: str
    citation: str

    @property
    def html(self) -> SafeString:
        """The marked figure of the contract."""
        return self._marked(f' data-figure="{self.name}"')

    @property
    def repeated(self) -> SafeString:
        """The figure once more, without its name: a name stands once on a page."""
        return self._marked("")

    def _marked(self, name: str) -> SafeString:
        # Names and amounts are our own.
        return SafeString(
            f'<data class="figure"{name} value="{self.value}"'
            f' data-citation="{escaped(self.citation)}">{escaped(self.text)}</data>'
        )


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that is not known, under its table's name, and whom to ask.

    `situations` names those that it keeps from being computed, where several are compared.
    """

    missing: str
    what: str
    ask: str
    situations: str = ""


def money(name: str, fen: int, citation: str) -> Figure:
    """Return a figure of yuan."""
    amount = yuan(fen)
    return Figure(name, amount.replace(",", ""), wording.TEXTS["yuan"] % amount, citation)


def ratio(name: str, basis_points: int, citation: str) -> Figure:
    """Return a figure of a ratio: `0.5984` for machines, `59.84%` for people."""
    return Figure(name, machine_ratio(basis_points), percent(basis_points), citation)


def not_included(name: str) -> Figure:
    """Return the figure of a layer of which the region states nothing."""
    return Figure(name, "unknown", wording.TEXTS["not_included"], TYPED)


def weakest(citations: Iterable[Citation]) -> str:
    """Return the id of the least trusted citation; a sum is no surer than its weakest part."""
    found = max(citations, key=lambda each: _DOUBT.get(each.standing, 0), default=None)
    return found.id if found else TYPED


def refs(notes: Footnotes[Citation], citations: Iterable[Citation]) -> SafeString:
    """Return numbered links to the citations, each once; the page lists those it did not know.

    HTML made here, as a result prints dozens: a template for each costs more than the sums.
    """
    return SafeString(
        "".join([_ref(each.id, notes.add(each)) for each in dict.fromkeys(citations)])
    )


@per_language(maxsize=8192)
def _ref(source: str, number: int) -> str:
    label = wording.TEXTS["note"] % number
    return f'<a class="cite" href="#{escaped(source)}" aria-label="{label}">[{number}]</a>'


def gap_of(unknown: Unknown) -> Gap:
    """Return a gap in words."""
    what = wording.gap_label(unknown.what, unknown.insurance)
    if detail := wording.DETAILS.get(unknown.detail):
        what = _("%(what)s：%(detail)s") % {"what": what, "detail": detail}
    return Gap(unknown.what, what, unknown.whom_to_ask)


def disputes_of(
    settlements: Iterable[Settlement], notes: Footnotes[Citation]
) -> tuple[Remark, ...]:
    """Return what sources disagree on, each thing once, with all that speak of it."""
    found: dict[str, list[Citation]] = {}
    for settlement in settlements:
        for dispute in settlement.disputes:
            sources = found.setdefault(dispute.what.partition(".")[0], [])
            sources += [reading.citation for reading in dispute.readings]
    return tuple(
        (wording.GAPS.get(table, table), refs(notes, sources)) for table, sources in found.items()
    )
