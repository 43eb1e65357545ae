"""Who works on a case, and the one question to the citizen (一次性告知)."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, TypedDict

from django.db import transaction

from yibao.cases.actors import Filer
from yibao.cases.models import Case, PapersRequest
from yibao.cases.operations.cases import add_line, lock_case, move_case
from yibao.cases.operations.messages import queue_message
from yibao.cases.right_models import Recusal
from yibao.cases.vocabulary import State

if TYPE_CHECKING:
    from yibao.accounts.models import User


class AskedPaper(TypedDict):
    """One thing that is missing, and why, in words for the citizen."""

    material: str
    why: str


class Taken(Exception):
    """Another officer works on the case."""

    def __init__(self, officer: "User") -> None:
        super().__init__(officer)
        self.officer = officer


class Recused(Exception):
    """The officer declared to be related to the person, and stays away from the case."""


class NotHeld(Exception):
    """Who decides has to take the case first."""


class NothingAsked(Exception):
    """No question of the bureau is open in this case."""


@transaction.atomic
def take_case(case_id: int, *, by: "User", at: datetime) -> Case:
    """Let an officer work on a free case; again by the same officer it changes nothing.

    Raises:
        Recused: they declared to be related to the person.
        Taken: somebody else has it.
    """
    case = lock_case(case_id)
    refuse_recused(case, by)
    if case.officer_id == by.pk:
        return case
    if case.officer is not None:
        raise Taken(case.officer)
    case.officer = by
    case.claimed_at = at
    case.save(update_fields=["officer", "claimed_at"])
    return add_line(case_id, event="taken", by=by, at=at)


@transaction.atomic
def release_case(case_id: int, *, by: "User", at: datetime, reason: str = "") -> Case:
    """Give a case back to all; a reason says why (a relative's case is passed on)."""
    case = lock_case(case_id)
    case.officer = None
    case.claimed_at = None
    case.save(update_fields=["officer", "claimed_at"])
    return add_line(case_id, event="released", by=by, at=at, internal_note=reason)


@transaction.atomic
def recuse(case_id: int, *, by: "User", at: datetime) -> Case:
    """Write down that an officer is related to the person, and pass the case on for good."""
    case = lock_case(case_id)
    Recusal.objects.get_or_create(case=case, officer=by, defaults={"declared_at": at})
    if case.officer_id == by.pk:
        case.officer = None
        case.claimed_at = None
        case.save(update_fields=["officer", "claimed_at"])
    return add_line(case_id, event="recused", by=by, at=at)


def refuse_recused(case: Case, by: "User") -> None:
    """Check that an officer did not declare to be related to the person. Raises Recused."""
    if Recusal.objects.filter(case=case, officer=by).exists():
        raise Recused


def require_holder(case: Case, by: "User") -> None:
    """Check that an officer holds the (locked) case.

    Raises:
        NotHeld: nobody does, or they declared to be related to the person.
        Taken: somebody else does.
    """
    if case.officer is None:
        raise NotHeld
    if case.officer_id != by.pk:
        raise Taken(case.officer)


@transaction.atomic
def ask_for_papers(
    case_id: int,
    *,
    items: Sequence[AskedPaper],
    note: str,
    due_on: date | None,
    version: int,
    by: "User",
    at: datetime,
) -> PapersRequest:
    """Ask the citizen for everything that is missing; the bureau's clock stops.

    The message that tells them is queued here.

    Raises:
        ValueError: nothing is asked for.
        Changed, NotPossible: as of `move_case`.
    """
    if not items:
        raise ValueError("a question without a paper")
    case = move_case(
        case_id,
        to=State.NEEDS_MATERIALS,
        event="papers_asked",
        version=version,
        by=by,
        at=at,
        note=note,
        details={"materials": [item["material"] for item in items]},
    )
    queue_message(case, template="papers_asked", at=at)
    return PapersRequest.objects.create(
        case=case, asked_at=at, asked_by=by, items=list(items), note=note, due_on=due_on
    )


@transaction.atomic
def answer_papers(case_id: int, *, note: str, to: State, due_on: date | None, at: datetime) -> Case:
    """Write down that the citizen answered; the bureau's clock starts again.

    Args:
        to: where the case goes on: `submitted` for a filing, `received` for a claim.

    Raises:
        NothingAsked: no question is open.
    """
    case = lock_case(case_id)
    asked = case.papers_requests.filter(answered_at=None).first()
    if asked is None:
        raise NothingAsked
    asked.answered_at = at
    asked.answer_note = note
    asked.save(update_fields=["answered_at", "answer_note"])
    return move_case(
        case_id, to=to, event="papers_answered", by=Filer(case.reference), at=at, due_on=due_on
    )
