"""Line breaks, capital figures, and signs that fonts lack."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yibao.cases.printing.amounts import capital_yuan, yuan
from yibao.cases.printing.glyphs import printable
from yibao.cases.printing.lines import broken


def test_no_line_begins_or_ends_with_a_sign_that_must_not():
    text = "他说：“这是承诺（个人），不是手写。”费用《医保》规定，请于3个工作日内、到窗口办理！"

    lines = broken(text, 8, len)

    assert "".join(lines) == text
    assert all(line[0] not in "，。：、）》”！" for line in lines)
    assert all(line[-1] not in "（《“" for line in lines)


def test_words_and_numbers_stay_whole():
    assert broken("编号 YB-7K3Q-94XM 金额 12,345.67 元", 15, len) == [
        "编号 YB-7K3Q-94XM",
        "金额 12,345.67 元",
    ]


def test_what_is_wider_than_the_line_is_cut():
    assert broken("12345678901", 4, len) == ["1234", "5678", "901"]


def test_breaks_and_leading_blanks_of_the_text_stay():
    assert broken("　　一二三四\n\n五", 4, len) == ["　　一二", "三四", "", "五"]


@given(st.text(alphabet="中文，。（）“” ab1\n", max_size=80), st.integers(1, 12))
def test_nothing_is_lost_but_blanks_at_the_ends(text, width):
    lines = broken(text, width, len)

    assert "".join(lines).replace(" ", "") == text.replace(" ", "").replace("\n", "")
    assert all(len(line) <= width for line in lines)


@pytest.mark.parametrize(
    ("fen", "words"),
    [
        (0, "零元整"),
        (1, "壹分"),
        (10, "壹角整"),
        (101, "壹元零壹分"),
        (1_000, "壹拾元整"),
        (140_950, "壹仟肆佰零玖元伍角整"),
        (600_714, "陆仟零柒元壹角肆分"),
        (32_504, "叁佰贰拾伍元零肆分"),
        (168_032, "壹仟陆佰捌拾元叁角贰分"),
        (10_000_000, "壹拾万元整"),
        (10_000_100, "壹拾万零壹元整"),
        (100_000_000_001, "壹拾亿元零壹分"),
        (10_001_000_000_00, "壹佰亿零壹佰万元整"),
    ],
)
def test_amounts_in_capital_figures(fen, words):
    assert capital_yuan(fen) == words


@given(st.integers(0, 10**14 - 1))
def test_capital_figures_are_read_back(fen):
    assert _read(capital_yuan(fen)) == fen


def _read(words):
    digits = {sign: value for value, sign in enumerate("零壹贰叁肆伍陆柒捌玖")}
    places = {"拾": 10, "佰": 100, "仟": 1000}
    total = group = digit = 0
    for sign in words.removesuffix("整"):
        if sign in digits:
            digit = digits[sign]
        elif sign in places:
            group += digit * places[sign]
            digit = 0
        elif sign in "万亿":
            factor = 10_000 if sign == "万" else 100_000_000
            if sign == "亿":
                total = (total + group + digit) * factor
            else:
                total += (group + digit) * factor
            group = digit = 0
        elif sign == "元":
            total = (total + group + digit) * 100
            group = digit = 0
        else:
            total += digit * (10 if sign == "角" else 1)
            digit = 0
    return total


def test_an_amount_below_zero_has_no_capital_figures():
    assert yuan(-123) == "-1.23"
    for fen in (-123, 10**14):
        with pytest.raises(ValueError, match=str(fen)):
            capital_yuan(fen)


def test_unseen_signs_are_left_out_and_missing_ones_numbered():
    assert printable("甲\x00\u202e乙\n\U0001f600\U00020bb7\U0001f600") == (
        "甲乙\n〔U+1F600〕〔U+20BB7〕〔U+1F600〕",
        ("U+1F600", "U+20BB7"),
    )
