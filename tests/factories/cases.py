"""People who do not exist, and their cases."""

from datetime import UTC, date, datetime
from typing import Any

from yibao.cases.models import Case
from yibao.cases.operations.cases import ConsentGiven, open_case
from yibao.cases.personal import PersonalData
from yibao.cases.vocabulary import Kind, Purpose

SUBMITTED_AT = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
ID_NUMBER = "11010519491231002X"  # the example of GB 11643-1999, appendix B


def a_person(**changes: Any) -> PersonalData:
    """Return a person by the standard's example number."""
    return PersonalData(
        **{"name": "测试甲", "id_number": ID_NUMBER, "phone": "13900000000", **changes}
    )


def a_case(kind: Kind = Kind.FILING, **changes: Any) -> Case:
    """Open a case of 烟台, submitted on the morning of 2026-11-23."""
    at = changes.pop("at", SUBMITTED_AT)
    consents = [ConsentGiven(purpose, "2026-11", "0" * 64, at) for purpose in Purpose]
    facts: dict[str, Any] = {
        "region_code": "370600",
        "insurance": "employee",
        "person": a_person(),
        "consents": consents,
        "submission_key": f"key-{Case.objects.count()}",
        "due_on": date(2026, 11, 25),
    }
    return open_case(kind=kind, at=at, **{**facts, **changes})
