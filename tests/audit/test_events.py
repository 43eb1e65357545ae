"""Events are added in the transaction of what they record, and stay."""

from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone

from yibao.accounts.models import User
from yibao.audit.models import Event, EventIsFinal
from yibao.audit.operations import record
from yibao.audit.queries import list_events

pytestmark = pytest.mark.django_db
AT = datetime(2026, 12, 1, 8, 30, tzinfo=UTC)


@pytest.fixture
def officer():
    return User.objects.create_user("officer")


@pytest.fixture
def event(officer):
    return record(
        event="policies.revision_published",
        by=officer,
        at=AT,
        object_type="policies.revision",
        object_key="370600/employee/3",
        before={"status": "in_review"},
        after={"status": "published"},
        reason="烟医保发〔2025〕1号",
        address="203.0.113.9",
    )


def test_tells_what_happened_to_an_object_newest_first(officer, event):
    record(
        event="x.later",
        by=officer,
        at=AT,
        object_type=event.object_type,
        object_key=event.object_key,
    )
    record(event="x.other", by=officer, at=AT, object_type=event.object_type, object_key="else")

    rows = list_events("policies.revision", "370600/employee/3")

    assert [row.event for row in rows] == ["x.later", "policies.revision_published"]
    assert rows[1].actor == "officer"
    assert rows[1].at == AT
    assert (rows[1].before, rows[1].after) == ({"status": "in_review"}, {"status": "published"})
    assert rows[1].reason == "烟医保发〔2025〕1号"


def test_outlives_its_actor(officer, event):
    officer.delete()

    assert Event.objects.get().actor == "officer"


@pytest.mark.parametrize(
    "change",
    [
        lambda event: event.save(),
        lambda event: event.delete(),
        lambda event: Event.objects.update(reason="other"),
        lambda event: Event.objects.all().delete(),
        lambda event: Event.objects.bulk_update([event], ["reason"]),
    ],
)
def test_the_model_refuses_a_change(event, change):
    with pytest.raises(EventIsFinal):
        change(event)


@pytest.mark.parametrize(
    "statement",
    ["UPDATE audit_event SET reason = 'other'", "DELETE FROM audit_event"],
)
def test_the_database_refuses_a_change_of_a_young_event(officer, statement):
    with transaction.atomic():
        record(event="x.y", by=officer, at=timezone.now(), object_type="x", object_key="1")

    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)

    assert Event.objects.get().reason == ""


@pytest.mark.skipif(connection.vendor != "postgresql", reason="TRUNCATE is PostgreSQL's")
def test_the_database_refuses_to_be_emptied(event):
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("TRUNCATE audit_event")


@pytest.mark.parametrize("blank", ["event", "object_type", "object_key"])
def test_an_event_says_who_did_what_to_which(officer, blank):
    facts = {"event": "x.y", "object_type": "x", "object_key": "1", blank: ""}

    with pytest.raises(IntegrityError), transaction.atomic():
        record(by=officer, at=AT, **facts)


@pytest.mark.django_db(transaction=True)
def test_is_refused_outside_a_transaction():
    officer = User.objects.create_user("officer")

    with pytest.raises(RuntimeError, match="in the transaction"):
        record(event="x.y", by=officer, at=AT, object_type="x", object_key="1")


def test_staff_can_read_events_and_nothing_else(event):
    User.objects.create_superuser("chief", password="a long enough one")
    client = Client()
    client.login(username="chief", password="a long enough one")

    assert event.object_key in client.get("/admin/audit/event/").content.decode()
    assert client.get(f"/admin/audit/event/{event.pk}/change/").status_code == 200
    assert client.get("/admin/audit/event/add/").status_code == 403
    assert client.post(f"/admin/audit/event/{event.pk}/change/", {"reason": "x"}).status_code == 403
    assert client.post(f"/admin/audit/event/{event.pk}/delete/", {"post": "yes"}).status_code == 403
