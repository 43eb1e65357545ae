"""The picture of who pays what."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yibao.core.bill_bar import WIDTH, bill_bar, bill_bar_html


@given(st.lists(st.integers(min_value=0, max_value=10**12), min_size=1, max_size=9))
def test_parts_touch_and_fill_the_bar(amounts: list[int]) -> None:
    parts = bill_bar((f"part {i}", fen) for i, fen in enumerate(amounts))

    edge = 0
    for part in parts:
        assert part.x == edge
        assert part.width >= 0
        edge += part.width
    assert edge == (WIDTH if sum(amounts) else 0)


@given(st.lists(st.integers(min_value=0, max_value=10**12), min_size=1, max_size=9))
def test_only_parts_of_some_money_are_shown(amounts: list[int]) -> None:
    parts = bill_bar((f"part {i}", fen) for i, fen in enumerate(amounts))

    assert [part.amount_fen for part in parts] == [fen for fen in amounts if fen]


def test_a_part_keeps_its_colour_when_another_is_zero() -> None:
    with_first = bill_bar([("fund", 1), ("cash", 1)])
    without = bill_bar([("fund", 0), ("cash", 1)])

    assert with_first[1].tone == without[0].tone


def test_refuses_a_negative_part() -> None:
    with pytest.raises(ValueError, match="negative"):
        bill_bar([("fund", -1)])


def test_the_picture_says_the_same_in_words() -> None:
    parts = bill_bar([("基金", 7_500), ("<自己>", 2_500)])

    html = bill_bar_html(parts, "谁付多少")

    assert 'aria-label="谁付多少：基金 75%，&lt;自己&gt; 25%"' in html
    assert '<rect class="part-2" x="750" y="0" width="250" height="44"/>' in html
    assert '<span>&lt;自己&gt;</span><span class="figure">25.00 元</span>' in html
