"""Refused at the window, on a phone: from the home page to one thing to do."""

import re
from collections.abc import Callable
from datetime import date

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

OpenPage = Callable[..., Page]
LEAF = "/diagnose/?symptom=F-12&via=start&insured=320500&care=310000&insurance=employee"
DAYS = (
    "/deadlines/?insured=360100&insurance=resident&care=310000&existing_category=other_temporary"
    "&existing_since=2026-09-01&on=2026-11-01"
)
STATES = [
    "/diagnose/",
    "/diagnose/?symptom=money",
    "/diagnose/?symptom=nothing",
    "/diagnose/?symptom=F-01&insured=朝阳&on=x",
    "/diagnose/?symptom=F-09",
    LEAF,
    "/emergency/",
    "/diagnose/note/",
    "/diagnose/?symptom=F-01&care=abroad&for=mother",
    "/deadlines/",
    DAYS,
    f"{LEAF}&lang=en",
    f"{DAYS}&lang=en",
    "/?lang=en",
]


@pytest.fixture(autouse=True)
def that_day(transactional_db: None, shipped: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """The shipped data in memory, on a fixed day."""
    monkeypatch.setattr(timezone, "localdate", lambda: date(2026, 12, 1))


def tap(page: Page, name: str) -> None:
    page.locator("main").get_by_role("link", name=re.compile(rf"^\W*{name}")).first.click()


@pytest.mark.parametrize("javascript", [True, False])
@pytest.mark.parametrize("large", [True, False])
def test_four_taps_from_home_to_what_to_do(
    javascript: bool, large: bool, open_page: OpenPage
) -> None:
    page = open_page("/", phone=True, javascript=javascript, large=large)

    tap(page, "已经在医院，或已经结完账")
    tap(page, "备案有问题")
    tap(page, "没有办过")
    tap(page, "不对，是“钱已经全部自己付了”")

    expect(page.locator("#diagnosis")).to_have_attribute("data-cause", "F-01")
    expect(page.locator('[data-part="now"]')).to_contain_text("现在还能补备案吗")
    expect(page.get_by_role("heading", level=1)).to_have_text("还没有办备案")


def test_who_was_told_nothing_walks_the_chain_and_back(open_page: OpenPage) -> None:
    page = open_page("/diagnose/", phone=True)

    for answer in ("系统问题，或没说原因", "没说原因", "是，或没看见", "正常，或不知道", "过期了"):
        tap(page, answer)
    expect(page.locator("#diagnosis")).to_have_attribute("data-cause", "F-03")
    expect(page).to_have_url(re.compile("symptom=F-03"))
    tap(page, "上一题")

    expect(page.get_by_role("heading", level=1)).to_have_text("备案办好了吗？")


@pytest.mark.parametrize("javascript", [True, False])
def test_the_place_makes_the_leaf_more_exact(javascript: bool, open_page: OpenPage) -> None:
    page = open_page("/diagnose/?symptom=F-12", phone=True, javascript=javascript)

    page.locator("#id_insured").fill("苏州")
    page.locator("#id_care").fill("南京")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="按这个地方说").click()

    expect(page).to_have_url(re.compile("insured="))
    expect(page.locator('[data-part="because"]')).to_contain_text("视同已经备案")
    expect(page.locator(".citations")).to_contain_text("江苏")


def test_the_next_question_takes_the_focus(open_page: OpenPage) -> None:
    page = open_page("/diagnose/", phone=True)

    tap(page, "结了，但钱不对")

    expect(page.get_by_role("heading", level=1)).to_be_focused()
    expect(page).to_have_title(re.compile("钱哪里不对"))
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("窗口怎么说？")
    expect(page.get_by_role("banner")).to_be_visible()


def test_the_red_entry_leads_to_three_lines_and_on(open_page: OpenPage) -> None:
    page = open_page("/regions/", phone=True)

    page.locator("header").get_by_role("link", name="现在就是急诊").click()
    expect(page.locator(".todo li")).to_have_count(3)
    tap(page, "窗口不给结")

    expect(page.locator("#diagnosis")).to_have_attribute("data-cause", "F-12")


def test_an_emergency_on_a_trip_from_the_red_entry_to_the_days_to_keep(
    open_page: OpenPage,
) -> None:
    """W2 of features.md, on a phone in large type without JavaScript."""
    page = open_page("/", phone=True, large=True, javascript=False)

    page.locator("header").get_by_role("link", name="现在就是急诊").click()
    tap(page, "看完了急诊")
    for name, value in (("stage", "admitted"), ("", ""), ("insurance", "employee"),
                        ("care_type", "inpatient")):  # fmt: skip
        if name:
            page.locator(f"main input[name={name}][value={value}]").check(force=True)
        else:
            page.locator("#id_insured").fill("深圳")
            page.locator("#id_care").fill("武汉")
        page.locator("main").get_by_role("button", name="继续").click()

    expect(page.locator("#decision")).to_have_attribute("data-outcome", "deemed_filed")
    tap(page, "记住期限")
    expect(page.locator("#deadlines")).to_be_visible()
    expect(page.locator(".unknown").first).to_contain_text("12393")


def test_the_days_go_into_a_calendar_and_the_list_says_what_is_open(open_page: OpenPage) -> None:
    page = open_page(DAYS, phone=True)

    with page.expect_download() as download:
        page.get_by_role("link", name="放进手机日历").click()

    assert download.value.suggested_filename == "calendar.ics"
    assert "BEGIN:VEVENT" in download.value.path().read_text()
    expect(page.get_by_text("手工报销最晚哪天交材料")).to_be_visible()


def test_the_page_turns_english_and_back_where_one_is(open_page: OpenPage) -> None:
    page = open_page(LEAF, phone=True, javascript=False)

    page.get_by_role("button", name="English").click()
    expect(page.locator("#cause")).to_have_text("The emergency mark is missing")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator('[data-part="say"]')).to_contain_text("请上传急诊标志")
    page.get_by_role("button", name="中文").click()

    expect(page.locator("#cause")).to_have_text("急诊标志没有上传")
    assert page.url.endswith(LEAF)


def test_for_whom_one_asks_goes_along(open_page: OpenPage) -> None:
    page = open_page("/diagnose/?for=mother", phone=True, javascript=False)

    tap(page, "备案有问题")
    tap(page, "没有办过")
    expect(page.locator("#diagnosis")).to_have_attribute("data-cause", "F-01")
    assert "for=mother" in page.url
    page.get_by_role("navigation", name="主要页面").get_by_role("link", name="找医院").click()

    assert page.url.endswith("/institutions/?for=mother")


def test_the_note_prints_what_was_typed_and_sends_nothing(open_page: OpenPage) -> None:
    page = open_page("/diagnose/note/", phone=True)
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url))

    page.get_by_label("医院").fill("某医院")
    page.get_by_label("原话怎么说").fill("查不到备案")
    page.get_by_label("医院").press("Enter")
    page.emulate_media(media="print")

    assert [url for url in sent if "/static/" not in url] == []
    expect(page.get_by_label("原话怎么说")).to_be_visible()
    expect(page.get_by_label("原话怎么说")).to_have_value("查不到备案")
    expect(page.get_by_role("button", name="打印本页")).to_be_hidden()


@pytest.mark.parametrize("path", STATES)
@pytest.mark.parametrize(("phone", "large"), [(True, False), (True, True), (False, False)])
def test_every_state_is_accessible_and_fits_the_screen(
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
    page.set_viewport_size({"width": 320, "height": 600})
    assert not overflows(page)
