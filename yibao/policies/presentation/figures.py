"""The figures and sentences that provisions are put into."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from yibao.core.templatetags.figures import chinese_date, machine_ratio, machine_yuan, percent
from yibao.core.templatetags.figures import yuan as yuan_words
from yibao.core.words import gettext as _
from yibao.policies import labels
from yibao.rules.policy import Provision


class FigureKind(StrEnum):
    YUAN = "yuan"  # value in fen
    RATIO = "ratio"  # value in basis points
    POINTS = "points"  # value in basis points, said as percentage points
    COUNT = "count"
    DATE = "date"


@dataclass(frozen=True, slots=True)
class FigureValue:
    """One figure of a provision: what a machine reads and what a person reads."""

    name: str
    kind: FigureKind
    value: int | date

    @property
    def machine(self) -> str:
        """The value as contract.md wants it: yuan with two decimals, ratio with four."""
        if isinstance(self.value, date):
            return self.value.isoformat()
        if self.kind is FigureKind.YUAN:
            return machine_yuan(self.value)
        if self.kind is FigureKind.COUNT:
            return str(self.value)
        return machine_ratio(self.value)

    @property
    def text(self) -> str:
        if isinstance(self.value, date):
            return chinese_date(self.value)
        if self.kind is FigureKind.YUAN:
            return _("%(amount)s 元") % {"amount": yuan_words(self.value).removesuffix(".00")}
        if self.kind is FigureKind.RATIO:
            return percent(self.value)
        if self.kind is FigureKind.POINTS:
            return _("%(points)s 个百分点") % {"points": percent(self.value).removesuffix("%")}
        return str(self.value)


type Sentence = tuple[str | FigureValue, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One statement of a provision. `field` tells a table's single fields apart."""

    field: str
    sentence: Sentence

    @property
    def text(self) -> str:
        """The sentence without markup."""
        return "".join(part if isinstance(part, str) else part.text for part in self.sentence)


def label(member: StrEnum) -> str:
    """Return the Chinese word of one slug."""
    return str(labels.label(member))


def yuan(name: str, fen: int) -> FigureValue:
    return FigureValue(name, FigureKind.YUAN, fen)


def ratio(name: str, basis_points: int) -> FigureValue:
    return FigureValue(name, FigureKind.RATIO, basis_points)


def points(name: str, basis_points: int) -> FigureValue:
    return FigureValue(name, FigureKind.POINTS, basis_points)


def count(name: str, value: int) -> FigureValue:
    return FigureValue(name, FigureKind.COUNT, value)


def join(values: Iterable[StrEnum]) -> str:
    """Return the labels of a set in the order of its enumeration."""
    members = set(values)
    return _("、").join(label(each) for each in type(next(iter(members))) if each in members)


def span(
    row: Provision, name: str, make: Callable[[str, int], FigureValue]
) -> tuple[str | FigureValue, ...]:
    """Return the figure of a field, or both ends of its range."""
    unit = "fen" if make is yuan else "bp"
    low = getattr(row, f"{name}_{unit}")
    high = getattr(row, f"{name}_high_{unit}", None)
    figure_name = row.table if name != "value" else "away_adjustment"
    if high is None:
        return (make(figure_name, low),)
    return (make(f"{figure_name}_low", low), _(" 至 "), make(f"{figure_name}_high", high))


def limits(from_fen: int, to_fen: int | None) -> Sentence:
    if to_fen is None:
        return (yuan("from", from_fen), _("以上"))
    if not from_fen:
        return (yuan("to", to_fen), _("以下"))
    return (yuan("from", from_fen), _(" 至 "), yuan("to", to_fen))
