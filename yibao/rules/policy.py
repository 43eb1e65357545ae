"""What a region's policy says: typed provisions, and the terms they form on a day.

Every provision is one dated statement of one rule (design.md §3). Field names here,
in the tables of the `policies` app and in the shipped TOML files are the same.
Amounts are fen, ratios basis points, limits of bands half-open `[from, to)`.
Empty selectors (empty set, empty text, None) mean "holds for all".
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, ClassVar

from yibao.rules.citation import Citation
from yibao.rules.money import BasisPoints, Fen
from yibao.rules.period import Period
from yibao.rules.terms import (
    AidGroup,
    BandBasis,
    CapBasis,
    CapPeriod,
    CareType,
    ChannelKind,
    CrossYearMode,
    DeductiblePeriod,
    FilingCategory,
    FirstPayOrder,
    Group,
    GroupOperator,
    InsuranceType,
    Kind,
    Layer,
    Level,
    MaterialPurpose,
    MaterialSlug,
    Mechanism,
    PharmacyMode,
    RatioRule,
    Scope,
    SecondLayerBandBasis,
    SecondLayerMode,
    SelfPayPart,
    Situation,
    Standing,
    SupplementKind,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Provision:
    """The head that all provisions share.

    `insurance=None` holds for both branches. `kind` decides whether the row may be
    computed with; `citation.standing` repeats `standing` for display.
    """

    table: ClassVar[str] = ""

    id: str
    region_code: str
    insurance: InsuranceType | None
    period: Period
    standing: Standing
    citation: Citation
    kind: Kind = Kind.RULE
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BenefitProvision(Provision):
    """Selectors that the figures of benefits share.

    `care_types`, `groups`: empty = all. `level=None` = all levels, `Level.OTHER` = the
    levels not stated otherwise. `institution_class` is the region's own class slug.
    Ages are whole years, both ends inclusive. `tier` is the contribution tier.
    """

    care_types: frozenset[CareType] = frozenset()
    groups: frozenset[Group] = frozenset()
    age_from: int | None = None
    age_to: int | None = None
    tier: str = ""
    level: Level | None = None
    institution_class: str = ""
    disease: str = ""
    treatment: str = ""
    severity: str = ""


# --- Filing -------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class FilingRule(Provision):
    """备案规则 per category and scope. Each field that is not None is a statement of its own
    and is inherited on its own (decisions.md 3).

    `validity_months` is a floor where `validity_is_floor`; `indefinite` = 长期有效;
    `per_stay` = 当次住院有效. Locks are months until the filing may be changed or
    cancelled, for filings made with evidence / by commitment letter.
    """

    table: ClassVar[str] = "filing_rule"

    categories: frozenset[FilingCategory] = frozenset()
    scope: Scope | None = None
    care_types: frozenset[CareType] = frozenset()
    groups: frozenset[Group] = frozenset()
    required: bool | None = None
    filing_free_zone: frozenset[str] = frozenset()  # division codes; both places inside it
    deemed_filed: bool | None = None
    min_residence_months: int | None = None
    validity_months: int | None = None
    validity_is_floor: bool | None = None
    indefinite: bool | None = None
    per_stay: bool | None = None
    honoured_during_stay: bool | None = None  # expiry during a stay does not matter
    change_lock_months: int | None = None
    commitment_lock_months: int | None = None
    early_change_grounds: str = ""
    commitment_allowed: bool | None = None
    several_places: bool | None = None
    several_places_commitment: bool | None = None
    before_discharge_direct: bool | None = None  # filed before discharge settles directly
    late_filing_allowed: bool | None = None  # after discharge
    late_filing_text: str = ""
    handling_working_days: int | None = None
    effective_moment: str = ""
    target_level: str = ""  # "prefecture", "province", "either"
    institution_choice_required: bool | None = None
    dual_enjoyment: bool | None = None  # 双向享受
    dual_enjoyment_needs_evidence: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MaterialRequirement(Provision):
    """材料: one paper for a filing category or a claim. Rows of one `alternative` number
    (> 0) within the same key are alternatives: any one of them is enough."""

    table: ClassVar[str] = "material_requirement"

    purpose: MaterialPurpose
    material: MaterialSlug
    categories: frozenset[FilingCategory] = frozenset()
    scope: Scope | None = None
    care_types: frozenset[CareType] = frozenset()
    reason: str = ""  # claims: "emergency", "trauma", "unfiled", …
    alternative: int = 0
    wording: str = ""  # the region's own name of the paper


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel(Provision):
    """办理渠道 and hotlines: where to file or ask. `value` is the number or address."""

    table: ClassVar[str] = "channel"

    channel: ChannelKind
    name: str
    value: str = ""
    hours: str = ""
    purpose: str = ""  # "filing", "question", "card", …
    categories: frozenset[FilingCategory] = frozenset()
    scope_text: str = ""
    available: bool = True  # False: the source says that this channel is NOT offered


# --- Basic layer --------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Deductible(BenefitProvision):
    """起付标准. Either an amount, or a factor of the first-admission amount.

    `nth_from`, `nth_to`: admission numbers of the year, inclusive.
    `amount_high_fen` closes a range (`kind=bound`).
    """

    table: ClassVar[str] = "deductible"

    amount_fen: Fen | None = None
    amount_high_fen: Fen | None = None
    factor_bp: BasisPoints | None = None
    counts_per: DeductiblePeriod = DeductiblePeriod.ADMISSION
    nth_from: int | None = None
    nth_to: int | None = None
    aid_groups: frozenset[AidGroup] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentBand(BenefitProvision):
    """支付比例 of one band of in-scope money; a flat ratio is one band from 0 without end."""

    table: ClassVar[str] = "payment_band"

    from_fen: Fen = Fen(0)
    to_fen: Fen | None = None
    ratio_bp: BasisPoints
    ratio_high_bp: BasisPoints | None = None
    basis: BandBasis = BandBasis.AFTER_DEDUCTIBLE
    ratio_rule: RatioRule = RatioRule.OWN


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupAdjustment(BenefitProvision):
    """人群比例: how a group's ratio follows from the general bands (退休人员 +5 points, or
    own share × 60 %). Used where the region states no band of its own for the group.
    `base_group` names the group whose bands it starts from."""

    table: ClassVar[str] = "group_adjustment"

    base_group: Group
    operator: GroupOperator
    value_bp: BasisPoints


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentCap(BenefitProvision):
    """最高支付限额. Exactly one of `amount_fen`, `share_bp`, `unlimited` is set.

    `share_bp` caps all funds at a share of the bill's total (`layer=all`).
    `shared_with` names further care types that fill the same cap.
    `layer` says whose payments the cap limits.
    """

    table: ClassVar[str] = "payment_cap"

    layer: Layer = Layer.BASIC
    amount_fen: Fen | None = None
    amount_high_fen: Fen | None = None
    share_bp: BasisPoints | None = None
    unlimited: bool = False
    counts_per: CapPeriod = CapPeriod.YEAR
    basis: CapBasis = CapBasis.FUND_PAID
    shared_with: frozenset[CareType] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class AwayAdjustment(BenefitProvision):
    """异地待遇差异: one mechanism of the ordered list for a filing situation and scope.

    Rows of one key form the list in the order of `position`; disputed rows of one
    key and position are alternative readings. Which value belongs to which mechanism:

    ================== =======================================================
    percentage_points   `value_bp` (and `value_high_bp` for a bound) taken off
    factor              `value_bp` multiplies the ratio
    first_pay           `value_bp` of in-scope money, `order`
    replaced_ratio      `value_bp` replaces the ratio
    own_table           `amount_fen` deductible and `value_bp` ratio, by level
    deductible_amount   `amount_fen` replaces the deductible
    deductible_factor   `value_bp` multiplies the deductible (12000 = × 1.2)
    second_layer_points `value_bp` taken off the second layer's ratio
    follow              `follows` names the situation whose rule holds
    none, refused, unknown_ratio: no value
    ================== =======================================================
    """

    table: ClassVar[str] = "away_adjustment"

    situations: frozenset[Situation] = frozenset()
    scope: Scope | None = None
    position: int = 1
    mechanism: Mechanism
    value_bp: BasisPoints | None = None
    value_high_bp: BasisPoints | None = None
    amount_fen: Fen | None = None
    order: FirstPayOrder | None = None
    follows: Situation | None = None
    counts_to_second_layer: bool | None = None


# --- Second and further layers -------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondLayer(Provision):
    """大病保险 (residents) or 大额 (employees). Each field that is not None is inherited on
    its own. `aid_groups` non-empty: the tilt for those groups."""

    table: ClassVar[str] = "second_layer"

    layer: Layer
    groups: frozenset[Group] = frozenset()
    aid_groups: frozenset[AidGroup] = frozenset()
    mode: SecondLayerMode | None = None
    threshold_fen: Fen | None = None
    threshold_factor_bp: BasisPoints | None = None  # of the general threshold
    ratio_bonus_bp: BasisPoints | None = None  # on top of the general bands
    cap_fen: Fen | None = None
    cap_unlimited: bool | None = None
    base_excludes: frozenset[SelfPayPart] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondLayerBand(Provision):
    """One band of the second layer's ratio. `to_fen=None` with a later band missing means
    that the limits are not known when `limits_known` is False."""

    table: ClassVar[str] = "second_layer_band"

    layer: Layer
    groups: frozenset[Group] = frozenset()
    aid_groups: frozenset[AidGroup] = frozenset()
    from_fen: Fen = Fen(0)
    to_fen: Fen | None = None
    limits_known: bool = True
    ratio_bp: BasisPoints
    ratio_high_bp: BasisPoints | None = None
    basis: SecondLayerBandBasis = SecondLayerBandBasis.CUMULATIVE


@dataclass(frozen=True, slots=True, kw_only=True)
class MedicalAid(Provision):
    """医疗救助 on what is left of the in-scope self-pay. `total_from_fen`, `total_to_fen`
    select by the bill's total `[from, to)`."""

    table: ClassVar[str] = "medical_aid"

    aid_groups: frozenset[AidGroup]
    ratio_bp: BasisPoints
    ratio_is_floor: bool = False
    threshold_fen: Fen | None = None
    cap_fen: Fen | None = None
    total_from_fen: Fen | None = None
    total_to_fen: Fen | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Supplement(Provision):
    """公务员 / 企业 / 政府 补助: a band on the in-scope self-pay that is left.

    `total_over_fen`: only for a bill whose total is above it.
    """

    table: ClassVar[str] = "supplement"

    supplement: SupplementKind
    from_fen: Fen = Fen(0)
    to_fen: Fen | None = None
    ratio_bp: BasisPoints
    ratio_high_bp: BasisPoints | None = None
    cap_fen: Fen | None = None
    total_over_fen: Fen | None = None


# --- Diseases, claims, enrolment, accounts --------------------------------------


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


PROVISION_TYPES: tuple[type[Provision], ...] = (
    FilingRule,
    MaterialRequirement,
    Channel,
    Deductible,
    PaymentBand,
    GroupAdjustment,
    PaymentCap,
    AwayAdjustment,
    SecondLayer,
    SecondLayerBand,
    MedicalAid,
    Supplement,
    ChronicDisease,
    ClaimRule,
    EnrolmentRule,
    AccountRule,
    Remark,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalClass:
    """医疗机构类别 of a region and the national level it stands for."""

    slug: str
    name: str
    level: Level


MOST_KEPT = 512
"""Readings of one `Terms` that are kept; each is a few kilobytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """Everything in force for one region, insurance type and day.

    `levels` holds, nearest first (pooling region, province, nation), the provisions of
    each; nothing is merged, since inheritance is per field and key (decisions.md 3).
    Rows of standing `unverified` are left out where the site does not trust them, and
    `superseded` and `rejected` rows are never here. `known_from` is the first day for
    which the region itself states anything, or None where it states nothing.
    """

    region_code: str
    region_name: str
    insurance: InsuranceType
    on: date
    levels: tuple[tuple[Provision, ...], ...]
    classes: tuple[LocalClass, ...] = ()
    known_from: date | None = None
    whom_to_ask: str = ""
    _index: dict[type[Provision], tuple[tuple[Provision, ...], ...]] = field(
        default_factory=dict, init=False, compare=False, repr=False
    )
    _plans: dict[Hashable, Any] = field(default_factory=dict, init=False, compare=False, repr=False)

    def remember[T](self, key: Hashable, make: Callable[[], T]) -> T:
        """Return what `make` returned for this key before, else call it.

        For what is read out of the terms again and again; terms never change, and what is
        kept goes with them. Bounded, since keys may come from visitors.
        """
        kept: T | None = self._plans.get(key)
        if kept is None:
            if len(self._plans) >= MOST_KEPT:
                self._plans.clear()
            kept = self._plans[key] = make()
        return kept

    def of[P: Provision](self, table: type[P]) -> tuple[tuple[P, ...], ...]:
        """Return the rows of one table per level, nearest level first."""
        found = self._index.get(table)
        if found is None:
            found = tuple(
                tuple(row for row in level if type(row) is table) for level in self.levels
            )
            self._index[table] = found
        return found  # type: ignore[return-value]  # keyed by the row type itself
