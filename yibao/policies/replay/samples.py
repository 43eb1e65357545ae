"""样例账单: anonymous bills made up from a grid, the same for everybody and every time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from itertools import product

from django.utils.translation import gettext as _

from yibao.policies import queries
from yibao.policies.golden.checking import bill_of, facts_of, list_cases
from yibao.policies.labels import label
from yibao.policies.models import GoldenCase
from yibao.policies.replay.sources import Reach, ReplayCase
from yibao.regions import queries as regions
from yibao.rules.facts import Bill, CaseFacts
from yibao.rules.money import Fen
from yibao.rules.policy import BenefitProvision, ChronicDisease
from yibao.rules.terms import (
    AidGroup,
    CareType,
    Group,
    InsuranceType,
    Level,
    Scope,
    Situation,
)

_GROUPS = {
    InsuranceType.EMPLOYEE: (Group.ACTIVE, Group.RETIRED),
    InsuranceType.RESIDENT: (Group.ADULT, Group.STUDENT, Group.SENIOR),
}
_AGES = {
    Group.ACTIVE: 40,
    Group.RETIRED: 66,
    Group.ADULT: 45,
    Group.STUDENT: 15,
    Group.SENIOR: 72,
}
"""An age inside each group, so that a rule by age gives one figure."""

_LEVELS = (Level.TERTIARY, Level.SECONDARY, Level.PRIMARY)
_AWAY = (
    Situation.LONG_TERM_RESIDENT,
    Situation.REFERRAL,
    Situation.EMERGENCY,
    Situation.OTHER_TEMPORARY,
    Situation.UNFILED,
)
_PLACES: tuple[tuple[Scope, Situation | None], ...] = (
    (Scope.LOCAL, None),
    *product((Scope.IN_PROVINCE, Scope.CROSS_PROVINCE), _AWAY),
)
_TOTALS = {  # yuan
    CareType.INPATIENT: (3_000, 20_000, 45_000, 120_000, 400_000),
    CareType.OUTPATIENT: (300, 2_000, 10_000, 30_000),
    CareType.CHRONIC: (2_000, 20_000, 120_000),
}
_DISEASES = 3
"""Chronic diseases of a region that are tried, the first by code."""


def iterate(reach: Reach) -> Iterator[ReplayCase]:
    """Yield the grid of each region that states rules, for each day of the draft."""
    stated = set(queries.list_regions_with_policies())
    codes = [code for code in reach.codes if code in stated or code == reach.region_code]
    for code, insurance, day in product(codes, reach.branches, reach.days):
        yield from _grid(code, insurance, day)


def _grid(code: str, insurance: InsuranceType, day: date) -> Iterator[ReplayCase]:
    for facts in _kinds(code, insurance, day):
        title = words_of(facts)
        for yuan in _TOTALS[facts.care_type]:
            yield ReplayCase(
                title=_("%(case)s，总费用 %(yuan)s 元") % {"case": title, "yuan": f"{yuan:,}"},
                region_code=code,
                bill=Bill(total_fen=Fen(yuan * 100)),
                facts=facts,
            )


def _kinds(code: str, insurance: InsuranceType, day: date) -> Iterator[CaseFacts]:
    classes, tiers, diseases = _own_words(code, insurance, day)
    for care_type in _TOTALS:
        is_chronic = care_type is CareType.CHRONIC
        for (scope, situation), level, group, tier, disease in product(
            _PLACES, _LEVELS, _GROUPS[insurance], tiers, diseases if is_chronic else ("",)
        ):
            for slug in classes.get(level, ("",)):
                yield CaseFacts(
                    insurance=insurance,
                    care_type=care_type,
                    scope=scope,
                    on=day,
                    situation=situation,
                    group=group,
                    level=level,
                    institution_class=slug,
                    tier=tier,
                    age=_AGES[group],
                    disease=disease,
                    admission=1,
                    aid_group=AidGroup.NONE,
                )


def _own_words(
    code: str, insurance: InsuranceType, day: date
) -> tuple[dict[Level, tuple[str, ...]], tuple[str, ...], tuple[str, ...]]:
    """Return the classes by level, the tiers and the diseases that the region's rules name."""
    terms = queries.get_terms(code, insurance, day)
    rows = [row for level in terms.levels for row in level]
    benefits = [row for row in rows if isinstance(row, BenefitProvision)]
    named = {row.institution_class for row in benefits}
    classes: dict[Level, tuple[str, ...]] = {}
    for local in terms.classes:
        if local.slug in named:
            classes[local.level] = (*classes.get(local.level, ()), local.slug)
    tiers = tuple(sorted({row.tier for row in benefits if row.tier})) or ("",)
    diseases = {row.disease for row in benefits} | {
        row.disease for row in terms.levels[0] if isinstance(row, ChronicDisease)
    }
    return classes, tiers, tuple(sorted(diseases - {""}))[:_DISEASES] or ("",)


def words_of(facts: CaseFacts) -> str:
    """Say in words what kind of case it is."""
    parts: Iterable[str] = (
        label(facts.group),
        label(facts.care_type),
        facts.disease,
        label(facts.scope),
        label(facts.situation) if facts.situation else "",
        facts.institution_class or label(facts.level),
        _("第 %(tier)s 档") % {"tier": facts.tier} if facts.tier else "",
    )
    return "·".join(part for part in parts if part)


# --- Known cases ------------------------------------------------------------------


def iterate_golden(reach: Reach) -> Iterator[ReplayCase]:
    """Yield the known cases on their own day, and again on each day of the draft."""
    for case in _golden(reach):
        facts, bill = facts_of(case), bill_of(case)
        for day in dict.fromkeys((case.on, *reach.days)):
            yield ReplayCase(
                title=case.title,
                region_code=case.region_id,
                bill=bill,
                facts=replace(facts, on=day),
            )


def _golden(reach: Reach) -> list[GoldenCase]:
    found = list_cases(reach.region_code)
    return [case for case in found if case.insurance in reach.branches]


def count_golden(reach: Reach) -> int:
    return sum(len({case.on, *reach.days}) for case in _golden(reach))


def regions_reached(region_code: str) -> tuple[str, ...]:
    """Return the regions whose terms hold a region's rules, itself first: of those that
    state rules or have known cases, since the others answer like the region above them."""
    stated = set(queries.list_regions_with_policies())
    known = set(GoldenCase.objects.values_list("region_id", flat=True))
    below = sorted(
        code
        for code in stated | known
        if code != region_code and region_code in regions.chain(code)
    )
    return (region_code, *below)
