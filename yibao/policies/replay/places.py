"""Where a case is treated, as far as the rules ask, and the address that shows it."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlencode

from yibao.policies.replay.sources import Case, Question, ReplayCase
from yibao.regions import queries as regions
from yibao.rules.facts import Enrolment, FiledStatus
from yibao.rules.terms import Scope

_LONGEST = 600


def query_of(case: Case) -> str:
    """Return the case as answers of the estimate or the checker; "" where no place of care
    can be named."""
    answers = _asked(case) if isinstance(case, Question) else _billed(case)
    query = urlencode({name: str(value) for name, value in answers.items() if value})
    return query if len(query) <= _LONGEST else ""


def _asked(case: Question) -> dict[str, object]:
    facts, existing = case.facts, case.facts.existing
    has_filing = existing.status is not FiledStatus.NONE
    return {
        "insured": facts.insured_code,
        "care": facts.care_code,
        "insurance": facts.insurance,
        "reason": facts.reason,
        "care_type": facts.care_type,
        "urgency": facts.urgency,
        "stage": facts.stage,
        "evidence": facts.evidence,
        "disease": facts.disease,
        "qualified": facts.qualified if facts.disease else "",
        "institution": "" if "institution" in facts.assumed else facts.institution,
        "enrolment": "" if facts.enrolment is Enrolment.ACTIVE else facts.enrolment,
        "existing": existing.status if has_filing else "",
        "existing_category": existing.category,
        "existing_since": existing.since and existing.since.isoformat(),
        "existing_until": existing.until and existing.until.isoformat(),
        "on": facts.on.isoformat(),
    }


def _billed(case: ReplayCase) -> dict[str, object]:
    facts = case.facts
    care = care_place(case.region_code, facts.scope)
    if care is None:
        return {}
    answers: dict[str, object] = {
        "insured": case.region_code,
        "care": care,
        "insurance": facts.insurance,
        "group": facts.group,
        "age": facts.age,
        "care_type": facts.care_type,
        "disease": facts.disease,
        "treatment": facts.treatment,
        "severity": facts.severity,
        "level": facts.level,
        "class": facts.institution_class,
        "tier": facts.tier,
        "filing": facts.situation,
        "base_filing": facts.base_filing,
        "admission": facts.admission,
        "aid_group": facts.aid_group if facts.aid_group != "none" else "",
        "on": facts.on.isoformat(),
    }
    names = ("total", "off_catalog", "over_limit", "upfront_self_pay")
    answers |= {name: _yuan(getattr(case.bill, f"{name}_fen")) for name in names}
    accumulated = facts.accumulated
    answers |= {
        name.removesuffix("_fen"): _yuan(getattr(accumulated, name))
        for name in accumulated.__dataclass_fields__
    }
    answers["account_balance"] = _yuan(facts.account_balance_fen)
    if facts.civil_servant:
        answers["civil_servant"] = "yes"
    return answers


def _yuan(fen: int | None) -> str:
    return "" if not fen else f"{fen // 100}.{fen % 100:02d}"


def care_place(code: str, scope: Scope) -> str | None:
    """Return some place that is seen from the region in this scope, None where there is none."""
    if scope is Scope.LOCAL:
        return code
    return next((other for other in _places() if _sees(code, other) is scope), None)


def _places() -> Iterator[str]:
    for group in regions.list_provinces():
        for pool in group.pools:
            yield pool.code


def _sees(code: str, other: str) -> Scope | None:
    try:
        return regions.scope(code, other)
    except (regions.UnknownRegion, regions.RetiredRegion):
        return None
