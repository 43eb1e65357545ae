"""The desk's pages: what an officer sees, does, and is told when somebody was faster."""

from datetime import date, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.urls import reverse

from tests.factories.cases import ID_NUMBER, a_person
from tests.factories.filings import a_filing
from tests.factories.staff import make_staff, signed_in
from yibao.accounts.models import User
from yibao.audit.models import Event
from yibao.cases.models import Case
from yibao.cases.operations import desk
from yibao.cases.vocabulary import State
from yibao.filings.models import Filing

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def roles(db, shipped):
    """The roles, and the shipped rules: 烟台 asks for a filing of long-term residents."""
    call_command("create_roles", stdout=StringIO())


def officer(username: str, region: str = "370600", name: str = "") -> User:
    return make_staff(username, "filing_reviewer", regions=[region], name=name or username)


def page(name: str, *arguments: Any) -> str:
    return reverse(f"admin:filings_filing_{name}", args=arguments)


@pytest.fixture
def wang() -> User:
    return officer("wang", name="王某")


def messages_of(response: Any) -> str:
    return " ".join(str(message) for message in response.context["messages"])


def test_the_list_is_narrowed_by_states_of_filings_only(wang):
    filing, other = a_filing(), a_filing(person=a_person(name="测试乙"))
    Case.objects.filter(pk=other.pk).update(state=State.WITHDRAWN)
    client = signed_in(wang)

    text = client.get(page("changelist")).content.decode()
    narrowed = client.get(page("changelist"), {"state": "withdrawn"}).content.decode()

    assert "?state=refused" in text
    assert "?state=paid" not in text
    assert "?state=effective" not in text
    assert other.case.shown_reference in narrowed
    assert filing.case.shown_reference not in narrowed


def test_the_queue_shows_cases_and_never_persons(wang):
    filing = a_filing()

    text = signed_in(wang).get(page("queue")).content.decode()

    assert filing.case.shown_reference in text
    assert "南昌" in text
    for secret in (ID_NUMBER, "测试甲", "13900000000"):
        assert secret not in text


def test_another_region_sees_nothing_anywhere(wang):
    filing = a_filing()
    stranger = signed_in(officer("zhao", "360100"))

    for tab in ("free", "mine", "waiting", "duplicates", "due"):
        text = stranger.get(page("queue"), {"tab": tab}).content.decode()
        assert filing.case.shown_reference not in text
    assert (
        stranger.get(page("changelist"), {"q": filing.case.shown_reference})
        .context["cl"]
        .result_count
        == 0
    )
    for name in ("change", "ask", "history"):
        assert stranger.get(page(name, filing.pk)).status_code in (302, 404)
    for name in ("take", "release", "recuse", "reveal", "ask", "accept", "refuse", "cancel"):
        assert stranger.post(page(name, filing.pk)).status_code == 404
    assert stranger.post(page("bulk"), {"case": f"{filing.pk}-1"}).status_code == 404
    stranger.post(page("next"))
    assert Case.objects.get().officer is None


def test_take_next_gives_the_nearest_limit_first(wang):
    a_filing(due_on=None)
    urgent = a_filing(due_on=date(2026, 11, 24))
    a_filing(due_on=date(2026, 11, 30))

    response = signed_in(wang).post(page("next"))

    assert response["Location"] == page("change", urgent.pk)
    assert Case.objects.get(pk=urgent.pk).officer == wang


def test_tabs_cut_the_queue(wang):
    a_filing(person=a_person(id_number="110105194912310038"))
    first, second = a_filing(), a_filing()
    desk.take_case(first.pk, by=wang, at=first.case.submitted_at)
    client = signed_in(wang)

    def shown(tab: str) -> set[str]:
        rows = client.get(page("queue"), {"tab": tab}).context["rows"]
        return {row.reference for row, _what, _region in rows}

    pair = {first.case.shown_reference, second.case.shown_reference}
    assert shown("mine") == {first.case.shown_reference}
    assert first.case.shown_reference not in shown("free")
    assert shown("duplicates") == pair
    assert shown("waiting") == set()


def test_a_person_is_masked_until_the_view_is_on_record(wang):
    filing = a_filing()
    client = signed_in(wang)

    assert ID_NUMBER not in client.get(page("change", filing.pk)).content.decode()
    refused = client.post(page("reveal", filing.pk), {"why": "curious"}, follow=True)
    assert ID_NUMBER not in refused.content.decode()
    assert not Event.objects.filter(event="cases.person_viewed").exists()

    response = client.post(page("reveal", filing.pk), {"why": "compare"})

    assert ID_NUMBER in response.content.decode()
    assert "no-store" in response["Cache-Control"]
    event = Event.objects.get(event="cases.person_viewed")
    assert (event.actor, event.reason, event.object_key) == (
        "wang", "compare", filing.case.reference,
    )  # fmt: skip
    assert "id_number" in event.after["fields"]
    assert ID_NUMBER not in str(event.after)


def test_a_question_is_seen_as_the_citizen_reads_it_before_it_is_sent(wang):
    filing = a_filing()
    client = signed_in(wang)
    client.post(page("take", filing.pk))
    version = Case.objects.get().version
    data = {"version": version, "ask_identity": "on", "why_identity": "照片看不清。"}

    assert client.post(page("ask", filing.pk), {"version": version}).status_code == 422
    no_reason = client.post(page("ask", filing.pk), {**data, "why_identity": ""})
    assert "请写明为什么要补" in no_reason.content.decode()
    preview = client.post(page("ask", filing.pk), {**data, "preview": "1"})
    assert "申请人会看到" in preview.content.decode()
    assert Case.objects.get().state == State.SUBMITTED

    client.post(page("ask", filing.pk), {**data, "send": "1"})

    case = Case.objects.get()
    assert (case.state, case.due_on) == (State.NEEDS_MATERIALS, None)
    assert case.papers_requests.get().items == [{"material": "identity", "why": "照片看不清。"}]


def accept_data(filing: Filing, **changes: Any) -> dict[str, Any]:
    version = Case.objects.get(pk=filing.pk).version
    return {"version": version, "starts_on": "2026-12-01", "ends_on": "", "change_from": "",
            "reason": "", **changes}  # fmt: skip


def test_the_page_is_filled_in_with_the_dates_of_the_rule(wang):
    filing = a_filing()
    client = signed_in(wang)
    client.post(page("take", filing.pk))

    text = client.get(page("change", filing.pk)).content.decode()

    assert '<input type="date" name="starts_on" value="2026-12-01"' in text


def test_other_dates_than_the_rule_need_a_reason(wang):
    filing = a_filing()
    client = signed_in(wang)
    client.post(page("take", filing.pk))

    moved = accept_data(filing, ends_on="2027-06-01")
    response = client.post(page("accept", filing.pk), moved)
    assert response.status_code == 422
    assert "请写明原因" in response.content.decode()
    client.post(page("accept", filing.pk), {**moved, "reason": "转诊医院要求"})

    done = Filing.objects.get()
    assert (done.case.state, done.ends_on) == (State.ACCEPTED, date(2027, 6, 1))
    assert done.case.events.last().internal_note == "转诊医院要求"


def test_who_comes_second_learns_who_was_first_and_when(wang):
    filing = a_filing()
    client = signed_in(wang)
    client.post(page("take", filing.pk))
    stale = accept_data(filing, reason="按材料")
    li = officer("li", name="李某")
    at = filing.case.submitted_at + timedelta(hours=1, minutes=21)
    desk.release_case(filing.pk, by=li, at=at, reason="交接")

    response = client.post(page("accept", filing.pk), stale, follow=True)

    assert "已由 李某 于 10:21 处理" in messages_of(response)
    assert Case.objects.get().state == State.SUBMITTED


def test_a_mismatch_opens_the_question_and_not_the_refusal(wang):
    filing = a_filing()
    client = signed_in(wang)
    client.post(page("take", filing.pk))
    data = {"version": Case.objects.get().version, "code": "identity_mismatch"}

    response = client.post(page("refuse", filing.pk), data)

    assert response["Location"] == f"{page('ask', filing.pk)}?mismatch=1"
    assert Case.objects.get().state == State.SUBMITTED


def test_bulk_accepts_what_passes_every_check_and_leaves_the_rest(wang):
    sound = a_filing(person=a_person(id_number="110105194912310038"))
    first, second = a_filing(), a_filing()  # the same person twice
    ticked = [f"{filing.pk}-1" for filing in (sound, first, second)]

    response = signed_in(wang).post(page("bulk"), {"case": ticked}, follow=True)

    assert "已通过 1 件" in messages_of(response)
    for filing in (first, second):
        assert filing.case.shown_reference in messages_of(response)
    states = dict(Case.objects.values_list("pk", "state"))
    assert states == {sound.pk: "accepted", first.pk: "submitted", second.pk: "submitted"}
    done = Filing.objects.get(pk=sound.pk)
    assert done.decided_with["provisions"]
    assert done.check_later


def test_a_case_is_found_by_its_reference_however_typed(wang):
    filing = a_filing()
    a_filing()
    typed = filing.case.shown_reference.lower().replace("-", " ")

    found = signed_in(wang).get(page("changelist"), {"q": typed}).context["cl"].result_list

    assert [row.pk for row in found] == [filing.pk]


def test_the_queue_asks_as_little_for_many_cases_as_for_one(wang, django_assert_max_num_queries):
    client = signed_in(wang)
    a_filing()
    client.get(page("queue"))
    for _number in range(9):
        a_filing()

    with django_assert_max_num_queries(24):
        client.get(page("queue"))
