"""The lines of the settlement sheet, from the bill down to the effective ratio."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.safestring import SafeString

from yibao.core.footnotes import Footnotes
from yibao.core.patterns import escaped
from yibao.estimates import wording
from yibao.estimates.marks import TYPED, Figure, money, not_included, ratio, refs, weakest
from yibao.estimates.working import Amounts, amounts_of, formula, ratio_formula
from yibao.rules.citation import Citation
from yibao.rules.decision import Figures, Settlement, Step

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
        return self._row(f' data-step="{self.code}"', self.figure.html)

    @property
    def repeated(self) -> str:
        """The row in another sheet of the page: the names of step and figure stand once."""
        return self._row("", self.figure.repeated)

    def _row(self, name: str, figure: str) -> str:
        working = f'<span class="working">{escaped(self.working)}</span>' if self.working else ""
        return (
            f'<tr{name}{_SUM if self.is_sum else ""}><th scope="row">'
            f"{escaped(self.label)}{self.refs}{working}</th>"
            f'<td class="amount">{figure}</td></tr>'
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
            f"{escaped(self.label)}{self.refs}</th>"
            f'<td class="amount" data-label="{least}">{self.low.html}</td>'
            f'<td class="amount" data-label="{most}">{self.high.html}</td></tr>'
        )


def open_basis(settlement: Settlement) -> str:
    """Return the least trusted source that a range rests on."""
    return weakest(each for citations, _reading in settlement.readings for each in citations)


def lines_of(settlement: Settlement, notes: Notes, basis: str) -> Iterable[Line]:
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
    label = wording.LINES.said.get(step.code, step.code)
    if position and step.code == "band":
        label = wording.TEXTS["band"] % position
    cited = weakest(step.citations) if step.citations else TYPED
    if cited == TYPED and step.code not in wording.TYPED_LINES:
        cited = basis
    return Line(
        code=step.code,
        label=label,
        working=formula(step, amounts) or wording.MEANINGS.said.get(step.code, ""),
        figure=money(step.code, step.amount_fen, cited),
        refs=refs(notes, step.citations),
        is_sum=step.code in _SUMS,
    )


def zero_lines_of(settlement: Settlement, basis: str) -> Iterable[Line]:
    """Yield the lines of the sheet that no step mentions because they came to nothing."""
    figures = settlement.figures
    if figures is None:
        return
    mentioned = {step.code for step in settlement.steps}
    for code, label in wording.LINES.said.items():
        if code in mentioned or code in _BANDS or code == "effective_ratio":
            continue
        amount = getattr(figures, code)
        if amount is not None:
            yield Line(code, label, "", money(code, amount, basis))


def range_lines_of(settlement: Settlement, notes: Notes) -> Iterable[RangeLine]:
    low, high = settlement.low, settlement.high
    if low is None or high is None:
        return
    basis = open_basis(settlement)
    cited = _cited_by_code(settlement)
    for code, label in wording.LINES.said.items():
        ends: list[int] = [
            amount for each in (low, high) if (amount := getattr(each, code, None)) is not None
        ]
        if len(ends) == len((low, high)) and any(ends):
            citations = cited.get(code, ())
            source = weakest(citations) if citations else basis
            source = TYPED if code in wording.TYPED_LINES else source
            yield RangeLine(
                code=code,
                label=label,
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
