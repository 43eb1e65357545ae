"""样例提问 and 资格算例: questions to the checker, the same for everybody and every time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from itertools import product

from yibao.policies import queries
from yibao.policies.desk_labels import desk_label
from yibao.policies.golden.asking import facts_of_check, list_checks, within
from yibao.policies.labels import label
from yibao.policies.models import GoldenCheck
from yibao.policies.replay.places import care_place
from yibao.policies.replay.sources import Question, Reach
from yibao.rules.facts import CheckFacts, Evidence, Reason, Stage, Urgency
from yibao.rules.terms import CareType, InsuranceType, Scope

_CARE = (CareType.INPATIENT, CareType.OUTPATIENT)
_SCOPES = (Scope.IN_PROVINCE, Scope.CROSS_PROVINCE)
_STAGES = (Stage.PLANNING, Stage.ADMITTED)
_WHY: tuple[tuple[Reason | None, Urgency, Evidence], ...] = (
    (Reason.RESETTLED, Urgency.ORDINARY, Evidence.PROOF),
    (Reason.LIVING, Urgency.ORDINARY, Evidence.PROOF),
    (Reason.LIVING, Urgency.ORDINARY, Evidence.COMMITMENT),
    (Reason.POSTED, Urgency.ORDINARY, Evidence.PROOF),
    (Reason.REFERRAL, Urgency.ORDINARY, Evidence.PROOF),
    (Reason.OTHER, Urgency.ORDINARY, Evidence.NONE),
    (None, Urgency.EMERGENCY, Evidence.UNKNOWN),
)
PER_PLACE = len(_WHY) * len(_CARE) * len(_STAGES)
"""Questions per region, branch, day and scope of care."""


def iterate(reach: Reach) -> Iterator[Question]:
    """Yield the grid of each region that states rules, for each day of the draft."""
    for code, insurance, day, scope, care in _askers(reach):
        for (reason, urgency, evidence), care_type, stage in product(_WHY, _CARE, _STAGES):
            facts = CheckFacts(
                insured_code=code,
                care_code=care,
                care_pool=care,
                scope=scope,
                insurance=insurance,
                care_type=care_type,
                on=day,
                reason=reason,
                urgency=urgency,
                evidence=evidence,
                stage=stage,
                insured_within=within(code),
                care_within=within(care),
                assumed=frozenset({"institution"}),
            )
            yield Question(title=words_of(facts), region_code=code, facts=facts)


def count(reach: Reach) -> int:
    return PER_PLACE * sum(1 for _asker in _askers(reach))


def _askers(reach: Reach) -> Iterator[tuple[str, InsuranceType, date, Scope, str]]:
    stated = set(queries.list_regions_with_policies())
    codes = [code for code in reach.codes if code in stated or code == reach.region_code]
    for code, scope in product(codes, _SCOPES):
        care = care_place(code, scope)
        if care is not None:
            for insurance, day in product(reach.branches, reach.days):
                yield code, insurance, day, scope, care


def words_of(facts: CheckFacts) -> str:
    """Say in words what is asked."""
    is_emergency = facts.urgency is Urgency.EMERGENCY
    parts: Iterable[str] = (
        label(facts.insurance),
        desk_label(facts.urgency) if is_emergency else "",
        desk_label(facts.reason) if facts.reason else "",
        label(facts.scope),
        label(facts.care_type),
        desk_label(facts.stage),
        "" if facts.evidence is Evidence.UNKNOWN else desk_label(facts.evidence),
    )
    return "·".join(part for part in parts if part)


# --- Questions whose answers are known ----------------------------------------------


def iterate_golden(reach: Reach) -> Iterator[Question]:
    """Yield the known questions on their own day, and again on each day of the draft."""
    for check in _golden(reach):
        facts = facts_of_check(check)
        for day in dict.fromkeys((check.on, *reach.days)):
            yield Question(
                title=check.title, region_code=check.region_id, facts=replace(facts, on=day)
            )


def count_golden(reach: Reach) -> int:
    return sum(len({check.on, *reach.days}) for check in _golden(reach))


def _golden(reach: Reach) -> list[GoldenCheck]:
    found = list_checks(reach.region_code)
    return [check for check in found if check.insurance in reach.branches]
