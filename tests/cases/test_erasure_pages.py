"""Erasure in the panel: one officer checks, another erases; messages are sent once more."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.factories.cases import SUBMITTED_AT, a_person
from tests.factories.filings import a_filing
from tests.factories.staff import make_staff
from yibao.cases.actors import Filer
from yibao.cases.models import Message
from yibao.cases.operations.cases import move_case
from yibao.cases.operations.messages import queue_message
from yibao.cases.operations.rights import ask_erasure
from yibao.cases.vocabulary import State
from yibao.core.confirmation_views import SESSION_KEY

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("shipped")]
LATER = SUBMITTED_AT + timedelta(hours=1)


def signed_in(username: str, region: str = "370600") -> Client:
    """A reviewer who proved a moment ago who they are."""
    user = make_staff(username, "filing_reviewer", regions=[region])
    client = Client()
    client.force_login(user)
    session = client.session
    session[SESSION_KEY] = int(timezone.now().timestamp())
    session.save()
    return client


@pytest.fixture
def asked(db):
    filing = a_filing()
    move_case(filing.pk, to=State.WITHDRAWN, event="withdrawn", by=Filer("x"), at=LATER)
    return ask_erasure(filing.pk, today=date(2026, 11, 23), at=LATER)


def page(name: str, asked) -> str:
    return reverse(f"admin:cases_erasurerequest_{name}", args=[asked.pk])


def test_one_checks_and_another_erases(asked):
    first, second = signed_in("wang"), signed_in("li")

    first.post(page("answer", asked), {"check": "yes"})
    alone = first.post(page("answer", asked), {"erase": "yes"}, follow=True)
    assert "要由两个人做" in alone.content.decode()
    asked.case.person.refresh_from_db()
    assert asked.case.person.sealed

    second.post(page("answer", asked), {"erase": "yes"})

    asked.case.person.refresh_from_db()
    assert asked.case.person.sealed == ""
    assert "已删除" in second.get(page("change", asked)).content.decode()


def test_erasing_asks_for_the_password_again(asked):
    signed_in("wang").post(page("answer", asked), {"check": "yes"})
    second = signed_in("li")
    session = second.session
    del session[SESSION_KEY]
    session.save()

    response = second.post(page("answer", asked), {"erase": "yes"})

    assert response["Location"].startswith(reverse("admin:confirm"))
    asked.case.person.refresh_from_db()
    assert asked.case.person.sealed


def test_a_refusal_needs_words(asked):
    client = signed_in("wang")

    silent = client.post(page("answer", asked), {"keep": "yes"}, follow=True)

    assert "请写明" in silent.content.decode()
    client.post(page("answer", asked), {"keep": "yes", "note": "正在核查"})
    asked.refresh_from_db()
    assert (asked.answer, asked.note) == ("refused", "正在核查")


def test_another_region_answers_nothing(asked):
    stranger = signed_in("zhao", "360100")

    assert stranger.get(page("change", asked)).status_code == 404
    assert stranger.post(page("answer", asked), {"check": "yes"}).status_code == 404


def test_failed_messages_are_sent_once_more():
    case = a_filing(person=a_person(notify="sms")).case
    failed = queue_message(case, template="accepted", at=SUBMITTED_AT)
    assert failed is not None
    Message.objects.update(outcome="failed", next_attempt_at=None, error="OSError")
    client = signed_in("wang")
    changelist = reverse("admin:cases_message_changelist")

    text = client.get(changelist).content.decode()
    client.post(changelist, {"action": "again", "_selected_action": [failed.pk]})

    assert case.shown_reference in text
    assert "审核通过" in text
    assert ">accepted<" not in text
    assert "13900000000" not in text
    failed.refresh_from_db()
    assert (failed.outcome, failed.attempts) == ("waiting", 0)
