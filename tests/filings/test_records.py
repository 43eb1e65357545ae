"""After the look-up: state by date, change, renew, withdraw, cancel, missing papers."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from tests.cases.printing.reading import text_of
from tests.filings.conftest import NOW
from tests.filings.walking import CONTACT, OTHER, PERSON, RESIDENT, Walker, errors_of, picture
from yibao.accounts.models import User
from yibao.cases import tickets
from yibao.cases.models import Case, Person
from yibao.cases.operations.desk import ask_for_papers, take_case
from yibao.cases.printing import response
from yibao.cases.uploads.queries import uploads_of_case
from yibao.filings import record_views
from yibao.filings.models import CancelRequest, Filing
from yibao.filings.queries import state_on

RECORD = "/filings/record/"
CANCEL_FORM = f"{RECORD}cancel.pdf"


@pytest.fixture
def filing(walker: Walker) -> Filing:
    """A long-term filing by letter from 2026-12-01, locked until 2027-06-02; not decided yet."""
    walker.file()
    return Filing.objects.select_related("case").get()


def accepted(filing: Filing, **changes: Any) -> Filing:
    """Accept a filing as the desk would."""
    Case.objects.filter(pk=filing.pk).update(state="accepted", closed_at=NOW)
    Filing.objects.filter(pk=filing.pk).update(accepted_at=NOW, **changes)
    return Filing.objects.select_related("case").get(pk=filing.pk)


def with_ticket(filing: Filing) -> Client:
    """Return a browser that looked the filing up."""
    client, response = Client(), HttpResponse()
    tickets.grant(response, filing.case)
    client.cookies = response.cookies
    return client


# --- state by date ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "changes", "day", "shown"),
    [
        ("submitted", {}, date(2027, 1, 1), "submitted"),
        ("refused", {}, date(2027, 1, 1), "refused"),
        ("accepted", {}, date(2026, 11, 30), "accepted"),
        ("accepted", {}, date(2026, 12, 1), "effective"),
        ("accepted", {"ends_on": date(2027, 5, 31)}, date(2027, 5, 31), "effective"),
        ("accepted", {"ends_on": date(2027, 5, 31)}, date(2027, 6, 1), "expired"),
        ("cancelled", {"ended_on": date(2027, 1, 1)}, date(2026, 12, 31), "effective"),
        ("cancelled", {"ended_on": date(2027, 1, 1)}, date(2027, 1, 1), "cancelled"),
        ("replaced", {"ended_on": date(2027, 1, 1)}, date(2026, 11, 30), "replaced"),
        ("withdrawn", {}, date(2027, 1, 1), "withdrawn"),
    ],
)
def test_the_day_tells_the_state(
    filing: Filing, state: str, changes: dict[str, date], day: date, shown: str
) -> None:
    filing = accepted(filing, **changes)
    filing.case.state = state

    assert state_on(filing, day) == shown


# --- the ticket ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "page",
    [
        "change/",
        "renew/",
        "cancel/",
        "cancel.pdf",
        "cancelled/",
        "papers/",
        "answered/",
        "calendar.ics",
    ],
)
def test_without_a_ticket_nothing_is_told(filing: Filing, client: Client, page: str) -> None:
    forged = Client()
    forged.cookies[tickets.cookie_name()] = filing.case.reference

    for browser in (client, forged):
        answer = browser.get(f"{RECORD}{page}")
        assert answer.status_code == 404
        assert filing.case.shown_reference not in answer.content.decode()


def test_the_ticket_holds_nothing_of_the_person(filing: Filing) -> None:
    cookie = with_ticket(filing).cookies[tickets.cookie_name()]

    assert cookie.value.startswith(filing.case.reference)
    assert (cookie["httponly"], cookie["samesite"], cookie["max-age"]) == (True, "Lax", 1800)


def test_pages_of_a_record_are_private(filing: Filing) -> None:
    page = with_ticket(accepted(filing)).get(f"{RECORD}change/")

    assert page["Cache-Control"] == "no-store, private"
    assert "测试甲" not in page.content.decode()


# --- change and renew ------------------------------------------------------------------------


def begin(browser: Client, page: str, data: dict[str, str]) -> Walker:
    answer = browser.post(f"{RECORD}{page}", data)
    assert answer.status_code == 302, answer.content.decode()
    walker = Walker(browser)
    walker.folder = answer.headers["Location"].removesuffix("notice/")
    walker.post("notice", {"agree_notice": "on", "consent_sensitive": "on"})
    return walker


def test_a_change_within_the_lock_waits_for_its_end(filing: Filing) -> None:
    browser = with_ticket(accepted(filing))
    page = browser.get(f"{RECORD}change/").content.decode()
    assert "2027年6月2日" in page
    assert browser.post(f"{RECORD}change/", {"ground": ""}).status_code == 422

    walker = begin(browser, "change/", {"later": "1"})
    walker.post("person", PERSON)
    form = walker.get("places").context["form"]
    assert form["starts_on"].value() == "2027-06-02"
    typed = {**form.initial, "care": "110000", "category": "posted_worker"}
    early = walker.post("places", {**typed, "starts_on": "2027-06-01"})
    assert errors_of(early) == {"starts_on": ["locked"]}
    assert walker.post("places", typed).status_code == 302
    walker.post("materials", {"material_identity": picture(), "material_work_proof": picture()})
    walker.post("contact", CONTACT)
    assert walker.post("confirm", {}).headers["Location"] == f"{walker.folder}done/"

    new = Filing.objects.get(replaces=filing)
    assert (new.starts_on, new.care_code) == (date(2027, 6, 2), "110000")
    filing.case.refresh_from_db()
    assert filing.case.state == "accepted"


def test_an_early_change_needs_a_ground_that_staff_see(filing: Filing) -> None:
    walker = begin(with_ticket(accepted(filing)), "change/", {"ground": "搬回烟台住"})
    walker.post("person", PERSON)
    typed = walker.get("places").context["form"].initial
    places = {**typed, "care": "110000", "category": "other_temporary", "starts_on": "2026-12-05"}
    assert walker.post("places", places).status_code == 302
    walker.post("materials", {"material_identity": picture()})
    walker.post("contact", CONTACT)
    walker.post("confirm", {})

    assert Filing.objects.get(replaces=filing).decided_with["early_ground"] == "搬回烟台住"


def test_a_change_is_of_the_same_person(filing: Filing) -> None:
    walker = begin(with_ticket(accepted(filing)), "change/", {"later": "1"})

    answer = walker.post("person", {**PERSON, "id_number": OTHER})

    assert errors_of(answer) == {"id_number": ["other_person"]}


def test_only_one_replacement_is_under_way(filing: Filing) -> None:
    old = accepted(filing)
    walkers = [begin(with_ticket(old), "change/", {"later": "1"}) for _ in range(2)]
    for walker in walkers:
        walker.post("person", PERSON)
        typed = walker.get("places").context["form"].initial
        walker.post("places", {**typed, "care": "110000", "category": "other_temporary"})
        walker.post("materials", {"material_identity": picture()})
        walker.post("contact", CONTACT)
        last = walker.post("confirm", {"overlap_known": "on"})

    assert last.status_code == 409
    assert Filing.objects.filter(replaces=filing).count() == 1


def test_a_renewal_begins_the_day_after(filing: Filing) -> None:
    ended = accepted(filing, ends_on=date(2026, 12, 20), category="other_temporary")
    walker = begin(with_ticket(ended), "renew/", {})
    walker.post("person", PERSON)

    form = walker.get("places").context["form"]

    assert form["starts_on"].value() == "2026-12-21"
    assert form["category"].value() == "other_temporary"
    assert walker.post("places", form.initial).status_code == 302


@pytest.mark.parametrize("page", ["change/", "renew/"])
def test_what_is_not_accepted_is_not_replaced(filing: Filing, page: str) -> None:
    assert with_ticket(filing).post(f"{RECORD}{page}", {}).status_code == 409


# --- withdraw and cancel -----------------------------------------------------------------------


def test_an_application_is_taken_back_once(filing: Filing) -> None:
    browser = with_ticket(filing)

    browser.get(f"{RECORD}cancel/")
    first = browser.post(f"{RECORD}cancel/", {})

    assert first.headers["Location"] == f"{RECORD}cancelled/"
    filing.case.refresh_from_db()
    assert filing.case.state == "withdrawn"
    assert "已撤回" in browser.get(f"{RECORD}cancelled/").content.decode()
    assert browser.post(f"{RECORD}cancel/", {}).status_code in (409, 422)


@pytest.mark.parametrize(
    ("data", "errors"),
    [
        ({"reason": "back", "wished_on": "2026-11-30"}, {"wished_on": ["past"]}),
        ({"reason": "back", "wished_on": "2027-06-01"}, {"wished_on": ["locked"]}),
        ({"reason": "", "wished_on": "2027-06-02"}, {"reason": ["required"]}),
        ({"reason": "back", "wished_on": "2026-12-05", "ground": "😀"}, None),
    ],
)
def test_a_bad_wish_to_cancel(filing: Filing, data: dict[str, str], errors: Any) -> None:
    answer = with_ticket(accepted(filing)).post(f"{RECORD}cancel/", data)

    assert answer.status_code == 422
    assert errors is None or errors_of(answer) == errors
    assert not CancelRequest.objects.exists()


@pytest.mark.parametrize(
    ("wished_on", "ground"), [("2027-06-02", ""), ("2026-12-05", "已经搬回参保地")]
)
def test_a_wish_to_cancel_is_taken_once(filing: Filing, wished_on: str, ground: str) -> None:
    browser = with_ticket(accepted(filing))
    data = {"reason": "back", "wished_on": wished_on, "ground": ground}

    for _ in range(2):
        browser.post(f"{RECORD}cancel/", data)

    request = CancelRequest.objects.get()
    assert str(request.wished_on) == wished_on
    assert ground in request.reason
    assert filing.case.events.filter(event="cancel_asked").count() == 1
    assert "等经办机构处理" in browser.get(f"{RECORD}cancel/").content.decode()


def test_the_form_of_a_cancellation_is_printed_masked_and_linked_where_one_looks(
    filing: Filing,
) -> None:
    browser = with_ticket(accepted(filing))
    assert browser.get(CANCEL_FORM).status_code == 404
    assert CANCEL_FORM not in browser.get("/status/case/").content.decode()

    browser.post(f"{RECORD}cancel/", {"reason": "back", "wished_on": "2027-07-01"})

    for page in ("cancelled/", "cancel/"):
        assert CANCEL_FORM in browser.get(f"{RECORD}{page}").content.decode()
    assert CANCEL_FORM in browser.get("/status/case/").content.decode()
    answer = browser.get(CANCEL_FORM)
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Cache-Control"] == "no-store, private"
    text = text_of(answer.content)
    for words in ("取消登记表", filing.case.shown_reference, "2027年7月1日", "回参保地住了"):
        assert words in text
    assert "测试甲" not in text
    assert RESIDENT not in text


def test_a_refused_wish_or_an_erased_person_has_no_form(filing: Filing) -> None:
    browser = with_ticket(accepted(filing))
    browser.post(f"{RECORD}cancel/", {"reason": "back", "wished_on": "2027-07-01"})
    filing.cancel_requests.update(answer="refused")
    assert browser.get(CANCEL_FORM).status_code == 404

    filing.cancel_requests.update(answer="done")
    assert browser.get(CANCEL_FORM).status_code == 200
    Person.objects.filter(case=filing.case).update(sealed="", id_lookup="", erased_at=NOW)
    assert browser.get(CANCEL_FORM).status_code == 404
    assert CANCEL_FORM not in browser.get("/status/case/").content.decode()


def test_papers_are_printed_so_many_times_an_hour(filing: Filing, monkeypatch) -> None:
    monkeypatch.setattr(response, "MOST_PER_HOUR", 2)
    made: list[str] = []
    monkeypatch.setattr(record_views, "print_cancellation", lambda *a, **k: made.append("") or b"")
    browser = with_ticket(accepted(filing))
    browser.post(f"{RECORD}cancel/", {"reason": "back", "wished_on": "2027-07-01"})

    answers = [browser.get(CANCEL_FORM) for _time in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert len(made) == 2
    assert answers[2]["Retry-After"] == "3600"
    assert answers[2]["Cache-Control"] == "no-store, private"
    assert "请过一会儿再打印" in answers[2].content.decode()


# --- missing papers ------------------------------------------------------------------------------


@pytest.fixture
def asked(filing: Filing) -> Filing:
    """The bureau asks for a proof of residence."""
    officer = User.objects.create_user("wang", name="王某")
    at = datetime(2026, 12, 2, 2, 0, tzinfo=UTC)
    case = take_case(filing.pk, by=officer, at=at)
    ask_for_papers(
        filing.pk,
        items=[{"material": "residence_proof", "why": "请补居住证正反面"}],
        note="其他都齐了",
        due_on=date(2026, 12, 20),
        version=case.version,
        by=officer,
        at=at,
    )
    return Filing.objects.select_related("case").get(pk=filing.pk)


def test_missing_papers_are_handed_in(asked: Filing) -> None:
    browser = with_ticket(asked)
    page = browser.get(f"{RECORD}papers/").content.decode()
    assert "请补居住证正反面" in page
    assert "2026年12月20日" in page

    uploaded = browser.post(
        f"{RECORD}papers/",
        {"material_residence_proof": picture(), "upload": "residence_proof"},
    )
    assert uploaded.headers["Location"] == f"{RECORD}papers/"
    file = next(row for row in uploads_of_case(asked.case) if row.material == "residence_proof")
    assert browser.get(f"{RECORD}papers/{file.id}/preview/").status_code == 200
    sent = browser.post(f"{RECORD}papers/", {"note": "已补"})
    again = browser.post(f"{RECORD}papers/", {"note": "已补"})

    assert sent.headers["Location"] == f"{RECORD}answered/"
    assert again.status_code == 409
    asked.case.refresh_from_db()
    assert asked.case.state == "submitted"
    assert asked.case.papers_requests.get().answer_note == "已补"


def test_where_nothing_was_asked_nothing_is_sent(filing: Filing) -> None:
    assert with_ticket(filing).get(f"{RECORD}papers/").status_code == 409


def test_papers_of_a_case_need_its_ticket(asked: Filing) -> None:
    file = uploads_of_case(asked.case)[0]

    assert Client().get(f"{RECORD}papers/{file.id}/").status_code == 404
    assert with_ticket(asked).get(f"{RECORD}papers/{file.id}/").status_code == 200
    assert with_ticket(asked).get(f"{RECORD}papers/none/").status_code == 404
