"""Whether known cases come out as they must."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256

from django.conf import settings
from django.db.models import Q

from yibao.policies.models import GoldenCase, GoldenCheck, RevisionStatus
from yibao.policies.models.golden import BILL, USED
from yibao.policies.rows import rows_of
from yibao.policies.store import Store, store_of
from yibao.regions import queries as regions
from yibao.rules.decision import Settlement, SettlementOutcome
from yibao.rules.facts import Accumulators, Bill, CaseFacts, CheckFacts
from yibao.rules.money import Fen
from yibao.rules.policy import Terms
from yibao.rules.settlement import BillDoesNotAddUp, settle
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

LABELS = {
    field.name.removeprefix("expected_"): field.verbose_name
    for field in GoldenCase._meta.concrete_fields
    if field.name.startswith("expected_")
}
"""What the figures of a sheet are called, by their names in the contract."""

type TermsOf = Callable[[str, CaseFacts | CheckFacts], Terms]
"""The terms that hold for a region's code and a case or question."""


@dataclass(frozen=True, slots=True)
class Deviation:
    """A known case that does not come out as it must. `found` has the expected names, in fen;
    None: there is no such figure."""

    case: GoldenCase
    outcome: SettlementOutcome
    expected: Mapping[str, int]
    found: Mapping[str, int | None]

    @property
    def subject(self) -> str:
        """Name the case and what was found, so that a note speaks of nothing else."""
        seen = sha256(repr((self.outcome.value, sorted(self.found.items()))).encode())
        return f"{self.case.pk}:{seen.hexdigest()[:16]}"


def bill_of(case: GoldenCase) -> Bill:
    return Bill(**{f"{name}_fen": Fen(getattr(case, f"{name}_fen") or 0) for name in BILL})


def facts_of(case: GoldenCase) -> CaseFacts:
    """Return the facts as the engine takes them; what is empty is not given."""
    used = {f"{name}_fen": getattr(case, f"{name}_fen") for name in USED}
    return CaseFacts(
        insurance=InsuranceType(case.insurance),
        care_type=CareType(case.care_type),
        scope=Scope(case.scope),
        on=case.on,
        situation=Situation(case.situation) if case.situation else None,
        group=Group(case.group),
        level=Level(case.level),
        institution_class=case.institution_class,
        tier=case.tier,
        age=case.age,
        disease=case.disease,
        treatment=case.treatment,
        severity=case.severity,
        base_filing=FilingCategory(case.base_filing) if case.base_filing else None,
        admission=case.admission,
        accumulated=Accumulators(**used),
        aid_group=AidGroup(case.aid_group),
        civil_servant=case.civil_servant,
        account_balance_fen=case.account_balance_fen,
    )


def list_cases(region_code: str, insurance: str = "") -> list[GoldenCase]:
    """Return the cases that a change of a region's rules may touch: its own, and those of
    the regions that inherit from it. `insurance=""` is both branches."""
    return in_use(GoldenCase, region_code, insurance)


def in_use[Known: (GoldenCase, GoldenCheck)](
    model: type[Known], region_code: str, insurance: str
) -> list[Known]:
    """Return what is compared of one kind, in a region and in those that inherit from it."""
    used = model.objects.filter(retired_because="").select_related("region", "clause")
    if insurance:
        used = used.filter(insurance=insurance)
    return [each for each in used if inherits(each.region_id, region_code)]


def inherits(code: str, above: str) -> bool:
    """Tell whether a region's terms hold what another region states; itself does."""
    try:
        return above in regions.chain(code)
    except (regions.UnknownRegion, regions.RetiredRegion):
        return False


def published_store() -> Store:
    """Return everything published as the tables hold it now, past what is kept in memory."""
    return store_of(rows_of(Q(revision__status=RevisionStatus.PUBLISHED, withdrawn_by=None)))


def terms_in(store: Store) -> TermsOf:
    """Return what looks terms up in a store; no day makes a citation stale there."""

    def terms_of(code: str, facts: CaseFacts | CheckFacts) -> Terms:
        return store.terms(code, facts.insurance, facts.on, None, not settings.OPERATOR)

    return terms_of


def deviations(cases: Iterable[GoldenCase], terms_of: TermsOf) -> list[Deviation]:
    """Return the cases that do not come out as they must, with what came out."""
    return [found for case in cases if (found := deviation(case, terms_of)) is not None]


def deviation(case: GoldenCase, terms_of: TermsOf) -> Deviation | None:
    facts = facts_of(case)
    try:
        settlement = settle(bill_of(case), facts, terms_of(case.region_id, facts))
    except BillDoesNotAddUp:
        return Deviation(case, SettlementOutcome.UNKNOWN, case.expected(), {})
    expected = case.expected()
    found = {name: _figure(settlement, name) for name in expected}
    if settlement.outcome == case.outcome and found == expected:
        return None
    return Deviation(case, settlement.outcome, expected, found)


def _figure(settlement: Settlement, name: str) -> int | None:
    if name in ("fund_total_low", "fund_total_high"):
        end = settlement.low if name == "fund_total_low" else settlement.high
        return None if end is None else end.fund_total
    if settlement.figures is None:
        return None
    amount: int | None = getattr(settlement.figures, name)
    return amount
