"""Decide a filing: accept, refuse, cancel, check afterwards. Each locks, records and tells."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from yibao.cases.operations.cases import add_line, lock_case, move_case
from yibao.cases.operations.desk import refuse_recused, require_holder, take_case
from yibao.cases.operations.messages import queue_message
from yibao.cases.queries import Case
from yibao.cases.vocabulary import State
from yibao.filings.models import CancelRequest, Evidence, Filing
from yibao.filings.refusals import REFUSALS

if TYPE_CHECKING:
    from yibao.accounts.models import User


class AskFirst(Exception):
    """A mismatch or a missing paper is asked about once before anything is refused for it."""


class LockRunning(Exception):
    """The filing may not be cancelled before `earliest` without a ground that is written down."""

    def __init__(self, earliest: date) -> None:
        super().__init__(earliest)
        self.earliest = earliest


class NothingToDecide(LookupError):
    """The request was answered already, or the filing needs no later check."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """How long an accepted filing holds; `ends_on` inclusive, None as `validity` says."""

    starts_on: date
    ends_on: date | None
    validity: str
    change_from: date | None


@transaction.atomic
def accept_filing(
    filing_id: int,
    *,
    term: Term,
    reason: str = "",
    decided_with: Mapping[str, Any],
    version: int,
    by: "User",
    at: datetime,
) -> Filing:
    """Accept a filing that the officer holds; what it replaces ends on its first day.

    Args:
        reason: why the dates differ from the rule's, "" where they do not.
        decided_with: the engine's reading, kept with the filing.

    Raises:
        cases.operations.cases.Changed, NotPossible; cases.operations.desk.NotHeld, Taken.
    """
    require_holder(lock_case(filing_id, version=version), by)
    case = move_case(
        filing_id,
        to=State.ACCEPTED,
        event="accepted",
        version=version,
        by=by,
        at=at,
        internal_note=reason,
        details={
            "starts_on": str(term.starts_on),
            "ends_on": str(term.ends_on or ""),
            "validity": term.validity,
        },
    )
    filing = Filing.objects.select_for_update(of=("self",)).get(pk=filing_id)
    filing.starts_on, filing.ends_on = term.starts_on, term.ends_on
    filing.validity, filing.change_from = term.validity, term.change_from
    filing.accepted_at, filing.accepted_by = at, by
    filing.check_later = filing.evidence == Evidence.COMMITMENT
    filing.decided_with = dict(decided_with)
    filing.save()
    if filing.replaces_id is not None:
        _replace(filing.replaces_id, filing, by=by, at=at)
    queue_message(case, template="accepted", at=at)
    return filing


def _replace(old_id: int, new: Filing, *, by: "User", at: datetime) -> None:
    """End the filing that a new one replaces, unless it ended by itself meanwhile."""
    old_case = lock_case(old_id)
    if old_case.state != State.ACCEPTED:
        return
    move_case(
        old_id,
        to=State.REPLACED,
        event="replaced",
        by=by,
        at=at,
        details={"ended_on": str(new.starts_on)},
    )
    Filing.objects.filter(pk=old_id).update(ended_on=new.starts_on)
    CancelRequest.objects.filter(filing=old_id, answer=CancelRequest.Answer.OPEN).update(
        answer=CancelRequest.Answer.DONE, answered_at=at, answered_by=by
    )


@transaction.atomic
def take_and_accept(
    filing_id: int,
    *,
    term: Term,
    decided_with: Mapping[str, Any],
    version: int,
    by: "User",
    at: datetime,
) -> Filing:
    """Accept one of many free cases at once. Raises as `take_case` and `accept_filing`."""
    lock_case(filing_id, version=version)
    taken = take_case(filing_id, by=by, at=at)
    return accept_filing(
        filing_id, term=term, decided_with=decided_with, version=taken.version, by=by, at=at
    )


@transaction.atomic
def refuse_filing(
    filing_id: int, *, code: str, note: str = "", version: int, by: "User", at: datetime
) -> Case:
    """Refuse a filing that the officer holds, for a reason by code.

    Args:
        note: what the citizen reads beside the words of the code; "" for nothing.

    Raises:
        KeyError: no such reason.
        AskFirst: the reason may only follow a question to the citizen.
        cases.operations.cases.Changed, NotPossible; cases.operations.desk.NotHeld, Taken.
    """
    refusal = REFUSALS[code]
    case = lock_case(filing_id, version=version)
    require_holder(case, by)
    if refusal.asks_first and not _was_asked(case, at):
        raise AskFirst
    case = move_case(
        filing_id,
        to=State.REFUSED,
        event="refused",
        version=version,
        by=by,
        at=at,
        reason_code=code,
        note=note,
    )
    Filing.objects.filter(pk=filing_id).update(refusal_code=code)
    queue_message(case, template="refused", at=at)
    return case


def _was_asked(case: Case, at: datetime) -> bool:
    """Whether the citizen answered a question, or let its day pass."""
    return any(
        asked.answered_at is not None
        or (asked.due_on is not None and asked.due_on < timezone.localdate(at))
        for asked in case.papers_requests.all()
    )


@transaction.atomic
def decide_cancel(
    request_id: int, *, ended_on: date | None, note: str = "", by: "User", at: datetime
) -> CancelRequest:
    """Answer a wish to cancel: from `ended_on` on the filing no longer holds; None refuses.

    Raises:
        NothingToDecide: it was answered, or the filing is not in force any more.
        LockRunning: too early, and no ground is written in `note`.
        Recused: the officer is related to the person.
    """
    request = CancelRequest.objects.select_related("filing").filter(pk=request_id).first()
    if request is None:
        raise NothingToDecide
    filing = request.filing
    case = lock_case(filing.pk)
    request.refresh_from_db()
    if request.answer != CancelRequest.Answer.OPEN or case.state != State.ACCEPTED:
        raise NothingToDecide
    refuse_recused(case, by)
    if ended_on and filing.change_from and ended_on < filing.change_from and not note:
        raise LockRunning(filing.change_from)
    if ended_on is None:
        request.answer = CancelRequest.Answer.REFUSED
        add_line(filing.pk, event="cancel_refused", by=by, at=at, note=note)
        queue_message(case, template="cancel_refused", at=at)
    else:
        request.answer = CancelRequest.Answer.DONE
        _cancel(filing, ended_on, note=note, by=by, at=at)
    request.answered_at, request.answered_by, request.answer_note = at, by, note
    request.save()
    return request


@transaction.atomic
def mark_checked(
    filing_id: int, *, is_true: bool, note: str = "", by: "User", at: datetime
) -> Filing:
    """Write down the later check of a filing made by commitment letter.

    What proves untrue is cancelled from the same day; `note` then says what was found.

    Raises:
        NothingToDecide: it needs no check, or was checked.
        Recused: the officer is related to the person.
    """
    case = lock_case(filing_id)
    filing = Filing.objects.get(pk=filing_id)
    if not filing.check_later or filing.checked_at is not None:
        raise NothingToDecide
    refuse_recused(case, by)
    filing.checked_at = at
    filing.save(update_fields=["checked_at"])
    add_line(
        filing_id,
        event="checked_later",
        by=by,
        at=at,
        internal_note=note,
        details={"is_true": is_true},
    )
    if not is_true and case.state == State.ACCEPTED:
        _cancel(filing, timezone.localdate(at), note="", reason="papers_untrue", by=by, at=at)
    return filing


def _cancel(
    filing: Filing, ended_on: date, *, note: str, reason: str = "", by: "User", at: datetime
) -> None:
    case = move_case(
        filing.pk,
        to=State.CANCELLED,
        event="cancelled",
        by=by,
        at=at,
        note=note,
        reason_code=reason,
        details={"ended_on": str(ended_on)},
    )
    filing.ended_on = ended_on
    filing.save(update_fields=["ended_on"])
    queue_message(case, template="cancelled", at=at)
