"""The printed papers hold what they were given, say what they are, and are always the same."""

import logging
import re
from dataclasses import replace
from functools import cache
from io import BytesIO

import pikepdf
import pytest
import segno
from django.utils.translation import override

from tests.cases.printing.papers import (
    ADDRESS,
    COMMITMENT,
    DECISION,
    DEMONSTRATION,
    FORM,
    ISSUE,
    PAPERS,
    PAYMENT,
    PERSON,
    SUMMARY,
)
from tests.cases.printing.reading import modules_of, text_of, texts_of
from yibao.cases.printing.claims import claim_summary, decision_letter, payment_sheet
from yibao.cases.printing.filing import commitment_letter, filing_form
from yibao.cases.printing.response import pdf_response


@cache
def printed(make, data):
    """Return the paper, made once for all tests: embedding the fonts takes a second."""
    return make(data)


_EACH = pytest.mark.parametrize(
    ("make", "data"), [p[1:] for p in PAPERS], ids=[p[0] for p in PAPERS]
)


@_EACH
def test_the_same_paper_is_the_same_bytes(make, data):
    assert make(data) == printed(make, data)


@_EACH
def test_every_page_says_its_number_and_case(make, data):
    content = printed(make, data)

    with pikepdf.open(BytesIO(content)) as pdf:
        count = len(pdf.pages)
    text = text_of(content)
    for page in range(1, count + 1):
        assert f"第 {page} 页，共 {count} 页" in text
    assert text.count("YB-7K3Q-94XM-TR2D") >= count


@_EACH
def test_the_code_leads_to_the_status_page_and_says_no_more(make, data):
    code = segno.make(ADDRESS, error="m", micro=False)
    expected = [list(row) for row in code.matrix]

    assert modules_of(printed(make, data), len(expected)) == expected


@_EACH
def test_fonts_are_embedded_in_parts_and_nothing_acts(make, data):
    content = printed(make, data)

    assert len(content) < 150_000
    with pikepdf.open(BytesIO(content)) as pdf:
        fonts = [part for part in pdf.objects if _type_of(part) == "/FontDescriptor"]
        assert len(fonts) == 2
        assert all("/FontFile3" in font or "/FontFile2" in font for font in fonts)
        keys = {str(key) for part in pdf.objects for key in _keys(part)}
        assert not keys & {"/JS", "/JavaScript", "/AA", "/Launch", "/URI", "/EmbeddedFiles"}


def _type_of(part):
    return str(part.get("/Type", "")) if isinstance(part, pikepdf.Dictionary) else ""


def _keys(part):
    return part.keys() if isinstance(part, (pikepdf.Dictionary, pikepdf.Stream)) else ()


@_EACH
def test_a_demonstration_says_so_on_every_page(make, data):
    shown = text_of(printed(make, replace(data, issue=DEMONSTRATION)))
    official = text_of(printed(make, replace(data, issue=ISSUE)))

    assert "演示网站打印" in shown
    assert shown.count("演示 不作凭证") == shown.count("页，共")
    assert "演示" not in official
    assert "示例市医疗保障局" in official


def test_the_filing_form_holds_every_answer_on_one_page():
    content = printed(filing_form, FORM)

    text = text_of(content)
    for words in (
        "异地就医登记备案表",
        PERSON.name,
        PERSON.id_number,
        "测试乙",
        "子女",
        "四川省成都市",
        "异地长期居住人员",
        "2026年12月1日",
        "长期有效，直到您取消或变更",
        "居民身份证（照片 2 份）",
        "已提交，等待审核",
        "经办机构意见",
    ):
        assert words in text
    assert "共 1 页" in text


def test_the_letter_of_commitment_says_that_the_name_was_typed():
    typed = text_of(printed(commitment_letter, COMMITMENT))
    by_hand = text_of(commitment_letter(replace(COMMITMENT, signed_name="", signed_on=None)))

    assert "暂停医疗费用联网结算" in typed
    assert "由承诺人在网上键入，不是手写签名" in typed
    assert "2026年11月23日" in typed
    assert "键入" not in by_hand
    assert "承诺书文本版本：2026-11" in by_hand


def test_the_decision_tells_the_money_first():
    texts = texts_of(printed(decision_letter, DECISION))

    money = texts.index("6,807.32 元")
    assert money < texts.index("二、申请和核准的金额")
    assert "陆仟捌佰零柒元叁角贰分" in "".join(texts)
    assert {"12,345.00", "11,000.00", "10,200.00", "7,600.00", "—"} <= set(texts)
    assert "依据：《基本医疗保险经办规程》第二十七条" in "".join(texts)


def test_a_decision_without_cuts_numbers_its_parts_on():
    text = text_of(decision_letter(replace(DECISION, reasons=())))

    assert "三、不同意怎么办" in text
    assert "没有全部核准的原因" not in text


def test_a_long_bill_goes_on_with_its_head_and_its_sum_is_the_lines():
    texts = texts_of(printed(claim_summary, SUMMARY))

    assert texts.count("票据号码") == 2
    amounts = [int(text.replace(".", "").replace(",", "")) for text in texts if _is_amount(text)]
    assert amounts[-1] == sum(amounts[:-1]) == SUMMARY.total_fen
    assert len(amounts) == 41


def _is_amount(text):
    return re.fullmatch(r"[\d,]+\.\d\d", text) is not None


def test_what_cannot_be_estimated_is_said():
    text = text_of(claim_summary(replace(SUMMARY, estimate_fen=None)))

    assert "还算不出能报多少" in text
    assert "2,321.45" not in text


def test_the_payment_sheet_adds_up_in_figures_and_words():
    text = text_of(printed(payment_sheet, PAYMENT))

    assert text.count("6,807.33") == 2
    assert "陆仟捌佰零柒元叁角叁分" in text
    assert "6222020000000000123" in text


def test_a_rare_sign_of_a_name_is_printed_by_its_number_and_explained():
    rare = replace(PERSON, name="王\U00020bb7\u202e")

    text = text_of(filing_form(replace(FORM, person=rare)))

    assert "王〔U+20BB7〕" in text
    assert "字库缺少下列编码的字：U+20BB7" in text


def test_names_of_minorities_and_rare_common_signs_are_printed_as_they_are():
    person = replace(PERSON, name="买买提·吐尔逊 龘䶮㛃")

    text = text_of(filing_form(replace(FORM, person=person)))

    assert "买买提·吐尔逊 龘䶮" in text
    assert "字库缺少" not in text.replace("U+36C3", "")


def test_signs_of_a_name_do_not_reach_the_log(caplog):
    with caplog.at_level(logging.DEBUG, logger="yibao"):
        filing_form(FORM)

    assert [record for record in caplog.records if record.name.startswith("fontTools")] == []


def test_papers_are_chinese_whoever_reads_them():
    with override("en"):
        text = text_of(filing_form(FORM))

    assert "异地就医登记备案表" in text


def test_texts_too_long_for_their_place_go_on_and_nothing_is_lost():
    long = "很长的地址，" * 200
    person = replace(PERSON, address=long, name="长名" * 60)

    text = text_of(filing_form(replace(FORM, person=person)))

    assert long in text
    assert "长名" * 60 in text


def test_the_answer_is_kept_by_nobody_and_has_our_name():
    response = pdf_response(b"%PDF", "备案表 YB-7K3Q")

    assert response.headers["Cache-Control"] == "no-store, private"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Content-Disposition"] == (
        'attachment; filename="document.pdf"; '
        "filename*=UTF-8''%E5%A4%87%E6%A1%88%E8%A1%A8%20YB-7K3Q.pdf"
    )
