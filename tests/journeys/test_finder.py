"""The finder in a real browser: typing on a phone, without a script, with a keyboard."""

import re
from collections.abc import Callable
from itertools import product

import pytest
from playwright.sync_api import Page, expect

from tests.factories.institutions import make_institution
from tests.factories.regions import shipped_memory
from yibao.regions import queries as regions

OpenPage = Callable[..., Page]
STATES = [
    "/institutions/",
    "/institutions/?q=医院&insured=140100&service=inpatient",
    "/institutions/?q=没有这家&region=110101&level=tertiary",
    "/institutions/?region=没有这个地方&level=best",
    "/institutions/H11010100001/",
    "/institutions/H11010100001/report/",
]


@pytest.fixture(autouse=True)
def hospitals(transactional_db: None) -> None:
    make_institution(
        "北京协和医院",
        "110101",
        code="H11010100001",
        level="tertiary",
        grade="a",
        address="东城区帅府园1号",
        phones="010-69156114",
        open_for=["inpatient", "outpatient", ("chronic", "M01600")],
    )
    for number in range(24):
        make_institution(f"成都市第{number}医院", "510105")
    regions.MEMORY.hold(shipped_memory())


@pytest.mark.parametrize(("phone", "large"), list(product([True, False], repeat=2)))
@pytest.mark.parametrize("path", STATES)
def test_pages_are_accessible_and_fit_the_screen(
    path: str,
    phone: bool,
    large: bool,
    open_page: OpenPage,
    axe_violations: Callable[[Page], list[str]],
    overflows: Callable[[Page], bool],
) -> None:
    page = open_page(path, phone=phone, large=large)

    assert axe_violations(page) == []
    assert not overflows(page)


def test_results_come_while_typing_and_the_address_keeps_them(open_page: OpenPage) -> None:
    page = open_page("/institutions/", phone=True)

    page.get_by_label("医院、药店的名称").press_sequentially("xiehe")

    row = page.locator('[data-institution="H11010100001"]')
    expect(row).to_be_visible()
    expect(page).to_have_url(re.compile(r"/institutions/\?q=xiehe$"))
    page.reload()
    expect(row).to_be_visible()
    expect(row.get_by_role("link", name="010-69156114")).to_have_attribute(
        "href", "tel:01069156114"
    )


def test_a_filter_narrows_what_was_typed(open_page: OpenPage) -> None:
    page = open_page("/institutions/?q=医院")
    expect(page.locator("[data-institution]")).to_have_count(10)

    page.get_by_role("combobox", name="在哪里").fill("东城区")
    page.get_by_label("要看什么").select_option("inpatient")

    expect(page.locator("[data-institution]")).to_have_count(1)
    expect(page).to_have_url(re.compile(r"region=110101&service=inpatient"))


def test_everything_works_without_a_script(open_page: OpenPage) -> None:
    page = open_page("/institutions/", javascript=False)

    page.get_by_label("医院、药店的名称").fill("成都")
    page.get_by_role("button", name="查找").click()
    expect(page.locator("[data-institution]")).to_have_count(10)
    page.get_by_role("link", name="下一页").click()
    expect(page.get_by_role("link", name="回第一页")).to_be_visible()
    expect(page.locator("[data-institution]")).to_have_count(10)
    page.get_by_role("link", name="下一页").click()
    expect(page.locator("[data-institution]")).to_have_count(4)
    page.locator("[data-institution] h3 a").first.click()
    expect(page.locator("main")).to_have_attribute("data-page", "institutions:institution")


def test_a_wrong_entry_is_reported(open_page: OpenPage) -> None:
    page = open_page("/institutions/H11010100001/", phone=True)

    page.get_by_role("link", name="这里写得不对").click()
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_role("alert")).to_contain_text("哪里不对")
    page.get_by_label("电话不对").check()
    page.get_by_role("button", name="提交").click()

    expect(page.locator("main")).to_contain_text("已经转给工作人员核对")


# --- what people come for ------------------------------------------------------------------


def test_on_a_phone_xiehe_is_found_in_beijing(open_page: OpenPage) -> None:
    make_institution("唐山市协和医院", "130202", code="H13020200001", level="tertiary", grade="a")
    page = open_page("/institutions/", phone=True)

    page.get_by_label("医院、药店的名称").press_sequentially("协和")
    expect(page.locator("[data-institution]")).to_have_count(2)
    page.get_by_role("combobox", name="在哪里").press_sequentially("北京")
    page.get_by_role("option", name="北京市").first.click()

    expect(page.locator("[data-institution]")).to_have_count(1)
    row = page.locator('[data-institution="H11010100001"]')
    expect(row).to_contain_text("三级甲等")
    expect(row).to_contain_text("住院")
    row.get_by_role("link", name="北京协和医院", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("北京协和医院")


@pytest.mark.parametrize("javascript", [True, False])
def test_a_hospital_for_diabetes_is_found_in_chengdu(javascript: bool, open_page: OpenPage) -> None:
    make_institution(
        "成都市糖尿病专科医院",
        "510105",
        code="H51010500001",
        level="secondary",
        open_for=[("chronic", "M01600")],
    )
    page = open_page("/institutions/", phone=True, javascript=javascript)

    page.locator("#id_region").fill("成都")
    page.get_by_label("要看什么").select_option("chronic")
    page.get_by_text("更多条件").click()
    page.get_by_label("病种").select_option("M01600")
    page.get_by_role("button", name="查找").click()

    first = page.locator("[data-institution]").first
    expect(first).to_have_attribute("data-institution", "H51010500001")
    expect(first).to_contain_text("糖尿病")
    expect(page.locator("[data-institution]").nth(1)).to_contain_text("开通情况不详")


def test_initials_find_it_as_well(open_page: OpenPage) -> None:
    page = open_page("/institutions/", phone=True)

    page.get_by_label("医院、药店的名称").press_sequentially("xhyy")

    expect(page.locator("[data-institution]")).to_have_count(1)
    expect(page.locator("[data-institution]")).to_contain_text("北京协和医院")
