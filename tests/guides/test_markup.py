"""The text of guides: what it may hold, and that no figure is written down."""

import pytest

from yibao.guides.markup import (
    Heading,
    Items,
    Link,
    MarkupRefused,
    Paragraph,
    Placeholder,
    Words,
    bare_figures,
    parse,
    parse_line,
    said_with,
    words_of,
)


def test_reads_every_kind_of_block():
    blocks = parse(
        "第一行\n接着写\n\n## 标题\n- 甲\n- [乙](guide:other)\n1. 一\n2. 二\n"
        "{{figure filing_rule.validity_months category=referral scope=cross_province}}\n"
        "**要紧** [查](check) [词](term:insured-place)"
    )

    assert blocks == (
        Paragraph((Words("第一行接着写"),)),
        Heading("标题"),
        Items(((Words("甲"),), (Link("乙", "guide", "other"),)), is_numbered=False),
        Items(((Words("一"),), (Words("二"),)), is_numbered=True),
        Placeholder(
            "filing_rule",
            "validity_months",
            (("categories", "referral"), ("scope", "cross_province")),
        ),
        Paragraph(
            (
                Words("要紧", is_strong=True),
                Words(" "),
                Link("查", "check", ""),
                Words(" "),
                Link("词", "term", "insured-place"),
            )
        ),
    )


@pytest.mark.parametrize(
    "text",
    [
        "报85%", "报 85 ％", "降低10个百分点", "先付500元", "先付1,200.50元", "六个月", "半年内",
        "满6个月", "30个工作日", "十五天", "百分之十", "三成", "打八折", "65岁以上", "１２元",
        "两年", "一个月", "一千元", "- 门诊报70%", "2. 等三个月",
    ],
)  # fmt: skip
def test_refuses_a_figure_of_its_own(text: str):
    assert list(bare_figures(text))
    with pytest.raises(MarkupRefused):
        parse(text)
    with pytest.raises(MarkupRefused):
        parse_line(text.removeprefix("- ").removeprefix("2. "))


@pytest.mark.parametrize(
    "text",
    [
        "2026年11月23日核对", "2025年起", "2025-03-01", "打 12393 或者 12333", "第十六条",
        "第 16 条", "1. 先办\n2. 再看",
        "三种情况", "一次性告知", "两样都要", "完成以后", "家庭成员", "几个月",
    ],
)  # fmt: skip
def test_lets_days_hotlines_articles_and_list_numbers_stand(text: str):
    assert list(bare_figures(text)) == []


@pytest.mark.parametrize(
    "text",
    [
        "{{figure nowhere.validity_months}}",
        "{{figure filing_rule.nothing}}",
        "{{figure filing_rule.validity_months colour=red}}",
        "{{figure}}",
        "{{ratio filing_rule}}",
        "看 {{figure filing_rule.validity_months}}",
        "[查](nowhere)",
        "[查](guide)",
        "[查](check:slug)",
    ],
)
def test_refuses_placeholders_and_links_that_lead_nowhere(text: str):
    with pytest.raises(MarkupRefused):
        parse(text)


TEXT = "## 标题\n第一行\n接着写\n- 甲 [乙](check)\n1. 一\n\n{{figure remark topic=拔牙}}"


def test_words_are_what_a_reader_reads():
    assert words_of(TEXT) == ("标题", "第一行接着写", "甲 [乙](check)", "一")


def test_other_words_keep_marks_links_and_placeholders():
    blocks = parse(said_with(TEXT, lambda words: f"{words} x"))

    assert blocks == (
        Heading("标题 x"),
        Paragraph((Words("第一行接着写 x"),)),
        Items(((Words("甲 "), Link("乙", "check", ""), Words(" x")),), is_numbered=False),
        Items(((Words("一 x"),),), is_numbered=True),
        Placeholder("remark", "", (("topic", "拔牙"),)),
    )


def test_the_same_words_are_the_same_text():
    assert parse(said_with(TEXT, str)) == parse(TEXT)
