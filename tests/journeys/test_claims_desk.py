"""W7 in a real browser: a claim is read, asked about, decided in part, objected to and paid."""

from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect

from tests.factories import claims as make
from tests.factories.cases import ID_NUMBER
from tests.journeys.conftest import PHONE
from yibao.accounts.models import Assignment, User
from yibao.cases.operations.desk import answer_papers
from yibao.cases.vocabulary import State
from yibao.claims.models import Claim, Decision, Objection
from yibao.claims.operations import submission
from yibao.claims.queries.money import reconcile
from yibao.core.templatetags.figures import yuan

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("shipped")]
DESK = "/admin/claims/claim"


def colleague(username: str, name: str, role: str) -> User:
    user = User.objects.create_user(username, is_staff=True, name=name)
    user.groups.add(Group.objects.get(name=role))
    Assignment.objects.create(user=user, region_code=make.REGION)
    return user


@pytest.fixture
def signed_in(open_page: Callable[..., Page], live_server: Any) -> Callable[[User, str], Page]:
    def opened(user: User, path: str) -> Page:
        client = Client()
        client.force_login(user)
        page = open_page("/status/")
        cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
        page.context.add_cookies(
            [{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}]
        )
        page.goto(path)
        return page

    return opened


def looked_up(open_page: Callable[..., Page], claim: Claim, state: State) -> Page:
    """Look the claim up as its filer does, on a phone, and find it in a state."""
    page = open_page("/status/", phone=True)
    page.locator("[name=reference]").fill(claim.case.shown_reference)
    page.locator("[name=id_last6]").fill(ID_NUMBER[-6:])
    page.locator("main form button").first.click()
    expect(page.locator("#status")).to_have_attribute("data-state", state.value)
    return page


def read_on_screen(page: Page) -> None:
    """Answer every mark and approve what is clear."""
    page.get_by_role("button", name="认可全部清楚的项目").click()
    while page.locator("[data-mark] form").count():
        form = page.locator("[data-mark] form").first
        form.locator("[name=note]").fill("核对过票据")
        form.get_by_role("button", name="记下").click()


def test_a_claim_from_the_queue_to_the_bank(
    live_server: Any,
    signed_in: Callable[[User, str], Page],
    open_page: Callable[..., Page],
    axe_violations: Callable[[Page], list[str]],
    overflows: Callable[[Page], bool],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(submission, "is_sampled", lambda reference: False)
    call_command("create_roles", stdout=StringIO())
    claim = make.submit(at=timezone.now())
    page = signed_in(colleague("li", "李某", "报销审核员"), f"{DESK}/queue/")
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
    answer_papers(claim.pk, note="补了", to=State.RECEIVED, due_on=None, at=timezone.now())

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
    other = signed_in(colleague("zhao", "赵某", "报销审核员"), f"{DESK}/queue/")
    other.get_by_role("button", name="领取下一件").click()
    expect(other.locator("blockquote").first).to_contain_text("医生写了说明")
    other.locator("[data-line='1'] [name$=answer]").select_option("approved")
    expect(other.locator("[data-line='1']")).to_have_attribute("data-answer", "approved")
    other.get_by_role("button", name="作出决定").click()
    second = Decision.objects.get(number=2)
    assert second.fund_fen > first.fund_fen
    assert Objection.objects.get().result == second

    # Ordered and paid by a third person; the status tells the truth at each step.
    bank = signed_in(colleague("wang", "王某", "复核员"), f"{DESK}/{claim.pk}/change/")
    bank.get_by_role("button", name="通知付款").click()
    looked_up(open_page, claim, State.PAYMENT_ORDERED)
    bank.get_by_role("button", name="记为已付款").click()
    assert axe_violations(bank) == []
    person = looked_up(open_page, claim, State.PAID)
    expect(person.locator("main")).to_contain_text(yuan(second.fund_fen))
    assert reconcile()[1] == ()
