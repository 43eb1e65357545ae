"""Diseases, claims, enrolment, accounts, and what is kept without being computed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from yibao.rules.money import BasisPoints, Fen
from yibao.rules.policy.head import Provision
from yibao.rules.terms import (
    CareType,
    CrossYearMode,
    PharmacyMode,
    RatioRule,
    SelfPayPart,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChronicDisease(Provision):
    """门诊慢特病病种. `cross_province_since`: direct settlement across provinces since."""

    table: ClassVar[str] = "chronic_disease"

    disease: str
    name: str
    code_confirmed: bool = True
    cross_province: bool | None = None
    cross_province_since: date | None = None
    qualification_required: bool | None = None
    ratio_rule: RatioRule | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimRule(Provision):
    """手工报销规则; each field that is not None or empty is inherited on its own.
    There is no default deadline (N-86). `total_to_fen`: for bills below it."""

    table: ClassVar[str] = "claim_rule"

    care_types: frozenset[CareType] = frozenset()
    situation_text: str = ""
    total_to_fen: Fen | None = None
    deadline_months: int | None = None
    deadline_text: str = ""
    handling_working_days: int | None = None
    one_time_notice: bool | None = None
    cross_year_mode: CrossYearMode | None = None
    accepted_situations: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrolmentRule(Provision):
    """参保与待遇: waiting periods, arrears, sanctions."""

    table: ClassVar[str] = "enrolment_rule"

    status: str  # "waiting", "arrears", "suspended", "transferring", "sanctioned", …
    fixed_months: int | None = None
    variable_months_per_year: int | None = None
    buy_back: bool | None = None
    retroactive_payment: bool | None = None
    months_from: int | None = None
    months_to: int | None = None
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountRule(Provision):
    """个人账户 and pharmacies; each field that is not None or empty is inherited on its own."""

    table: ClassVar[str] = "account_rule"

    pharmacy_mode: PharmacyMode | None = None
    usable_away: bool | None = None
    filing_needed: bool | None = None
    may_pay: frozenset[SelfPayPart] | None = None
    mutual_aid: bool | None = None
    mutual_aid_cross_province: bool | None = None
    class_b_prepay_bp: BasisPoints | None = None
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark(Provision):
    """Kept, not computed (decisions.md 9): a fact that no column can hold, as our own text,
    with the reason why it is not computed."""

    table: ClassVar[str] = "remark"

    topic: str
    text: str
    reason: str
