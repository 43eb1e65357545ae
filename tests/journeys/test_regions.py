"""A person reads a region's rules, compares two places and sees what is disputed."""

from collections.abc import Callable
from datetime import date

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

OpenPage = Callable[..., Page]
STATES = [
    "/regions/370600/",
    "/regions/510100/",
    "/regions/370600/?on=x",
    "/regions/370600/history/",
    "/regions/compare/",
    "/regions/compare/?a=370600&b=370200&insurance=employee",
    "/conflicts/?region=440600",
    "/coverage/",
    "/sources/s-seed0/",
]


@pytest.fixture(autouse=True)
def shipped_today(transactional_db: None, shipped: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "localdate", lambda: date(2026, 12, 1))


@pytest.mark.parametrize("javascript", [True, False])
def test_finds_yantai_and_reads_a_rule_with_its_clause(
    open_page: OpenPage, javascript: bool
) -> None:
    page = open_page("/regions/", phone=True, javascript=javascript)

    page.get_by_label("查地名").fill("yt")
    page.get_by_role("button", name="查找").click()
    page.get_by_role("link", name="山东省烟台市").first.click()

    expect(page.get_by_role("heading", level=1)).to_have_text("山东省烟台市的医保规定")
    cap = page.locator('data[data-figure="payment_cap"][value="250000.00"]').first
    expect(cap).to_be_visible()
    note = page.locator(f"[id='{cap.get_attribute('data-citation')}']")
    expect(note).to_contain_text("烟台医保卡可以异地使用吗")


def test_chooses_a_day_without_scripts(open_page: OpenPage) -> None:
    page = open_page("/regions/370600/", phone=True, javascript=False)

    page.locator("input[name=on]").fill("2010-01-01")
    page.get_by_role("button", name="看这一天").click()

    expect(page.get_by_text("还没有收录这里自己的规定")).to_be_visible()


def test_sees_why_foshans_ratio_is_disputed(open_page: OpenPage) -> None:
    page = open_page("/regions/440600/", phone=True)

    page.get_by_role("link", name="这里有争议的规定").click()

    conflict = page.locator('[data-conflict^="440600/all/away_adjustment/temporary"]').first
    expect(conflict).to_be_visible()
    expect(conflict.locator('data[value="0.3000"]')).to_be_visible()
    expect(conflict.locator('data[value="0.7000"]')).to_be_visible()


@pytest.mark.parametrize("javascript", [True, False])
def test_compares_two_places(open_page: OpenPage, javascript: bool) -> None:
    page = open_page("/regions/compare/?a=370600", javascript=javascript)

    page.locator("input[name=b]").fill("青岛")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="比一比").click()

    expect(page.get_by_role("heading", level=2).first).to_contain_text("烟台市和青岛市")
    expect(page.locator('data[value="400000.00"]').first).to_be_visible()


@pytest.mark.parametrize(("phone", "large"), [(True, True), (False, False)])
@pytest.mark.parametrize("path", STATES)
def test_is_accessible_and_fits_the_screen(
    open_page: OpenPage,
    axe_violations: Callable[[Page], list[str]],
    overflows: Callable[[Page], bool],
    path: str,
    phone: bool,
    large: bool,
) -> None:
    page = open_page(path, phone=phone, large=large)

    assert axe_violations(page) == []
    assert not overflows(page)
