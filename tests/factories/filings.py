"""Filings of people who do not exist."""

from datetime import date
from typing import Any

from tests.factories.cases import a_case
from yibao.cases.vocabulary import Kind
from yibao.filings.models import Evidence, Filing

FILING_FACTS: dict[str, Any] = {
    "care_code": "360100",
    "care_pool_code": "360100",
    "category": "long_term_resident",
    "evidence": Evidence.COMMITMENT,
    "starts_on": date(2026, 12, 1),
    "validity": "indefinite",
}


def a_filing(**changes: Any) -> Filing:
    """Hand in a filing of somebody insured in 烟台 for 南昌; what is no column is the case's."""
    stated = {name: changes.pop(name, value) for name, value in FILING_FACTS.items()}
    stated |= {
        field.name: changes.pop(field.name)
        for field in Filing._meta.fields
        if field.name in changes and field.name != "case"
    }
    return Filing.objects.create(case=a_case(Kind.FILING, **changes), **stated)
