"""The check in a real browser: a retiree, an emergency, a patient without referral."""

import re
from collections.abc import Callable
from datetime import date

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

OpenPage = Callable[..., Page]
ANSWER = (
    "/check/?insured=370600&care=510100&insurance=employee&reason=resettled&care_type=inpatient"
)
STATES = [
    "/check/",
    "/check/?urgency=emergency",
    "/check/?start=hospital",
    "/check/?insured=朝阳&care=",
    "/check/?start=long&insured=370600&care=510100&insurance=employee",
    ANSWER,
    f"{ANSWER}&care_type=chronic",
    f"{ANSWER}&stage=discharged",
]


@pytest.fixture(autouse=True)
def shipped_today(transactional_db: None, shipped: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """The shipped data in memory, on a fixed day."""
    monkeypatch.setattr(timezone, "localdate", lambda: date(2026, 12, 1))


def go_on(page: Page) -> None:
    page.get_by_role("button", name="继续").click()


def fill_places(page: Page, insured: str, care: str) -> None:
    page.locator("#id_insured").fill(insured)
    page.locator("#id_care").fill(care)
    page.keyboard.press("Escape")
    go_on(page)


def choose(page: Page, question: str, answer: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(question)
    page.get_by_label(answer).first.check()
    go_on(page)


@pytest.mark.parametrize("javascript", [True, False])
def test_a_retiree_walks_to_her_answer(javascript: bool, open_page: OpenPage) -> None:
    page = open_page("/check/", phone=True, javascript=javascript)

    page.get_by_role("link", name="长期住在外地").click()
    fill_places(page, "烟台", "成都")
    choose(page, "参加的是哪种医保？", "职工医保")
    choose(page, "为什么去外地？", "退休了，在外地长期住")
    choose(page, "去看什么？", "住院")

    decision = page.locator("#decision")
    expect(decision).to_have_attribute("data-rule", "D-13")
    expect(page.get_by_role("heading", level=1)).to_have_text("要先备案")
    expect(page).to_have_url(re.compile("care_type=inpatient"))


def test_an_emergency_goes_from_the_ward_to_the_desk(open_page: OpenPage) -> None:
    page = open_page("/check/", phone=True)

    page.locator("main").get_by_role("link", name="现在就是急诊").click()
    page.get_by_role("link", name="看完了急诊，查怎么结算").click()
    choose(page, "现在到哪一步了？", "正在住院，还没结账")
    fill_places(page, "深圳", "武汉")
    choose(page, "参加的是哪种医保？", "职工医保")
    choose(page, "去看什么？", "住院")

    expect(page.locator("#decision")).to_have_attribute("data-outcome", "deemed_filed")


def test_one_without_referral_sees_what_the_proof_would_change(open_page: OpenPage) -> None:
    page = open_page("/check/")

    page.get_by_role("link", name="想去外地看更好的医院").click()
    fill_places(page, "太原", "北京")
    choose(page, "参加的是哪种医保？", "居民医保")
    choose(page, "手里有转诊证明吗？", "没有")
    choose(page, "去看什么？", "住院")
    expect(page.locator("#decision")).to_have_attribute("data-filing", "other_temporary")
    page.get_by_role("link", name="如果拿到转诊证明").click()

    expect(page.locator("#decision")).to_have_attribute("data-filing", "referral")


@pytest.mark.parametrize("javascript", [True, False])
def test_one_answer_is_changed_and_the_rest_kept(javascript: bool, open_page: OpenPage) -> None:
    page = open_page(ANSWER, javascript=javascript)

    page.get_by_role("link", name=re.compile("修改\\s*去外地的原因")).click()
    choose(page, "为什么去外地？", "在外地上学")

    expect(page.locator("#decision")).to_have_attribute("data-rule", "D-14")


def test_going_back_shows_the_earlier_page_whole(open_page: OpenPage) -> None:
    page = open_page("/check/?insured=370600&care=510100&insurance=employee&reason=living")
    choose(page, "去看什么？", "住院")
    expect(page.locator("#decision")).to_be_visible()

    page.go_back()

    expect(page.get_by_role("heading", level=1)).to_have_text("去看什么？")
    expect(page.get_by_role("banner")).to_be_visible()


def test_a_screen_without_an_answer_says_so_and_takes_the_focus(open_page: OpenPage) -> None:
    page = open_page("/check/?insured=370600&care=510100", phone=True)

    go_on(page)

    expect(page.locator(".error-summary")).to_be_focused()
    page.locator(".error-summary a").click()
    expect(page.get_by_label("职工医保")).to_be_focused()


def test_the_answer_takes_the_focus(open_page: OpenPage) -> None:
    page = open_page("/check/?insured=370600&care=510100&insurance=employee&reason=living")

    choose(page, "去看什么？", "住院")

    expect(page.get_by_role("heading", level=1)).to_be_focused()
    expect(page).to_have_title(re.compile("要先备案"))


@pytest.mark.parametrize("path", STATES)
@pytest.mark.parametrize(("phone", "large"), [(True, True), (False, False)])
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
