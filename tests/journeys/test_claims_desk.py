"""W7 in a real browser: a claim is read, asked about, decided in part, objected to and paid."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import APIResponse, Page, Route, expect

from tests.cases.uploads.files import photo
from tests.factories import claims as make
from tests.factories.cases import ID_NUMBER
from tests.factories.staff import make_staff
from tests.filings.walking import RESIDENT
from tests.journeys.conftest import PHONE
from tests.journeys.test_claims import claim_an_emergency
from yibao.accounts.models import User
from yibao.cases.vocabulary import State
from yibao.claims.models import Claim, Decision, LineReview, Objection
from yibao.claims.operations import submission
from yibao.claims.queries.money import reconcile
from yibao.claims.vocabulary import Answer
from yibao.core.templatetags.figures import yuan

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("shipped")]
DESK = "/admin/claims/claim"


def colleague(username: str, name: str, role: str, region: str = make.REGION) -> User:
    return make_staff(username, role, regions=[region], name=name)


@pytest.fixture
def paper(settings: Any, tmp_path: Path) -> Path:
    """A photo to hand in; what is kept lies in a folder of the test's own."""
    settings.DATA_DIR = tmp_path
    path = tmp_path / "paper.jpg"
    path.write_bytes(photo())
    return path


def looked_up(
    open_page: Callable[..., Page], claim: Claim, state: State, number: str = ID_NUMBER
) -> Page:
    """Look the claim up as its filer does, on a phone, and find it in a state."""
    page = open_page("/status/", phone=True)
    page.locator("[name=reference]").fill(claim.case.shown_reference)
    page.locator("[name=id_last6]").fill(number[-6:])
    page.locator("main form button").first.click()
    expect(page.locator("#status")).to_have_attribute("data-state", state.value)
    return page


def answer_on_screen(page: Page, paper: Path) -> None:
    """Hand in the one paper that is asked for, from the status page."""
    page.get_by_role("link", name="补材料", exact=True).click()
    page.locator("input[type=file][name^=material_]").set_input_files(paper)
    expect(page.locator(".upload-file").last).to_be_visible(timeout=30_000)
    page.locator("[name=note]").fill("重新拍了一张。")
    page.get_by_role("button", name="交给经办机构").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("已收到")


def read_on_screen(page: Page) -> None:
    """Answer every mark and approve what is clear."""
    page.get_by_role("button", name="认可全部清楚的项目").click()
    while page.locator("[data-mark] form").count():
        form = page.locator("[data-mark] form").first
        form.locator("[name=note]").fill("核对过票据")
        form.get_by_role("button", name="记下").click()


def test_an_officer_goes_on_while_a_line_is_still_being_kept(
    signed_in: Callable[[User, str], Page], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(submission, "is_sampled", lambda reference: False)
    claim = make.submit(at=timezone.now())
    page = signed_in(colleague("li", "李某", "claims_adjudicator"), f"{DESK}/queue/")
    page.get_by_role("button", name="领取下一件").click()
    read_on_screen(page)
    kept: list[tuple[Route, APIResponse]] = []

    def answer_late(route: Route) -> None:
        if kept:
            route.fallback()
        else:
            kept.append((route, route.fetch()))

    page.route("**/lines/**", answer_late)
    with page.expect_request("**/lines/**"):
        page.locator("[data-line='2'] [name$=note]").fill("问过医院")
        page.locator("[data-line='2'] [name$=note]").press("Tab")
    page.locator("[data-line='1'] [name$=answer]").select_option("denied")
    page.locator("[data-line='1'] [name$=reason]").select_option("unrelated")
    while not kept:
        page.wait_for_timeout(50)
    route, response = kept[0]
    route.fulfill(response=response)

    expect(page.locator("[data-line='1']")).to_have_attribute("data-answer", "denied")
    expect(page.locator("[data-line='1'] [name$=reason]")).to_have_value("unrelated")
    reviews = LineReview.objects.filter(line__claim=claim).order_by("line__position")
    assert [row.answer for row in reviews[:2]] == [Answer.DENIED, Answer.APPROVED]
    page.get_by_role("button", name="作出决定").click()
    expect(page.locator(".desk-state")).to_have_attribute("data-state", State.DECIDED.value)


def test_a_claim_from_the_queue_to_the_bank(
    live_server: Any,
    signed_in: Callable[[User, str], Page],
    open_page: Callable[..., Page],
    axe_violations: Callable[[Page], list[str]],
    overflows: Callable[[Page], bool],
    monkeypatch: pytest.MonkeyPatch,
    paper: Path,
) -> None:
    monkeypatch.setattr(submission, "is_sampled", lambda reference: False)
    claim = make.submit(at=timezone.now())
    page = signed_in(colleague("li", "李某", "claims_adjudicator"), f"{DESK}/queue/")
    assert axe_violations(page) == []

    # Taken, and asked for one paper.
    page.get_by_role("button", name="领取下一件").click()
    assert axe_violations(page) == []
    page.get_by_role("link", name="请申请人补材料").click()
    page.locator("input[type=checkbox]").first.check()
    page.locator("input[name^=why_]").first.fill("发票拍得看不清。")
    page.get_by_role("button", name="先看申请人会看到什么").click()
    page.get_by_role("button", name="发给申请人").click()
    person = looked_up(open_page, claim, State.NEEDS_MATERIALS)
    expect(person.locator("main")).to_contain_text("发票拍得看不清。")
    answer_on_screen(person, paper)
    looked_up(open_page, claim, State.RECEIVED)

    # Lines: what is typed is kept and reckoned at once, without a reload.
    page.goto(f"{DESK}/{claim.pk}/change/")
    read_on_screen(page)
    expect(page.locator("[data-step=fund_total]")).to_have_count(1)
    before = page.locator("[data-step=fund_total] data").get_attribute("value")
    line = page.locator("[data-line='2']")
    line.locator("[name$=reason]").select_option("other_class")
    expect(page.locator("[data-line='2'] [name$=reason]")).to_have_value("")
    line.locator("[name$=line_class]").select_option("a")
    expect(page.locator("[data-step=fund_total] data")).not_to_have_attribute("value", before or "")
    page.locator("[data-line='1'] [name$=answer]").select_option("denied")
    expect(page.locator("#reading-of-claim")).to_contain_text("请选原因")
    page.locator("[data-line='1'] [name$=reason]").select_option("unrelated")
    expect(page.locator("[data-line='1']")).to_have_attribute("data-answer", "denied")
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    assert axe_violations(page) == []
    assert not overflows(page)
    page.get_by_role("button", name="作出决定").click()
    expect(page.locator(".desk-state")).to_have_attribute("data-state", State.DECIDED.value)
    first = Decision.objects.get()

    # The filer reads the letter and objects.
    person = looked_up(open_page, claim, State.DECIDED)
    person.get_by_role("link", name="看决定书").click()
    expect(person.locator("#letter")).to_contain_text(yuan(first.fund_fen))
    expect(person.locator("#letter")).to_contain_text("第 1 项")
    assert axe_violations(person) == []
    assert not overflows(person)
    person.get_by_role("link", name="提出异议").click()
    person.get_by_role("button", name="提交异议").click()
    expect(person.locator("main")).to_contain_text("请写明您不同意什么")
    person.locator("[name=text]").fill("第一项和治疗有关，医生写了说明。")
    assert axe_violations(person) == []
    person.get_by_role("button", name="提交异议").click()
    expect(person.locator("h1")).to_have_text("已收到")
    looked_up(open_page, claim, State.UNDER_REVIEW)

    # Another officer decides anew.
    other = signed_in(colleague("zhao", "赵某", "claims_adjudicator"), f"{DESK}/queue/")
    other.get_by_role("button", name="领取下一件").click()
    expect(other.locator("blockquote").first).to_contain_text("医生写了说明")
    other.locator("[data-line='1'] [name$=answer]").select_option("approved")
    expect(other.locator("[data-line='1']")).to_have_attribute("data-answer", "approved")
    other.get_by_role("button", name="作出决定").click()
    second = Decision.objects.get(number=2)
    assert second.fund_fen > first.fund_fen
    assert Objection.objects.get().result == second

    # Ordered and paid by a third person; the status tells the truth at each step.
    bank = signed_in(colleague("wang", "王某", "second_approver"), f"{DESK}/{claim.pk}/change/")
    bank.get_by_role("button", name="通知付款").click()
    looked_up(open_page, claim, State.PAYMENT_ORDERED)
    bank.get_by_role("button", name="记为已付款").click()
    assert axe_violations(bank) == []
    person = looked_up(open_page, claim, State.PAID)
    expect(person.locator("main")).to_contain_text(yuan(second.fund_fen))
    assert reconcile()[1] == ()


def override_on_screen(page: Page, *, fund: str, reason: str) -> None:
    page.get_by_text("不按系统计算（要第二人复核）").click()
    page.locator("#override-pooled_fund").fill(fund)
    page.locator("#override-override_reason").fill(reason)
    page.get_by_role("button", name="提交复核").click()
    expect(page.locator("#second")).to_be_visible()


def test_the_travellers_emergency_from_the_bill_to_the_bank(
    signed_in: Callable[[User, str], Page],
    open_page: Callable[..., Page],
    axe_violations: Callable[[Page], list[str]],
    overflows: Callable[[Page], bool],
    monkeypatch: pytest.MonkeyPatch,
    paper: Path,
) -> None:
    """深圳 in 武汉: the rules have gaps, so the officer asks, and a colleague looks too."""
    monkeypatch.setattr(submission, "is_sampled", lambda reference: False)
    claim = claim_an_emergency(open_page("/claims/new/", phone=True), paper)

    def status(state: State) -> Page:
        page = looked_up(open_page, claim, state, RESIDENT)
        assert axe_violations(page) == []
        assert not overflows(page)
        return page

    status(State.SUBMITTED)
    li = colleague("li", "李某", "claims_adjudicator", "440300")
    page = signed_in(li, f"{DESK}/queue/")
    page.get_by_role("button", name="领取下一件").click()
    status(State.UNDER_REVIEW)
    page.get_by_role("link", name="请申请人补材料").click()
    page.locator("input[type=checkbox]").first.check()
    page.locator("input[name^=why_]").first.fill("发票拍得看不清。")
    page.get_by_role("button", name="先看申请人会看到什么").click()
    page.get_by_role("button", name="发给申请人").click()
    person = status(State.NEEDS_MATERIALS)
    expect(person.locator("main")).to_contain_text("发票拍得看不清。")
    answer_on_screen(person, paper)
    status(State.RECEIVED)

    # What is missing is named, with whom to ask; the engine's way is closed, the other open.
    page.goto(f"{DESK}/{claim.pk}/change/")
    read_on_screen(page)
    line = page.locator("[data-line='1']")
    line.locator("[name$=answer]").select_option("adjusted")
    line.locator("[name$=reason]").select_option("unrelated")
    line.locator("[name$=allowed]").fill("10,000.00")
    line.locator("[name$=allowed]").press("Tab")
    expect(page.locator("[data-line='1']")).to_have_attribute("data-answer", "adjusted")
    missing = page.locator("#missing")
    expect(missing).to_contain_text("深圳市")
    assert missing.locator("li[data-missing]").count() > 0
    for gap in missing.locator("li[data-missing]").all():
        assert "12393" in (gap.get_attribute("data-ask") or "")
    assert axe_violations(page) == []
    page.get_by_role("button", name="作出决定", exact=True).click()
    expect(page.locator(".messagelist")).to_contain_text("还不能决定")
    override_on_screen(page, fund="6,000", reason="深圳医保局王某 11 月 24 日电话答复的比例")
    status(State.UNDER_REVIEW)
    wang = colleague("wang", "王某", "second_approver", "440300")
    second = signed_in(wang, f"{DESK}/{claim.pk}/change/")
    expect(second.locator("section[aria-labelledby=second]")).to_contain_text("6,000.00")
    second.get_by_role("button", name="同意，决定生效").click()
    first = Decision.objects.get()
    assert (first.fund_fen, first.outcome, first.second) == (600_000, "partly", wang)

    person = status(State.DECIDED)
    person.get_by_role("link", name="看决定书").click()
    expect(person.locator("#letter [data-figure=fund_total]")).to_have_attribute("value", "6000.00")
    person.get_by_role("link", name="提出异议").click()
    person.locator("[name=text]").fill("第一项和抢救有关，医生写了说明。")
    person.get_by_role("button", name="提交异议").click()
    status(State.UNDER_REVIEW)

    zhao = colleague("zhao", "赵某", "claims_adjudicator", "440300")
    other = signed_in(zhao, f"{DESK}/queue/")
    other.get_by_role("button", name="领取下一件").click()
    other.locator("[data-line='1'] [name$=answer]").select_option("approved")
    expect(other.locator("[data-line='1']")).to_have_attribute("data-answer", "approved")
    override_on_screen(other, fund="7,200.30", reason="同一答复，全部认可")
    second.goto(f"{DESK}/{claim.pk}/change/")
    second.get_by_role("button", name="同意，决定生效").click()
    expect(second.locator(".messagelist")).to_contain_text("由另一位同事复查")
    third = signed_in(
        colleague("sun", "孙某", "second_approver", "440300"), f"{DESK}/{claim.pk}/change/"
    )
    third.get_by_role("button", name="同意，决定生效").click()
    expect(third.locator(".messagelist")).to_contain_text("决定生效")
    last = Decision.objects.get(number=2)
    assert (last.fund_fen, last.outcome) == (720_030, "approved")
    status(State.DECIDED)

    second.goto(f"{DESK}/{claim.pk}/change/")
    second.get_by_role("button", name="通知付款").click()
    status(State.PAYMENT_ORDERED)
    second.get_by_role("button", name="记为已付款").click()
    person = status(State.PAID)
    expect(person.locator("main")).to_contain_text("7,200.30")
    assert reconcile()[1] == ()
