"""Read the terms of a case and run the engine on it. No table of its own, no query of its own."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from types import MappingProxyType

from yibao.core.identity import Same
from yibao.policies import queries as policies
from yibao.regions import queries as regions
from yibao.rules import policy
from yibao.rules.changes import what_would_change
from yibao.rules.compare import compare
from yibao.rules.decision import Settlement
from yibao.rules.explanations import Explanation, explain
from yibao.rules.facts import Bill, CaseFacts
from yibao.rules.money import Fen
from yibao.rules.policy import BenefitProvision, LocalClass, Terms
from yibao.rules.resolver import key_of
from yibao.rules.selection import pick
from yibao.rules.settlement import settle
from yibao.rules.terms import (
    BandBasis,
    CapPeriod,
    CareType,
    DeductiblePeriod,
    InsuranceType,
    Layer,
    Scope,
    Situation,
    SupplementKind,
)

COLUMN_NAMES: Mapping[Situation | None, str] = MappingProxyType(
    {
        None: "local",
        Situation.LONG_TERM_RESIDENT: "long_term",
        Situation.REFERRAL: "referral",
        Situation.EMERGENCY: "emergency",
        Situation.OTHER_TEMPORARY: "other_temporary",
        Situation.UNFILED: "unfiled",
    }
)
"""The contract's names of the columns; the three long-term categories stand in one."""

BILL_PARTS = ("off_catalog", "over_limit", "upfront_self_pay")
"""The parts of a bill that no fund pays, by their names in the contract."""


@dataclass(frozen=True, slots=True)
class Places:
    """The two places of a case and how the second is seen from the first.

    `insured_name`, `care_name` are the places as given; `insured_code` is the code of the
    pooling region, whose rules hold.
    """

    insured_code: str
    insured_name: str
    care_code: str
    care_name: str
    scope: Scope


@dataclass(frozen=True, slots=True)
class Case:
    """One bill of one person, ready for the engine."""

    places: Places
    terms: Terms
    bill: Bill
    facts: CaseFacts


@dataclass(frozen=True, slots=True)
class Options:
    """What the rules of a region and care type ask for beyond the eight questions.

    `asked` holds names of fields on which some rule depends.
    """

    classes: tuple[LocalClass, ...] = ()
    tiers: tuple[str, ...] = ()
    diseases: tuple[tuple[str, str], ...] = ()
    treatments: tuple[str, ...] = ()
    severities: tuple[str, ...] = ()
    asked: frozenset[str] = frozenset()


def get_terms(insured_code: str, insurance: InsuranceType, on: date, today: date) -> Terms:
    """Return the terms in force on a day; what was checked too long before `today` is stale."""
    return policies.get_terms(insured_code, insurance, on, today=today)


def estimate(case: Case) -> Settlement:
    """Settle the bill, and say what would change the answer."""
    settlement = settle(case.bill, case.facts, case.terms)
    changes = what_would_change(case.bill, case.facts, case.terms, settlement)
    return replace(settlement, changes=changes) if changes else settlement


def check_bill(
    case: Case, printed: Mapping[str, Fen]
) -> tuple[Settlement, tuple[Explanation, ...]]:
    """Settle the bill, and find other cases that give a printed sheet's lines."""
    settlement = settle(case.bill, case.facts, case.terms)
    return settlement, explain(case.bill, case.facts, case.terms, printed)


def compare_situations(case: Case) -> tuple[tuple[str, Settlement], ...]:
    """Settle one bill in every situation; all but the situation is the same.

    Where care is at home there is nothing to compare with.
    """
    situations = (None,) if case.facts.scope is Scope.LOCAL else tuple(COLUMN_NAMES)
    columns = compare(case.bill, case.facts, case.terms, situations)
    return tuple((COLUMN_NAMES[each.situation], each.settlement) for each in columns)


def known_rules(case: Case) -> tuple[policy.Provision, ...]:
    """Return the rules of the basic layer that speak of a case, also disputed ones.

    They are shown where a missing rule keeps the whole from being computed.
    """
    key = key_of(case.facts)
    tables: list[type[policy.Provision]] = [policy.Deductible, policy.PaymentBand]
    if case.facts.situation is not None:
        tables.insert(0, policy.AwayAdjustment)
    picked = [pick(case.terms, table, key) for table in tables]
    caps = pick(case.terms, policy.PaymentCap, replace(key, layer=Layer.BASIC))
    return tuple(row for each in (*picked, caps) for row in (*each.rows, *each.disputed))


def list_options(terms: Terms, care_type: CareType | None) -> Options:
    """Return what the region's rules for this kind of care depend on."""
    return _options(Same(terms), care_type)


@lru_cache(maxsize=1024)
def _options(same: Same[Terms], care_type: CareType | None) -> Options:
    # The terms of a region and day stay the same object until a rule changes.
    terms = same.it
    rows = [row for level in terms.levels for row in level]
    benefits = [
        row
        for row in rows
        if isinstance(row, BenefitProvision)
        and (care_type is None or not row.care_types or care_type in row.care_types)
    ]
    names = {row.disease: row.name for row in rows if isinstance(row, policy.ChronicDisease)}
    for row in benefits:
        if row.disease:
            names.setdefault(row.disease, row.disease)
    has_diseases = care_type is CareType.CHRONIC or any(row.disease for row in benefits)
    return Options(
        classes=terms.classes if any(row.institution_class for row in benefits) else (),
        tiers=_values(row.tier for row in benefits),
        diseases=tuple(sorted(names.items())) if has_diseases else (),
        treatments=_values(row.treatment for row in benefits),
        severities=_values(row.severity for row in benefits),
        asked=frozenset(_asked(rows, benefits, terms.insurance, care_type)),
    )


def _values(found: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({value for value in found if value}))


def _asked(
    rows: list[policy.Provision],
    benefits: list[BenefitProvision],
    insurance: InsuranceType,
    care_type: CareType | None,
) -> Iterator[str]:
    if insurance is InsuranceType.EMPLOYEE:
        yield "account_balance"
    if care_type in (None, CareType.INPATIENT, CareType.BIRTH):
        yield "admission"
    for row in benefits:
        if row.age_from is not None or row.age_to is not None:
            yield "age"
        yield from _asked_by_benefit(row)
    for other in rows:
        yield from _asked_by_layer(other)


def _asked_by_benefit(row: BenefitProvision) -> Iterator[str]:
    if isinstance(row, policy.Deductible):
        if row.counts_per not in (DeductiblePeriod.ADMISSION, DeductiblePeriod.VISIT):
            yield "deductible_paid"
        if row.aid_groups:
            yield "aid_group"
    elif isinstance(row, policy.PaymentBand):
        if row.basis is BandBasis.CUMULATIVE_YEAR:
            yield "cost_so_far"
    elif isinstance(row, policy.PaymentCap) and not row.unlimited:
        if row.counts_per is CapPeriod.YEAR:
            yield "fund_paid"
        elif row.counts_per is not CapPeriod.VISIT:
            yield "fund_paid_month"


def _asked_by_layer(row: policy.Provision) -> Iterator[str]:
    if isinstance(row, policy.SecondLayer):
        yield "self_pay_accumulated"
        is_large = row.layer is Layer.LARGE_EXPENSE
        yield "fund_paid_large" if is_large else "fund_paid_critical"
        if row.aid_groups:
            yield "aid_group"
    elif isinstance(row, policy.MedicalAid):
        yield "aid_group"
    elif isinstance(row, policy.Supplement) and row.supplement is SupplementKind.CIVIL_SERVANT:
        yield "civil_servant"


def read_places(insured_code: str, care_code: str, names: tuple[str, str]) -> Places:
    """Return both places with the scope. Raises regions.UnknownRegion as regions.scope does."""
    return Places(
        insured_code=regions.resolve(insured_code).code,
        insured_name=names[0],
        care_code=care_code,
        care_name=names[1],
        scope=regions.scope(insured_code, care_code),
    )
