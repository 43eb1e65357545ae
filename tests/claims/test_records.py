"""What the filer reads and does after looking a claim up: letter, objection, papers, account."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.estimates.pages import Page
from tests.factories import claims as make
from tests.factories.cases import ID_NUMBER
from yibao.cases import tickets
from yibao.cases.operations.desk import ask_for_papers
from yibao.cases.printing.document import Issue
from yibao.cases.status import detail_of
from yibao.cases.vocabulary import State
from yibao.claims.letters import letter_of
from yibao.claims.models import Claim, Decision, Objection
from yibao.claims.operations import payments, review
from yibao.claims.operations.forgetting import forget_claim, remove_claim
from yibao.claims.vocabulary import Answer, Failure, LineClass

pytestmark = pytest.mark.django_db


def holding(claim: Claim) -> Client:
    """A browser with a ticket for the claim."""
    response = HttpResponse()
    tickets.grant(response, claim.case)
    client = Client()
    client.cookies.update(response.cookies)
    return client


def address(name: str) -> str:
    return reverse(f"claims:{name}")


def partly(officer: Any) -> Decision:
    claim = make.submit(at=timezone.now())
    make.read(claim, officer)
    line = review.LineAnswer(
        position=1,
        answer=Answer.ADJUSTED,
        line_class=LineClass.A,
        allowed_fen=1_000_000,
        reason_code="amount_differs",
        note="发票金额一万元",
    )
    review.answer_lines(claim.pk, [line], version=make.version_of(claim), by=officer, at=make.LATER)
    found = make.decide(claim, officer, at=timezone.now())
    assert isinstance(found, Decision)
    return found


def test_the_letter_bears_the_day_in_china():
    decision = partly(make.an_officer())
    decision.at = datetime(2026, 2, 28, 23, 59, tzinfo=UTC)
    issue = Issue(reference="", status_address="", made_on=date(2026, 3, 1), operator="")

    letter = letter_of(decision, person=None, issue=issue, payment="")

    assert letter.decided_on == date(2026, 3, 1)


def test_the_letter_says_money_first_and_why_and_how_to_object():
    decision = partly(make.an_officer())

    response = holding(decision.claim).get(address("letter"))

    page = Page(response)
    figure = page.all(data_figure="fund_total")[0]
    assert figure["value"] == f"{decision.fund_fen // 100}.{decision.fund_fen % 100:02d}"
    text = response.content.decode()
    assert text.index("医保支付") < text.index("申请和核准的金额")
    for words in (
        "8,500.00 元由个人承担",
        "发票金额一万元。",
        "《社会保险经办条例》第二十条",
        "请对照票据",
        "提出异议",
    ):
        assert words in text
    assert ID_NUMBER not in text
    assert response["Cache-Control"] == "no-store, private"
    paper = holding(decision.claim).get(address("letter_pdf"))
    assert paper.content.startswith(b"%PDF")


@pytest.mark.parametrize("name", ["letter", "objection", "account", "withdraw", "papers", "heard"])
def test_without_a_ticket_everything_leads_to_the_look_up(client, name):
    response = client.get(address(name))

    assert response.status_code == 404
    assert "请先查进度" in response.content.decode()


def test_an_objection_is_filed_once_and_sealed():
    decision = partly(make.an_officer())
    client = holding(decision.claim)
    blank = client.post(address("objection"), {"text": "  "})
    assert blank.status_code == 422
    assert "请写明您不同意什么" in blank.content.decode()

    done = client.post(address("objection"), {"text": "发票是一万八千五百元"})

    assert done.status_code == 302
    objection = Objection.objects.get()
    assert objection.read() == "发票是一万八千五百元"
    assert "一万八千" not in str(list(Objection.objects.values()))
    assert client.post(address("objection"), {"text": "再来"}).status_code == 409
    assert Objection.objects.count() == 1
    assert "正在由另一名工作人员复查" in client.get(address("letter")).content.decode()


def test_after_the_last_day_nothing_is_filed(settings):
    settings.OBJECTION_DAYS = 1
    claim = make.submit(at=timezone.now())
    officer = make.an_officer()
    make.read(claim, officer)
    make.decide(claim, officer, at=timezone.now() - timedelta(days=3))

    response = holding(claim).post(address("objection"), {"text": "太晚了"})

    assert response.status_code == 409
    assert not Objection.objects.exists()


def test_another_account_is_taken_after_a_failed_payment():
    decision = partly(make.an_officer())
    claim, cashier = decision.claim, make.an_officer("cashier")
    client = holding(claim)
    assert client.get(address("account")).status_code == 409
    order = payments.order_payment(
        claim.pk, version=make.version_of(claim), by=cashier, at=timezone.now()
    )
    assert order is not None
    payments.mark_failed(
        order.pk,
        failure=Failure.ACCOUNT_CLOSED,
        note="",
        on=make.TODAY,
        by=cashier,
        at=timezone.now(),
    )
    assert "销户" in client.get(address("account")).content.decode()
    given = {"bank_name": "另一银行", "bank_account": "6217 0000-12", "account_holder": "测试甲"}
    wrong = client.post(address("account"), {**given, "bank_account": "六二一七"})
    assert wrong.status_code == 422

    assert client.post(address("account"), given).status_code == 302

    claim.case.person.refresh_from_db()
    assert claim.case.person.read().bank_account == "6217000012"


def test_papers_are_answered_and_the_claim_goes_on():
    claim, officer = make.submit(at=timezone.now()), make.an_officer()
    review.take_claim(claim.pk, by=officer, at=timezone.now())
    client = holding(claim)
    assert client.get(address("papers")).status_code == 409
    ask_for_papers(
        claim.pk,
        items=[{"material": "receipt", "why": "看不清"}],
        note="",
        due_on=None,
        version=make.version_of(claim),
        by=officer,
        at=timezone.now(),
    )
    assert "看不清" in client.get(address("papers")).content.decode()


def test_a_claim_is_withdrawn_before_the_decision_only():
    claim = make.submit(at=timezone.now())
    client = holding(claim)
    assert client.get(address("withdraw")).status_code == 200
    assert client.post(address("withdraw")).status_code == 302
    claim.case.refresh_from_db()
    assert claim.case.state == State.WITHDRAWN
    assert client.post(address("withdraw")).status_code == 409
    assert holding(make.decided().claim).post(address("withdraw")).status_code == 409


def test_the_status_tells_line_by_line_and_what_can_be_done():
    decision = partly(make.an_officer())
    case = decision.claim.case
    case.refresh_from_db()

    detail = detail_of(case, timezone.localdate())

    facts = {str(name): str(value) for name, value in detail.facts}
    assert facts["决定"] == "部分认可"
    assert any("8,500.00 元由个人承担" in value for value in facts.values())
    assert [action.address for action in detail.actions] == [
        address("letter"),
        address("objection"),
    ]
    assert detail.hold
    later = detail_of(case, decision.object_until + timedelta(days=1))
    assert [action.address for action in later.actions] == [address("letter")]


def test_a_denied_claim_says_why_and_what_helps():
    claim, officer = make.submit(), make.an_officer()
    make.read(claim, officer)
    make.decide(claim, officer, denies=True, reason_code="duplicate")
    claim.case.refresh_from_db()

    refused = detail_of(claim.case, make.TODAY).refused

    assert refused is not None
    assert "已经结算或报销过" in str(refused.words)
    assert "第四十一条" in str(refused.clause)


def test_what_names_the_person_is_forgotten_and_an_undecided_claim_removed():
    decision = partly(make.an_officer())
    holding(decision.claim).post(address("objection"), {"text": "我的病"})

    forget_claim(decision.claim.case)

    assert Objection.objects.get().read() == ""
    open_claim = make.submit(total_fen=1_900_000)
    remove_claim(open_claim.case)
    assert not Claim.objects.filter(pk=open_claim.pk).exists()
