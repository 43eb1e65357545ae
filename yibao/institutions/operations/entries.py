"""Change single entries by hand: close, reopen, and handle what visitors report."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Max, Q
from django.utils import timezone

from yibao.audit.operations import Actor, record
from yibao.core import stamps
from yibao.institutions.imports.operations import STAMP
from yibao.institutions.imports.preparing import XPCC_DIGITS
from yibao.institutions.models import Institution, InstitutionChange, WrongEntryReport


class AlreadyHandled(ValueError):
    """Somebody else has handled the report meanwhile."""


def next_code(region_code: str) -> str:
    """Return the next free code of our own for a region: `Y`, the region, a number."""
    head = f"Y{region_code if region_code.isdigit() else XPCC_DIGITS}"
    last = Institution.objects.filter(pk__startswith=head).aggregate(code=Max("code"))["code"]
    return f"{head}{int(last[7:]) + 1 if last else 1:05d}"


@transaction.atomic
def close_institutions(
    institutions: Iterable[Institution], *, on: date, reason: str, by: Actor, at: datetime
) -> int:
    """Take institutions off the list from the day `on`; return how many were on it.

    One that was listed on or after that day itself stays: its period would be empty.
    """
    codes = [row.code for row in institutions]
    rows = Institution.objects.filter(
        Q(effective_from=None) | Q(effective_from__lt=on), pk__in=codes, effective_to=None
    )
    return _change_listing(
        rows, {"effective_to": on, "end_reason": reason}, "closed", reason=reason, by=by, at=at
    )


@transaction.atomic
def reopen_institutions(
    institutions: Iterable[Institution], *, reason: str, by: Actor, at: datetime
) -> int:
    """Put ended institutions back on the list; return how many. Merged ones stay ended."""
    codes = [row.code for row in institutions]
    rows = Institution.objects.filter(
        pk__in=codes, effective_to__isnull=False, merged_into__isnull=True
    )
    return _change_listing(
        rows, {"effective_to": None, "end_reason": ""}, "reopened", reason=reason, by=by, at=at
    )


def _change_listing(
    rows: Any, values: dict[str, Any], what: str, *, reason: str, by: Actor, at: datetime
) -> int:
    found = list(rows.select_for_update())
    for row in found:
        note_changes(row, {name: getattr(row, name) for name in values}, values, at=at)
        record(
            event=f"institutions.institution_{what}",
            by=by,
            at=at,
            object_type="institutions.institution",
            object_key=row.code,
            region_code=row.region_id,
            before={name: getattr(row, name) for name in values},
            after=values,
            reason=reason,
        )
    Institution.objects.filter(pk__in=[row.pk for row in found]).update(**values)
    if found:
        stamps.bump(STAMP)
    return len(found)


def note_changes(
    institution: Institution, before: Mapping[str, Any], after: Mapping[str, Any], *, at: datetime
) -> None:
    """Add to the change log of an entry the fields of `after` that differ from `before`.

    Raises:
        RuntimeError: outside a transaction, where the log could stand without the change.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("the change log is written with the change")
    texts = {name: (_text(before.get(name)), _text(value)) for name, value in after.items()}
    InstitutionChange.objects.bulk_create(
        InstitutionChange(
            institution=institution,
            day=timezone.localdate(at),
            field=name,
            before=old,
            after=new,
        )
        for name, (old, new) in texts.items()
        if old != new
    )


def _text(value: Any) -> str:
    return "" if value is None else str(value)


@transaction.atomic
def handle_report(
    report: WrongEntryReport, *, status: str, note: str, by: Actor, at: datetime
) -> None:
    """Close a visitor's report; the entry itself is changed on its own page, or not at all.

    Raises:
        AlreadyHandled: somebody has handled it meanwhile.
    """
    handled = WrongEntryReport.objects.filter(
        pk=report.pk, status=WrongEntryReport.Status.OPEN
    ).update(status=status, note=note, handled_by=by.get_username(), handled_at=at)
    if not handled:
        raise AlreadyHandled(report.pk)
    record(
        event="institutions.report_handled",
        by=by,
        at=at,
        object_type="institutions.institution",
        object_key=report.institution_id,
        region_code=report.institution.region_id,
        after={"report": report.pk, "status": status},
        reason=note,
    )
