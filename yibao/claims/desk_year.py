"""A person's year in words for the panel: what was added, by what, and what waits."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy

from yibao.cases.desk_case import material_words
from yibao.claims.models import AMOUNTS, AccumulatorEntry, Claim, YearAddition
from yibao.claims.models.money import YearAmounts
from yibao.claims.queries.year import entries_of, find_accounts, years_of
from yibao.claims.vocabulary import EntryKind
from yibao.core.templatetags.figures import yuan
from yibao.estimates.wording import CARE_TYPE_LABELS
from yibao.rules.terms import CareType

HEADS: Mapping[str, Any] = {
    "pooled_fen": gettext_lazy("统筹基金"),
    "deductible_fen": gettext_lazy("起付线"),
    "large_fen": gettext_lazy("大额补助"),
    "critical_fen": gettext_lazy("大病保险"),
    "in_scope_fen": gettext_lazy("政策范围内"),
    "self_pay_fen": gettext_lazy("合规自付"),
    "stays": gettext_lazy("住院次数"),
}


@dataclass(frozen=True, slots=True)
class EntryRow:
    """One entry with its amounts as printed; `may_be_undone`: no decision made it."""

    entry: AccumulatorEntry
    care: str
    cells: tuple[str, ...]
    may_be_undone: bool


@dataclass(frozen=True, slots=True)
class AdditionRow:
    """One proposal with its amounts as printed, and the file that it rests on."""

    row: YearAddition
    care: str
    amounts: tuple[tuple[Any, str], ...]
    evidence: str
    file: str


@dataclass(frozen=True, slots=True)
class Year:
    """One year: its entries, and their sums by kind of care are the engine's business."""

    year: int
    rows: tuple[EntryRow, ...]
    sums: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class YearPage:
    """What templates/admin/claims/claim/year.html prints."""

    heads: tuple[Any, ...]
    years: tuple[Year, ...]
    additions: tuple[AdditionRow, ...]


def year_page(claim: Claim) -> YearPage:
    """Read the years that a claim looks at. Raises Erased: whose year it is cannot be told."""
    number = claim.case.person.read().id_number
    insurance = claim.case.insurance
    additions = _additions(claim)
    taken = {row.undoes_id for row in additions if row.answered_by is None or row.entry_id}
    years = []
    for year in years_of(claim):
        entries = entries_of(find_accounts(number, year=year, insurance=insurance))
        rows = tuple(_entry(row, taken) for row in entries)
        sums = {name: sum(getattr(row, name) for row in entries) for name in AMOUNTS}
        years.append(Year(year, rows, tuple(_shown(name, sums[name]) for name in AMOUNTS)))
    return YearPage(
        tuple(HEADS[name] for name in AMOUNTS),
        tuple(years),
        tuple(map(_addition, additions)),
    )


def _additions(claim: Claim) -> list[YearAddition]:
    rows = claim.year_additions.select_related("by", "answered_by", "evidence")
    return list(rows.order_by("-at", "-pk"))


def _entry(entry: AccumulatorEntry, taken: set[int | None]) -> EntryRow:
    is_elsewhere = entry.kind == EntryKind.ELSEWHERE
    undoes_another = is_elsewhere and entry.addition.undoes_id is not None
    return EntryRow(
        entry,
        _care(entry),
        tuple(_shown(name, getattr(entry, name)) for name in AMOUNTS),
        is_elsewhere and not undoes_another and entry.pk not in taken,
    )


def _addition(row: YearAddition) -> AdditionRow:
    amounts = ((HEADS[name], _shown(name, amount)) for name, amount in row.amounts.items())
    evidence = row.evidence
    return AdditionRow(
        row,
        _care(row),
        tuple(pair for pair in amounts if pair[1]),
        str(material_words(evidence.material)) if evidence else "",
        evidence.public_id if evidence else "",
    )


def _care(row: YearAmounts) -> str:
    return str(CARE_TYPE_LABELS[CareType(row.care_type)])


def _shown(name: str, amount: int) -> str:
    if not amount:
        return ""
    return str(amount) if name == "stays" else yuan(amount)
