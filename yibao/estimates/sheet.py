"""A settlement as a page prints it: lines in the order of the settlement sheet, with notes.

Everything is text and identifiers here, so that the template only loops.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from yibao.core.bill_bar import Part, bill_bar
from yibao.core.footnotes import Footnotes
from yibao.core.templatetags.figures import percent, yuan
from yibao.estimates import wording
from yibao.estimates.case_words import (
    assumptions_of,
    change_words,
    check_query,
    facts_of,
    reading_words,
)
from yibao.estimates.marks import (
    TYPED,
    Figure,
    Gap,
    Remark,
    disputes_of,
    gap_of,
    money,
    not_included,
    ratio,
    refs,
    weakest,
)
from yibao.estimates.queries import Case, known_rules
from yibao.estimates.working import Amounts, amounts_of, formula, ratio_formula
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
    Step,
)

type Notes = Footnotes[Citation]

_LAYERS = (
    "large_expense",
    "critical_illness",
    "medical_aid",
    "supplement",
    "government_subsidy",
)
_SUM = ' class="sum"'
_SUMS = ("fund_total", "personal_total", "cash")
_BANDS = ("band", "layer_band")
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


_NO_REFS = SafeString("")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the sheet."""

    code: str
    label: str
    working: str
    figure: Figure
    refs: SafeString = _NO_REFS
    is_sum: bool = False

    @property
    def html(self) -> str:
        """The line's row."""
        working = f'<span class="working">{escape(self.working)}</span>' if self.working else ""
        return (
            f'<tr data-step="{self.code}"{_SUM if self.is_sum else ""}><th scope="row">'
            f"{escape(self.label)}{self.refs}{working}</th>"
            f'<td class="amount">{self.figure.html}</td></tr>'
        )


@dataclass(frozen=True, slots=True)
class RangeLine:
    """One line of a range: the least and the most that it may be."""

    code: str
    label: str
    low: Figure
    high: Figure
    refs: SafeString
    is_sum: bool

    @property
    def html(self) -> str:
        """The line's row; on a phone each amount carries its heading."""
        least, most = wording.TEXTS["least"], wording.TEXTS["most"]
        return (
            f'<tr data-step="{self.code}"{_SUM if self.is_sum else ""}><th scope="row">'
            f"{escape(self.label)}{self.refs}</th>"
            f'<td class="amount" data-label="{least}">{self.low.html}</td>'
            f'<td class="amount" data-label="{most}">{self.high.html}</td></tr>'
        )


@dataclass(frozen=True, slots=True)
class ReadingRow:
    """One reading of what is open, settled alone; without figures it cannot be settled."""

    label: str
    quotes: tuple[str, ...]
    refs: SafeString
    fund: Figure | None
    personal: Figure | None


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
    def rows(self) -> SafeString:
        """The rows of the sheet. Everything in them is escaped where it is put in."""
        return mark_safe("".join(line.html for line in self.lines))  # noqa: S308

    @property
    def zero_rows(self) -> SafeString:
        return mark_safe("".join(line.html for line in self.zero_lines))  # noqa: S308

    @property
    def range_rows(self) -> SafeString:
        return mark_safe("".join(line.html for line in self.range_lines))  # noqa: S308

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
    lines = _lines(settlement, notes, basis)
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
        lines=tuple(lines),
        zero_lines=tuple(_zero_lines(settlement, basis)),
        range_lines=tuple(_range_lines(settlement, notes)),
        parts=_parts(settlement.figures),
        remarks=remarks,
        reasons=reasons,
        readings=tuple(_reading(case, *each, notes) for each in settlement.readings),
        gaps=tuple(gap_of(each) for each in settlement.gaps),
        known=tuple(_known(case, notes)) if settlement.gaps else (),
        not_included=tuple(gap_of(each) for each in settlement.not_included),
        assumptions=assumptions_of(case, settlement.assumptions),
        disputes=disputes_of([settlement], notes),
        changes=tuple(_change(each, answers, notes) for each in settlement.changes),
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
    basis = _open_basis(settlement)
    return {
        "low": money("fund_total_low", low.fund_total, basis),
        "high": money("fund_total_high", high.fund_total, basis),
        "personal_low": money("personal_total_low", high.personal_total, basis),
        "personal_high": money("personal_total_high", low.personal_total, basis),
    }


def _open_basis(settlement: Settlement) -> str:
    """Return the least trusted source that a range rests on."""
    return weakest(each for citations, _reading in settlement.readings for each in citations)


# --- Lines --------------------------------------------------------------------------------


def _lines(settlement: Settlement, notes: Notes, basis: str) -> Iterable[Line]:
    """Yield a line per step, the layers that are left out above the sum, the effective ratio."""
    amounts = amounts_of(settlement.steps)
    count = sum(step.code == "band" for step in settlement.steps)
    position = 0
    for step in settlement.steps:
        if step.code == "fund_total":
            yield from _left_out(settlement.figures)
        position += step.code == "band"
        yield _step_line(step, amounts, notes, basis, position if count > 1 else 0)
    if settlement.figures is not None:
        figure = ratio("effective_ratio", settlement.figures.effective_ratio_bp, basis)
        label = wording.LINES["effective_ratio"]
        yield Line("effective_ratio", label, ratio_formula(amounts), figure)


def _left_out(figures: Figures | None) -> Iterable[Line]:
    for code in _LAYERS:
        if figures is not None and getattr(figures, code) is None:
            label = wording.LINES[code]
            yield Line(code, label, wording.TEXTS["left_out"], not_included(code))


def _step_line(step: Step, amounts: Amounts, notes: Notes, basis: str, position: int) -> Line:
    label = wording.LINES.get(step.code, step.code)
    if position and step.code == "band":
        label = wording.TEXTS["band"] % position
    cited = weakest(step.citations) if step.citations else TYPED
    if cited == TYPED and step.code not in wording.TYPED_LINES:
        cited = basis
    return Line(
        code=step.code,
        label=label,
        working=formula(step, amounts) or wording.MEANINGS.get(step.code, ""),
        figure=money(step.code, step.amount_fen, cited),
        refs=refs(notes, step.citations),
        is_sum=step.code in _SUMS,
    )


def _zero_lines(settlement: Settlement, basis: str) -> Iterable[Line]:
    """Yield the lines of the sheet that no step mentions because they came to nothing."""
    figures = settlement.figures
    if figures is None:
        return
    mentioned = {step.code for step in settlement.steps}
    for code, label in wording.LINES.items():
        if code in mentioned or code in _BANDS or code == "effective_ratio":
            continue
        amount = getattr(figures, code)
        if amount is not None:
            yield Line(code, str(label), "", money(code, amount, basis))


def _range_lines(settlement: Settlement, notes: Notes) -> Iterable[RangeLine]:
    low, high = settlement.low, settlement.high
    if low is None or high is None:
        return
    basis = _open_basis(settlement)
    cited = _cited_by_code(settlement)
    for code, label in wording.LINES.items():
        ends: list[int] = [
            amount for each in (low, high) if (amount := getattr(each, code, None)) is not None
        ]
        if len(ends) == len((low, high)) and any(ends):
            citations = cited.get(code, ())
            source = weakest(citations) if citations else basis
            source = TYPED if code in wording.TYPED_LINES else source
            yield RangeLine(
                code=code,
                label=str(label),
                low=money(f"{code}_least", min(ends), source),
                high=money(f"{code}_most", max(ends), source),
                refs=refs(notes, citations),
                is_sum=code in _SUMS,
            )


def _cited_by_code(settlement: Settlement) -> Mapping[str, tuple[Citation, ...]]:
    """Return what the lines of all readings rest on; bands count to the fund that they feed."""
    second = {"large_expense", "critical_illness"}
    found: dict[str, dict[Citation, None]] = {}
    for _citations, reading in settlement.readings:
        layer = next((step.code for step in reading.steps if step.code in second), "")
        feeds = {"band": "pooled_fund", "layer_band": layer}
        for step in reading.steps:
            line = found.setdefault(feeds.get(step.code, step.code), {})
            line |= dict.fromkeys(step.citations)
    return {code: tuple(citations) for code, citations in found.items()}


def _parts(figures: Figures | None) -> tuple[Part, ...]:
    """Return the bar: who pays what of the bill. A refund and an empty bill have none."""
    if figures is None or figures.total <= 0:
        return ()
    return bill_bar(
        (wording.LINES[name], sum(getattr(figures, code) or 0 for code in codes), name)
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
    )


def _change(change: Change, answers: Mapping[str, str], notes: Notes) -> ChangeRow:
    # A class belongs to its level.
    kept = {n: v for n, v in answers.items() if not (change.field == "level" and n == "class")}
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
        query=urlencode({**kept, change.field: change.value}),
        refs=refs(notes, change.citations),
    )
