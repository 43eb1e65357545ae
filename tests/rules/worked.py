"""Worked cases as data: rows, facts and a bill in TOML, and the figures that must come out.

A row is written as in a policy file (`table` names it, omitted fields keep their
defaults), so adding a case needs no Python.
"""

import tomllib
from dataclasses import dataclass, fields
from enum import Enum
from pathlib import Path
from types import UnionType
from typing import Any, NewType, get_args, get_origin, get_type_hints

from tests.rules.builders import DAY, HOME, a_row
from yibao.rules.facts import Accumulators, Bill, CaseFacts
from yibao.rules.policy import PROVISION_TYPES, LocalClass, Provision, Terms
from yibao.rules.terms import (
    EMPLOYEE_GROUPS,
    CareType,
    Group,
    InsuranceType,
    Level,
    Scope,
)

CASES = Path(__file__).parent / "cases"
TABLES = {table.table: table for table in PROVISION_TYPES}


@dataclass(frozen=True)
class Case:
    id: str
    facts: CaseFacts
    bill: Bill
    terms: Terms
    expected: dict[str, Any]


def load_cases() -> list[Case]:
    return [
        _case(entry)
        for path in sorted(CASES.glob("*.toml"))
        for entry in tomllib.loads(path.read_text())["case"]
    ]


def terms_of(*levels: tuple[Provision, ...], **parts: Any) -> Terms:
    """Terms of an invented region whose levels are given nearest first."""
    head: dict[str, Any] = {
        "region_code": HOME,
        "region_name": "某市",
        "insurance": InsuranceType.RESIDENT,
        "on": DAY,
        "known_from": DAY,
        "whom_to_ask": "12393",
    }
    return Terms(**{**head, "levels": levels, **parts})


def facts_of(**parts: Any) -> CaseFacts:
    """A resident's first stay of the year in a tertiary hospital at home, nothing left open."""
    head: dict[str, Any] = {
        "insurance": InsuranceType.RESIDENT,
        "care_type": CareType.INPATIENT,
        "scope": Scope.LOCAL,
        "on": DAY,
        "situation": None,
        "group": Group.ADULT,
        "level": Level.TERTIARY,
        "admission": 1,
    }
    given = {name: to_type(get_type_hints(CaseFacts)[name], value) for name, value in parts.items()}
    if given.get("group") in EMPLOYEE_GROUPS:
        head["insurance"] = InsuranceType.EMPLOYEE
    return CaseFacts(**{**head, **given})


def row_of(entry: dict[str, Any]) -> Provision:
    table = TABLES[entry["table"]]
    hints = get_type_hints(table)
    parts = {name: to_type(hints[name], value) for name, value in entry.items() if name != "table"}
    return a_row(table, **parts)


def to_type(hint: Any, value: Any) -> Any:
    """Turn a TOML value into the type of the field it is for."""
    if isinstance(hint, NewType):
        hint = hint.__supertype__
    if isinstance(hint, UnionType):
        inner = [arg for arg in get_args(hint) if arg is not type(None)]
        return None if value is None else to_type(inner[0], value)
    if get_origin(hint) is frozenset:
        return frozenset(to_type(get_args(hint)[0], item) for item in value)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return hint(value)
    return value


def _case(entry: dict[str, Any]) -> Case:
    facts = dict(entry.get("facts", {}))
    accumulated = facts.pop("accumulated", {})
    case_facts = facts_of(**facts)
    if accumulated:
        names = {field.name for field in fields(Accumulators)}
        assert set(accumulated) <= names, entry["id"]
        case_facts = CaseFacts(
            **{
                **{field.name: getattr(case_facts, field.name) for field in fields(CaseFacts)},
                "accumulated": Accumulators(**accumulated),
            }
        )
    terms = terms_of(
        tuple(row_of(row) for row in entry["row"]),
        insurance=case_facts.insurance,
        classes=tuple(
            LocalClass(slug=local["slug"], name=local["slug"], level=Level(local["level"]))
            for local in entry.get("class", [])
        ),
    )
    return Case(entry["id"], case_facts, Bill(**entry["bill"]), terms, entry["expected"])
