"""Messages: sent once, tried again, never with more of a person than their reference."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.management import call_command
from django.db import connection

from tests.factories.cases import ID_NUMBER, SUBMITTED_AT, a_case, a_person
from yibao.cases.message_ports import ConsolePort, MailPort
from yibao.cases.message_words import words_of
from yibao.cases.models import Message
from yibao.cases.operations import delivery
from yibao.cases.operations.messages import queue_message
from yibao.cases.operations.rights import withdraw_consent

pytestmark = pytest.mark.django_db
LATER = SUBMITTED_AT + timedelta(hours=1)


class Box:
    """A port that keeps what it is given, or raises what it was told to."""

    def __init__(self, error: Exception | None = None) -> None:
        self.sent: list[tuple[str, str]] = []
        self.error = error

    def send(self, *, to: str, subject: str, text: str) -> None:
        if self.error:
            raise self.error
        self.sent.append((to, text))

    def __call__(self, channel: str) -> "Box":
        return self


@pytest.fixture
def message() -> Message:
    queued = queue_message(
        a_case(person=a_person(notify="sms")), template="accepted", at=SUBMITTED_AT
    )
    assert queued is not None
    return queued


def test_a_message_is_sent_once_and_its_address_forgotten(message):
    box = Box()

    assert delivery.deliver_next(at=LATER, port_for=box) is not None
    assert delivery.deliver_next(at=LATER, port_for=box) is None

    message.refresh_from_db()
    assert [to for to, _text in box.sent] == ["13900000000"]
    assert (message.outcome, message.sealed_to, message.sent_at) == ("sent", "", LATER)


@pytest.mark.parametrize(
    "template", ["submitted", "papers_asked", "accepted", "refused", "cancelled", "unheard_of"]
)
def test_a_message_names_the_case_and_nobody(template):
    words = words_of(case := a_case(person=a_person(email="a@example.org")), template)

    assert case.shown_reference in words.text
    assert case.shown_reference not in words.subject
    for secret in ("测试甲", ID_NUMBER, ID_NUMBER[-6:], "13900000000", "a@example.org"):
        assert secret not in words.text + words.subject


def test_what_fails_is_tried_again_later_and_given_up_in_the_end(message):
    box = Box(error=OSError("refused for 13900000000"))
    now, tries = SUBMITTED_AT, 0
    while Message.objects.get().outcome == "waiting":
        due = Message.objects.get().next_attempt_at
        assert due is not None
        assert tries == 0 or due > now
        now = due
        delivery.deliver_next(at=now, port_for=box)
        tries += 1

    message.refresh_from_db()
    assert tries == len(delivery.PAUSES)
    assert (message.outcome, message.error, message.next_attempt_at) == ("failed", "OSError", None)
    assert "13900000000" not in message.error
    assert delivery.send_again(message.pk, at=LATER)
    good = Box()
    delivery.deliver_next(at=LATER, port_for=good)
    assert len(good.sent) == 1


def test_one_that_fails_does_not_hold_up_the_next(message):
    queue_message(message.case, template="refused", at=SUBMITTED_AT)
    broken, box = Box(error=OSError()), Box()

    delivery.deliver_next(at=LATER, port_for=broken)
    delivery.deliver_next(at=LATER, port_for=box)

    assert len(box.sent) == 1


def test_a_worker_that_died_after_its_claim_is_followed_by_another(message):
    claimed = delivery._claim(LATER)
    assert claimed is not None
    box = Box()

    assert delivery.deliver_next(at=LATER, port_for=box) is None
    delivery.deliver_next(at=LATER + delivery.PAUSES[0], port_for=box)
    assert len(box.sent) == 1


@pytest.mark.django_db(transaction=True)
def test_many_workers_send_each_message_once():
    case = a_case(person=a_person(notify="sms"))
    for _number in range(8):
        queue_message(case, template="accepted", at=SUBMITTED_AT)
    box = Box()

    def work(_number: int) -> None:
        while delivery.deliver_next(at=LATER, port_for=box):
            pass
        connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))

    assert len(box.sent) == 8
    assert set(Message.objects.values_list("outcome", "attempts")) == {("sent", 1)}


def test_who_withdrew_consent_hears_nothing_more(message):
    withdraw_consent(message.case_id, at=LATER)
    box = Box()

    assert delivery.deliver_next(at=LATER, port_for=box) is None
    assert queue_message(message.case, template="refused", at=LATER) is None
    message.refresh_from_db()
    assert (message.outcome, message.sealed_to) == ("failed", "")


def test_e_mail_goes_through_the_sites_mailer():
    MailPort().send(to="a@example.org", subject="s", text="t")

    assert [(sent.to, sent.subject, sent.body) for sent in mail.outbox] == [
        (["a@example.org"], "s", "t")
    ]


@pytest.mark.parametrize(
    ("to", "shown"), [("13800001234", "138****1234"), ("someone@example.org", "s***@example.org")]
)
def test_the_console_masks_the_recipient(capsys, to, shown):
    ConsolePort().send(to=to, subject="s", text="t")

    said = capsys.readouterr().out
    assert shown in said
    assert to not in said


def test_the_command_empties_the_outbox(
    message: Message, capsys: Any, settings: Any, monkeypatch: Any
) -> None:
    pick: Callable[[str], ConsolePort] = lambda _channel: ConsolePort()  # noqa: E731
    monkeypatch.setattr(delivery, "port_of", pick)

    call_command("deliver_messages")

    message.refresh_from_db()
    assert message.outcome == "sent"
    assert "13900000000" not in capsys.readouterr().out
