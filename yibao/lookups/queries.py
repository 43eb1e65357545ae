"""One case as its filer sees it: state in words, timeline, what is asked, what can be done."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from yibao.cases.desk_case import material_words
from yibao.cases.queries import Case, Erased
from yibao.cases.status import Detail, detail_of
from yibao.cases.status_words import INTERNAL, StateWords, event_words, words_of
from yibao.cases.vocabulary import WAITS_FOR_STAFF
from yibao.cases.workdays import is_provisional
from yibao.core.sealing import SealBroken


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the timeline."""

    state: str
    at: datetime
    words: Any
    note: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What the bureau asks for, in its own words."""

    items: tuple[tuple[Any, str], ...]
    note: str
    due_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusView:
    """Everything that templates/lookups/status.html prints; names and numbers are masked.

    `due_on` is set while the bureau's time runs.
    """

    kind: str
    kind_words: Any
    state: str
    words: StateWords
    reference: str
    name: str
    id_number: str
    detail: Detail
    asked: Asked | None
    timeline: tuple[Event, ...]
    waits_for_staff: bool
    due_on: date | None
    is_late: bool
    is_provisional: bool
    has_withdrawn_consent: bool


def status_view(case: Case, today: date) -> StatusView:
    """Return the view of a case on a day."""
    detail = detail_of(case, today)
    waits = case.state in WAITS_FOR_STAFF
    due_on = case.due_on if waits else None
    name, number = _masked(case)
    return StatusView(
        kind=case.kind,
        kind_words=case.get_kind_display(),
        state=detail.state,
        words=words_of(case.kind, detail.state),
        reference=case.shown_reference,
        name=name,
        id_number=number,
        detail=detail,
        asked=_asked(case),
        timeline=tuple(
            Event(line.state, line.at, event_words(line.event, line.state), line.note)
            for line in case.events.exclude(event__in=INTERNAL)
        ),
        waits_for_staff=waits,
        due_on=due_on,
        is_late=due_on is not None and due_on < today,
        is_provisional=due_on is not None and is_provisional(due_on),
        has_withdrawn_consent=case.consents.filter(withdrawn_at__isnull=False).exists(),
    )


def _masked(case: Case) -> tuple[str, str]:
    try:
        masked = case.person.read().masked
    except (Erased, SealBroken):
        return "", ""
    return masked.name, masked.id_number


def _asked(case: Case) -> Asked | None:
    found = case.papers_requests.filter(answered_at=None).first()
    if found is None:
        return None
    items = tuple((material_words(item["material"]), item["why"]) for item in found.items)
    return Asked(items, found.note, found.due_on)
