"""Bills and sheets as columns: one array per amount, one place per bill."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from yibao.rules.decision import Figures, Settlement
from yibao.rules.facts import Accumulators, Bill
from yibao.rules.money import Fen, ratio_of

type Column = NDArray[np.int64]
"""Fen, one whole number per bill."""

type Mask = NDArray[np.bool_]

NOT_INCLUDED = int(np.iinfo(np.int64).min)
"""In a column of a layer: the region does not state it, as None in `Figures`."""

COMPUTED, UNKNOWN, APART = 0, 1, 2
"""Outcomes of a bill in `Sheets.outcome`; one that is APART was settled alone."""

BILL_PARTS = tuple(column.name for column in fields(Bill))
TOTALS_OF_THE_YEAR = tuple(column.name for column in fields(Accumulators))
BALANCE = "account_balance_fen"
_KNOWN = frozenset((*BILL_PARTS, *TOTALS_OF_THE_YEAR, BALANCE))

LINES = (
    "away_self_pay",
    "deductible",
    "pooled_fund",
    "large_expense",
    "critical_illness",
    "medical_aid",
    "supplement",
    "government_subsidy",
    "fund_total",
    "personal_account",
)
"""The lines of a sheet that are worked out; the others follow from these and the bill."""


@dataclass(frozen=True, slots=True)
class Amounts:
    """The amounts of many bills of one kind, by the names of `Bill` and `Accumulators` and
    `account_balance_fen`. A column that is absent is 0 in every bill.

    Raises:
        ValueError: an unknown name, no totals, or columns that differ in type or length.
    """

    columns: Mapping[str, Column]

    def __post_init__(self) -> None:
        unknown = self.columns.keys() - _KNOWN
        if unknown or "total_fen" not in self.columns:
            raise ValueError(f"columns must hold total_fen and no {sorted(unknown)}")
        for name, column in self.columns.items():
            if column.dtype != np.int64 or column.shape != (len(self),):
                raise ValueError(f"{name}: {column.dtype} {column.shape}, not int64 ({len(self)},)")

    def __len__(self) -> int:
        return len(self.columns["total_fen"])

    def get(self, name: str) -> Column | None:
        return self.columns.get(name)

    def parts(self) -> list[Column]:
        """Return the columns of what no fund looks at."""
        return [self.columns[name] for name in BILL_PARTS[1:] if name in self.columns]

    def taken(self, where: slice | NDArray[np.intp]) -> Amounts:
        """Return some of the bills; a slice shares the memory."""
        return Amounts({name: column[where] for name, column in self.columns.items()})

    def bill(self, row: int) -> Bill:
        return Bill(**{name: self._fen(name, row) for name in BILL_PARTS})

    def accumulated(self, row: int) -> Accumulators:
        """Return the year's totals of one bill; an absent column is a total not given."""
        known = [name for name in TOTALS_OF_THE_YEAR if name in self.columns]
        return Accumulators(**{name: self._fen(name, row) for name in known})

    def balance(self, row: int) -> Fen | None:
        return self._fen(BALANCE, row) if BALANCE in self.columns else None

    def _fen(self, name: str, row: int) -> Fen:
        column = self.columns.get(name)
        return Fen(0 if column is None else int(column[row]))


@dataclass(frozen=True, slots=True)
class Sheets:
    """The sheets of many bills of one kind.

    `lines` holds those of LINES that are not 0 in every bill; they hold where `outcome` is
    COMPUTED. `apart` holds whole answers of the
    bills that were settled alone: ranges, and amounts beyond what columns are meant for.
    """

    amounts: Amounts
    outcome: NDArray[np.uint8]
    lines: Mapping[str, Column]
    apart: Mapping[int, Settlement]

    def line(self, name: str) -> Column:
        """Return one of LINES."""
        found = self.lines.get(name)
        return np.broadcast_to(np.int64(0), len(self.outcome)) if found is None else found

    def figures(self, row: int) -> Figures | None:
        """Return the figures of one bill, None where its outcome is not `computed`."""
        if row in self.apart:
            return self.apart[row].figures
        if self.outcome[row] != COMPUTED:
            return None
        bill = self.amounts.bill(row)
        found = {name: int(self.line(name)[row]) for name in LINES}
        worked = {
            name: None if amount == NOT_INCLUDED else Fen(amount) for name, amount in found.items()
        }
        personal = bill.total_fen - found["fund_total"]
        return Figures(
            total=bill.total_fen,
            off_catalog=bill.off_catalog_fen,
            over_limit=bill.over_limit_fen,
            upfront_self_pay=bill.upfront_self_pay_fen,
            in_scope=bill.in_scope_fen,
            personal_total=Fen(personal),
            cash=Fen(personal - found["personal_account"]),
            effective_ratio_bp=ratio_of(found["fund_total"], bill.total_fen),
            **worked,  # type: ignore[arg-type]  # None only where the sheet allows it
        )
