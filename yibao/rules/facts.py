"""What is known of a case. Codes of places are opaque here: they are compared, never read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from yibao.rules.money import Fen
from yibao.rules.terms import (
    AidGroup,
    CareType,
    FilingCategory,
    Group,
    InsuranceType,
    Level,
    Scope,
    Situation,
)


class Enrolment(StrEnum):
    """参保状态."""

    ACTIVE = "active"
    WAITING = "waiting"
    ARREARS = "arrears"
    SUSPENDED = "suspended"
    TRANSFERRING = "transferring"
    ENDED = "ended"
    SANCTIONED = "sanctioned"
    UNKNOWN = "unknown"


class Reason(StrEnum):
    """Why the person is treated elsewhere."""

    RESETTLED = "resettled"
    LIVING = "living"
    POSTED = "posted"
    STUDY = "study"
    REFERRAL = "referral"
    OTHER = "other"


class Urgency(StrEnum):
    EMERGENCY = "emergency"
    ORDINARY = "ordinary"


class Stage(StrEnum):
    PLANNING = "planning"
    ADMITTED = "admitted"
    DISCHARGED = "discharged"


class FiledStatus(StrEnum):
    """An existing filing, as the person knows it."""

    NONE = "none"
    ACTIVE = "active"
    EXPIRED = "expired"
    ELSEWHERE = "elsewhere"
    UNKNOWN = "unknown"


class Evidence(StrEnum):
    PROOF = "proof"
    COMMITMENT = "commitment"
    NONE = "none"
    UNKNOWN = "unknown"


class Trauma(StrEnum):
    NO = "no"
    NO_THIRD_PARTY = "no_third_party"
    THIRD_PARTY = "third_party"
    WORK_INJURY = "work_injury"


class InstitutionStatus(StrEnum):
    """Whether the institution is connected for the service in question."""

    NETWORKED = "networked"
    DESIGNATED = "designated"  # designated but not networked for this service
    NONE = "none"  # not designated at all
    UNKNOWN = "unknown"


class Qualified(StrEnum):
    """门诊慢特病资格认定."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExistingFiling:
    """A filing that the person already has. `care_pool` and `until` may be unknown (None).
    `until` is the last day on which it holds, inclusive."""

    status: FiledStatus = FiledStatus.UNKNOWN
    category: FilingCategory | None = None
    care_pool: str | None = None
    since: date | None = None
    until: date | None = None
    evidence: Evidence = Evidence.UNKNOWN


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckFacts:
    """Facts of an eligibility check (contract.md /check/).

    `insured_code`, `care_code` are the codes as given (a county stays a county);
    `care_pool` is the pooling region of the care place. `insured_within`, `care_within`
    hold every code that contains the place (county, pooling region, province): a filing
    made to any of them reaches it. `scope` is derived outside.
    `assumed` names the fields that were not given and hold a default.
    """

    insured_code: str
    care_code: str
    care_pool: str
    scope: Scope
    insurance: InsuranceType
    care_type: CareType
    on: date
    reason: Reason | None = None
    enrolment: Enrolment = Enrolment.ACTIVE
    urgency: Urgency = Urgency.ORDINARY
    disease: str = ""
    qualified: Qualified = Qualified.UNKNOWN
    stage: Stage = Stage.PLANNING
    existing: ExistingFiling = ExistingFiling(status=FiledStatus.NONE)
    admitted_on: date | None = None
    evidence: Evidence = Evidence.UNKNOWN
    trauma: Trauma = Trauma.NO
    institution: InstitutionStatus = InstitutionStatus.UNKNOWN
    insured_within: frozenset[str] = frozenset()
    care_within: frozenset[str] = frozenset()
    assumed: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """The four totals of a settlement sheet, in fen. I1: in_scope = total − the rest."""

    total_fen: Fen
    off_catalog_fen: Fen = Fen(0)  # 全自费
    over_limit_fen: Fen = Fen(0)  # 超限价自费
    upfront_self_pay_fen: Fen = Fen(0)  # 先行自付

    @property
    def in_scope_fen(self) -> Fen:
        """符合政策范围金额."""
        return Fen(
            self.total_fen - self.off_catalog_fen - self.over_limit_fen - self.upfront_self_pay_fen
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Accumulators:
    """What the year (or month) has used up so far in this care type, in fen; None = not given,
    computed as 0 and printed as assumed (decisions.md 5)."""

    deductible_paid_fen: Fen | None = None
    fund_paid_fen: Fen | None = None
    fund_paid_month_fen: Fen | None = None
    fund_paid_large_fen: Fen | None = None
    fund_paid_critical_fen: Fen | None = None
    cost_so_far_fen: Fen | None = None
    self_pay_accumulated_fen: Fen | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFacts:
    """Facts of a settlement (contract.md /estimate/), apart from the bill.

    `situation=None` is care at home. `base_filing` is the long-term category behind
    `third_place` and `home_return`. `age=None` where not given; `admission=None` =
    not given (first, printed as assumed). `assumed` names the fields that were not given.
    """

    insurance: InsuranceType
    care_type: CareType
    scope: Scope
    on: date
    situation: Situation | None
    group: Group
    level: Level
    institution_class: str = ""
    tier: str = ""
    age: int | None = None
    disease: str = ""
    treatment: str = ""
    severity: str = ""
    base_filing: FilingCategory | None = None
    admission: int | None = None
    accumulated: Accumulators = Accumulators()
    aid_group: AidGroup = AidGroup.NONE
    civil_servant: bool = False
    account_balance_fen: Fen | None = None
    assumed: frozenset[str] = frozenset()
