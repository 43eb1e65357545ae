"""Two regions side by side: what each states on one question, differing ones first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy

from yibao.core.footnotes import Footnotes
from yibao.core.words import gettext as _
from yibao.policies import queries
from yibao.policies.labels import label
from yibao.policies.pages.blocks import THEMES, Notes, names_in, theme_of
from yibao.policies.presentation.markup import cite_html, lines_html
from yibao.policies.presentation.tables import TABLES
from yibao.policies.statements import Statement, statements_of
from yibao.regions.index import RegionRef
from yibao.rules.terms import InsuranceType, Standing


@dataclass(frozen=True, slots=True)
class Side:
    """What one region says on one question, as HTML; empty where it is not known."""

    html: SafeString
    text: str
    is_inherited: bool


@dataclass(frozen=True, slots=True)
class Line:
    question: str
    left: Side | None
    right: Side | None

    @property
    def differs(self) -> bool:
        if self.left is None or self.right is None:
            return True
        return self.left.text != self.right.text


@dataclass(frozen=True, slots=True)
class ThemeLines:
    title: str
    differing: tuple[Line, ...]
    equal: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    left: RegionRef
    right: RegionRef
    insurance_words: str
    on: date
    themes: tuple[ThemeLines, ...]
    notes: Notes


def compare_regions(
    left: RegionRef, right: RegionRef, insurance: InsuranceType, on: date, today: date
) -> Comparison:
    """Return what two regions say on each question that either of them answers."""
    notes: Notes = Footnotes()
    left_stated = _stated(left, insurance, on, today)
    right_stated = _stated(right, insurance, on, today)
    themes = []
    for slug, title in THEMES.items():
        keys = [
            key
            for key in dict.fromkeys((*left_stated, *right_stated))
            if key[0] == slug and slug not in ("remarks", "channels")
        ]
        lines = [
            Line(
                key[1],
                _side(left_stated.get(key, ()), left, notes),
                _side(right_stated.get(key, ()), right, notes),
            )
            for key in keys
        ]
        if lines:
            themes.append(
                ThemeLines(
                    str(title),
                    tuple(line for line in lines if line.differs),
                    tuple(line for line in lines if not line.differs),
                )
            )
    return Comparison(left, right, str(label(insurance)), on, tuple(themes), notes)


type _Key = tuple[str, str]


def _stated(
    region: RegionRef, insurance: InsuranceType, on: date, today: date
) -> Mapping[_Key, tuple[Statement, ...]]:
    """Return the statements that hold in a region per theme and question: its own, or else
    those of the nearest level that answers the question."""
    names = names_in(region.code)
    found: dict[_Key, tuple[Statement, ...]] = {}
    for level in queries.list_levels(region.code, on, insurance=insurance, today=today):
        here: dict[_Key, list[Statement]] = {}
        for statement in statements_of(level.provisions, names):
            here.setdefault(_question(statement), []).append(statement)
        for key, statements in here.items():
            found.setdefault(key, tuple(statements))
    return found


def _question(statement: Statement) -> _Key:
    row, reading = statement.provision, statement.reading
    parts = [*reading.qualifiers] or [_("不分情况")]
    topic = _TOPIC_WORDS.get(statement.topic, TABLES[row.table])
    return theme_of(row), " · ".join((str(topic), *parts))


_TOPIC_WORDS = {
    "required": gettext_lazy("要不要备案"),
    "validity": gettext_lazy("有效期"),
    "change_lock": gettext_lazy("变更限制（凭材料）"),
    "commitment_lock": gettext_lazy("变更限制（凭承诺书）"),
    "commitment": gettext_lazy("能否用承诺书"),
    "handling": gettext_lazy("办理时限"),
    "threshold": gettext_lazy("大病、大额起付标准"),
    "cap": gettext_lazy("大病、大额限额"),
    "deadline": gettext_lazy("报销申请期限"),
}


def _side(statements: Iterable[Statement], region: RegionRef, notes: Notes) -> Side | None:
    readings = [statement.reading for statement in statements]
    if not readings:
        return None
    html = []
    for reading in readings:
        citation = reading.provision.citation
        number = notes.add(citation)
        disputed = _("有争议：") if reading.provision.standing is Standing.DISPUTED else ""
        html.append(
            f"<div>{disputed}{lines_html(reading.lines, citation.id)}"
            f"{cite_html(citation.id, number)}</div>"
        )
    return Side(
        html=mark_safe("".join(html)),  # noqa: S308
        text="\n".join(sorted(reading.text for reading in readings)),
        is_inherited=readings[0].provision.region_code != region.code,
    )
