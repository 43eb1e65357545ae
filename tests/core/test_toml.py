"""The canonical writer of shipped data."""

import tomllib
from datetime import UTC, date, datetime
from enum import StrEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yibao.core import toml

_KEYS = st.text(min_size=1, max_size=8)
_PLAIN = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"])),
    st.integers(-(2**63), 2**63 - 1),
    st.booleans(),
    st.dates(),
)
_VALUES = st.one_of(_PLAIN, st.lists(_PLAIN, max_size=4))
_TABLES = st.recursive(
    st.dictionaries(_KEYS, _VALUES, max_size=4),
    lambda inner: st.dictionaries(
        _KEYS, st.one_of(_VALUES, inner, st.lists(inner, min_size=1, max_size=3)), max_size=4
    ),
    max_leaves=8,
)


@given(_TABLES)
def test_writes_what_the_parser_reads_back(document: dict[str, object]) -> None:
    assert tomllib.loads(toml.dumps(document)) == document


def test_writes_rows_in_the_given_order_without_comments() -> None:
    document = {
        "region": "370600",
        "since": date(2022, 1, 1),
        "deductible": [
            {"level": "tertiary", "amount_fen": 80000, "note": None},
            {"level": "secondary", "levels": ["a", "b"], "away": [{"points_bp": 1000}]},
        ],
    }

    assert toml.dumps(document) == (
        'region = "370600"\n'
        "since = 2022-01-01\n"
        "\n[[deductible]]\n"
        'level = "tertiary"\n'
        "amount_fen = 80000\n"
        "\n[[deductible]]\n"
        'level = "secondary"\n'
        'levels = ["a", "b"]\n'
        "\n[[deductible.away]]\n"
        "points_bp = 1000\n"
    )


def test_breaks_a_long_list_into_lines() -> None:
    text = toml.dumps({"list": ["甲" * 40, "乙" * 40, "丙" * 40]})

    assert text.splitlines()[0] == "list = ["
    assert tomllib.loads(text)["list"][2] == "丙" * 40


class Colour(StrEnum):
    RED = "red"


def test_writes_an_enumeration_by_its_value() -> None:
    assert toml.dumps({"colour": Colour.RED}) == 'colour = "red"\n'


@pytest.mark.parametrize(
    "value",
    [0.5, datetime(2025, 1, 1, tzinfo=UTC), b"x", {1, 2}, [None], [{"a": 1}, 2], {"a": {3: 4}}],
)
def test_refuses_what_shipped_data_cannot_hold(value: object) -> None:
    with pytest.raises(TypeError):
        toml.dumps({"value": value})
