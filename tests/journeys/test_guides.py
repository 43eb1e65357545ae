"""Guides, search, directory and notes in a real browser, in both modes."""

import re
from collections.abc import Callable
from datetime import date

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

OpenPage = Callable[..., Page]
NOTE = (
    "/takealong/?from=check&insured=370600&care=510100&insurance=employee&reason=living"
    "&care_type=inpatient"
)
STATES = [
    "/guides/",
    "/guides/change-filing/?insured=320100&for=mother",
    "/guides/chronic-away/",
    "/guides/glossary/",
    "/guides/directory/?region=370600",
    "/search/?q=佛山异地报销比例",
    NOTE,
]


@pytest.fixture(autouse=True)
def that_day(transactional_db: None, shipped: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """The shipped data in memory, on a fixed day."""
    monkeypatch.setattr(timezone, "localdate", lambda: date(2026, 12, 1))


@pytest.mark.parametrize("javascript", [True, False])
def test_a_question_leads_to_the_rule_of_the_city(javascript: bool, open_page: OpenPage) -> None:
    page = open_page("/", phone=True, javascript=javascript)

    page.get_by_label("想问什么？").fill("佛山医保异地就医报销比例")
    page.locator("main").get_by_role("button", name="查找").click()
    page.locator("[data-found=guides] a").first.click()

    expect(page.get_by_role("heading", level=1)).to_have_text("在外地看病，报销比例会低多少？")
    expect(page.locator("article")).to_contain_text("佛山市")


def test_results_change_while_one_types(open_page: OpenPage) -> None:
    page = open_page("/search/", phone=True)

    page.get_by_label("想问什么？").type("qifuxian", delay=20)

    expect(page.locator("[data-found=terms] a")).to_have_text(["起付标准"])
    expect(page).to_have_url(re.compile("q=qifuxian"))


@pytest.mark.parametrize("path", STATES)
def test_both_modes_say_the_same_in_the_same_order(path: str, open_page: OpenPage) -> None:
    normal = open_page(path, phone=True).locator("main")
    large = open_page(path, phone=True, large=True).locator("main")

    assert large.inner_text() == normal.inner_text()
    links = "nodes => nodes.map(node => node.getAttribute('href') || node.name || node.id)"
    parts = "a, button, input, select, textarea, summary"
    assert large.locator(parts).evaluate_all(links) == normal.locator(parts).evaluate_all(links)


def test_nothing_is_read_aloud_without_a_voice(open_page: OpenPage) -> None:
    page = open_page("/guides/how-long/")

    voices = page.evaluate(
        "speechSynthesis.getVoices().filter(v => /^(zh|cmn)/i.test(v.lang)).length"
    )
    expect(page.locator(".read-aloud")).to_be_visible(visible=voices > 0)


@pytest.mark.parametrize("path", STATES)
@pytest.mark.parametrize(("phone", "large"), [(True, False), (True, True), (False, False)])
def test_every_page_is_accessible_and_fits_the_screen(
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
