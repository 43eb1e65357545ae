"""The page kit in a real browser: phone and desk, both sizes of type, with and without a script."""

from collections.abc import Callable
from itertools import product

import pytest
from playwright.sync_api import Page, Route, expect
from pytest_django import Settings

OpenPage = Callable[..., Page]
PLACES = (
    '<li role="option" data-value="山东省烟台市 370600">山东省烟台市</li>'
    '<li role="option" data-value="四川省成都市 510100">四川省成都市</li>'
)


@pytest.fixture(autouse=True)
def gallery(settings: Settings) -> None:
    settings.ROOT_URLCONF = "tests.core.gallery"


@pytest.mark.parametrize(("phone", "large"), list(product([True, False], repeat=2)))
@pytest.mark.parametrize("path", ["/", "/gallery/", "/gallery/?insured=朝阳&total=-5"])
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


@pytest.mark.parametrize("large", [False, True])
def test_pages_fit_the_narrowest_phone(
    large: bool, open_page: OpenPage, overflows: Callable[[Page], bool]
) -> None:
    page = open_page("/gallery/", phone=True, large=large)

    page.set_viewport_size({"width": 320, "height": 600})

    assert not overflows(page)


@pytest.mark.parametrize(("large", "least"), [(False, 44), (True, 60)])
def test_controls_of_the_frame_are_big_enough_to_touch(
    large: bool, least: int, open_page: OpenPage
) -> None:
    page = open_page("/", phone=True, large=large)

    boxes = page.locator("header a, header button, nav a, main a, footer a").evaluate_all(
        "all => all.map(e => [e.textContent.trim(), e.getBoundingClientRect().height])"
    )

    assert len(boxes) > 12
    assert [name for name, height in boxes if height < least] == []


def test_large_type_is_switched_on_and_off_without_a_script(open_page: OpenPage) -> None:
    page = open_page("/gallery/?insured=烟台", phone=True, javascript=False)
    size = "Number.parseFloat(getComputedStyle(document.body).fontSize)"

    page.get_by_role("button", name="长辈版").click()

    expect(page.locator("html")).to_have_attribute("data-type", "large")
    assert page.evaluate(size) >= 22
    assert page.url.endswith("/gallery/?insured=%E7%83%9F%E5%8F%B0")

    page.get_by_role("button", name="标准版").click()

    expect(page.locator("html")).to_have_attribute("data-type", "normal")
    assert page.evaluate(size) == 18


def test_the_emergency_entry_is_in_sight_at_once(open_page: OpenPage) -> None:
    page = open_page("/gallery/", phone=True)

    entry = page.locator("header").get_by_role("link", name="现在就是急诊")

    expect(entry).to_be_in_viewport()
    assert entry.get_attribute("href") == "/emergency/"


def test_a_link_of_the_error_summary_moves_the_focus_to_the_field(open_page: OpenPage) -> None:
    page = open_page("/gallery/?insured=朝阳&total=-5")
    expect(page.locator(".error-summary")).to_be_focused()

    page.get_by_role("link", name="总费用：金额不能是负数。").click()
    expect(page.locator("#id_total")).to_be_focused()

    page.get_by_role("link", name="医保类型：请选一项。").click()
    expect(page.locator("#id_insurance_0")).to_be_focused()


def test_an_ambiguous_place_is_settled_without_a_script(open_page: OpenPage) -> None:
    page = open_page("/gallery/?insured=朝阳", phone=True, javascript=False)

    page.get_by_label("辽宁省朝阳市").check()
    page.get_by_role("button", name="算一算").click()

    assert page.url.count("insured=") == 2
    assert (
        "insured=211300" in page.url.rpartition("insured=")[1] + page.url.rpartition("insured=")[2]
    )


def test_the_skip_link_leads_past_the_navigation(open_page: OpenPage) -> None:
    page = open_page("/")

    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="跳到正文")).to_be_focused()
    page.keyboard.press("Enter")

    expect(page.locator("main")).to_be_focused()


class TestRegionField:
    @pytest.fixture
    def field(self, open_page: OpenPage) -> Page:
        page = open_page("/gallery/")
        page.route("**/regions/suggest*", self.answer)
        return page

    @staticmethod
    def answer(route: Route) -> None:
        route.fulfill(status=200, content_type="text/html", body=PLACES)

    def test_offers_places_and_takes_one_by_keyboard(self, field: Page) -> None:
        box = field.get_by_role("combobox", name="参保地")

        box.press_sequentially("yt")
        expect(field.get_by_role("option")).to_have_count(2)
        expect(box).to_have_attribute("aria-expanded", "true")
        box.press("ArrowDown")
        box.press("ArrowDown")
        expect(field.get_by_role("option", name="成都")).to_have_attribute("aria-selected", "true")
        box.press("ArrowUp")
        box.press("Enter")

        expect(box).to_have_value("山东省烟台市 370600")
        expect(box).to_have_attribute("aria-expanded", "false")
        assert field.url.endswith("/gallery/")

    def test_takes_a_place_by_touch(self, field: Page) -> None:
        field.get_by_role("combobox", name="参保地").press_sequentially("cd")

        field.get_by_role("option", name="成都").click()

        expect(field.get_by_role("combobox", name="参保地")).to_have_value("四川省成都市 510100")

    def test_escape_closes_the_list_and_keeps_the_text(self, field: Page) -> None:
        box = field.get_by_role("combobox", name="参保地")
        box.press_sequentially("yt")
        expect(field.get_by_role("listbox")).to_be_visible()

        box.press("Escape")

        expect(field.get_by_role("listbox")).to_be_hidden()
        expect(box).to_have_value("yt")

    def test_is_accessible_while_open(
        self, field: Page, axe_violations: Callable[[Page], list[str]]
    ) -> None:
        field.get_by_role("combobox", name="参保地").press_sequentially("yt")
        expect(field.get_by_role("option")).to_have_count(2)

        assert axe_violations(field) == []


def test_the_address_is_copied_and_the_buttons_need_a_script(open_page: OpenPage) -> None:
    page = open_page("/gallery/?on=2026-01-02")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])

    page.get_by_role("button", name="复制地址").click()

    expect(page.get_by_role("status").filter(has_text="地址已复制")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == page.url

    plain = open_page("/gallery/", javascript=False)
    expect(plain.get_by_role("button", name="复制地址")).to_have_count(0)
    expect(plain.get_by_role("button", name="打印本页")).to_have_count(0)


def test_a_printed_page_shows_the_clauses_and_no_navigation(open_page: OpenPage) -> None:
    page = open_page("/gallery/", javascript=False)
    expect(page.locator("blockquote").first).to_be_hidden()

    page.emulate_media(media="print")

    expect(page.locator("blockquote").first).to_be_visible()
    expect(page.get_by_text("本页地址：")).to_be_visible()
    for part in ("nav", ".masthead form", ".urgent", ".toolbar", "main form"):
        expect(page.locator(part).first).to_be_hidden()
