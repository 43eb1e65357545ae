"""What a claim says when it is sent in: plain values, as the wizard collects them."""

from dataclasses import dataclass
from datetime import date

from yibao.claims.vocabulary import LineClass, Reason
from yibao.rules.facts import Trauma
from yibao.rules.terms import (
    AidGroup,
    CareType,
    FilingCategory,
    Group,
    InsuranceType,
    Level,
    Situation,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmittedLine:
    """One line of the bill; a refund is negative. `line_class` and `upfront_fen` are None
    where the person does not know them, and an officer finds out."""

    name: str
    amount_fen: int
    on: date | None = None
    line_class: LineClass | None = None
    upfront_fen: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmittedInvoice:
    """One invoice: its number in clear, which is not stored, its day and amount in fen."""

    number: str
    on: date
    amount_fen: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmittedClaim:
    """One bill of one stay or visit. Amounts are fen.

    `insured_code` is the pooling region that decides, `care_code` a division code or "" where
    the institution's own says it. `situation` is the filing on the day of care, None at home.
    `covered_from`, `covered_until` are the days of cover as the person knows them, both
    inclusive. `lines` may be empty: then the totals stand for them.
    """

    insured_code: str
    insurance: InsuranceType
    group: Group
    reason: Reason
    care_code: str
    institution_name: str
    level: Level
    care_type: CareType
    discharged_on: date
    admitted_on: date | None = None
    institution_code: str = ""
    institution_class: str = ""
    disease: str = ""
    treatment: str = ""
    severity: str = ""
    situation: Situation | None = None
    base_filing: FilingCategory | None = None
    trauma: Trauma = Trauma.NO
    tier: str = ""
    age: int | None = None
    aid_group: AidGroup = AidGroup.NONE
    is_civil_servant: bool = False
    covered_from: date | None = None
    covered_until: date | None = None
    total_fen: int
    off_catalog_fen: int = 0
    over_limit_fen: int = 0
    upfront_self_pay_fen: int = 0
    lines: tuple[SubmittedLine, ...] = ()
    invoices: tuple[SubmittedInvoice, ...] = ()

    @property
    def on(self) -> date:
        """The day by whose rules the claim is decided."""
        return self.discharged_on
