"""A settlement sheet against the rules: each printed line, what the rules give, what to ask."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy

from yibao.core.footnotes import Footnotes
from yibao.core.navigation import query_of
from yibao.core.templatetags.figures import yuan
from yibao.core.words import gettext as _
from yibao.estimates import wording
from yibao.estimates.case_words import assumptions_of, facts_of
from yibao.estimates.lines import Notes
from yibao.estimates.marks import TYPED, Figure, Gap, gap_of, money, refs, weakest
from yibao.estimates.queries import Case
from yibao.rules.citation import Citation
from yibao.rules.decision import Settlement, SettlementOutcome
from yibao.rules.explanations import Difference, Explanation, differences
from yibao.rules.money import Fen
from yibao.rules.terms import Group, Level, Situation

QUESTIONS = wording.Words(
    {
        "in_scope": gettext_lazy(
            "哪些项目算成了全自费、超限价、先行自付？请给我一份费用明细清单。"
        ),
        "away_self_pay": gettext_lazy("这次是按哪种备案结的？系统里能查到我的备案吗？"),
        "deductible": gettext_lazy("起付线是按今年第几次住院、几级医院算的？"),
        "pooled_fund": gettext_lazy(
            "报销比例用的是多少？医院按几级算，备案按哪种算，今年的封顶线用完了没有？"
        ),
        "large_expense": gettext_lazy("大额补助这一层有没有一起结？没有的话，到哪里再报？"),
        "critical_illness": gettext_lazy("大病保险这一层有没有一起结？没有的话，到哪里再报？"),
        "medical_aid": gettext_lazy("系统里有没有我的救助身份？没有一起结的，到哪里再报？"),
        "fund_total": gettext_lazy("基金一共付了哪几项？请逐项告诉我。"),
        "personal_account": gettext_lazy("个人账户划了多少，余额还有多少？"),
        "cash": gettext_lazy("除了个人账户，现金部分是哪几项加起来的？"),
    }
)
"""What to ask at the window about a line that differs; short enough to read out."""


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One line: printed, by the rules (a figure, two of a range, or none), and the question."""

    line: str
    label: str
    printed: Figure
    expected: tuple[Figure, ...]
    refs: SafeString
    agrees: bool | None
    difference: str
    question: str


@dataclass(frozen=True, slots=True)
class Other:
    """Another case that gives every printed line, and the address of its estimate's answers."""

    words: str
    query: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BillCheck:
    """Everything that the page shows."""

    outcome: str
    insured: str
    care: str
    rows: tuple[SheetRow, ...]
    others: tuple[Other, ...]
    gaps: tuple[Gap, ...]
    assumptions: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]
    footnotes: Notes

    @property
    def differing(self) -> int:
        """How many lines differ."""
        return sum(row.agrees is False for row in self.rows)

    @property
    def summary(self) -> str:
        """The answer in one sentence."""
        if self.outcome == "agrees":
            return _("您抄的 %(count)d 行都和规定算出来的一样") % {"count": len(self.rows)}
        if self.outcome == "unknown":
            return _("规定不全，核对不了")
        return _("有 %(count)d 行和规定算出来的不一样") % {"count": self.differing}


def bill_check_of(
    case: Case,
    settlement: Settlement,
    explanations: Iterable[Explanation],
    printed: Mapping[str, Fen],
    answers: Mapping[str, str],
) -> BillCheck:
    """Return the sheet beside the settlement; `answers` are the page's own, for links."""
    notes: Notes = Footnotes()
    found = differences(settlement, printed)
    cited = _citations_by_line(settlement)
    rows = tuple(_row(each, cited, notes) for each in found)
    return BillCheck(
        outcome=_outcome(settlement, found),
        insured=case.places.insured_name,
        care=case.places.care_name,
        rows=rows,
        others=tuple(_other(each, answers) for each in explanations),
        gaps=tuple(gap_of(each) for each in settlement.gaps),
        assumptions=assumptions_of(case, settlement.assumptions),
        facts=facts_of(case),
        footnotes=notes,
    )


def _outcome(settlement: Settlement, found: tuple[Difference, ...]) -> str:
    if any(each.agrees is False for each in found):
        return "differs"
    is_known = settlement.outcome is not SettlementOutcome.UNKNOWN
    return "agrees" if is_known and all(each.agrees for each in found) else "unknown"


def _row(found: Difference, cited: Mapping[str, tuple[Citation, ...]], notes: Notes) -> SheetRow:
    citations = cited.get(found.line, ())
    source = weakest(citations)
    expected: tuple[Figure, ...] = ()
    if found.least_fen is not None and found.most_fen is not None:
        ends = sorted({found.least_fen, found.most_fen})
        names = (found.line,) if len(ends) == 1 else (f"{found.line}_low", f"{found.line}_high")
        expected = tuple(money(name, fen, source) for name, fen in zip(names, ends, strict=True))
    return SheetRow(
        line=found.line,
        label=wording.LINES[found.line],
        printed=money(f"sheet_{found.line}", found.printed_fen, TYPED),
        expected=expected,
        refs=refs(notes, citations),
        agrees=found.agrees,
        difference=_difference(found),
        question=QUESTIONS[found.line] if found.agrees is False else "",
    )


def _difference(found: Difference) -> str:
    if found.agrees is not False or found.least_fen is None or found.most_fen is None:
        return ""
    low, high = sorted((found.least_fen, found.most_fen))
    if found.printed_fen > high:
        return _("结算单多 %(yuan)s 元") % {"yuan": yuan(found.printed_fen - high)}
    return _("结算单少 %(yuan)s 元") % {"yuan": yuan(low - found.printed_fen)}


def _citations_by_line(settlement: Settlement) -> dict[str, tuple[Citation, ...]]:
    """Return what each line rests on; the bands feed the fund, all of them the sums."""
    steps = settlement.steps or tuple(
        step for _citations, reading in settlement.readings for step in reading.steps
    )
    found: dict[str, dict[Citation, None]] = {}
    for step in steps:
        for line in (step.code, "fund_total", "cash"):
            found.setdefault(line, {}).update(dict.fromkeys(step.citations))
        if step.code == "band":
            found.setdefault("pooled_fund", {}).update(dict.fromkeys(step.citations))
    return {line: tuple(citations) for line, citations in found.items()}


def _other(explanation: Explanation, answers: Mapping[str, str]) -> Other:
    words = "，".join(_changed(name, value) for name, value in explanation.changed)
    kept = {name: text for name, text in answers.items() if not name.startswith("sheet_")}
    return Other(words, query_of(kept | dict(explanation.changed)))


def _changed(name: str, value: str) -> str:
    said: dict[str, Any] = {
        "filing": lambda: (
            _("备案情况是“%(value)s”") % {"value": wording.SITUATION_LABELS[Situation(value)]}
        ),
        "admission": lambda: _("是今年第 %(value)s 次住院") % {"value": value},
        "level": lambda: _("医院是%(value)s") % {"value": wording.LEVEL_LABELS[Level(value)]},
        "group": lambda: _("看病的人是%(value)s") % {"value": wording.GROUP_LABELS[Group(value)]},
    }
    words: str = said[name]()
    return words
