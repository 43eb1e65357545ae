"""Sections that all three results have, as HTML; and the results of comparison and bill check."""

from collections.abc import Iterable, Sequence

from django.template.loader import get_template
from django.utils.safestring import SafeString

from yibao.core.footnotes import Footnotes
from yibao.core.language import per_language
from yibao.core.navigation import links
from yibao.core.patterns import Pattern
from yibao.core.templatetags.figures import citations
from yibao.estimates.billcheck import BillCheck
from yibao.estimates.comparison import Comparison
from yibao.estimates.marks import Gap, Remark
from yibao.rules.citation import Citation

_GAPS = Pattern("estimates/gaps.html#section", "gaps", "ask")
_GAP = Pattern("estimates/gaps.html#gap", "missing", "ask", "what", "situations")
_SITUATIONS = Pattern("estimates/gaps.html#situations", "situations")
_DISPUTES = Pattern("estimates/disputes.html#section", "disputes", "conflicts")
_DISPUTE = Pattern("estimates/disputes.html#dispute", "words", "refs")
_FACT = Pattern("components/summary_list.html#row", "name", "value")
_CITATIONS = Pattern("components/citations.html#section", "entries")

_NOTHING = SafeString("")


def joined(parts: Iterable[str]) -> SafeString:
    """Return safe parts as one."""
    return SafeString("".join(parts))


def gaps_html(gaps: Sequence[Gap]) -> SafeString:
    """Return the rules that are not known, and whom to ask; nothing where all are."""
    if not gaps:
        return _NOTHING
    rows = (
        _GAP(
            missing=gap.missing,
            ask=gap.ask,
            what=gap.what,
            situations=_SITUATIONS(situations=gap.situations) if gap.situations else "",
        )
        for gap in gaps
    )
    return _GAPS(gaps=joined(rows), ask=gaps[0].ask)


def disputes_html(disputes: Sequence[Remark]) -> SafeString:
    """Return the rules on which sources disagree."""
    if not disputes:
        return _NOTHING
    rows = (_DISPUTE(words=words, refs=refs) for words, refs in disputes)
    return _DISPUTES(disputes=joined(rows), conflicts=links()["conflicts"])


@per_language(maxsize=512)
def assumptions_html(assumptions: tuple[str, ...]) -> SafeString:
    """Return what was taken for granted. Few combinations of a few sentences: kept."""
    template = get_template("components/assumptions.html")
    return SafeString(template.render({"assumptions": assumptions}))


def facts_html(facts: Iterable[tuple[str, str]]) -> SafeString:
    """Return the rows of the list of facts."""
    return joined(_fact(name, value) for name, value in facts)


@per_language(maxsize=4096)
def _fact(name: str, value: str) -> SafeString:
    return _FACT(name=name, value=value)


def citations_html(notes: Footnotes[Citation]) -> SafeString:
    """Return the list of sources, in the order in which they were cited."""
    return _CITATIONS(entries=citations(notes)) if notes else _NOTHING


def comparison_html(comparison: Comparison, query: str) -> SafeString:
    """Return the result of the comparison; `query` holds the page's answers, encoded."""
    values = {
        "comparison": comparison,
        "differing": joined(row.html for row in comparison.differing),
        "equal": joined(row.html for row in comparison.equal),
        "disputes": disputes_html(comparison.disputes),
    }
    return _result("estimates/comparison.html", comparison, query, values)


def bill_check_html(check: BillCheck, query: str) -> SafeString:
    """Return the result of the bill check; `query` holds the page's answers, encoded."""
    return _result("estimates/billcheck.html", check, query, {"check": check})


def _result(
    template: str, result: Comparison | BillCheck, query: str, values: dict[str, object]
) -> SafeString:
    common = {
        "query": query,
        "links": links(),
        "gaps": gaps_html(result.gaps),
        "assumptions": assumptions_html(result.assumptions),
        "facts": facts_html(result.facts),
        "citations": citations_html(result.footnotes),
    }
    return SafeString(get_template(template).render(common | values))
