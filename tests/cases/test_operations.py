"""Cases: opened once, moved only along the machine, and every step is on record."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from tests.factories.cases import ID_NUMBER, SUBMITTED_AT, a_case, a_person
from yibao.accounts.models import User
from yibao.audit.models import Event
from yibao.cases.models import Case, CaseEvent, Erased, Message, Person
from yibao.cases.operations import cases, desk, drafts, messages
from yibao.cases.queries import cases_of_person
from yibao.cases.vocabulary import TRANSITIONS, Kind, State

pytestmark = pytest.mark.django_db
LATER = SUBMITTED_AT + timedelta(hours=1)
PAPER: desk.AskedPaper = {"material": "residence_proof", "why": "照片看不清。"}


@pytest.fixture
def officer():
    return User.objects.create_user("li", name="李某")


def test_a_case_opens_with_its_person_consents_and_first_line():
    case = a_case()

    assert case.person.read() == a_person()
    assert set(case.consents.values_list("purpose", flat=True)) == {"notice", "sensitive"}
    assert list(case.events.values_list("event", "actor_kind")) == [("submitted", "filer")]
    assert Event.objects.get().event == "filings.submitted"


def test_nothing_personal_is_readable_in_the_tables():
    case = a_case()

    for model in (Case, Person, CaseEvent, Event):
        stored = str(list(model.objects.values()))
        assert ID_NUMBER not in stored
        assert "测试甲" not in stored
        assert "13900000000" not in stored
    assert list(cases_of_person(ID_NUMBER, kind=Kind.FILING)) == [case]


def test_a_submit_cannot_be_doubled():
    a_case(submission_key="once")

    with pytest.raises(IntegrityError), transaction.atomic():
        a_case(submission_key="once")
    assert cases.find_submitted("once") is not None


@pytest.mark.parametrize("kind", list(Kind))
def test_every_stored_state_is_one_that_the_database_takes(kind):
    case = a_case(kind)
    reachable = {State.SUBMITTED, *(to for line in TRANSITIONS[kind].values() for to in line)}
    for state in State:
        if state in reachable:
            Case.objects.filter(pk=case.pk).update(state=state)
        else:
            with pytest.raises(IntegrityError), transaction.atomic():
                Case.objects.filter(pk=case.pk).update(state=state)


def test_a_case_goes_only_where_the_machine_says(officer):
    case = a_case()

    with pytest.raises(cases.NotPossible):
        cases.move_case(case.pk, to=State.CANCELLED, event="cancelled", by=officer, at=LATER)
    moved = cases.move_case(case.pk, to=State.ACCEPTED, event="accepted", by=officer, at=LATER)
    assert (moved.state, moved.version, moved.closed_at) == (State.ACCEPTED, 2, LATER)


def test_the_second_officer_learns_who_was_first(officer):
    case = a_case()
    cases.move_case(case.pk, to=State.REFUSED, event="refused", version=1, by=officer, at=LATER)

    with pytest.raises(cases.Changed) as raised:
        cases.move_case(
            case.pk, to=State.ACCEPTED, event="accepted", version=1, by=officer, at=LATER
        )
    assert (raised.value.by_whom, raised.value.at) == ("李某", LATER)


def test_a_case_has_one_officer_at_a_time(officer):
    case = a_case()
    other = User.objects.create_user("wang", name="王某")
    desk.take_case(case.pk, by=officer, at=LATER)
    desk.take_case(case.pk, by=officer, at=LATER)

    with pytest.raises(desk.Taken):
        desk.take_case(case.pk, by=other, at=LATER)
    desk.release_case(case.pk, by=officer, at=LATER)
    assert desk.take_case(case.pk, by=other, at=LATER).officer == other
    assert case.events.filter(event="taken").count() == 2


def test_papers_are_asked_for_and_answered(officer):
    case = a_case()
    desk.ask_for_papers(
        case.pk, items=[PAPER], note="请补一张", due_on=None, version=1, by=officer, at=LATER
    )
    case.refresh_from_db()
    assert (case.state, case.due_on) == (State.NEEDS_MATERIALS, None)

    desk.answer_papers(case.pk, note="补了", to=State.SUBMITTED, due_on=None, at=LATER)
    case.refresh_from_db()
    assert case.state == State.SUBMITTED
    with pytest.raises(desk.NothingAsked):
        desk.answer_papers(case.pk, note="", to=State.SUBMITTED, due_on=None, at=LATER)


def test_a_question_names_a_paper(officer):
    case = a_case()
    with pytest.raises(ValueError, match="without a paper"):
        desk.ask_for_papers(
            case.pk, items=[], note="", due_on=None, version=1, by=officer, at=LATER
        )


def test_the_timeline_is_not_rewritten():
    line = a_case().events.get()

    with pytest.raises(TypeError):
        line.save()
    with pytest.raises(TypeError):
        line.delete()


def test_erased_data_cannot_be_read():
    person = a_case().person
    person.sealed = person.id_lookup = ""

    with pytest.raises(Erased):
        person.read()


def test_a_draft_keeps_each_step_and_opens_by_code():
    opened = drafts.start_draft(kind=Kind.FILING, at=SUBMITTED_AT)
    drafts.save_step(opened.draft.pk, "person", {"name": "测试甲"}, at=LATER)
    drafts.save_step(opened.draft.pk, "places", {"care": "510100"}, at=LATER)
    draft = drafts.save_step(
        opened.draft.pk, "person", {"name": "测试乙"}, at=LATER, drops=("places",)
    )

    assert drafts.read_answers(draft) == {"person": {"name": "测试乙"}}
    assert "测试" not in draft.sealed
    assert drafts.belongs(draft, opened.secret)
    resumed = drafts.resume_draft(opened.resume_code, kind=Kind.FILING, at=LATER)
    assert resumed is not None
    assert drafts.belongs(resumed[0], resumed[1])
    assert not drafts.belongs(resumed[0], opened.secret)


@pytest.mark.parametrize("kind", list(Kind))
def test_a_resume_code_opens_only_its_kind_and_in_time(kind):
    opened = drafts.start_draft(kind=Kind.FILING, at=SUBMITTED_AT)
    after = SUBMITTED_AT + timedelta(days=30)

    assert drafts.resume_draft(opened.resume_code, kind=kind, at=after) is None
    found = drafts.resume_draft(opened.resume_code, kind=kind, at=after - timedelta(seconds=1))
    assert (found is not None) == (kind is Kind.FILING)


def test_a_sent_draft_takes_nothing_more():
    opened = drafts.start_draft(kind=Kind.FILING, at=SUBMITTED_AT)
    drafts.close_draft(opened.draft, a_case())

    assert drafts.read_answers(opened.draft) == {}
    with pytest.raises(drafts.Submitted):
        drafts.save_step(opened.draft.pk, "person", {}, at=LATER)


@pytest.mark.parametrize(
    ("wish", "to"),
    [("none", None), ("sms", "13900000000"), ("email", "a@example.org")],
)
def test_a_message_goes_where_the_filer_wished(wish, to):
    case = a_case(person=a_person(notify=wish, email="a@example.org"))
    message = messages.queue_message(case, template="submitted", at=LATER)

    if to is None:
        assert message is None
    else:
        assert message is not None
        assert messages.read_address(message) == to
        assert to not in str(Message.objects.values())
