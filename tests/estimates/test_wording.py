"""Every code of the engine has words, so that no page shows a slug."""

from dataclasses import fields

from yibao.estimates import wording
from yibao.estimates.queries import COLUMN_NAMES
from yibao.rules.choices import ForkKind
from yibao.rules.decision import Figures
from yibao.rules.facts import Accumulators
from yibao.rules.policy import PROVISION_TYPES, Remark
from yibao.rules.terms import CareType, Group, InsuranceType, Level, Situation


def test_every_line_of_the_sheet_has_a_name() -> None:
    names = {name.removesuffix("_bp") for name in Figures._fields}

    assert names <= set(wording.LINES)


def test_every_answer_has_a_label() -> None:
    assert set(wording.SITUATION_LABELS) == set(Situation)
    assert set(wording.LEVEL_LABELS) == set(Level) - {Level.OTHER}
    assert set(wording.GROUP_LABELS) == set(Group)
    assert set(wording.CARE_TYPE_LABELS) == set(CareType)
    assert set(wording.INSURANCE_LABELS) == set(InsuranceType)


def test_every_column_has_a_heading() -> None:
    assert tuple(COLUMN_NAMES.values()) == tuple(wording.COLUMNS)


def test_every_kind_of_open_value_says_why_there_is_a_range() -> None:
    assert set(wording.RANGE_REASONS) == {kind.value for kind in ForkKind}


def test_every_accumulator_says_how_it_was_counted() -> None:
    names = {field.name.removesuffix("_fen") for field in fields(Accumulators)}

    assert names <= set(wording.ASSUMPTIONS)


def test_every_table_can_be_named_as_a_gap() -> None:
    computed_or_asked = {kind.table for kind in PROVISION_TYPES if kind is not Remark}

    assert computed_or_asked - set(wording.GAPS) == {"channel", "material_requirement"}
