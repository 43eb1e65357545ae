"""Rules, drafts and cases that tests of the replay start from."""

from datetime import date, timedelta
from typing import Any

from tests.factories.policies import AT, make_draft, make_revision
from yibao.accounts.models import User
from yibao.policies.models import ReplayRun, Revision
from yibao.policies.replay.sources import ReplayCase
from yibao.rules.facts import Bill, CaseFacts
from yibao.rules.money import Fen
from yibao.rules.terms import CareType, Group, InsuranceType, Level, Scope

LATER = AT + timedelta(hours=1)
NEXT_YEAR = date(2027, 1, 1)
INPATIENT = {"care_types": frozenset({"inpatient"})}


def rows(care: str = "inpatient", ratio: int = 6000, **more: Any) -> list[Any]:
    stated = {"care_types": frozenset({care}), **more}
    return [
        make_draft("deductible", amount_fen=0, **stated),
        make_draft("payment_band", ratio_bp=ratio, **stated),
    ]


def draft_of(author: User, ratio: int = 7000, **more: Any) -> Revision:
    band = make_draft("payment_band", ratio_bp=ratio, effective_from=NEXT_YEAR, **INPATIENT)
    return make_revision(band, by=author, **more)


def kinds_of(run: ReplayRun) -> dict[tuple[str, str, str, str], int]:
    return {
        (group.region_code, group.care_type, group.kind, group.surprise): group.cases
        for group in run.groups.all()
    }


def a_case(total: int, **facts: Any) -> ReplayCase:
    known: dict[str, Any] = {
        "insurance": InsuranceType.RESIDENT,
        "care_type": CareType.INPATIENT,
        "scope": Scope.LOCAL,
        "on": NEXT_YEAR,
        "situation": None,
        "group": Group.ADULT,
        "level": Level.TERTIARY,
    }
    return ReplayCase(
        title=f"第 {total} 件",
        region_code="370600",
        bill=Bill(total_fen=Fen(total)),
        facts=CaseFacts(**{**known, **facts}),
    )
