"""The purge: what is due goes, what is not stays, and a dry run touches nothing."""

from datetime import date, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import call_command

from tests.factories.cases import SUBMITTED_AT
from tests.factories.filings import a_filing
from yibao.accounts.models import User
from yibao.audit.models import Event
from yibao.cases.models import Case, CaseEvent, Draft, Person
from yibao.cases.operations.cases import move_case
from yibao.cases.operations.drafts import start_draft
from yibao.cases.operations.retention import purge
from yibao.cases.right_models import LookupCount
from yibao.cases.upload_models import Upload
from yibao.cases.vocabulary import Kind, State
from yibao.filings.models import Filing

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("shipped")]


@pytest.fixture
def officer(db):
    return User.objects.create_user("wang")


def purge_at(at: datetime, *, dry_run: bool = False):
    return purge(today=at.date(), at=at, dry_run=dry_run)


@pytest.mark.parametrize(("days", "left"), [(29, 1), (30, 0)])
def test_a_draft_goes_after_thirty_days(days, left):
    start_draft(kind=Kind.FILING, at=SUBMITTED_AT)

    purge_at(SUBMITTED_AT + timedelta(days=days))

    assert Draft.objects.count() == left


def refused(officer):
    filing = a_filing()
    Upload.objects.create(
        case=filing.case, material="residence_proof", content_type="application/pdf",
        pages=1, size=1, digest="0" * 64, stored_as="a" * 40, created_at=SUBMITTED_AT,
    )  # fmt: skip
    move_case(filing.pk, to=State.REFUSED, event="refused", by=officer, at=SUBMITTED_AT)
    return filing


@pytest.mark.parametrize(("days", "left"), [(90, 1), (91, 0)])
def test_files_of_a_refused_filing_go_after_ninety_days(officer, days, left):
    refused(officer)

    purge_at(SUBMITTED_AT + timedelta(days=days))

    assert Upload.objects.count() == left
    assert Person.objects.get().sealed


@pytest.mark.parametrize(("day", "left"), [("2036-11-23", 1), ("2036-11-24", 0)])
def test_a_case_goes_ten_years_after_its_last_event(officer, day, left):
    refused(officer)
    at = SUBMITTED_AT.replace(year=2036, day=int(day[-2:]))

    done = purge(today=date.fromisoformat(day), at=at)

    assert (Case.objects.count(), Filing.objects.count(), CaseEvent.objects.count() > 0) == (
        left, left, bool(left),
    )  # fmt: skip
    assert done.cases == 1 - left
    assert Event.objects.filter(event="cases.case_purged").count() == 1 - left


def test_a_filing_that_still_holds_is_kept_however_old(officer):
    filing = a_filing()
    filing.accepted_at = SUBMITTED_AT
    filing.accepted_by = officer
    filing.save()
    move_case(filing.pk, to=State.ACCEPTED, event="accepted", by=officer, at=SUBMITTED_AT)

    assert purge_at(SUBMITTED_AT.replace(year=2046)).cases == 0
    assert Filing.objects.exists()


def test_what_a_removed_filing_was_replaced_by_stays(officer):
    old = refused(officer)
    new = a_filing(replaces=old, at=SUBMITTED_AT.replace(year=2036))

    purge_at(SUBMITTED_AT.replace(year=2037))

    new.refresh_from_db()
    assert new.replaces is None
    assert list(Filing.objects.all()) == [new]


def test_an_open_case_is_never_removed():
    a_filing()

    assert purge_at(SUBMITTED_AT.replace(year=2046)).cases == 0


def test_a_dry_run_counts_the_same_and_removes_nothing(officer):
    refused(officer)
    start_draft(kind=Kind.FILING, at=SUBMITTED_AT)
    LookupCount.objects.create(key="x", since=SUBMITTED_AT, count=1)
    at = SUBMITTED_AT.replace(year=2037)

    said = purge_at(at, dry_run=True)
    assert (Case.objects.count(), Draft.objects.count(), Upload.objects.count()) == (1, 1, 1)
    assert purge_at(at) == said
    assert (Case.objects.count(), Draft.objects.count(), LookupCount.objects.count()) == (0, 0, 0)


def test_the_command_says_what_it_would_do():
    said = StringIO()

    call_command("purge_cases", "--dry-run", stdout=said)

    assert said.getvalue().startswith("would remove: 0 drafts")
