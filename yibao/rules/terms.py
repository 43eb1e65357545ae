"""Enumerations of the field (术语). Values are stable slugs; words for people live in templates."""

from enum import StrEnum


class InsuranceType(StrEnum):
    """险种类型; national codes 310 (职工) and 390 (城乡居民)."""

    EMPLOYEE = "employee"
    RESIDENT = "resident"


class CareType(StrEnum):
    """医疗类别."""

    INPATIENT = "inpatient"
    OUTPATIENT = "outpatient"
    CHRONIC = "chronic"  # 门诊慢特病
    PHARMACY = "pharmacy"
    BIRTH = "birth"


class Scope(StrEnum):
    """Where care is given, seen from the insured region."""

    LOCAL = "local"
    IN_PROVINCE = "in_province"  # 省内跨市
    CROSS_PROVINCE = "cross_province"  # 跨省
    ABROAD = "abroad"


class FilingCategory(StrEnum):
    """备案类型 (医保发〔2022〕22号, 规程 art. 7)."""

    RETIREE_RESETTLED = "retiree_resettled"
    LONG_TERM_RESIDENT = "long_term_resident"
    POSTED_WORKER = "posted_worker"
    REFERRAL = "referral"
    EMERGENCY = "emergency"
    OTHER_TEMPORARY = "other_temporary"


LONG_TERM_CATEGORIES = frozenset(
    {
        FilingCategory.RETIREE_RESETTLED,
        FilingCategory.LONG_TERM_RESIDENT,
        FilingCategory.POSTED_WORKER,
    }
)
TEMPORARY_CATEGORIES = frozenset(
    {FilingCategory.REFERRAL, FilingCategory.EMERGENCY, FilingCategory.OTHER_TEMPORARY}
)


class Situation(StrEnum):
    """The filing situation that picks an away adjustment: a category, or the lack of one."""

    RETIREE_RESETTLED = "retiree_resettled"
    LONG_TERM_RESIDENT = "long_term_resident"
    POSTED_WORKER = "posted_worker"
    REFERRAL = "referral"
    EMERGENCY = "emergency"
    OTHER_TEMPORARY = "other_temporary"
    UNFILED = "unfiled"
    LATE = "late"  # 补办
    HOME_RETURN = "home_return"  # 双向享受: filed long-term, treated at home
    THIRD_PLACE = "third_place"  # filed long-term, treated in a third place
    ONWARD_REFERRAL = "onward_referral"  # referred onward from the filed place


class Level(StrEnum):
    """医院级别. OTHER appears only in provisions: every level the region does not state."""

    TERTIARY = "tertiary"
    SECONDARY = "secondary"
    PRIMARY = "primary"
    UNRATED = "unrated"
    OTHER = "other"


class Group(StrEnum):
    """待遇人群: the first three belong to employees, the rest to residents."""

    ACTIVE = "active"
    RETIRED = "retired"
    VETERAN = "veteran"  # 建国前老工人
    ADULT = "adult"
    MINOR = "minor"
    STUDENT = "student"  # of any age
    SENIOR = "senior"


EMPLOYEE_GROUPS = (Group.ACTIVE, Group.RETIRED, Group.VETERAN)
RESIDENT_GROUPS = (Group.ADULT, Group.MINOR, Group.STUDENT, Group.SENIOR)


class AidGroup(StrEnum):
    """医疗救助对象."""

    NONE = "none"
    EXTREME_POVERTY = "extreme_poverty"  # 特困
    LOW_INCOME = "low_income"  # 低保
    POVERTY_RISK = "poverty_risk"  # 返贫致贫
    ORPHAN_DISABLED = "orphan_disabled"  # 孤儿, 孤残儿童


class Standing(StrEnum):
    """How far a row may be relied on (design.md §3)."""

    OFFICIAL = "official"
    SECONDARY = "secondary"
    UNVERIFIED = "unverified"
    DISPUTED = "disputed"
    SUPERSEDED = "superseded"
    REJECTED = "rejected"


COMPUTED_STANDINGS = frozenset({Standing.OFFICIAL, Standing.SECONDARY, Standing.UNVERIFIED})


class Kind(StrEnum):
    """Whether a row may be computed with."""

    RULE = "rule"  # computed
    BOUND = "bound"  # computed as a range
    GUIDANCE = "guidance"  # shown, never computed
    AVERAGE = "average"  # shown, never computed


class EffectiveBasis(StrEnum):
    """What the first day of a row rests on."""

    STATED = "stated"
    PUBLISHED = "published"
    OBSERVED = "observed"


class DeductiblePeriod(StrEnum):
    """起付标准 counts per …"""

    ADMISSION = "admission"
    VISIT = "visit"
    QUARTER = "quarter"
    YEAR = "year"
    YEAR_HIGHEST = "year_highest"  # once a year, at the highest level used


class BandBasis(StrEnum):
    """On what money the limits of a payment band are measured."""

    INCLUDING_DEDUCTIBLE = "including_deductible"  # 起付标准至3万元
    AFTER_DEDUCTIBLE = "after_deductible"
    CUMULATIVE_YEAR = "cumulative_year"


class CapPeriod(StrEnum):
    VISIT = "visit"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


class CapBasis(StrEnum):
    FUND_PAID = "fund_paid"
    IN_SCOPE = "in_scope"
    TOTAL = "total"


class Layer(StrEnum):
    """The funds that pay, in the order in which they pay."""

    BASIC = "basic"
    LARGE_EXPENSE = "large_expense"  # 职工大额
    CRITICAL_ILLNESS = "critical_illness"  # 居民大病
    SUPPLEMENT = "supplement"
    MEDICAL_AID = "medical_aid"
    ALL = "all"


class Mechanism(StrEnum):
    """How care away from home is paid differently (domain.md §5.4)."""

    NONE = "none"
    PERCENTAGE_POINTS = "percentage_points"  # 0.85 − 0.10 = 0.75
    FACTOR = "factor"  # 0.85 × 0.80 = 0.68
    FIRST_PAY = "first_pay"  # 先行自付
    REPLACED_RATIO = "replaced_ratio"
    OWN_TABLE = "own_table"  # own deductible and ratio by level
    DEDUCTIBLE_AMOUNT = "deductible_amount"
    DEDUCTIBLE_FACTOR = "deductible_factor"
    SECOND_LAYER_POINTS = "second_layer_points"
    FOLLOW = "follow"  # the rule of another situation
    REFUSED = "refused"
    UNKNOWN_RATIO = "unknown_ratio"  # a rule exists, its figure is not known


class FirstPayOrder(StrEnum):
    BEFORE_DEDUCTIBLE = "before_deductible"
    AFTER_DEDUCTIBLE = "after_deductible"


class GroupOperator(StrEnum):
    """How a group's ratio follows from the general one."""

    POINTS = "points"  # 退休人员提高5个百分点
    OWN_SHARE_FACTOR = "own_share_factor"  # 退休人员个人支付比例为职工的60%


class SecondLayerMode(StrEnum):
    CONTINUATION = "continuation"  # in-scope money above the basic cap
    THRESHOLD = "threshold"  # accumulated compliant self-pay above a threshold


class SecondLayerBandBasis(StrEnum):
    OVER_THRESHOLD = "over_threshold"  # limits measured from the threshold
    CUMULATIVE = "cumulative"  # limits measured from zero


class SelfPayPart(StrEnum):
    """Parts of self-pay that a second layer may leave out of its base."""

    OFF_CATALOG = "off_catalog"
    OVER_LIMIT = "over_limit"
    UPFRONT_SELF_PAY = "upfront_self_pay"
    AWAY_SELF_PAY = "away_self_pay"
    NON_DESIGNATED = "non_designated"


class SupplementKind(StrEnum):
    CIVIL_SERVANT = "civil_servant"
    ENTERPRISE = "enterprise"
    GOVERNMENT = "government"


class RatioRule(StrEnum):
    """How a chronic disease's ratio is found."""

    OWN = "own"
    AS_INPATIENT = "as_inpatient"
    AS_OUTPATIENT = "as_outpatient"


class PharmacyMode(StrEnum):
    NONE = "none"
    ACCOUNT_ONLY = "account_only"
    POOLED = "pooled"


class CrossYearMode(StrEnum):
    SINGLE = "single"
    SPLIT_BY_DAYS = "split_by_days"
    EITHER = "either"


class MaterialPurpose(StrEnum):
    FILING = "filing"
    CLAIM = "claim"


class MaterialSlug(StrEnum):
    """Papers named by the contract."""

    IDENTITY = "identity"
    HOUSEHOLD_REGISTER = "household_register"
    RESIDENCE_PROOF = "residence_proof"
    WORK_PROOF = "work_proof"
    REFERRAL_PROOF = "referral_proof"
    COMMITMENT = "commitment"
    EMERGENCY_DIAGNOSIS = "emergency_diagnosis"
    TRAUMA_COMMITMENT = "trauma_commitment"
    RECEIPT = "receipt"
    ITEMISED_LIST = "itemised_list"
    DIAGNOSIS = "diagnosis"
    MEDICAL_RECORD = "medical_record"
    DISCHARGE_SUMMARY = "discharge_summary"
    PRESCRIPTION = "prescription"
    FILING_FORM = "filing_form"


class ChannelKind(StrEnum):
    APP = "app"
    MINI_PROGRAM = "mini_program"
    WEB = "web"
    WINDOW = "window"
    PHONE = "phone"
    MAIL = "mail"
