"""The rights of whoever the data are about: withdraw consent, be forgotten, take a copy.

Erasing takes two officers: it cannot be undone, and with the data goes the proof of what was
decided with them (docs/operations/personal-data.md).
"""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from yibao.audit.operations import record
from yibao.cases.actors import Filer
from yibao.cases.desk_case import material_words, person_lines
from yibao.cases.models import Case, Message
from yibao.cases.operations.cases import add_line, lock_case, move_case
from yibao.cases.operations.desk import refuse_recused
from yibao.cases.operations.messages import queue_message
from yibao.cases.right_models import ErasureRequest
from yibao.cases.status import detail_of, kind_of
from yibao.cases.status_words import INTERNAL, event_words, words_of
from yibao.cases.uploads.operations import forget_uploads
from yibao.cases.uploads.queries import uploads_of_case
from yibao.cases.vocabulary import OPEN_STATES, State

if TYPE_CHECKING:
    from yibao.accounts.models import User

_OPEN_REQUEST = (ErasureRequest.Answer.OPEN, ErasureRequest.Answer.CHECKED)


class StillOpen(Exception):
    """The case has to be withdrawn or decided before it can be forgotten."""


class Held(Exception):
    """The data have to be kept for now; `why` says by what and until when."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class SameOfficer(Exception):
    """Who checked a request does not carry it out as well."""


class Answered(LookupError):
    """The request was answered, or is not at this step."""


@transaction.atomic
def withdraw_consent(case_id: int, *, at: datetime) -> Case:
    """Stop the processing: an open case is withdrawn, no message is sent any more.

    What was done before stays lawful and on record (个人信息保护法 article 15); a second call
    changes nothing.
    """
    case = lock_case(case_id)
    if not case.consents.filter(withdrawn_at=None).update(withdrawn_at=at):
        return case
    Message.objects.filter(case=case, outcome=Message.Outcome.WAITING).update(
        outcome=Message.Outcome.FAILED,
        sealed_to="",
        next_attempt_at=None,
        error="consent_withdrawn",
    )
    filer = Filer(case.reference)
    if case.state in OPEN_STATES:
        return move_case(case_id, to=State.WITHDRAWN, event="consent_withdrawn", by=filer, at=at)
    return add_line(case_id, event="consent_withdrawn", by=filer, at=at)


@transaction.atomic
def ask_erasure(case_id: int, *, today: date, at: datetime) -> ErasureRequest:
    """Ask that the data of a case be erased; a second click finds the first request.

    Raises:
        StillOpen, Held: as they say.
    """
    case = lock_case(case_id)
    found = case.erasure_requests.filter(answer__in=_OPEN_REQUEST).first()
    if found is not None:
        return found
    _refuse_held(case, today)
    request = ErasureRequest.objects.create(case=case, asked_at=at)
    add_line(case_id, event="erasure_asked", by=Filer(case.reference), at=at)
    return request


@transaction.atomic
def check_erasure(request_id: int, *, today: date, by: "User", at: datetime) -> ErasureRequest:
    """Say as the first officer that nothing stands in the way.

    Raises:
        Answered, StillOpen, Held; cases.operations.desk.Recused.
    """
    request, case = _locked(request_id, ErasureRequest.Answer.OPEN, by)
    _refuse_held(case, today)
    request.answer = ErasureRequest.Answer.CHECKED
    request.checked_by, request.checked_at = by, at
    request.save()
    add_line(case.pk, event="erasure_checked", by=by, at=at)
    return request


@transaction.atomic
def erase_case(request_id: int, *, today: date, by: "User", at: datetime) -> ErasureRequest:
    """Erase the personal data of a case as the second officer. What is left names nobody.

    Raises:
        SameOfficer, Answered, StillOpen, Held; cases.operations.desk.Recused.
    """
    request, case = _locked(request_id, ErasureRequest.Answer.CHECKED, by)
    if request.checked_by_id == by.pk:
        raise SameOfficer
    _refuse_held(case, today)
    request.answer = ErasureRequest.Answer.DONE
    request.answered_by, request.answered_at = by, at
    request.save()
    add_line(case.pk, event="erased", by=by, at=at)
    forget(case, at=at)
    return request


@transaction.atomic
def refuse_erasure(request_id: int, *, note: str, by: "User", at: datetime) -> ErasureRequest:
    """Say why the data have to stay for now.

    Raises:
        ValueError: without words.
        Answered; cases.operations.desk.Recused.
    """
    if not note:
        raise ValueError("a refusal without a reason")
    request = ErasureRequest.objects.filter(pk=request_id, answer__in=_OPEN_REQUEST).first()
    if request is None:
        raise Answered
    request, case = _locked(request_id, ErasureRequest.Answer(request.answer), by)
    request.answer = ErasureRequest.Answer.REFUSED
    request.answered_by, request.answered_at, request.note = by, at, note
    request.save()
    add_line(case.pk, event="erasure_refused", by=by, at=at, note=note)
    queue_message(case, template="erasure_refused", at=at)
    return request


def forget(case: Case, *, at: datetime) -> None:
    """Empty all that names a person or was written by one; call it with the case locked."""
    person = case.person
    person.sealed = person.id_lookup = ""
    person.erased_at = at
    person.save(update_fields=["sealed", "id_lookup", "erased_at"])
    forget_uploads(case=case)
    case.papers_requests.update(note="", answer_note="", items=[])
    case.events.update(note="", internal_note="")
    case.messages.update(sealed_to="")
    case.messages.filter(outcome=Message.Outcome.WAITING).update(
        outcome=Message.Outcome.FAILED, next_attempt_at=None, error="erased"
    )
    kind_of(case).forget(case)


@transaction.atomic
def copy_of(case: Case, *, today: date, at: datetime) -> dict[str, Any]:
    """Return everything that is held about the person in one case, for them; on record.

    Names of officers and internal notes are not the person's data and stay out.
    Raises models.Erased.
    """
    data = case.person.read()
    record(
        event="cases.person_exported",
        by=Filer(case.reference),
        at=at,
        object_type="cases.case",
        object_key=case.reference,
        region_code=case.region_code,
    )
    detail = detail_of(case, today)
    return {
        "reference": case.shown_reference,
        "kind": str(case.get_kind_display()),
        "state": str(words_of(case.kind, detail.state).title),
        "submitted_at": case.submitted_at,
        "person": _named(person_lines(data)),
        "facts": _named(detail.facts),
        "consents": [
            {
                "purpose": str(given.get_purpose_display()),
                "version": given.text_version,
                "sha256": given.text_sha256,
                "given_at": given.given_at,
                "withdrawn_at": given.withdrawn_at,
            }
            for given in case.consents.order_by("pk")
        ],
        "timeline": [
            {
                "at": line.at,
                "what": str(event_words(line.event, line.state)),
                "note": line.note,
            }
            for line in case.events.exclude(event__in=INTERNAL)
        ],
        "files": [
            {
                "paper": str(material_words(row.material)),
                "kind": str(row.kind),
                "pages": row.pages,
                "bytes": row.size,
                "received_at": row.created_at,
            }
            for row in uploads_of_case(case)
        ],
        "messages": [
            {
                "channel": str(message.get_channel_display()),
                "created_at": message.created_at,
                "outcome": str(message.get_outcome_display()),
            }
            for message in case.messages.order_by("pk")
        ],
    }


def _named(rows: tuple[tuple[Any, Any], ...]) -> dict[str, str]:
    return {str(name): str(value) for name, value in rows}


def _refuse_held(case: Case, today: date) -> None:
    if case.state in OPEN_STATES:
        raise StillOpen
    if why := detail_of(case, today).hold:
        raise Held(str(why))
    if case.person.erased_at is not None:
        raise Held(_("个人信息已经删除。"))


def _locked(
    request_id: int, answer: ErasureRequest.Answer, by: "User"
) -> tuple[ErasureRequest, Case]:
    found = ErasureRequest.objects.filter(pk=request_id).first()
    if found is None:
        raise Answered
    case = lock_case(found.case_id)
    found.refresh_from_db()
    if found.answer != answer:
        raise Answered
    refuse_recused(case, by)
    return found, case
