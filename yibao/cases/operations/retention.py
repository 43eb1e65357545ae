"""Remove what has been kept long enough (docs/operations/personal-data.md has the periods).

Each step removes row by row in transactions of their own, so it can be stopped and begun again.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Max, QuerySet

from yibao.audit.operations import record
from yibao.cases.actors import Clockwork
from yibao.cases.models import Case, Draft
from yibao.cases.right_models import LookupCount
from yibao.cases.status import detail_of, kind_of
from yibao.cases.uploads.operations import forget_uploads
from yibao.cases.vocabulary import OPEN_STATES, Kind, State

_CLOCKWORK = Clockwork("purge_cases")
_STILL_HOLDS = frozenset({State.ACCEPTED, State.EFFECTIVE})


@dataclass(frozen=True, slots=True)
class Purged:
    """How many were removed, or would be."""

    drafts: int
    uploads_of_cases: int
    cases: int
    counts: int


def purge(*, today: date, at: datetime, dry_run: bool = False) -> Purged:
    """Remove expired drafts, files of refused filings, old cases, old counts of look-ups."""
    drafts = Draft.objects.filter(expires_at__lte=at)
    refused = Case.objects.filter(
        kind=Kind.FILING,
        state=State.REFUSED,
        closed_at__lt=at - timedelta(days=settings.REFUSED_UPLOAD_DAYS),
        uploads__isnull=False,
    ).distinct()
    old = _old_cases(today)
    counts = LookupCount.objects.filter(since__lt=at - timedelta(days=1))
    if dry_run:
        due = sum(_is_due(case, today) for case in old)
        return Purged(drafts.count(), refused.count(), due, counts.count())
    return Purged(
        drafts=sum(_remove_draft(pk, at=at) for pk in _keys(drafts)),
        uploads_of_cases=sum(_remove_files(pk, at=at) for pk in _keys(refused)),
        cases=sum(_remove_case(pk, today=today, at=at) for pk in _keys(old)),
        counts=counts.delete()[0],
    )


def _keys(rows: QuerySet[Case] | QuerySet[Draft]) -> list[int]:
    return list(rows.order_by("pk").values_list("pk", flat=True))


def _old_cases(today: date) -> QuerySet[Case]:
    """Cases in which nothing happened for as long as they are kept."""
    limit = _years_before(today, settings.CASE_YEARS)
    ended = Case.objects.exclude(state__in=OPEN_STATES)
    return ended.annotate(last=Max("events__at")).filter(last__date__lt=limit)


def _years_before(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:  # 29 February
        return day.replace(year=day.year - years, day=28)


def _is_due(case: Case, today: date) -> bool:
    """A filing that still holds is kept, however old it is."""
    return detail_of(case, today).state not in _STILL_HOLDS


@transaction.atomic
def _remove_draft(pk: int, *, at: datetime) -> bool:
    draft = Draft.objects.select_for_update().filter(pk=pk, expires_at__lte=at).first()
    if draft is None:
        return False
    forget_uploads(draft=draft)
    draft.delete()
    return True


@transaction.atomic
def _remove_files(pk: int, *, at: datetime) -> bool:
    case = Case.objects.select_for_update().get(pk=pk)
    if case.state != State.REFUSED:
        return False
    _note("cases.uploads_purged", case, at=at, after={"removed": forget_uploads(case=case)})
    return True


@transaction.atomic
def _remove_case(pk: int, *, today: date, at: datetime) -> bool:
    case = _old_cases(today).filter(pk=pk).first()
    if case is None or not _is_due(case, today):
        return False
    case = Case.objects.select_for_update().get(pk=pk)
    _note("cases.case_purged", case, at=at, after={})
    forget_uploads(case=case)
    kind_of(case).remove(case)
    Draft.objects.filter(case=case).delete()
    Draft.objects.filter(replaces=case).update(replaces=None)
    for rows in (
        case.erasure_requests,
        case.recusals,
        case.messages,
        case.papers_requests,
        case.consents,
        case.events,
    ):
        rows.all().delete()
    case.person.delete()
    case.delete()
    return True


def _note(event: str, case: Case, *, at: datetime, after: dict[str, int]) -> None:
    record(
        event=event,
        by=_CLOCKWORK,
        at=at,
        object_type="cases.case",
        object_key=case.reference,
        region_code=case.region_code,
        after=after,
    )
