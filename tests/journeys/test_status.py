"""查进度 in a real browser: by phone and keyboard, with and without JavaScript."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.factories.cases import ID_NUMBER, SUBMITTED_AT, a_person
from tests.factories.filings import a_filing
from yibao.accounts.models import User
from yibao.cases.models import Case
from yibao.cases.operations import desk
from yibao.cases.operations.cases import move_case
from yibao.cases.vocabulary import State

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("shipped")]
LATER = SUBMITTED_AT + timedelta(hours=1)


def look_up(page: Page, case: Case, digits: str = ID_NUMBER[-6:]) -> None:
    page.fill("#id_reference", case.shown_reference.lower())
    page.fill("#id_id_last6", digits)
    page.keyboard.press("Enter")


@pytest.mark.parametrize("javascript", [True, False])
def test_a_case_is_followed_on_a_phone(
    live_server: Any,
    open_page: Callable[..., Page],
    axe_violations: Callable[[Page], list[str]],
    overflows: Callable[[Page], bool],
    javascript: bool,
) -> None:
    case = a_filing().case
    page = open_page("/status/", phone=True, javascript=javascript)

    look_up(page, case, "000000")
    expect(page.locator("[role=alert]")).to_contain_text("没有查到")
    expect(page.locator("#id_reference")).to_have_value(case.shown_reference.lower())
    look_up(page, case)
    status = page.locator("#status")
    expect(status).to_have_attribute("data-state", "submitted")
    expect(page).to_have_title("已提交，等待审核 - 医保异地就医")

    # The bureau asks for a paper; the page says which, and leads to the answer.
    officer = User.objects.create_user("wang", name="王某")
    item: desk.AskedPaper = {"material": "residence_proof", "why": "照片看不清，请重拍。"}
    desk.ask_for_papers(
        case.pk, items=[item], note="", due_on=date(2026, 12, 24), version=1, by=officer, at=LATER
    )
    page.goto("/status/case/")
    expect(status).to_have_attribute("data-state", "needs_materials")
    expect(status).to_contain_text("照片看不清，请重拍。")
    expect(status.locator("a:has-text('补材料')")).to_be_visible()
    expect(status.locator("[data-event]")).to_have_count(2)
    if javascript:
        assert axe_violations(page) == []
        assert not overflows(page)

    # Rights, and leaving nothing behind.
    page.click("text=我的个人信息")
    expect(page.locator("h1")).to_have_text("我的个人信息")
    if javascript:
        assert axe_violations(page) == []
        assert not overflows(page)
    page.go_back()
    page.click("text=清除并离开")
    page.goto("/status/case/")
    expect(page).to_have_url(f"{live_server.url}/status/")
    for secret in (ID_NUMBER, "测试甲", "13900000000"):
        assert secret not in page.content()


def test_a_refusal_reads_well_in_large_type(
    live_server: Any,
    open_page: Callable[..., Page],
    axe_violations: Callable[[Page], list[str]],
    overflows: Callable[[Page], bool],
) -> None:
    filing = a_filing(person=a_person(notify="none"))
    officer = User.objects.create_user("wang", name="王某")
    filing.refusal_code = "category_unfit"
    filing.save()
    move_case(filing.pk, to=State.REFUSED, event="refused", by=officer, at=LATER)
    page = open_page("/status/", phone=True, large=True)
    look_up(page, filing.case)

    expect(page.locator("#status")).to_contain_text("不符合所选的备案类型")
    expect(page.locator("#status")).to_contain_text("不同意这个决定")
    assert axe_violations(page) == []
    assert not overflows(page)
    address = page.url
    assert filing.case.reference not in address
