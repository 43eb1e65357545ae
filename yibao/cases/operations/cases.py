"""Open a case, move it from state to state, and write its timeline.

filings and claims call these inside their own transactions; every change locks the case's row,
raises its version, adds one line to the timeline and one event to the audit chain.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction

from yibao.audit import operations as audit
from yibao.cases.actors import Filer, kind_of
from yibao.cases.models import Case, CaseEvent, Consent, Person
from yibao.cases.personal import PersonalData
from yibao.cases.references import new_reference
from yibao.cases.vocabulary import OPEN_STATES, Kind, Purpose, State, may_follow


class Changed(Exception):
    """Somebody changed the case since it was read: `by_whom` did, `at` a moment."""

    def __init__(self, by_whom: str, at: datetime) -> None:
        super().__init__(by_whom, at)
        self.by_whom = by_whom
        self.at = at


class NotPossible(Exception):
    """The case is in a state from which this does not follow."""

    def __init__(self, state: str, following: str) -> None:
        super().__init__(f"{state} → {following}")
        self.state = state
        self.following = following

    @property
    def shown_state(self) -> str:
        """The state in words."""
        return str(State(self.state).label)


@dataclass(frozen=True, slots=True)
class ConsentGiven:
    """A text that the filer agreed to, in a version."""

    purpose: Purpose
    text_version: str
    text_sha256: str
    given_at: datetime


@transaction.atomic(savepoint=False)
def open_case(
    *,
    kind: Kind,
    region_code: str,
    insurance: str,
    person: PersonalData,
    consents: Iterable[ConsentGiven],
    submission_key: str,
    due_on: date | None,
    by: audit.Actor | None = None,
    at: datetime,
) -> Case:
    """Add a submitted case with its person, consents and first line.

    Part of the transaction that submits: whatever fails in it undoes that whole.

    `submission_key` is the draft's: callers look for a case of the key first (`find_submitted`)
    under the draft's lock, and the unique column holds against whatever comes past that.
    `by` None is the filer.
    """
    case = Case.objects.create(
        reference=new_reference(),
        kind=kind,
        region_code=region_code,
        insurance=insurance,
        state=State.SUBMITTED,
        state_since=at,
        submitted_at=at,
        submission_key=submission_key,
        due_on=due_on,
    )
    row = Person(case=case)
    row.write(person)
    row.save(force_insert=True)
    Consent.objects.bulk_create(
        Consent(
            case=case,
            purpose=given.purpose,
            text_version=given.text_version,
            text_sha256=given.text_sha256,
            given_at=given.given_at,
        )
        for given in consents
    )
    _note(case, event="submitted", by=by or Filer(case.reference), at=at)
    return case


@transaction.atomic
def move_case(
    case_id: int,
    *,
    to: State,
    event: str,
    by: audit.Actor,
    at: datetime,
    version: int | None = None,
    due_on: date | None = None,
    keep_due: bool = False,
    reason_code: str = "",
    note: str = "",
    internal_note: str = "",
    details: Mapping[str, Any] | None = None,
) -> Case:
    """Bring a case into another state and return it, locked.

    Args:
        event: what happened, as a code (`accepted`, `papers_asked`, ...).
        version: the version that the actor saw; None for a rule that does not depend on it.
        due_on: the new end of the bureau's time; kept with `keep_due`.
        note: read by the citizen. internal_note: by staff only.

    Raises:
        Changed: the case has another version now.
        NotPossible: the state does not follow.
    """
    case = lock_case(case_id, version=version)
    if not may_follow(Kind(case.kind), State(case.state), to):
        raise NotPossible(case.state, to)
    before = case.state
    case.state = to
    case.state_since = at
    if not keep_due:
        case.due_on = due_on
    case.closed_at = None if to in OPEN_STATES else at
    case.version += 1
    case.save()
    _note(
        case,
        event=event,
        by=by,
        at=at,
        before=before,
        reason_code=reason_code,
        note=note,
        internal_note=internal_note,
        details=details,
    )
    return case


@transaction.atomic
def add_line(
    case_id: int,
    *,
    event: str,
    by: audit.Actor,
    at: datetime,
    version: int | None = None,
    reason_code: str = "",
    note: str = "",
    internal_note: str = "",
    details: Mapping[str, Any] | None = None,
) -> Case:
    """Write down something that leaves the state as it is. Raises Changed."""
    case = lock_case(case_id, version=version)
    case.version += 1
    case.save(update_fields=["version"])
    _note(
        case,
        event=event,
        by=by,
        at=at,
        reason_code=reason_code,
        note=note,
        internal_note=internal_note,
        details=details,
    )
    return case


def lock_case(case_id: int, *, version: int | None = None) -> Case:
    """Return the case with its row locked until the transaction ends. Raises Changed."""
    case = Case.objects.select_for_update().get(pk=case_id)
    if version is not None and case.version != version:
        last = case.events.select_related("officer").order_by("-pk")[0]
        raise Changed(str(last.officer or last.get_actor_kind_display()), last.at)
    return case


def find_submitted(submission_key: str) -> Case | None:
    """Return the case that this submit has already made, None when it is the first."""
    return Case.objects.filter(submission_key=submission_key).first()


def _note(
    case: Case,
    *,
    event: str,
    by: audit.Actor,
    at: datetime,
    before: str = "",
    reason_code: str = "",
    note: str = "",
    internal_note: str = "",
    details: Mapping[str, Any] | None = None,
) -> None:
    CaseEvent.objects.create(
        case=case,
        at=at,
        event=event,
        state=case.state,
        actor_kind=kind_of(by),
        officer_id=by.pk if isinstance(by, AbstractBaseUser) else None,
        reason_code=reason_code,
        note=note,
        internal_note=internal_note,
        details=dict(details or {}),
    )
    audit.record(
        event=f"{case.kind}s.{event}",
        by=by,
        at=at,
        object_type="cases.case",
        object_key=case.reference,
        region_code=case.region_code,
        before={"state": before} if before else None,
        after={"state": case.state, **(details or {})},
        reason=reason_code,
    )
