"""One bill in several filing situations, side by side: what differs first, each with its clause."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy

from yibao.core.footnotes import Footnotes
from yibao.core.navigation import query_of
from yibao.core.patterns import escaped
from yibao.core.words import gettext as _
from yibao.estimates import wording
from yibao.estimates.case_words import assumptions_of, facts_of
from yibao.estimates.marks import (
    TYPED,
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
from yibao.estimates.queries import BILL_PARTS, Case
from yibao.rules.citation import Citation
from yibao.rules.decision import Figures, Settlement, SettlementOutcome
from yibao.rules.facts import Bill
from yibao.rules.money import Fen
from yibao.rules.terms import Scope

_COMPARED_LINES = (
    "fund_total",
    "personal_total",
    "effective_ratio",
    "away_self_pay",
    "deductible",
    "pooled_fund",
    "large_expense",
    "critical_illness",
    "medical_aid",
    "supplement",
    "government_subsidy",
    "personal_account",
    "cash",
    "in_scope",
    "off_catalog",
    "over_limit",
    "upfront_self_pay",
    "total",
)
_SIZES = (
    (2_000, gettext_lazy("2 千元")),
    (20_000, gettext_lazy("2 万元")),
    (100_000, gettext_lazy("10 万元")),
)
_EVEN_IF_EQUAL = ("fund_total", "personal_total")
_WORTHS = (
    ("referral", "unfiled", gettext_lazy("同样这张账单，办转诊备案比不备案")),
    ("other_temporary", "unfiled", gettext_lazy("同样这张账单，临时外出备案比不备案")),
    ("referral", "other_temporary", gettext_lazy("同样这张账单，有转诊证明比没有转诊证明")),
)


@dataclass(frozen=True, slots=True)
class Column:
    """One situation: its heading, what it came to, the clauses that it rests on."""

    situation: str
    label: str
    outcome: SettlementOutcome
    refs: SafeString


@dataclass(frozen=True, slots=True)
class Cell:
    """One figure of one situation; a range has two; with none there is no rule."""

    situation: str
    label: str
    figures: tuple[Figure, ...]
    is_missing: bool = False
    is_best: bool = False

    @property
    def html(self) -> str:
        """The cell."""
        if self.is_missing:
            shown = f'<span class="muted">{wording.TEXTS["no_rule"]}</span>'
        else:
            amounts = f" {wording.TEXTS['to']} ".join(each.html for each in self.figures)
            best = f' <span class="tag tag-official">{wording.TEXTS["best"]}</span>'
            shown = f"<span>{amounts or '–'}{best if self.is_best else ''}</span>"
        return (
            f'<td class="amount" data-situation="{self.situation}"'
            f' data-label="{escaped(self.label)}">{shown}</td>'
        )


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the sheet across the situations."""

    code: str
    label: str
    cells: tuple[Cell, ...]
    is_sum: bool

    @property
    def html(self) -> SafeString:
        """The line's row; on a phone each amount carries its situation."""
        cells = "".join(cell.html for cell in self.cells)
        marked = ' class="sum"' if self.is_sum else ""
        # Cells escape what they hold.
        return mark_safe(  # noqa: S308
            f'<tr data-step="{self.code}"{marked}><th scope="row">{escaped(self.label)}</th>'
            f"{cells}</tr>"
        )


@dataclass(frozen=True, slots=True)
class Worth:
    """What one situation brings over another on this bill; `more=False`: it brings less."""

    words: str
    figure: Figure
    more: bool


@dataclass(frozen=True, slots=True)
class Comparison:
    """Everything that the comparison shows."""

    insured: str
    insured_code: str
    care: str
    on: date
    facts: tuple[tuple[str, str], ...]
    presets: tuple[tuple[str, str, bool], ...]
    columns: tuple[Column, ...]
    differing: tuple[Row, ...]
    equal: tuple[Row, ...]
    worths: tuple[Worth, ...]
    gaps: tuple[Gap, ...]
    disputes: tuple[Remark, ...]
    assumptions: tuple[str, ...]
    is_local: bool
    footnotes: Footnotes[Citation]

    @property
    def summary(self) -> str:
        """The outcome in one sentence, for the status line that screen readers speak."""
        known = sum(column.outcome is not SettlementOutcome.UNKNOWN for column in self.columns)
        return _("比较了 %(all)d 种情况，%(known)d 种算出了结果。") % {
            "all": len(self.columns),
            "known": known,
        }


def comparison_of(
    case: Case, settlements: Sequence[tuple[str, Settlement]], answers: Mapping[str, str]
) -> Comparison:
    """Return the settlements as one table, the differing lines first; `answers` are for links."""
    notes: Footnotes[Citation] = Footnotes()
    columns = tuple(_column(name, settlement, notes) for name, settlement in settlements)
    situations = [
        _Situation(name, wording.COLUMNS[name], settlement, weakest(_citations(settlement)))
        for name, settlement in settlements
    ]
    rows = [row for code in _COMPARED_LINES if (row := _row(code, situations)) is not None]
    differing = tuple(row for row in rows if row.code in _EVEN_IF_EQUAL or _differs(row))
    return Comparison(
        insured=case.places.insured_name,
        insured_code=case.places.insured_code,
        care=case.places.care_name,
        on=case.facts.on,
        facts=facts_of(case),
        presets=tuple(_presets(case, answers)),
        columns=columns,
        differing=differing,
        equal=tuple(row for row in rows if row not in differing),
        worths=tuple(_worths(dict(settlements))),
        gaps=tuple(_gaps(settlements)),
        disputes=disputes_of((each for _name, each in settlements), notes),
        assumptions=assumptions_of(
            case, [name for _situation, each in settlements for name in each.assumptions]
        ),
        is_local=case.places.scope is Scope.LOCAL,
        footnotes=notes,
    )


def _presets(case: Case, answers: Mapping[str, str]) -> Iterable[tuple[str, str, bool]]:
    """Yield (label, answers, is it this one) of three sizes of bill to look at.

    What a bill of another size would hold of self-paid items is not known: it is left out.
    """
    kept = {name: value for name, value in answers.items() if name not in BILL_PARTS}
    for yuan, label in _SIZES:
        is_current = case.bill == Bill(total_fen=Fen(yuan * 100))
        yield str(label), query_of({**kept, "total": str(yuan)}), is_current


def _column(name: str, settlement: Settlement, notes: Footnotes[Citation]) -> Column:
    return Column(
        situation=name,
        label=wording.COLUMNS[name],
        outcome=settlement.outcome,
        refs=refs(notes, _citations(settlement)),
    )


def _gaps(settlements: Sequence[tuple[str, Settlement]]) -> Iterable[Gap]:
    """Yield each missing rule once, with the situations that miss it."""
    missing: dict[Gap, list[str]] = {}
    for name, settlement in settlements:
        for unknown in settlement.gaps:
            missing.setdefault(gap_of(unknown), []).append(wording.COLUMNS[name])
    for gap, labels in missing.items():
        is_everywhere = len(labels) == len(settlements)
        yield gap if is_everywhere else replace(gap, situations="、".join(labels))


def _citations(settlement: Settlement) -> Iterable[Citation]:
    for step in settlement.steps:
        yield from step.citations
    for citations, _reading in settlement.readings:
        yield from citations


@dataclass(frozen=True, slots=True)
class _Situation:
    """A column to be read: `basis` is the least trusted source of its figures."""

    name: str
    label: str
    settlement: Settlement
    basis: str


def _row(code: str, situations: Sequence[_Situation]) -> Row | None:
    """Return one line, or None where no situation has it."""
    cells = tuple(_cell(code, situation) for situation in situations)
    if code not in _EVEN_IF_EQUAL and not any(cell.figures for cell in cells):
        return None
    if code == "fund_total":
        cells = _with_best(cells, [situation.settlement for situation in situations])
    return Row(code, wording.LINES[code], cells, code in _EVEN_IF_EQUAL)


def _with_best(cells: Sequence[Cell], settlements: Sequence[Settlement]) -> tuple[Cell, ...]:
    """Mark the situations in which the funds pay most, when all are not alike."""
    totals = {each.figures.fund_total for each in settlements if each.figures is not None}
    if len(totals) < 2:
        return tuple(cells)
    best = max(totals)
    return tuple(
        Cell(cell.situation, cell.label, cell.figures, cell.is_missing, is_best=True)
        if settlement.figures is not None and settlement.figures.fund_total == best
        else cell
        for cell, settlement in zip(cells, settlements, strict=True)
    )


def _cell(code: str, situation: _Situation) -> Cell:
    name, label, basis = situation.name, situation.label, situation.basis
    settlement = situation.settlement
    if settlement.outcome is SettlementOutcome.COMPUTED and settlement.figures is not None:
        figure = _figure(code, code, settlement.figures, basis)
        return Cell(name, label, (figure,) if figure else ())
    if settlement.low is not None and settlement.high is not None:
        ends = [
            _figure(code, f"{code}_low", settlement.low, basis),
            _figure(code, f"{code}_high", settlement.high, basis),
        ]
        if ends[0] and ends[1] and ends[0].value == ends[1].value:
            ends.pop()
        return Cell(name, label, tuple(end for end in ends if end))
    return Cell(name, label, (), is_missing=True)


def _figure(code: str, name: str, figures: Figures, basis: str) -> Figure | None:
    if code == "effective_ratio":
        return ratio(name, figures.effective_ratio_bp, basis)
    amount: int | None = getattr(figures, code)
    return None if amount is None else money(name, amount, basis)


def _differs(row: Row) -> bool:
    return len({tuple(figure.value for figure in cell.figures) for cell in row.cells}) > 1


def _worths(settlements: dict[str, Settlement]) -> Iterable[Worth]:
    """Yield what filing is worth, between situations that are both computed."""
    for better, worse, words in _WORTHS:
        left, right = (
            settlements[name].figures if name in settlements else None for name in (better, worse)
        )
        if left is None or right is None:
            continue
        gain = left.fund_total - right.fund_total
        if gain:
            figure = money(f"worth_{better}_over_{worse}", abs(gain), TYPED)
            yield Worth(str(words), figure, more=gain > 0)
