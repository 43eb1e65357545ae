"""A settlement as a page prints it: lines in the order of the settlement sheet, with notes.

Everything is text and identifiers here; `settlement_html` puts it into the page's patterns.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.safestring import SafeString

from yibao.core.bill_bar import Part, bill_bar
from yibao.core.footnotes import Footnotes
from yibao.core.navigation import query_of
from yibao.core.templatetags.figures import percent, yuan
from yibao.core.words import gettext as _
from yibao.estimates import wording
from yibao.estimates.case_words import (
    assumptions_of,
    change_words,
    check_query,
    facts_of,
    reading_words,
)
from yibao.estimates.lines import (
    Line,
    Notes,
    RangeLine,
    lines_of,
    open_basis,
    range_lines_of,
    zero_lines_of,
)
from yibao.estimates.marks import (
    Figure,
    Gap,
    Remark,
    disputes_of,
    gap_of,
    money,
    ratio,
    refs,
    weakest,
)
from yibao.estimates.queries import Case, known_rules
from yibao.institutions.links import finder_address
from yibao.policies.presentation import describe
from yibao.policies.presentation.markup import lines_html
from yibao.rules.citation import Citation
from yibao.rules.decision import (
    Certainty,
    Change,
    Figures,
    Note,
    Settlement,
    SettlementOutcome,
)

_PARTS = (
    ("pooled_fund", ("pooled_fund",)),
    ("large_expense", ("large_expense",)),
    ("critical_illness", ("critical_illness",)),
    ("medical_aid", ("medical_aid",)),
    ("supplement", ("supplement", "government_subsidy")),
    ("personal_account", ("personal_account",)),
    ("cash", ("cash",)),
)
"""Who pays, in the order of the bar; it has seven colours, so the small helps share one."""


@dataclass(frozen=True, slots=True)
class ReadingRow:
    """One reading of what is open, settled alone; without figures it cannot be settled."""

    label: str
    quotes: tuple[str, ...]
    refs: SafeString
    fund: Figure | None
    personal: Figure | None
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class KnownRule:
    """A rule that is known although the whole cannot be computed."""

    label: str
    qualifiers: str
    lines: SafeString
    refs: SafeString


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """What would change the answer: in words, what it moves, and the answers to try it with."""

    words: str
    effect: str
    query: str
    refs: SafeString


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """Everything that the result shows. `zero_lines` are lines that came to nothing."""

    outcome: SettlementOutcome
    certainty: Certainty
    insured: str
    insured_code: str
    care: str
    on: date
    facts: tuple[tuple[str, str], ...]
    check_query: str
    finder_address: str
    fund: Figure | None = None
    personal: Figure | None = None
    ratio: Figure | None = None
    low: Figure | None = None
    high: Figure | None = None
    personal_low: Figure | None = None
    personal_high: Figure | None = None
    lines: tuple[Line, ...]
    zero_lines: tuple[Line, ...]
    range_lines: tuple[RangeLine, ...]
    parts: tuple[Part, ...]
    remarks: tuple[Remark, ...]
    reasons: tuple[Remark, ...]
    readings: tuple[ReadingRow, ...]
    gaps: tuple[Gap, ...]
    known: tuple[KnownRule, ...]
    not_included: tuple[Gap, ...]
    assumptions: tuple[str, ...]
    disputes: tuple[Remark, ...]
    changes: tuple[ChangeRow, ...]
    footnotes: Notes

    @property
    def is_tentative(self) -> bool:
        """Whether a figure is shown that is less than firm."""
        return self.certainty is Certainty.TENTATIVE and not self.gaps

    @property
    def summary(self) -> str:
        """The answer in one sentence: the page's title, and what screen readers speak."""
        if self.fund and self.personal:
            return _("预计医保支付 %(fund)s，您自己付 %(own)s") % {
                "fund": self.fund.text,
                "own": self.personal.text,
            }
        if self.low and self.high:
            return _("预计医保支付 %(low)s 到 %(high)s") % {
                "low": self.low.text,
                "high": self.high.text,
            }
        return _("规定不全，算不出总数")


def sheet_of(case: Case, settlement: Settlement, answers: Mapping[str, str]) -> Sheet:
    """Return the settlement as the page prints it; `answers` are the page's own, for links."""
    notes: Notes = Footnotes()
    basis = weakest(each for step in settlement.steps for each in step.citations)
    lines = lines_of(settlement, notes, basis)
    reasons = _remarks(settlement.range_reasons, wording.RANGE_REASONS, notes)
    remarks = _remarks(settlement.notes, wording.NOTES, notes)
    return Sheet(
        outcome=settlement.outcome,
        certainty=settlement.certainty,
        insured=case.places.insured_name,
        insured_code=case.places.insured_code,
        care=case.places.care_name,
        on=case.facts.on,
        facts=facts_of(case),
        check_query=check_query(case, answers),
        finder_address=finder_address(answers),
        lines=tuple(lines),
        zero_lines=tuple(zero_lines_of(settlement, basis)),
        range_lines=tuple(range_lines_of(settlement, notes)),
        parts=_parts(settlement.figures),
        remarks=remarks,
        reasons=reasons,
        readings=tuple(_reading(case, *each, notes) for each in settlement.readings),
        gaps=tuple(gap_of(each) for each in settlement.gaps),
        known=tuple(_known(case, notes)) if settlement.gaps else (),
        not_included=tuple(gap_of(each) for each in settlement.not_included),
        assumptions=assumptions_of(case, settlement.assumptions),
        disputes=disputes_of([settlement], notes),
        changes=tuple(_changes(settlement.changes, answers, notes)),
        footnotes=notes,
        **_headline(settlement, basis),
    )


def _headline(settlement: Settlement, basis: str) -> dict[str, Any]:
    figures, low, high = settlement.figures, settlement.low, settlement.high
    if figures is not None:
        return {
            "fund": money("fund_total", figures.fund_total, basis),
            "personal": money("personal_total", figures.personal_total, basis),
            "ratio": ratio("effective_ratio", figures.effective_ratio_bp, basis),
        }
    if low is None or high is None:
        return {}
    basis = open_basis(settlement)
    return {
        "low": money("fund_total_low", low.fund_total, basis),
        "high": money("fund_total_high", high.fund_total, basis),
        "personal_low": money("personal_total_low", high.personal_total, basis),
        "personal_high": money("personal_total_high", low.personal_total, basis),
    }


def _parts(figures: Figures | None) -> tuple[Part, ...]:
    """Return the bar: who pays what of the bill. A refund and an empty bill have none."""
    if figures is None or figures.total <= 0:
        return ()
    return bill_bar(
        (wording.LINES[name], sum(getattr(figures, code) or 0 for code in codes))
        for name, codes in _PARTS
    )


# --- Words --------------------------------------------------------------------------------


def _remarks(notes: Iterable[Note], words: wording.Words, footnotes: Notes) -> tuple[Remark, ...]:
    return tuple(
        (_said(note, words), refs(footnotes, note.citations))
        for note in notes
        if note.code in words
    )


def _said(note: Note, words: wording.Words) -> str:
    values = {
        name: percent(value) if name.endswith("_bp") and isinstance(value, int) else value
        for name, value in note.values.items()
    }
    text = str(words[note.code])
    return text % values if "%(" in text and values else text


def _known(case: Case, notes: Notes) -> Iterable[KnownRule]:
    classes = {each.slug: each.name for each in case.terms.classes}
    for rule in known_rules(case):
        described = describe(rule, classes)
        yield KnownRule(
            label=described.table_label,
            qualifiers="，".join(described.qualifiers),
            lines=lines_html(described.lines, rule.citation.id),
            refs=refs(notes, [rule.citation]),
        )


def _reading(
    case: Case, citations: tuple[Citation, ...], reading: Settlement, notes: Notes
) -> ReadingRow:
    figures = reading.figures
    basis = weakest(citations)
    return ReadingRow(
        label=reading_words(case, reading.range_reasons),
        quotes=tuple(dict.fromkeys(each.quote for each in citations if each.quote)),
        refs=refs(notes, citations),
        fund=money("reading_fund_total", figures.fund_total, basis) if figures else None,
        personal=money("reading_personal_total", figures.personal_total, basis)
        if figures
        else None,
        lines=tuple(lines_of(reading, notes, basis)),
    )


def _changes(
    changes: Iterable[Change], answers: Mapping[str, str], notes: Notes
) -> Iterator[ChangeRow]:
    for change in changes:
        # A class belongs to its level.
        left_out = "class" if change.field == "level" else ""
        kept = {name: answer for name, answer in answers.items() if name != left_out}
        kept[change.field] = change.value
        yield _change(change, query_of(kept), notes)


def _change(change: Change, query: str, notes: Notes) -> ChangeRow:
    gain = change.effect.get("gain_fen")
    effect = ""
    if isinstance(gain, int) and gain:
        words = _("医保多付 %(yuan)s 元") if gain > 0 else _("医保少付 %(yuan)s 元")
        effect = words % {"yuan": yuan(abs(gain))}
    elif isinstance(paid := change.effect.get("fund_total_fen"), int):
        effect = _("医保支付 %(yuan)s 元") % {"yuan": yuan(paid)}
    return ChangeRow(
        words=change_words(change),
        effect=effect,
        query=query,
        refs=refs(notes, change.citations),
    )
