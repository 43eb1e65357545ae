"""Small hand-made terms and facts. Defaults say nothing; a test states what it relies on."""

from datetime import date
from itertools import count
from typing import Any

from yibao.rules.citation import Citation
from yibao.rules.facts import CheckFacts
from yibao.rules.period import Period
from yibao.rules.policy import (
    AccountRule,
    ChronicDisease,
    ClaimRule,
    EnrolmentRule,
    FilingRule,
    MaterialRequirement,
    Provision,
    Terms,
)
from yibao.rules.terms import (
    LONG_TERM_CATEGORIES,
    TEMPORARY_CATEGORIES,
    CareType,
    EffectiveBasis,
    FilingCategory,
    InsuranceType,
    MaterialPurpose,
    MaterialSlug,
    PharmacyMode,
    Scope,
    Standing,
)

DAY = date(2026, 12, 1)
HOME, HOME_PROVINCE = "370600", "370000"
AWAY, AWAY_PROVINCE = "510100", "510000"
THIRD = "310100"

_numbers = count(1)


def a_citation(standing: Standing = Standing.OFFICIAL, **parts: Any) -> Citation:
    return Citation(
        **{
            "id": f"row-{next(_numbers)}",
            "document_id": "d-1",
            "title": "某市异地就医办法",
            "number": "某医保〔2022〕1号",
            "issuer": "某市医疗保障局",
            "article": "第一条",
            "quote": "",
            "published_on": date(2022, 12, 1),
            "effective_from": date(2023, 1, 1),
            "effective_to": None,
            "basis": EffectiveBasis.STATED,
            "checked_on": date(2026, 11, 23),
            "standing": standing,
            **parts,
        }
    )


def a_row[P: Provision](table: type[P], **parts: Any) -> P:
    """One provision in force since 2023, official unless `standing` says otherwise."""
    standing = parts.pop("standing", Standing.OFFICIAL)
    citation = parts.pop("citation", None) or a_citation(standing)
    head: dict[str, Any] = {
        "id": citation.id,
        "region_code": HOME,
        "insurance": None,
        "period": Period(date(2023, 1, 1)),
        "standing": standing,
        "citation": citation,
    }
    return table(**{**head, **parts})


def a_paper(
    slug: MaterialSlug, *categories: FilingCategory, alternative: int = 0, **parts: Any
) -> MaterialRequirement:
    return a_row(
        MaterialRequirement,
        purpose=parts.pop("purpose", MaterialPurpose.FILING),
        material=slug,
        categories=frozenset(categories),
        alternative=alternative,
        **parts,
    )


def national_rows() -> tuple[Provision, ...]:
    """What the nation states of filing, in the shape of domain.md §1.2 and §1.3."""
    retiree, resident, worker = (
        FilingCategory.RETIREE_RESETTLED,
        FilingCategory.LONG_TERM_RESIDENT,
        FilingCategory.POSTED_WORKER,
    )
    slug = MaterialSlug
    return (
        a_row(
            FilingRule,
            categories=frozenset(FilingCategory) - {FilingCategory.EMERGENCY},
            scope=Scope.CROSS_PROVINCE,
            required=True,
            before_discharge_direct=True,
            honoured_during_stay=True,
        ),
        a_row(
            FilingRule,
            categories=LONG_TERM_CATEGORIES,
            indefinite=True,
            min_residence_months=6,
            commitment_allowed=True,
        ),
        a_row(
            FilingRule,
            categories=TEMPORARY_CATEGORIES - {FilingCategory.EMERGENCY},
            validity_months=6,
            validity_is_floor=True,
        ),
        a_row(FilingRule, categories=frozenset({FilingCategory.EMERGENCY}), deemed_filed=True),
        a_paper(slug.IDENTITY, *(frozenset(FilingCategory) - {FilingCategory.EMERGENCY})),
        a_paper(slug.HOUSEHOLD_REGISTER, retiree, alternative=1),
        a_paper(slug.RESIDENCE_PROOF, resident, alternative=1),
        a_paper(slug.WORK_PROOF, worker, alternative=1),
        a_paper(slug.COMMITMENT, retiree, resident, worker, alternative=1),
        a_paper(slug.REFERRAL_PROOF, FilingCategory.REFERRAL),
        *(
            a_paper(paper, purpose=MaterialPurpose.CLAIM)
            for paper in (slug.RECEIPT, slug.ITEMISED_LIST, slug.DIAGNOSIS, slug.MEDICAL_RECORD)
        ),
        a_row(ClaimRule, handling_working_days=30),
        a_row(
            ChronicDisease,
            disease="M03900",
            name="高血压",
            cross_province=True,
            cross_province_since=date(2022, 1, 1),
        ),
        a_row(
            ChronicDisease,
            disease="M06900",
            name="类风湿关节炎",
            cross_province=True,
            cross_province_since=date(2027, 1, 1),
        ),
        a_row(EnrolmentRule, status="waiting", fixed_months=3),
    )


def local_rows() -> tuple[Provision, ...]:
    """A city that states all that the nation leaves open."""
    return (
        a_row(FilingRule, late_filing_allowed=True, change_lock_months=0, commitment_lock_months=6),
        a_row(FilingRule, dual_enjoyment=True),
        a_row(FilingRule, scope=Scope.IN_PROVINCE, required=True, before_discharge_direct=True),
        a_row(
            AccountRule,
            pharmacy_mode=PharmacyMode.ACCOUNT_ONLY,
            usable_away=True,
            filing_needed=False,
        ),
        a_row(ClaimRule, deadline_months=12),
        a_row(ClaimRule, care_types=frozenset({CareType.BIRTH}), accepted_situations="birth"),
        a_row(EnrolmentRule, status="arrears", retroactive_payment=False),
    )


def some_terms(*local: Provision, nation: tuple[Provision, ...] | None = None) -> Terms:
    """Terms of a city with the rows given, above what the nation states."""
    return Terms(
        region_code=HOME,
        region_name="烟台市",
        insurance=InsuranceType.EMPLOYEE,
        on=DAY,
        levels=(local, national_rows() if nation is None else nation),
        whom_to_ask="12393",
    )


def full_terms(*more: Provision) -> Terms:
    return some_terms(*more, *local_rows())


def some_facts(**parts: Any) -> CheckFacts:
    """A person of HOME who plans to be treated as an inpatient in AWAY."""
    return CheckFacts(
        **{
            "insured_code": HOME,
            "care_code": AWAY,
            "care_pool": AWAY,
            "scope": Scope.CROSS_PROVINCE,
            "insurance": InsuranceType.EMPLOYEE,
            "care_type": CareType.INPATIENT,
            "on": DAY,
            "care_within": frozenset({AWAY, AWAY_PROVINCE}),
            "insured_within": frozenset({HOME, HOME_PROVINCE}),
            "assumed": frozenset({"institution"}),
            **parts,
        }
    )
