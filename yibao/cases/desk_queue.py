"""The queue of a review desk: which cases wait for whom, and how long they may."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, F, OuterRef, QuerySet, TextChoices
from django.utils.translation import gettext_lazy as _

from yibao.cases.models import Case, Person
from yibao.cases.vocabulary import OPEN_STATES, WAITS_FOR_STAFF, State
from yibao.cases.workdays import add_working_days, working_days_between

NEAR_WORKING_DAYS = 1
"""A case is near its limit on the last working day but one."""

_CANDIDATES = 20


class Tab(TextChoices):
    """How the queue is cut; a case may stand in several."""

    FREE = "free", _("待领取")
    MINE = "mine", _("我的")
    WAITING = "waiting", _("等补材料")
    DUPLICATES = "duplicates", _("可能重复")
    DUE = "due", _("快到时限")


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One case of the queue; nothing in it names the person.

    `days_left`: working days until the limit, negative past it, None without a limit.
    `what` are the words of the case's own app.
    """

    pk: int
    reference: str
    region_code: str
    state: str
    state_words: Any
    submitted_at: datetime
    due_on: date | None
    days_left: int | None
    officer: str
    is_mine: bool
    is_double: bool
    version: int
    what: Any = ""


def in_tab(cases: QuerySet[Case], tab: Tab, *, officer_id: int, today: date) -> QuerySet[Case]:
    """Return those of the cases that stand in a tab for an officer, most urgent first."""
    waits = cases.filter(state__in=WAITS_FOR_STAFF)
    match tab:
        case Tab.MINE:
            found = cases.filter(state__in=OPEN_STATES, officer=officer_id)
        case Tab.FREE:
            found = waits.filter(officer=None)
        case Tab.WAITING:
            found = cases.filter(state=State.NEEDS_MATERIALS)
        case Tab.DUPLICATES:
            found = cases.filter(state__in=OPEN_STATES).filter(_has_double())
        case Tab.DUE:
            found = waits.filter(due_on__lte=add_working_days(today, NEAR_WORKING_DAYS))
    return by_urgency(found)


def by_urgency(cases: QuerySet[Case]) -> QuerySet[Case]:
    """Order cases: the nearest limit first, those without one last, then the oldest."""
    return cases.order_by(F("due_on").asc(nulls_last=True), "submitted_at", "pk")


def next_free(cases: QuerySet[Case], *, officer_id: int) -> list[int]:
    """Return the keys of the next cases that an officer may take, most urgent first."""
    free = cases.filter(state__in=WAITS_FOR_STAFF, officer=None)
    rows = by_urgency(free.exclude(recusals__officer=officer_id))
    return list(rows.values_list("pk", flat=True)[:_CANDIDATES])


def count_tabs(cases: QuerySet[Case], *, officer_id: int, today: date) -> dict[Tab, int]:
    """Return how many cases stand in each tab."""
    return {tab: in_tab(cases, tab, officer_id=officer_id, today=today).count() for tab in Tab}


def rows_of(cases: Iterable[Case], *, officer_id: int, today: date) -> list[QueueRow]:
    """Return the rows of cases; select their officer with them."""
    cases = list(cases)
    doubled = set(
        Case.objects.filter(pk__in=[case.pk for case in cases])
        .filter(_has_double())
        .values_list("pk", flat=True)
    )
    return [
        QueueRow(
            pk=case.pk,
            reference=case.shown_reference,
            region_code=case.region_code,
            state=case.state,
            state_words=case.get_state_display(),
            submitted_at=case.submitted_at,
            due_on=case.due_on,
            days_left=days_left(case, today),
            officer=str(case.officer or ""),
            is_mine=case.officer_id == officer_id,
            is_double=case.pk in doubled,
            version=case.version,
        )
        for case in cases
    ]


def days_left(case: Case, today: date) -> int | None:
    """Return the working days until the bureau's limit, None where no limit runs."""
    if case.due_on is None or case.state not in WAITS_FOR_STAFF:
        return None
    return working_days_between(today, case.due_on)


def _has_double() -> Exists:
    """Another case of the kind about the same person that is open or was granted."""
    lives = (*OPEN_STATES, State.ACCEPTED, State.DECIDED, State.PAYMENT_ORDERED, State.PAID)
    return Exists(
        Person.objects.filter(
            id_lookup=OuterRef("person__id_lookup"),
            case__kind=OuterRef("kind"),
            case__state__in=lives,
        )
        .exclude(id_lookup="")
        .exclude(pk=OuterRef("pk"))
    )
