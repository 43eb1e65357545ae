"""Read filings: how one stands on a day, those of a person, what is asked of one."""

from datetime import date

from django.db.models import QuerySet

from yibao.cases.queries import Case, Erased, cases_of_person
from yibao.cases.vocabulary import OPEN_STATES, Kind, State
from yibao.core.sealing import SealBroken
from yibao.filings.models import CancelRequest, Commitment, Filing
from yibao.filings.reading import Reading, Wish, read
from yibao.rules.terms import FilingCategory, InsuranceType

_ENDED_BY_DATE = frozenset({State.CANCELLED, State.REPLACED})


def state_on(filing: Filing, day: date) -> State:
    """Return the state to show on a day: what was accepted becomes effective and expires by date.

    A cancelled or replaced filing holds until the day on which that takes effect.
    """
    state = State(filing.case.state)
    if state in _ENDED_BY_DATE:
        still_holds = filing.accepted_at is not None and (
            filing.ended_on is not None and filing.starts_on <= day < filing.ended_on
        )
        if not still_holds:
            return state
    elif state is not State.ACCEPTED:
        return state
    if day < filing.starts_on:
        return State.ACCEPTED
    if filing.ends_on is not None and day > filing.ends_on:
        return State.EXPIRED
    return State.EFFECTIVE


def find_filing(case: Case) -> Filing | None:
    """Return the filing of a case, with the case."""
    return Filing.objects.select_related("case").filter(case=case).first()


def find_commitment(filing: Filing) -> Commitment | None:
    """Return the signed letter on which a filing rests, None where it rests on papers."""
    return Commitment.objects.filter(filing=filing).first()


def read_filing(filing: Filing, *, today: date) -> Reading:
    """Ask the rules about a filing as it stands. Raises regions.UnknownRegion."""
    return read(wish_of(filing), today=today)


def wish_of(filing: Filing) -> Wish:
    """Return what was filed for, as it was read when it was handed in."""
    return Wish(
        insured=str(filing.decided_with.get("insured") or filing.case.region_code),
        care=filing.care_code,
        insurance=InsuranceType(filing.case.insurance),
        category=FilingCategory(filing.category),
        starts_on=filing.starts_on,
    )


def filings_of_person(id_number: str) -> QuerySet[Filing]:
    """Return all filings about the holder of a (normalised) number, newest first."""
    cases = cases_of_person(id_number, kind=Kind.FILING)
    return (
        Filing.objects.filter(case__in=cases)
        .select_related("case", "case__person")
        .order_by("-case__submitted_at")
    )


def overlapping(
    id_number: str,
    name: str,
    *,
    starts_on: date,
    ends_on: date | None,
    without: Case | None = None,
) -> tuple[Filing, ...]:
    """Return filings of the same person, open or in force, that share days with a period.

    Both number and name must be the person's: whoever types a number alone learns nothing.
    """
    alive = [
        filing
        for filing in filings_of_person(id_number)
        if filing.case_id != (without.pk if without else None)
        and _is_alive(filing)
        and (ends_on is None or filing.starts_on <= ends_on)
        and _last_day(filing) >= starts_on
    ]
    return tuple(filing for filing in alive if _is_about(filing, name))


def open_cancel_request(filing: Filing) -> CancelRequest | None:
    """Return the wish to cancel that is not answered yet."""
    return filing.cancel_requests.filter(answer=CancelRequest.Answer.OPEN).first()


def latest_cancel_request(filing: Filing) -> CancelRequest | None:
    """Return the wish to cancel that is open or was granted, None where there is none."""
    wishes = filing.cancel_requests.exclude(answer=CancelRequest.Answer.REFUSED)
    return wishes.order_by("-asked_at").first()


def _is_alive(filing: Filing) -> bool:
    return State(filing.case.state) in OPEN_STATES | {State.ACCEPTED}


def _last_day(filing: Filing) -> date:
    return filing.ends_on or date.max


def _is_about(filing: Filing, name: str) -> bool:
    try:
        return filing.case.person.read().name == name
    except (Erased, SealBroken):
        return False
