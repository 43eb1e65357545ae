"""Send what waits in the outbox. Several workers may run: each message is claimed first.

A claim is one conditional update, so of two workers one gets the message. It is a lease: the
next attempt's time moves ahead, and where a worker dies in between, the message is tried
again then. So a message is sent at least once, and twice only when a worker died between
sending and writing it down.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from yibao.cases.message_ports import Port, port_of
from yibao.cases.message_words import words_of
from yibao.cases.models import Message
from yibao.cases.operations.messages import read_address, wake
from yibao.core.sealing import SealBroken

PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 480, 1440))
"""How long after each attempt the next one comes; after the last the message has failed."""


@dataclass(frozen=True, slots=True)
class Tried:
    """One message that was tried."""

    message_id: int
    outcome: str


def deliver_next(*, at: datetime, port_for: Callable[[str], Port] = port_of) -> Tried | None:
    """Try to send one message that is due; None when none is."""
    message = _claim(at)
    if message is None:
        return None
    try:
        words = words_of(message.case, message.template)
        port_for(message.channel).send(
            to=read_address(message), subject=words.subject, text=words.text
        )
    except SealBroken:
        return _give_up(message, "SealBroken")
    except Exception as error:
        # The error's own text may hold the address.
        return _note_failure(message, type(error).__name__)
    Message.objects.filter(pk=message.pk).update(
        outcome=Message.Outcome.SENT, sent_at=at, sealed_to="", next_attempt_at=None, error=""
    )
    return Tried(message.pk, Message.Outcome.SENT)


def _claim(at: datetime) -> Message | None:
    """Return a message that this worker alone may send until its lease ends."""
    while True:
        message = (
            Message.objects.filter(outcome=Message.Outcome.WAITING, next_attempt_at__lte=at)
            .select_related("case")
            .order_by("next_attempt_at", "pk")
            .first()
        )
        if message is None:
            return None
        pause = PAUSES[min(message.attempts, len(PAUSES) - 1)]
        is_mine = Message.objects.filter(
            pk=message.pk, outcome=Message.Outcome.WAITING, attempts=message.attempts
        ).update(attempts=F("attempts") + 1, next_attempt_at=at + pause)
        if is_mine:
            message.attempts += 1
            return message


def _note_failure(message: Message, error: str) -> Tried:
    if message.attempts >= len(PAUSES):
        return _give_up(message, error)
    Message.objects.filter(pk=message.pk).update(error=error[:200])
    return Tried(message.pk, Message.Outcome.WAITING)


def _give_up(message: Message, error: str) -> Tried:
    Message.objects.filter(pk=message.pk).update(
        outcome=Message.Outcome.FAILED, next_attempt_at=None, error=error[:200]
    )
    return Tried(message.pk, Message.Outcome.FAILED)


@transaction.atomic
def send_again(message_id: int, *, at: datetime) -> bool:
    """Put a failed message back into the outbox; False when it cannot be sent any more."""
    changed = (
        Message.objects.filter(pk=message_id, outcome=Message.Outcome.FAILED)
        .exclude(sealed_to="")
        .update(outcome=Message.Outcome.WAITING, attempts=0, next_attempt_at=at, error="")
    )
    if changed:
        transaction.on_commit(wake)
    return bool(changed)
