"""Every code that the engine can give has words that people can read."""

import ast
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path

import pytest

from yibao.eligibility import wording
from yibao.eligibility.forms import CheckForm
from yibao.eligibility.sentences import NOTES
from yibao.rules import eligibility
from yibao.rules.decision import CheckOutcome, DirectSettlement
from yibao.rules.facts import Enrolment, InstitutionStatus, Trauma
from yibao.rules.terms import FilingCategory, PharmacyMode

ENGINE = Path(eligibility.__file__).parent
FAMILIES: dict[str, list[StrEnum]] = {
    "enrolment_": [each for each in Enrolment if each not in (Enrolment.ACTIVE, Enrolment.UNKNOWN)],
    "ask_end_of_": [Enrolment.WAITING, Enrolment.SANCTIONED],
    "trauma_": [Trauma.THIRD_PARTY, Trauma.WORK_INJURY],
    "claim_": [Trauma.THIRD_PARTY, Trauma.WORK_INJURY],
    "institution_": list(InstitutionStatus),
    "pharmacy_": list(PharmacyMode),
    "category_": list(FilingCategory),
}


def calls(name: str) -> Iterator[ast.Call]:
    """Every call of a function or method of this name in the engine's package."""
    for path in ENGINE.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call):
                called = node.func
                found = (
                    called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
                )
                if found == name:
                    yield node


def literals(node: ast.expr) -> Iterator[str]:
    """The texts that an expression may be: a literal, or either side of a condition."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from literals(node.body)
        yield from literals(node.orelse)


def test_every_code_written_in_the_engine_has_words() -> None:
    codes = {code for call in calls("note") for code in literals(call.args[0])}

    assert len(codes) > 50
    assert codes - set(NOTES) == set()


@pytest.mark.parametrize("prefix", FAMILIES)
def test_every_code_made_of_a_value_has_words(prefix: str) -> None:
    assert {f"{prefix}{value}" for value in FAMILIES[prefix]} <= set(NOTES)


def test_the_families_are_all_that_the_engine_makes_of_values() -> None:
    made = {
        part.value
        for call in calls("note")
        if isinstance(call.args[0], ast.JoinedStr)
        for part in call.args[0].values[:1]
        if isinstance(part, ast.Constant)
    }

    assert made == set(FAMILIES)


def test_every_gap_that_the_engine_names_has_words() -> None:
    named = {
        call.args[1].value
        for call in calls("gap")
        if len(call.args) > 1 and isinstance(call.args[1], ast.Constant)
    }

    assert named
    assert named <= {key.split(".")[-1] for key in wording.GAPS}


def test_outcomes_and_settlement_have_words() -> None:
    assert set(wording.HEADLINES) == set(CheckOutcome)
    assert set(wording.DIRECT) == set(DirectSettlement)


def test_every_question_has_a_name() -> None:
    assert set(wording.FIELDS) == set(CheckForm.base_fields)


def test_sentences_hold_no_stray_percent_sign() -> None:
    for code, words in NOTES.items():
        names = str(words).count("%(")
        assert str(words).count("%") == names, code
