"""What the filer does with a filing afterwards: withdraw, cancel, change, renew, answer."""

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction

from yibao.cases.actors import Filer
from yibao.cases.operations.cases import add_line, lock_case, move_case
from yibao.cases.operations.desk import answer_papers
from yibao.cases.operations.drafts import Opened, start_draft
from yibao.cases.queries import Case
from yibao.cases.vocabulary import OPEN_STATES, Kind, State
from yibao.filings.models import CancelRequest, Filing


class NotNow(Exception):
    """What is wished does not fit the filing's state (any more)."""


class TooEarly(Exception):
    """The filing may be changed or cancelled from `earliest` on."""

    def __init__(self, earliest: date) -> None:
        super().__init__(earliest)
        self.earliest = earliest


@transaction.atomic
def withdraw_filing(case_id: int, *, at: datetime) -> Case:
    """Take an application back before it is decided. Raises NotNow."""
    case = lock_case(case_id)
    if case.state not in OPEN_STATES:
        raise NotNow
    return move_case(
        case_id, to=State.WITHDRAWN, event="withdrawn", by=Filer(case.reference), at=at
    )


@transaction.atomic
def ask_to_cancel(
    filing_id: int, *, wished_on: date, reason: str, ground: str = "", at: datetime
) -> CancelRequest:
    """Ask the bureau to end a filing on a day; a second click finds the first request.

    Args:
        ground: why it should end before the lock is over, "" where it is not before.

    Raises:
        NotNow: it is not accepted.
        TooEarly: the day lies before the lock's end and no ground was given.
    """
    case = lock_case(filing_id)
    filing = Filing.objects.get(pk=filing_id)
    if case.state != State.ACCEPTED:
        raise NotNow
    if filing.change_from is not None and wished_on < filing.change_from and not ground:
        raise TooEarly(filing.change_from)
    open_request = filing.cancel_requests.filter(answer=CancelRequest.Answer.OPEN).first()
    if open_request is not None:
        return open_request
    words = f"{reason} / {ground}" if ground else reason
    request = CancelRequest.objects.create(
        filing=filing, asked_at=at, wished_on=wished_on, reason=words[:200]
    )
    add_line(
        filing_id,
        event="cancel_asked",
        by=Filer(case.reference),
        at=at,
        details={"wished_on": str(wished_on)},
    )
    return request


def start_replacement(
    case: Case, *, answers: Mapping[str, Mapping[str, str]], at: datetime
) -> Opened:
    """Begin the draft of a filing that takes the place of an accepted one. Raises NotNow."""
    if case.kind != Kind.FILING or case.state != State.ACCEPTED:
        raise NotNow
    return start_draft(kind=Kind.FILING, at=at, replaces=case, answers=answers)


@transaction.atomic
def answer_question(case_id: int, *, note: str, due_on: date | None, at: datetime) -> Case:
    """Send in what the bureau asked for; its clock starts again. Raises NothingAsked."""
    return answer_papers(case_id, note=note, to=State.SUBMITTED, due_on=due_on, at=at)
