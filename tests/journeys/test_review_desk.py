"""W6 in a real browser: an officer works through twenty mixed cases; another region sees none."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.factories.cases import ID_NUMBER, SUBMITTED_AT, a_person
from tests.factories.filings import a_filing
from tests.factories.staff import make_staff
from tests.journeys.conftest import PHONE
from yibao.accounts.models import User
from yibao.cases.models import Case
from yibao.cases.operations import desk
from yibao.cases.vocabulary import State
from yibao.filings.models import CancelRequest, Evidence, Filing

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("shipped")]
QUEUE = "/admin/filings/filing/queue/"


def officer(username: str, region: str, name: str) -> User:
    return make_staff(username, "filing_reviewer", regions=[region], name=name)


def number(place: int) -> str:
    return f"1101051949123{place:04d}X"


def twenty() -> list[Filing]:
    """Twelve that pass every check, two of one person, six that lack a paper."""
    sound = [a_filing(person=a_person(id_number=number(place))) for place in range(12)]
    pair = [a_filing(person=a_person(id_number=number(50))) for _place in range(2)]
    lacking = [
        a_filing(
            person=a_person(id_number=number(100 + place)),
            evidence=Evidence.PROOF,
            due_on=date(2026, 11, 24),
        )
        for place in range(6)
    ]
    return [*sound, *pair, *lacking]


def test_twenty_mixed_cases_are_worked_through(
    live_server: Any,
    signed_in: Callable[[User, str], Page],
    axe_violations: Callable[[Page], list[str]],
    overflows: Callable[[Page], bool],
) -> None:
    filings = twenty()
    wang = officer("wang", "370600", "王某")
    page = signed_in(wang, QUEUE)

    # The queue: counts, tabs, and nobody's name.
    expect(page.locator("[data-count=free]")).to_have_text("20")
    expect(page.locator("[data-count=duplicates]")).to_have_text("2")
    expect(page.locator("#queue tbody tr")).to_have_count(20)
    for secret in (number(0), "测试甲", "13900000000"):
        assert secret not in page.content()
    assert axe_violations(page) == []
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    assert axe_violations(page) == []

    # Many at once: only what passes every check.
    page.set_viewport_size({"width": 1280, "height": 900})
    for box in page.locator("#queue input[type=checkbox]").all():
        box.check()
    page.click("text=通过勾选的")
    expect(page.locator(".messagelist .success")).to_contain_text("已通过 12 件")
    assert Case.objects.filter(state=State.ACCEPTED).count() == 12
    expect(page.locator("[data-count=free]")).to_have_text("8")

    # The next one: the nearest limit first. Reveal, then ask for what is missing.
    page.click("text=领取下一件")
    expect(page.locator("[data-state=submitted]")).to_contain_text("由您办理")
    expect(page.locator("[data-check=papers]")).to_have_attribute("data-passed", "no")
    assert "测试甲" not in page.content()
    assert axe_violations(page) == []
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    assert not overflows(page)
    assert axe_violations(page) == []
    page.set_viewport_size({"width": 1280, "height": 900})
    page.click("text=看完整信息")
    expect(page.locator("#content")).to_contain_text("测试甲")
    page.click("a.button:has-text('请申请人补材料')")
    page.check("#id_ask_residence_proof")
    page.fill("#id_why_residence_proof", "没有交居住证明。")
    page.click("[name=preview]")
    expect(page.locator(".desk-preview")).to_contain_text("没有交居住证明。")
    assert axe_violations(page) == []
    page.click("[name=send]")
    expect(page.locator("[data-state=needs_materials]")).to_be_visible()

    # A mismatch is asked about, not refused; what does not fit is refused with a reason.
    page.goto(QUEUE)
    page.click("text=领取下一件")
    page.select_option("#id_code", "identity_mismatch")
    page.click("button:text-is('不通过')")
    expect(page.locator(".errornote")).to_contain_text("先请申请人核对")
    page.go_back()
    page.select_option("#id_code", "category_unfit")
    page.click("button:text-is('不通过')")
    expect(page.locator("[data-state=refused]")).to_be_visible()
    expect(page.locator("#content")).to_contain_text("换一种备案类型")

    # A relative's case is passed on; a colleague was faster with another.
    page.goto(QUEUE)
    page.click("text=领取下一件")
    page.click("text=是我的亲属，回避")
    expect(page.locator(".messagelist .success")).to_contain_text("已记下回避")
    page.click("text=领取下一件")
    held = Case.objects.get(officer=wang, state=State.SUBMITTED)
    li = officer("li", "370600", "李某")
    desk.release_case(held.pk, by=li, at=SUBMITTED_AT + timedelta(minutes=81), reason="交接")
    page.fill("#id_reason", "按材料")
    page.click(".desk-decide button:text-is('通过')")
    expect(page.locator(".messagelist .error")).to_contain_text("已由 李某 于 10:21 处理")

    # A wish to cancel, and a later check.
    done = Filing.objects.filter(case__state=State.ACCEPTED).order_by("pk")[0]
    CancelRequest.objects.create(
        filing=done, asked_at=SUBMITTED_AT, wished_on=date(2027, 12, 1), reason="回老家"
    )
    page.goto(QUEUE)
    page.click("text=取消申请（1）")
    assert axe_violations(page) == []
    page.click(f"text={done.case.shown_reference}")
    page.click("text=同意取消")
    expect(page.locator("[data-state=cancelled]")).to_be_visible()
    page.goto(QUEUE)
    page.click("text=事后核查（")
    assert axe_violations(page) == []
    page.click("#checks tbody tr:nth-child(2) a")
    page.fill("#check-note", "电话核实居住属实")
    page.click("button:text-is('属实')")
    expect(page.locator(".messagelist .success")).to_contain_text("已记下核查结果")

    # Somebody of another region sees nothing of all this.
    stranger = signed_in(officer("zhao", "360100", "赵某"), QUEUE)
    expect(stranger.locator("#queue tbody tr")).to_have_count(1)
    expect(stranger.locator("#queue")).to_contain_text("这里没有办件")
    address = f"/admin/filings/filing/{filings[0].pk}/change/"
    assert stranger.request.get(f"{live_server.url}{address}").status == 404
    assert ID_NUMBER not in stranger.content()
