"""The desk of claims in the panel: from the queue to the letter and the money."""

from datetime import date
from io import StringIO
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.cases.printing.reading import text_of
from tests.estimates.pages import Page
from tests.factories import claims as make
from tests.factories.cases import ID_NUMBER
from yibao.accounts.models import Assignment, User
from yibao.audit.models import Event
from yibao.cases.vocabulary import State
from yibao.claims.models import Claim, Decision, DecisionDraft
from yibao.claims.operations import objections, review
from yibao.claims.operations.objections import find_affected
from yibao.claims.reckoning import terms_of
from yibao.claims.vocabulary import Answer, LineClass, ProposalState
from yibao.core.templatetags.figures import yuan

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def roles(db: None) -> None:
    call_command("create_roles", stdout=StringIO())


def a_colleague(username: str, role: str, region: str = make.REGION) -> tuple[User, Client]:
    user = make.an_officer(username)
    user.groups.add(Group.objects.get(name=role))
    Assignment.objects.create(user=user, region_code=region)
    client = Client()
    client.force_login(user)
    return user, client


@pytest.fixture
def officer() -> tuple[User, Client]:
    return a_colleague("li", "报销审核员")


@pytest.fixture
def second() -> tuple[User, Client]:
    return a_colleague("wang", "复核员")


def address(name: str, *arguments: Any) -> str:
    return reverse(f"admin:claims_claim_{name}", args=arguments)


def said(response: Any) -> str:
    return "".join(str(message) for message in response.context["messages"])


def test_the_queue_shows_amount_and_marks_and_no_person(officer):
    make.submit(total_fen=4_000_000)
    _user, client = officer

    page = client.get(address("queue")).content.decode()

    assert "40,000.00 元" in page
    assert "金额较大" in page
    assert ID_NUMBER not in page
    assert "测试甲" not in page
    filtered = client.get(address("queue"), {"mark": "third_party"}).content.decode()
    assert "40,000.00" not in filtered


def test_the_list_is_narrowed_by_states_of_claims_only(officer):
    make.submit()
    _user, client = officer

    text = client.get(address("changelist")).content.decode()

    assert "?state=paid" in text
    assert "?state=refused" not in text
    assert ">门诊慢特病</a>" in text
    assert ">chronic</a>" not in text


def test_a_claim_is_read_decided_and_its_letter_shown(officer):
    user, client = officer
    claim = make.submit()
    client.post(address("take", claim.pk))
    assert claim.case.__class__.objects.get().state == State.UNDER_REVIEW
    client.post(address("approve", claim.pk), {"version": make.version_of(claim)})
    make.read(claim, user)

    page = Page(client.get(address("change", claim.pk)))
    assert page.all(data_step="pooled_fund")
    response = client.post(
        address("decide", claim.pk, "engine"), {"version": make.version_of(claim), "note": "好"}
    )

    assert response.status_code == 302
    decision = Decision.objects.get()
    letter = client.get(address("letter", claim.pk))
    figure = Page(letter).all(data_figure="fund_total")[0]
    assert figure["value"] == f"{decision.fund_fen // 100}.{decision.fund_fen % 100:02d}"
    assert ID_NUMBER not in letter.content.decode()
    paper = client.get(address("letter_pdf", claim.pk))
    assert paper.content.startswith(b"%PDF")
    assert client.get(address("letter", claim.pk), {"number": "7"}).status_code == 404


def test_lines_are_kept_and_reckoned_with_and_without_a_reload(officer):
    user, client = officer
    claim = make.submit()
    review.take_claim(claim.pk, by=user, at=make.LATER)
    line = {
        "line-1-answer": Answer.DENIED,
        "line-1-line_class": LineClass.A,
        "line-1-reason": "unrelated",
    }

    part = client.post(
        address("lines", claim.pk),
        {"version": make.version_of(claim), **line},
        headers={"HX-Request": "true"},
    )

    assert 'id="reading-of-claim"' in part.content.decode()
    assert "<html" not in part.content.decode()
    version = make.version_of(claim)
    assert f'value="{version}" id="version-engine"' in part.content.decode()
    assert claim.lines.get(position=1).review.answer == Answer.DENIED
    line["line-1-answer"] = Answer.APPROVED
    whole = client.post(address("lines", claim.pk), {"version": version, **line})
    assert whole.status_code == 302
    assert claim.lines.get(position=1).review.answer == Answer.APPROVED


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"answer": "denied", "line_class": "a"}, "请选原因"),
        ({"answer": "approved", "line_class": ""}, "请先确定类别"),
        ({"answer": "approved", "line_class": "b"}, "没有就填 0"),
        ({"answer": "adjusted", "line_class": "a", "reason": "other"}, "请填认可多少元"),
        (
            {"answer": "adjusted", "line_class": "a", "reason": "other", "allowed": "99999"},
            "不能超出这一项的金额",
        ),
        ({"answer": "approved", "line_class": "b", "upfront": "abc"}, "请只填数字"),
        ({"answer": "nonsense"}, "nonsense"),
    ],
)
def test_a_line_that_makes_no_sense_is_refused_beside_its_field(officer, typed, words):
    user, client = officer
    claim = make.submit()
    review.take_claim(claim.pk, by=user, at=make.LATER)
    data = {f"line-1-{name}": value for name, value in typed.items()}

    response = client.post(address("lines", claim.pk), {"version": make.version_of(claim), **data})

    assert response.status_code == 422
    assert words in response.content.decode()
    assert claim.lines.get(position=1).review.answer == Answer.HELD


def test_what_holds_a_claim_is_said_in_words(officer):
    user, client = officer
    claim = make.submit()
    review.take_claim(claim.pk, by=user, at=make.LATER)

    response = client.post(
        address("decide", claim.pk, "engine"), {"version": make.version_of(claim)}, follow=True
    )

    assert "还不能决定" in said(response)
    assert "还有待核的费用项目" in said(response)


def test_a_stale_page_learns_who_was_first(officer):
    user, client = officer
    claim = make.submit()
    make.read(claim, user)

    response = client.post(address("decide", claim.pk, "engine"), {"version": 1}, follow=True)

    assert "已由 li某 于" in said(response)
    assert not Decision.objects.exists()


def test_a_denial_and_an_override_ask_for_their_reasons(officer, second):
    user, client = officer
    claim = make.submit()
    make.read(claim, user)
    version = make.version_of(claim)
    deny = client.post(address("decide", claim.pk, "deny"), {"version": version})
    assert deny.status_code == 422
    assert "请选原因" in deny.content.decode()
    own = {"version": version, "pooled_fund": "1.00"}
    assert client.post(address("decide", claim.pk, "override"), own).status_code == 422
    own["pooled_fund"] = "999999999"
    too_much = client.post(address("decide", claim.pk, "override"), {**own, "override_reason": "x"})
    assert too_much.status_code == 422
    own["pooled_fund"] = "1.00"

    client.post(address("decide", claim.pk, "override"), {**own, "override_reason": "更正"})

    draft = DecisionDraft.objects.get()
    _wang, other = second
    assert claim.case.shown_reference in other.get(address("drafts")).content.decode()
    page = other.get(address("change", claim.pk)).content.decode()
    assert "同意，决定生效" in page
    other.post(address("confirm", claim.pk), {"version": make.version_of(claim)})
    draft.refresh_from_db()
    assert draft.state == ProposalState.CONFIRMED
    assert Decision.objects.get().fund_fen == 100


def test_a_draft_is_returned_with_a_reason_only(officer, second, settings):
    settings.SECOND_OFFICER_FEN = 1
    user, _client = officer
    claim = make.submit()
    make.read(claim, user)
    make.decide(claim, user)
    _wang, other = second
    back = {"version": make.version_of(claim), "return": "yes"}

    other.post(address("confirm", claim.pk), back)
    assert DecisionDraft.objects.get().state == ProposalState.OPEN
    other.post(address("confirm", claim.pk), {**back, "note": "请核对"})

    assert DecisionDraft.objects.get().state == ProposalState.RETURNED


def test_the_blind_sample_hides_the_engines_figure(officer, sampled):
    user, client = officer
    claim = make.submit()
    review.take_claim(claim.pk, by=user, at=make.LATER)
    review.approve_clear_lines(claim.pk, version=make.version_of(claim), by=user, at=make.LATER)

    before = Page(client.get(address("change", claim.pk)))
    assert before.all(data_step="fund_total") == []
    client.post(address("first", claim.pk), {"version": make.version_of(claim), "fund": "12.34"})

    assert Claim.objects.get().first_fund_fen == 1234
    assert Page(client.get(address("change", claim.pk))).all(data_step="fund_total")


def test_facts_are_corrected_on_record(officer):
    user, client = officer
    claim = make.submit()
    review.take_claim(claim.pk, by=user, at=make.LATER)
    form = client.get(address("facts", claim.pk)).context["form"]
    data = {name: form[name].value() or "" for name in form.fields if form[name].value()}

    client.post(
        address("facts", claim.pk),
        {**data, "level": "secondary", "version": make.version_of(claim)},
    )

    assert Claim.objects.get().level == "secondary"
    event = claim.case.events.get(event="facts_corrected")
    assert event.details == {"level": ["tertiary", "secondary"]}


def test_payments_are_ordered_exported_and_noted(officer, second):
    claim = make.decided(officer[0]).claim
    _wang, client = second
    client.post(address("order", claim.pk), {"version": make.version_of(claim)})
    entry = claim.payments.get()

    csv = client.post(address("export", "csv"))
    book = client.post(address("export", "xlsx"))
    sheet = client.post(address("export", "pdf"))

    text = csv.content.decode()
    assert claim.case.shown_reference in text
    assert "6222000000000000" in text
    assert book.content.startswith(b"PK")
    printed = text_of(sheet.content).replace("\n", "")
    assert "6222000000000000" in printed
    assert yuan(entry.amount_fen) in printed
    assert Event.objects.filter(event="cases.person_viewed").count() == 3
    late = {"on": "2999-01-01"}
    assert client.post(address("order_note", claim.pk, entry.pk, "paid"), late).status_code == 422
    day = {"on": timezone.localdate().isoformat()}
    for _click in range(2):
        response = client.post(address("order_note", claim.pk, entry.pk, "paid"), day, follow=True)
    assert "没有重复记" in said(response)
    assert entry.entries.count() == 1
    assert client.get(address("payments")).status_code == 200
    assert officer[1].get(address("payments")).status_code == 403


def test_who_decided_does_not_answer_the_objection(officer):
    user, client = officer
    claim = make.decided(user).claim
    objections.file_objection(claim.pk, text="请再看一次", at=timezone.now())

    response = client.post(address("take", claim.pk), follow=True)

    assert "由另一位同事复查" in said(response)
    assert "请再看一次" in response.content.decode()
    claim.case.refresh_from_db()
    assert claim.case.officer is None
    other, _other_client = a_colleague("zhao", "报销审核员")
    review.take_claim(claim.pk, by=other, at=timezone.now())


def test_a_changed_rule_is_proposed_and_changes_nothing_by_itself(officer, monkeypatch):
    user, client = officer
    decision = make.decided(user)
    assert find_affected(region_codes=[make.REGION], at=make.LATER) == ()
    # As if a revision had reached back: the same bill under the terms of a year without any.
    real = objections.read_back

    def other_terms(stored: Any, today: Any) -> Any:
        bill, facts, _terms = real(stored, today)
        empty = terms_of("360100", "resident", date(1999, 1, 1), today)
        return bill, facts, empty

    monkeypatch.setattr(objections, "read_back", other_terms)
    client.post(address("find"))
    client.post(address("find"))

    proposal = decision.proposals.get()
    assert (proposal.figures, proposal.difference_fen) == (None, None)
    assert Decision.objects.count() == 1
    page = client.get(address("proposals")).content.decode()
    assert decision.claim.case.shown_reference in page
    client.post(address("proposal_answer", proposal.pk), {"accept": "yes"})
    assert decision.proposals.get().state == ProposalState.OPEN
    client.post(address("proposal_answer", proposal.pk), {"accept": "yes", "note": "追溯"})
    assert decision.proposals.get().state == ProposalState.CONFIRMED
    decision.claim.case.refresh_from_db()
    assert decision.claim.case.state == State.UNDER_REVIEW


def test_reports_count_what_was_decided(officer):
    user, client = officer
    decision = make.decided(user)

    page = client.get(address("reports"), {"since": "2026-01-01", "until": "2026-12-31"})
    table = client.get(address("reports_csv"), {"since": "2026-01-01", "until": "2026-12-31"})

    found = page.context["report"]
    assert [(row.submitted, row.decided, row.fund_fen) for row in found.months] == [
        (1, 1, decision.fund_fen)
    ]
    assert dict(found.layers)["pooled_fund"] == decision.fund_fen
    assert "2026-11,360100" in table.content.decode()
    wrong = client.get(address("reports"), {"since": "2026-12-31", "until": "2026-01-01"})
    assert wrong.status_code == 422


def test_nothing_of_another_region_opens():
    claim = make.decided().claim
    _user, client = a_colleague("foreign", "报销审核员", "370600")

    for name in ("change", "letter", "letter_pdf", "facts", "ask"):
        assert client.get(address(name, claim.pk)).status_code == 404
    for name in ("take", "lines", "approve", "first", "order"):
        assert client.post(address(name, claim.pk)).status_code in (403, 404)
    assert claim.case.shown_reference not in client.get(address("queue")).content.decode()
    found = client.get(address("reports"), {"since": "2026-01-01", "until": "2026-12-31"})
    assert found.context["report"].months == ()
