"""A person works out what is paid, with and without scripts, on a phone and at a desk."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.estimates.held import hold_policies
from tests.estimates.test_views import AMBIGUOUS, JIANGXI

CASE = f"/estimate/?{urlencode({**JIANGXI, 'filing': 'other_temporary'})}"
COMPARISON = f"/estimate/compare/?{urlencode(JIANGXI)}"
RANGE = f"/estimate/?{urlencode(AMBIGUOUS)}"
GAP = "/estimate/?" + urlencode(
    {
        "insured": "370600", "care": "510100", "insurance": "resident", "care_type": "inpatient",
        "level": "tertiary", "filing": "referral", "total": "50000",
    }
)  # fmt: skip
WRONG = "/estimate/?insured=%E6%9C%9D%E9%98%B3&care=&insurance=employee&level=&total=-5"


@pytest.fixture(autouse=True)
def shipped(live_server: object) -> None:
    """The shipped regions and policies in the memory that the server reads."""
    hold_policies()


def fill(page: Page, **texts: str) -> None:
    for name, text in texts.items():
        page.locator(f"input[type=text][name={name}]").fill(text)


def answer_all(page: Page) -> None:
    fill(page, insured="369900", care="110000")
    for name, value in (
        ("insurance", "employee"),
        ("care_type", "inpatient"),
        ("level", "tertiary"),
    ):
        page.locator(f"input[name={name}][value={value}]").check(force=True)
    page.locator("select[name=filing]").select_option("other_temporary")
    fill(page, total="50,000")


def test_the_form_works_without_scripts(open_page: Callable[..., Page]) -> None:
    page = open_page("/estimate/", phone=True, javascript=False)

    answer_all(page)
    page.get_by_role("button", name="算一算").click()

    expect(page.locator("#settlement")).to_have_attribute("data-outcome", "computed")
    expect(page.locator("[data-figure=fund_total]")).to_have_attribute("value", "33320.00")


def test_an_answer_follows_each_change(open_page: Callable[..., Page]) -> None:
    page = open_page(CASE)
    page.get_by_text("改一改填的情况").click()

    page.locator("select[name=filing]").select_option("referral")

    expect(page.locator("[data-figure=fund_total]")).to_have_attribute("value", "33745.00")
    assert "filing=referral" in page.url
    expect(page.locator("#status")).to_contain_text("33,745.00")

    page.go_back()

    expect(page.locator("[data-figure=fund_total]")).to_have_attribute("value", "29920.00")
    expect(page.get_by_role("contentinfo")).to_be_visible()


def test_the_questions_follow_the_insurance(open_page: Callable[..., Page]) -> None:
    page = open_page("/estimate/?insured=369900&care=110000")

    page.locator("input[name=insurance][value=resident]").check(force=True)

    expect(page.locator("input[name=group]")).to_have_count(4)
    expect(page.locator("input[name=group][value=retired]")).to_have_count(0)


def test_a_wrong_answer_is_named_and_its_link_leads_to_the_field(
    open_page: Callable[..., Page],
) -> None:
    page = open_page("/estimate/")
    answer_all(page)
    fill(page, total="abc")

    page.get_by_role("button", name="算一算").click()

    expect(page.locator("#id_total-error")).to_be_visible()
    page.locator(".error-summary a").first.click()
    expect(page.locator("#id_total")).to_be_focused()


@pytest.mark.parametrize("large", [False, True], ids=["normal", "large"])
@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
@pytest.mark.parametrize(
    "path",
    ["/estimate/", CASE, RANGE, GAP, WRONG, "/estimate/compare/", COMPARISON],
    ids=["blank", "computed", "range", "gap", "wrong", "blank comparison", "comparison"],
)
def test_every_state_is_accessible_and_fits_the_screen(
    open_page: Callable[..., Page],
    axe_violations: Callable[[Page], list[str]],
    overflows: Callable[[Page], bool],
    path: str,
    phone: bool,
    large: bool,
) -> None:
    page = open_page(path, phone=phone, large=large)

    assert axe_violations(page) == []
    assert not overflows(page)


def test_a_late_answer_does_not_come_after_the_button(open_page: Callable[..., Page]) -> None:
    page = open_page("/estimate/")
    answer_all(page)
    expect(page.locator("[data-figure=total]").first).to_have_attribute("value", "50000.00")
    late: list[Route] = []

    def hold(route: Route) -> None:
        is_from_a_field = route.request.headers.get("hx-trigger") != "answers"
        late.append(route) if is_from_a_field and not late else route.fallback()

    page.route("**/estimate/?*", hold)
    fill(page, total="60,000")
    with page.expect_request("**/estimate/?*"):
        page.locator("input[name=total]").press("Tab")
    page.get_by_role("button", name="算一算").click()
    expect(page.locator("[data-figure=total]").first).to_have_attribute("value", "60000.00")
    for route in late:
        route.continue_()
    page.wait_for_timeout(300)

    assert len(late) == 1
    expect(page.locator("[data-figure=total]").first).to_have_attribute("value", "60000.00")


def test_an_answer_that_comes_late_takes_nothing_away(open_page: Callable[..., Page]) -> None:
    page = open_page("/estimate/?insured=369900&care=110000&care_type=inpatient&level=tertiary")
    asked: list[Route] = []

    def hold_first(route: Route) -> None:
        asked.append(route) if not asked else route.fallback()

    page.route("**/estimate/?*", hold_first)
    with page.expect_request("**/estimate/?*"):
        page.locator("input[name=insurance][value=employee]").check(force=True)
    page.locator("select[name=filing]").select_option("other_temporary")
    fill(page, total="50,000")
    page.locator("input[name=total]").press("Tab")
    with page.expect_response("**/estimate/?*"):
        asked[0].continue_()

    expect(page.locator("[data-figure=fund_total]")).to_have_attribute("value", "33320.00")
    expect(page.locator("select[name=filing]")).to_have_value("other_temporary")


@pytest.mark.parametrize("fault", ["no network", "busy"])
def test_an_answer_that_does_not_come_is_said(
    browser: Browser, live_server: Any, fault: str
) -> None:
    # Not through `open_page`: the console tells of the fault, as it should.
    page = browser.new_page(base_url=live_server.url)
    page.goto("/estimate/")
    answer_all(page)
    expect(page.locator("[data-figure=total]").first).to_have_attribute("value", "50000.00")
    page.route(
        "**/estimate/?*",
        lambda route: route.abort() if fault == "no network" else route.fulfill(status=503),
    )
    fill(page, total="60,000")

    page.get_by_role("button", name="算一算").click()

    expect(page.get_by_role("alert")).to_contain_text("没有得到新的结果")
    expect(page.locator("input[type=text][name=total]")).to_have_value("60,000")
    page.unroute("**/estimate/?*")
    page.get_by_role("button", name="算一算").click()
    expect(page.locator("[data-figure=total]").first).to_have_attribute("value", "60000.00")
    expect(page.get_by_role("alert")).to_have_count(0)
    page.close()


def test_suggestions_leave_the_address_alone(open_page: Callable[..., Page]) -> None:
    page = open_page("/estimate/?insurance=employee")

    with page.expect_request("**/regions/suggest*") as asked:
        page.locator("input[type=text][name=insured]").press_sequentially("江西")
    expect(page.get_by_role("option").first).to_be_visible()

    assert "insurance" not in asked.value.url
    assert "/estimate/" in page.url


A4_WIDTH = 794 - 2 * 57
"""CSS pixels that the margins of an A4 sheet leave (210 mm less 15 mm on both sides)."""
CUT_OFF = """main => [...main.querySelectorAll("*")]
  .filter(each => each.getBoundingClientRect().right > document.documentElement.clientWidth)
  .map(each => each.outerHTML.slice(0, 80))"""
"""What reaches beyond the right edge; on paper nothing scrolls."""


@pytest.mark.parametrize(
    ("path", "answer", "clauses"),
    [(CASE, "29,920.00", 3), (RANGE, "4,896.00", 2), (COMPARISON, "3,825.00", 4)],
    ids=["computed", "range", "comparison"],
)
def test_on_paper_stand_the_answer_and_its_clauses_and_nothing_to_click(
    open_page: Callable[..., Page],
    path: str,
    answer: str,
    clauses: int,
) -> None:
    page = open_page(path)
    page.set_viewport_size({"width": A4_WIDTH, "height": 1000})
    page.emulate_media(media="print")

    assert answer in page.locator("#answer").inner_text()
    for words in ("按这些情况算的", "依据与日期"):
        expect(page.get_by_role("heading", name=words)).to_be_visible()
    expect(page.locator("p.print-only")).to_contain_text(path.partition("?")[0])
    assert page.locator(".notes > li:visible").count() >= clauses
    for out_of_place in ("nav", "form", "button", ".no-print", ".site-footer ul", "summary"):
        assert page.locator(f"{out_of_place}:visible").count() == 0
    assert page.locator("main").evaluate(CUT_OFF) == []


def test_on_paper_stand_the_steps_of_each_reading(open_page: Callable[..., Page]) -> None:
    page = open_page(RANGE)
    expect(page.locator(".reading-steps table").first).to_be_hidden()

    page.emulate_media(media="print")

    sheets = page.locator(".reading-steps table:visible")
    assert sheets.count() == 2
    assert "4,896.00" in sheets.first.inner_text()
    assert "11,424.00" in sheets.last.inner_text()
