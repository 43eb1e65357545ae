"""Consent withdrawn, data erased by two officers, and what has to stay."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from tests.factories.cases import ID_NUMBER, SUBMITTED_AT, a_person
from tests.factories.filings import a_filing
from yibao.accounts.models import User
from yibao.audit.models import Event
from yibao.cases.models import CaseEvent, Erased
from yibao.cases.operations import desk, rights
from yibao.cases.operations.cases import move_case
from yibao.cases.queries import cases_of_person
from yibao.cases.right_models import ErasureRequest
from yibao.cases.vocabulary import Kind, State
from yibao.filings.models import CancelRequest, Commitment

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("shipped")]
LATER = SUBMITTED_AT + timedelta(hours=1)
TODAY = date(2026, 11, 23)


@pytest.fixture
def officers(db):
    return [User.objects.create_user(name, name=name) for name in ("wang", "li")]


def withdrawn():
    filing = a_filing(person=a_person(notify="sms"))
    move_case(filing.pk, to=State.WITHDRAWN, event="withdrawn", by=filer(), at=LATER)
    filing.refresh_from_db()
    return filing


def filer():
    from yibao.cases.actors import Filer

    return Filer("x")


def test_consent_is_withdrawn_once_and_stops_an_open_case():
    case = a_filing().case

    rights.withdraw_consent(case.pk, at=LATER)
    rights.withdraw_consent(case.pk, at=LATER)

    case.refresh_from_db()
    assert case.state == State.WITHDRAWN
    assert set(case.consents.values_list("withdrawn_at", flat=True)) == {LATER}
    assert case.events.filter(event="consent_withdrawn").count() == 1


def test_consent_withdrawn_later_leaves_the_decision(officers):
    case = a_filing().case
    move_case(case.pk, to=State.ACCEPTED, event="accepted", by=officers[0], at=LATER)

    rights.withdraw_consent(case.pk, at=LATER)

    case.refresh_from_db()
    assert case.state == State.ACCEPTED


def test_an_open_case_is_not_erased():
    with pytest.raises(rights.StillOpen):
        rights.ask_erasure(a_filing().pk, today=TODAY, at=LATER)


def test_a_filing_in_force_is_held_and_says_why(officers):
    filing = a_filing()
    move_case(filing.pk, to=State.ACCEPTED, event="accepted", by=officers[0], at=LATER)

    with pytest.raises(rights.Held, match="先取消备案"):
        rights.ask_erasure(filing.pk, today=TODAY, at=LATER)


@pytest.mark.parametrize(("day", "is_held"), [("2028-11-23", True), ("2028-11-24", False)])
def test_a_commitment_letter_is_kept_for_two_years(officers, day, is_held):
    filing = a_filing()
    letter = Commitment(filing=filing, text_version="1", text="承诺", signed_at=SUBMITTED_AT)
    letter.sign("测试甲")
    letter.save()
    filing.accepted_at, filing.accepted_by = LATER, officers[0]
    filing.ended_on = date(2026, 12, 2)
    filing.save()
    move_case(filing.pk, to=State.ACCEPTED, event="accepted", by=officers[0], at=LATER)
    move_case(filing.pk, to=State.CANCELLED, event="cancelled", by=officers[0], at=LATER)
    at = datetime.combine(date.fromisoformat(day), LATER.time(), tzinfo=UTC)

    if is_held:
        with pytest.raises(rights.Held, match="两年"):
            rights.ask_erasure(filing.pk, today=at.date(), at=at)
    else:
        assert rights.ask_erasure(filing.pk, today=at.date(), at=at)


def test_two_officers_erase_and_nothing_of_the_person_is_left(officers):
    filing = withdrawn()
    CancelRequest.objects.create(
        filing=filing, asked_at=LATER, wished_on=TODAY, reason="母亲张三住院"
    )
    first, second = officers
    asked = rights.ask_erasure(filing.pk, today=TODAY, at=LATER)

    rights.check_erasure(asked.pk, today=TODAY, by=first, at=LATER)
    with pytest.raises(rights.SameOfficer):
        rights.erase_case(asked.pk, today=TODAY, by=first, at=LATER)
    rights.erase_case(asked.pk, today=TODAY, by=second, at=LATER)

    case = filing.case
    case.refresh_from_db()
    with pytest.raises(Erased):
        case.person.read()
    assert not cases_of_person(ID_NUMBER, kind=Kind.FILING).exists()
    assert CancelRequest.objects.get().reason == ""
    assert ErasureRequest.objects.get().answered_by == second
    assert Event.objects.filter(event="filings.erased", actor="li").count() == 1
    with pytest.raises(rights.Answered):
        rights.erase_case(asked.pk, today=TODAY, by=second, at=LATER)


def test_nothing_is_erased_before_it_was_checked(officers):
    asked = rights.ask_erasure(withdrawn().pk, today=TODAY, at=LATER)

    with pytest.raises(rights.Answered):
        rights.erase_case(asked.pk, today=TODAY, by=officers[1], at=LATER)


def test_the_database_too_wants_two_officers(officers):
    asked = rights.ask_erasure(withdrawn().pk, today=TODAY, at=LATER)

    for checked_by in (officers[0], None):
        with pytest.raises(IntegrityError), transaction.atomic():
            ErasureRequest.objects.filter(pk=asked.pk).update(
                answer="done", checked_by=checked_by, answered_by=officers[0]
            )


def test_a_relative_erases_nothing(officers):
    filing = withdrawn()
    desk.recuse(filing.pk, by=officers[0], at=LATER)
    asked = rights.ask_erasure(filing.pk, today=TODAY, at=LATER)

    with pytest.raises(desk.Recused):
        rights.check_erasure(asked.pk, today=TODAY, by=officers[0], at=LATER)


def test_a_refusal_says_why_and_may_be_asked_again(officers):
    filing = withdrawn()
    asked = rights.ask_erasure(filing.pk, today=TODAY, at=LATER)

    with pytest.raises(ValueError, match="without a reason"):
        rights.refuse_erasure(asked.pk, note="", by=officers[0], at=LATER)
    rights.refuse_erasure(asked.pk, note="正在核查", by=officers[0], at=LATER)

    assert CaseEvent.objects.get(event="erasure_refused").note == "正在核查"
    assert rights.ask_erasure(filing.pk, today=TODAY, at=LATER).pk != asked.pk
