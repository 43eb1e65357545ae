"""The outbox: a message is written with the change that it tells of, and sent afterwards."""

from datetime import datetime

from django.db import transaction

from yibao.cases.models import Case, Erased, Message, new_uid
from yibao.cases.personal import PersonalData
from yibao.cases.vocabulary import Notify
from yibao.core import background
from yibao.core.sealing import seal, unseal
from yibao.core.throttle import allows

_BETWEEN_STARTS = 5
"""Seconds in which one worker is enough: it goes on until the outbox is empty."""


def queue_message(
    case: Case, *, template: str, person: PersonalData | None = None, at: datetime
) -> Message | None:
    """Write a message to the filer. Call it in the transaction that it tells of.

    None when they wanted none, or withdrew their consent.

    Args:
        template: which news it is: `submitted`, `papers_asked`, `accepted`, `refused`, ...
        person: whose case it is, where this transaction opened it with their consent; None
            reads both.
    """
    if person is None and (person := _person_to_tell(case)) is None:
        return None
    to = {Notify.EMAIL: person.email, Notify.SMS: person.phone}.get(Notify(person.notify), "")
    if not to:
        return None
    uid = new_uid()
    transaction.on_commit(wake)
    return Message.objects.create(
        uid=uid,
        case=case,
        channel=person.notify,
        sealed_to=seal(to, place_of(uid)),
        template=template,
        created_at=at,
        next_attempt_at=at,
    )


def _person_to_tell(case: Case) -> PersonalData | None:
    if case.consents.filter(withdrawn_at__isnull=False).exists():
        return None
    try:
        return case.person.read()
    except Erased:
        return None


def wake() -> None:
    """See to a worker for the outbox where none was started a moment ago.

    Where JOB_WORKER is off `deliver_messages --watch` runs instead and sees by itself.
    """
    if allows("deliver_messages", "", most=1, seconds=_BETWEEN_STARTS):
        background.start("deliver_messages")


def read_address(message: Message) -> str:
    """Return where the message goes. Raises core.sealing.SealBroken."""
    return unseal(message.sealed_to, place_of(message.uid))


def place_of(uid: str) -> str:
    """Return what a message's sealed address is bound to."""
    return f"cases.message:{uid}"
