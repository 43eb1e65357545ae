"""The result of the estimate as HTML: the sections of a sheet, in the order of the page."""

from collections.abc import Iterable

from django.utils.safestring import SafeString

from yibao.core.bill_bar import bill_bar_html
from yibao.core.navigation import links
from yibao.core.patterns import Pattern
from yibao.core.templatetags.figures import chinese_date
from yibao.estimates import wording
from yibao.estimates.marks import Figure
from yibao.estimates.sections import (
    assumptions_html,
    citations_html,
    disputes_html,
    facts_html,
    gaps_html,
    joined,
)
from yibao.estimates.sheet import ChangeRow, KnownRule, ReadingRow, Sheet


def _part(name: str, *blanks: str) -> Pattern:
    return Pattern(f"estimates/settlement.html#{name}", *blanks)


_SECTION = _part(
    "section", "outcome", "certainty", "headline", "insured", "insured_code", "day", "care",
    "tentative", "parts", "facts", "query", "check_query", "finder", "citations",
    "compare", "bill", "check", "takealong", "regions",
)  # fmt: skip
_COMPUTED = _part("computed", "fund", "own")
_RANGE = _part("range", "low", "high", "own_low", "own_high")
_UNKNOWN = _part("unknown")
_TENTATIVE = _part("tentative")
_KNOWN = _part("known", "rules")
_KNOWN_RULE = _part("known_rule", "label", "qualifiers", "lines", "refs")
_QUALIFIERS = _part("qualifiers", "words")
_WHY_RANGE = _part("why_range", "reasons")
_REMARK = _part("remark", "words", "refs")
_ASIDE = _part("aside", "words", "refs")
_READINGS = _part("readings", "rows", "workings")
_READING = _part("reading", "label", "refs", "quotes", "fund", "personal")
_QUOTE = _part("quote", "quote")
_NOT_COMPUTED = _part("not_computed")
_READING_STEPS = _part("reading_steps", "reading", "rows")
_RANGE_LINES = _part("range_lines", "rows")
_STEPS = _part("steps", "caption", "rows")
_ALL_STEPS = _part("all_steps")
_KNOWN_STEPS = _part("known_steps")
_ZERO_LINES = _part("zero_lines", "rows")
_COLUMNS = _part("columns", "assumptions", "not_included")
_NOT_INCLUDED = _part("not_included", "gaps", "ask")
_LEFT_OUT = _part("left_out", "missing", "what")
_CHANGES = _part("changes", "changes")
_CHANGE = _part("change", "estimate", "query", "words", "effect", "refs")
_FINDER = _part("finder", "address")


def settlement_html(sheet: Sheet, query: str) -> SafeString:
    """Return the section of the result; `query` holds the page's answers, encoded."""
    to = links()
    parts = joined(_parts(sheet))
    return _SECTION(
        outcome=sheet.outcome,
        certainty=sheet.certainty,
        headline=_headline(sheet),
        insured=sheet.insured,
        insured_code=sheet.insured_code,
        day=chinese_date(sheet.on),
        care=sheet.care,
        tentative=_TENTATIVE() if sheet.is_tentative else "",
        parts=parts,
        facts=facts_html(sheet.facts),
        query=query,
        check_query=sheet.check_query,
        finder=_FINDER(address=sheet.finder_address) if sheet.finder_address else "",
        citations=citations_html(sheet.footnotes),
        **{name: to[name] for name in ("compare", "bill", "check", "takealong", "regions")},
    )


def _headline(sheet: Sheet) -> SafeString:
    if sheet.fund and sheet.personal:
        return _COMPUTED(fund=sheet.fund.repeated, own=sheet.personal.repeated)
    if sheet.low and sheet.high and sheet.personal_low and sheet.personal_high:
        return _RANGE(
            low=sheet.low.html,
            high=sheet.high.html,
            own_low=sheet.personal_low.html,
            own_high=sheet.personal_high.html,
        )
    return _UNKNOWN()


def _parts(sheet: Sheet) -> Iterable[str]:
    """Yield the sections between the answer and the facts that it rests on."""
    yield gaps_html(sheet.gaps)
    if sheet.known:
        yield _KNOWN(rules=joined(map(_known_rule, sheet.known)))
    if sheet.parts:
        yield bill_bar_html(sheet.parts, wording.TEXTS["who_pays"])
    if sheet.reasons:
        reasons = (_REMARK(words=words, refs=refs) for words, refs in sheet.reasons)
        yield _WHY_RANGE(reasons=joined(reasons))
    if sheet.readings:
        yield _READINGS(
            rows=joined(map(_reading, sheet.readings)),
            workings=joined(_reading_steps(each) for each in sheet.readings if each.lines),
        )
    if sheet.range_lines:
        yield _RANGE_LINES(rows=joined(line.html for line in sheet.range_lines))
    if sheet.lines:
        caption = _ALL_STEPS() if sheet.fund else _KNOWN_STEPS()
        yield _STEPS(caption=caption, rows=joined(line.html for line in sheet.lines))
        if sheet.zero_lines:
            yield _ZERO_LINES(rows=joined(line.html for line in sheet.zero_lines))
    for words, refs in sheet.remarks:
        yield _ASIDE(words=words, refs=refs)
    yield disputes_html(sheet.disputes)
    yield _COLUMNS(
        assumptions=assumptions_html(sheet.assumptions), not_included=_not_included(sheet)
    )
    if sheet.changes:
        estimate = links()["estimate"]
        yield _CHANGES(changes=joined(_change(each, estimate) for each in sheet.changes))


def _known_rule(rule: KnownRule) -> str:
    return _KNOWN_RULE(
        label=rule.label,
        qualifiers=_QUALIFIERS(words=rule.qualifiers) if rule.qualifiers else "",
        lines=rule.lines,
        refs=rule.refs,
    )


def _reading(reading: ReadingRow) -> str:
    return _READING(
        label=reading.label,
        refs=reading.refs,
        quotes=joined(_QUOTE(quote=quote) for quote in reading.quotes),
        fund=_shown(reading.fund),
        personal=_shown(reading.personal),
    )


def _shown(figure: Figure | None) -> SafeString:
    return figure.html if figure else _NOT_COMPUTED()


def _reading_steps(reading: ReadingRow) -> str:
    # Two readings may be of one paper: the amount tells them apart.
    label = f"{reading.label}（{reading.fund.text}）" if reading.fund else reading.label
    return _READING_STEPS(reading=label, rows=joined(line.repeated for line in reading.lines))


def _not_included(sheet: Sheet) -> str:
    if not sheet.not_included:
        return SafeString("")
    rows = (_LEFT_OUT(missing=gap.missing, what=gap.what) for gap in sheet.not_included)
    return _NOT_INCLUDED(gaps=joined(rows), ask=sheet.not_included[0].ask)


def _change(change: ChangeRow, estimate: str) -> str:
    return _CHANGE(
        estimate=estimate,
        query=change.query,
        words=change.words,
        effect=f"：{change.effect}" if change.effect else "",
        refs=change.refs,
    )
