"""The outbox: a message is written with the change that it tells of, and sent afterwards."""

from datetime import datetime

from yibao.cases.models import Case, Erased, Message, new_uid
from yibao.cases.vocabulary import Notify
from yibao.core.sealing import seal, unseal


def queue_message(case: Case, *, template: str, at: datetime) -> Message | None:
    """Write a message to the filer, None when they wanted none. Call it in the transaction.

    Args:
        template: which news it is: `submitted`, `papers_asked`, `accepted`, `refused`, ...
    """
    try:
        person = case.person.read()
    except Erased:
        return None
    to = {Notify.EMAIL: person.email, Notify.SMS: person.phone}.get(Notify(person.notify), "")
    if not to:
        return None
    uid = new_uid()
    return Message.objects.create(
        uid=uid,
        case=case,
        channel=person.notify,
        sealed_to=seal(to, _place(uid)),
        template=template,
        created_at=at,
        next_attempt_at=at,
    )


def read_address(message: Message) -> str:
    """Return where the message goes. Raises core.sealing.SealBroken."""
    return unseal(message.sealed_to, _place(message.uid))


def _place(uid: str) -> str:
    return f"cases.message:{uid}"
