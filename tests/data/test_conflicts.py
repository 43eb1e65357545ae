"""The shipped data show their contradictions on the board, by themselves."""

import tomllib
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from tests.data.shipped import ancestors, shipped_provisions
from yibao.policies.conflicts import Conflict, find_conflicts
from yibao.rules.terms import Standing
from yibao.sources import files as source_files

ON = date(2026, 12, 1)
EXPECTED = tomllib.loads(
    Path(__file__).with_name("expected_conflicts.toml").read_text(encoding="utf-8")
)["conflict"]
IN_NO_TABLE = {
    "X5": "statement/ratio-away",
    "X9": "statement/hotline-12333",
    "X10": "statement/yantai-premium",
    "X12": "statement/one-card",
    "X14": "statement/card-away",
    "X16": "statement/in-province-filing",
    "X19": "statement/ningbo-outpatient",
    "X21": "statement/yantai-employee-premium",
    "X23": "statement/indefinite-or-term",
    "X25": "statement/retired-automatic",
    "X26": "statement/e-credential",
    "X27": "statement/explainers",
}


@cache
def board() -> tuple[Conflict, ...]:
    in_force = {
        code: tuple(row for row in rows if row.period.holds(ON))
        for code, rows in shipped_provisions().items()
    }
    return find_conflicts(in_force, ancestors)


@pytest.mark.parametrize("expected", EXPECTED, ids=lambda row: f"{row['id']} {row['key']}")
def test_known_contradiction_is_on_the_board(expected: dict[str, str]) -> None:
    kinds = {c.kind for c in board() if c.key.startswith(expected["key"])}
    assert expected["kind"] in kinds


def test_every_contradiction_of_the_analysis_has_its_place() -> None:
    numbered = {f"X{number}" for number in range(1, 28)}
    assert {row["id"] for row in EXPECTED} | set(IN_NO_TABLE) == numbered


def test_contradictions_that_no_table_holds_are_statements_with_a_ruling() -> None:
    statements = [entry.statement for entry in source_files.read().statements]
    assert set(IN_NO_TABLE.values()) <= {each.topic for each in statements}
    assert [each.slug for each in statements if not each.ruling] == []


def test_a_reading_in_dispute_never_hides_the_others() -> None:
    alone = [
        conflict.key
        for conflict in board()
        if conflict.kind in ("values", "readings")
        and conflict.standing is Standing.DISPUTED
        and len({reading.text for reading in conflict.readings}) < 2
    ]
    assert alone == []
