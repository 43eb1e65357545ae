"""The shape of every answer: figures with citations, gaps with whom to ask, disputes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from yibao.rules.citation import Citation
from yibao.rules.money import Fen
from yibao.rules.terms import CareType, FilingCategory, InsuranceType, MaterialSlug


@dataclass(frozen=True, slots=True, kw_only=True)
class Cited[T]:
    """A value and the provisions it rests on. `disputed_by`: other readings of the same key
    that are shown beside it."""

    value: T
    citations: tuple[Citation, ...]
    disputed_by: tuple[Citation, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """A gap: which parameter is not known, for whom and when, and whom to ask.

    `what` is the provision table in snake case (`deductible`, `payment_band` …);
    `detail` a code that says more (a level, a field, a mechanism).
    """

    what: str
    region_code: str
    region_name: str
    insurance: InsuranceType
    care_type: CareType
    on: date
    whom_to_ask: str
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading[T]:
    """One reading of a disputed rule."""

    value: T
    citation: Citation


@dataclass(frozen=True, slots=True, kw_only=True)
class Disputed[T]:
    """Sources disagree or the text is ambiguous: the readings, never one of them."""

    what: str
    readings: tuple[Reading[T], ...]


class Certainty(StrEnum):
    FIRM = "firm"
    TENTATIVE = "tentative"


# --- Eligibility ----------------------------------------------------------------


class CheckOutcome(StrEnum):
    """contract.md /check/ data-outcome."""

    FILE = "file"
    FILE_LATE = "file_late"
    NO_FILING = "no_filing"
    DEEMED_FILED = "deemed_filed"
    COVERED = "covered"
    CHANGE_FILING = "change_filing"
    MANUAL_CLAIM = "manual_claim"
    NOT_PAYABLE = "not_payable"
    FIX_ENROLMENT = "fix_enrolment"
    ASK = "ask"


class DirectSettlement(StrEnum):
    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A sentence by code: `code` picks the words, `values` fill them, citations back them."""

    code: str
    values: Mapping[str, object]
    citations: tuple[Citation, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """One paper to bring; `alternatives` are enough in its place."""

    slug: MaterialSlug
    alternatives: tuple[MaterialSlug, ...]
    wording: str
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Validity:
    """How long a filing holds: months (perhaps a floor), indefinitely, or for one stay."""

    months: int | None = None
    is_floor: bool = False
    indefinite: bool = False
    per_stay: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What would change the answer: one fact within a person's power and what it moves.

    `field`, `value` are contract field and value; `effect` holds what the engine said when
    run again with it.
    """

    field: str
    value: str
    effect: Mapping[str, object]
    citations: tuple[Citation, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The answer of the eligibility checker.

    `rule` is the row of domain.md §3.2 that matched (`D-16`). Everything a page shows is
    here; words are chosen by code in the pages.
    """

    outcome: CheckOutcome
    rule: str
    category: FilingCategory | None
    direct_settlement: DirectSettlement
    certainty: Certainty
    validity: Cited[Validity] | Disputed[Validity] | Unknown | None
    change_lock_months: Cited[int] | Disputed[int] | Unknown | None
    materials: tuple[Material, ...]
    because: tuple[Note, ...]
    actions: tuple[Note, ...]
    warnings: tuple[Note, ...]
    assumptions: tuple[str, ...]
    gaps: tuple[Unknown, ...]
    disputes: tuple[Disputed[object], ...]
    changes: tuple[Change, ...]


# --- Settlement -----------------------------------------------------------------


class SettlementOutcome(StrEnum):
    COMPUTED = "computed"
    RANGE = "range"
    UNKNOWN = "unknown"


class Step(NamedTuple):
    """One line of the working, in the order of the calculation.

    `code` is the contract's figure name (`band` for each band). `names` and `values` are
    the numbers put into the formula, in fen and basis points; None where one does not apply.
    A tuple, since an estimate has twenty of them.
    """

    code: str
    amount_fen: Fen
    citations: tuple[Citation, ...] = ()
    names: tuple[str, ...] = ()
    values: tuple[int | None, ...] = ()

    @property
    def working(self) -> Mapping[str, int]:
        """The numbers by name, for a page that prints the formula."""
        pairs = zip(self.names, self.values, strict=True)
        return {name: value for name, value in pairs if value is not None}


class Figures(NamedTuple):
    """The lines of the settlement sheet, in fen. None in a layer = the region states nothing,
    so that the layer is not included."""

    total: Fen
    off_catalog: Fen
    over_limit: Fen
    upfront_self_pay: Fen
    in_scope: Fen
    away_self_pay: Fen
    deductible: Fen
    pooled_fund: Fen
    large_expense: Fen | None
    critical_illness: Fen | None
    medical_aid: Fen | None
    supplement: Fen | None
    government_subsidy: Fen | None
    fund_total: Fen
    personal_total: Fen
    personal_account: Fen
    cash: Fen
    effective_ratio_bp: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """The answer of the estimate.

    `computed`: `figures` and `steps` are set and sum to the fen.
    `range`: `low` and `high` bound what the funds pay; `readings` holds each reading's own
    settlement with what it rests on. `unknown`: `gaps` is not empty, and no total is shown;
    `figures_known` holds the lines that are known all the same.
    """

    outcome: SettlementOutcome
    certainty: Certainty
    figures: Figures | None
    steps: tuple[Step, ...]
    low: Figures | None
    high: Figures | None
    readings: tuple[tuple[tuple[Citation, ...], Settlement], ...]
    range_reasons: tuple[Note, ...]
    gaps: tuple[Unknown, ...]
    disputes: tuple[Disputed[object], ...]
    not_included: tuple[Unknown, ...]
    assumptions: tuple[str, ...]
    notes: tuple[Note, ...]
    changes: tuple[Change, ...] = ()
