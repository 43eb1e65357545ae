"""The picture of who pays what."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yibao.core.bill_bar import WIDTH, bill_bar


@given(st.lists(st.integers(min_value=0, max_value=10**12), min_size=1, max_size=9))
def test_parts_touch_and_fill_the_bar(amounts: list[int]) -> None:
    parts = bill_bar((f"part {i}", fen, f"figure_{i}") for i, fen in enumerate(amounts))

    edge = 0
    for part in parts:
        assert part.x == edge
        assert part.width >= 0
        edge += part.width
    assert edge == (WIDTH if sum(amounts) else 0)


@given(st.lists(st.integers(min_value=0, max_value=10**12), min_size=1, max_size=9))
def test_only_parts_of_some_money_are_shown(amounts: list[int]) -> None:
    parts = bill_bar((f"part {i}", fen, f"figure_{i}") for i, fen in enumerate(amounts))

    assert [part.amount_fen for part in parts] == [fen for fen in amounts if fen]


def test_a_part_keeps_its_colour_when_another_is_zero() -> None:
    with_first = bill_bar([("fund", 1, "fund"), ("cash", 1, "cash")])
    without = bill_bar([("fund", 0, "fund"), ("cash", 1, "cash")])

    assert with_first[1].tone == without[0].tone


def test_refuses_a_negative_part() -> None:
    with pytest.raises(ValueError, match="negative"):
        bill_bar([("fund", -1, "fund")])
