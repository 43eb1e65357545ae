"""Whoever tampers with events past the triggers is found out, and where."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from importlib import import_module
from io import StringIO
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test import RequestFactory, override_settings
from django.utils import timezone

from yibao.accounts.models import User
from yibao.audit.models import ChainHead, Event
from yibao.audit.operations import TooYoung, purge_events, record, record_view
from yibao.audit.origin import OriginMiddleware
from yibao.audit.verification import Fault, Finding, head, verify

pytestmark = pytest.mark.django_db
AT = datetime(2026, 12, 1, 8, 30, 1, 250_000, tzinfo=UTC)
TRIGGERS = import_module("yibao.audit.migrations.0003_chain")


@pytest.fixture
def officer() -> User:
    return User.objects.create_user("officer")


def note(by: User, key: str, at: datetime = AT) -> Event:
    return record(
        event="x.y",
        by=by,
        at=at,
        object_type="x",
        object_key=key,
        region_code="370600",
        before={"day": date(2026, 1, 1), "b": None},
        after={"day": date(2026, 2, 1), "a": ["烟台", 1]},
        reason="why",
        address="2001:db8:0::1",
    )


@pytest.fixture
def five(officer: User) -> list[Event]:
    return [note(officer, str(number)) for number in range(1, 6)]


@contextmanager
def without_triggers() -> Iterator[None]:
    # What the migration needs of a schema editor, which SQLite refuses inside a transaction.
    with connection.cursor() as cursor:
        editor = SimpleNamespace(connection=connection, execute=cursor.execute)
        TRIGGERS.remove_triggers(None, editor)
        yield
        TRIGGERS.add_triggers(None, editor)


def tamper(statement: str, *values: object) -> None:
    with without_triggers(), connection.cursor() as cursor:
        cursor.execute(statement, values)


def test_a_chain_that_nobody_touched_is_whole(five: list[Event]) -> None:
    assert [event.sequence for event in five] == [1, 2, 3, 4, 5]
    assert [event.previous_hash for event in five[1:]] == [event.hash for event in five[:-1]]
    assert list(verify()) == []
    assert list(verify(anchor=(3, five[2].hash))) == []


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("actor", "somebody"),
        ("event", "x.z"),
        ("at", datetime(2026, 12, 1, 8, 30, 1, 250_001, tzinfo=UTC)),
        ("object_key", "7"),
        ("region_code", "370200"),
        ("after", '{"day": "2026-02-02"}'),
        ("reason", ""),
        ("address", "2001:db8::2"),
        ("hash", "0" * 64),
    ],
)
def test_names_the_event_that_was_changed(five: list[Event], column: str, value: object) -> None:
    tamper(f"UPDATE audit_event SET {column} = %s WHERE sequence = 3", value)  # noqa: S608

    assert Finding(Fault.CHANGED, 3, 3) in list(verify())


def test_names_the_events_that_were_removed(five: list[Event]) -> None:
    tamper("DELETE FROM audit_event WHERE sequence IN (2, 3)")

    assert list(verify()) == [Finding(Fault.REMOVED, 2, 3)]


def test_finds_a_beginning_that_was_removed_without_a_purge(five: list[Event]) -> None:
    tamper("DELETE FROM audit_event WHERE sequence <= 2")

    assert list(verify()) == [Finding(Fault.REMOVED, 1, 2)]


def test_finds_an_end_that_was_removed(five: list[Event]) -> None:
    tamper("DELETE FROM audit_event WHERE sequence >= 4")

    assert list(verify()) == [Finding(Fault.CUT_OFF, 4, 5)]


def test_finds_an_end_that_was_removed_with_the_head_set_back(five: list[Event]) -> None:
    noted = head()
    tamper("DELETE FROM audit_event WHERE sequence >= 4")
    ChainHead.objects.update(sequence=3, hash=five[2].hash)

    assert list(verify()) == []  # which is why the head is noted elsewhere
    assert list(verify(anchor=noted)) == [Finding(Fault.CUT_OFF, 4, 5)]


def test_finds_events_that_changed_places(five: list[Event]) -> None:
    with without_triggers():
        for old, new in ((2, 99), (3, 2), (99, 3)):
            with connection.cursor() as cursor:
                cursor.execute(
                    "UPDATE audit_event SET sequence = %s WHERE sequence = %s", [new, old]
                )

    found = {finding.fault for finding in verify()}

    assert found == {Fault.REORDERED, Fault.CHANGED}


def test_a_key_that_is_no_longer_the_first_still_verifies(officer: User) -> None:
    old, new = "o" * 40, "n" * 40
    with override_settings(KEYS=[old]):
        note(officer, "1")
    with override_settings(KEYS=[new, old]):
        note(officer, "2")
        assert list(verify()) == []
    with override_settings(KEYS=[new]):
        assert list(verify()) == [Finding(Fault.UNKNOWN_KEY, 1, 1)]


def test_the_command_prints_the_head_and_takes_it_back(five: list[Event]) -> None:
    out = StringIO()
    call_command("verify_audit", stdout=out)
    anchor = out.getvalue().split()[-1]

    call_command("verify_audit", f"--anchor={anchor}", stdout=out)

    assert anchor == f"5:{five[4].hash}"


def test_the_command_fails_on_a_broken_chain(five: list[Event]) -> None:
    tamper("UPDATE audit_event SET reason = 'other' WHERE sequence = 2")
    said = StringIO()

    with pytest.raises(CommandError, match="1 findings"):
        call_command("verify_audit", stderr=said)

    assert said.getvalue() == "event 2: changed after it was recorded\n"


# --- keeping and purging ---------------------------------------------------------------


def old_and_young(officer: User) -> datetime:
    now = timezone.now()
    for days in (400, 300, 200, 10, 1):
        note(officer, str(days), now - timedelta(days=days))
    return now


def test_a_purge_leaves_a_chain_that_verifies(officer: User) -> None:
    now = old_and_young(officer)

    removed = purge_events(before=now - timedelta(days=250), by=officer, at=now, reason="archived")

    assert removed == 2
    assert list(Event.objects.order_by("sequence").values_list("object_key", flat=True)) == [
        "200",
        "10",
        "1",
        "1-2",
    ]
    assert list(verify()) == []
    tamper("DELETE FROM audit_event WHERE sequence = 3")
    assert list(verify()) == [Finding(Fault.REMOVED, 3, 3)]


def test_a_second_purge_starts_where_the_first_ended(officer: User) -> None:
    now = old_and_young(officer)

    purge_events(before=now - timedelta(days=350), by=officer, at=now, reason="first")
    purge_events(before=now - timedelta(days=250), by=officer, at=now, reason="second")

    assert list(verify()) == []


def test_a_purge_refuses_the_last_six_months(officer: User) -> None:
    now = old_and_young(officer)

    with pytest.raises(TooYoung):
        purge_events(before=now - timedelta(days=182), by=officer, at=now, reason="all")

    assert Event.objects.count() == 5


def test_a_purge_of_nothing_says_nothing(officer: User) -> None:
    now = old_and_young(officer)

    assert not purge_events(before=now - timedelta(days=900), by=officer, at=now, reason="x")
    assert Event.objects.count() == 5


def test_the_purge_command_keeps_to_the_days(officer: User) -> None:
    now = old_and_young(officer)
    out = StringIO()

    call_command(
        "purge_audit",
        before=timezone.localdate(now - timedelta(days=250)),
        reason="year end",
        stdout=out,
    )
    with pytest.raises(CommandError, match="183 days are kept"):
        call_command("purge_audit", before=timezone.localdate(now), reason="all")

    assert out.getvalue() == "2 events removed\n"
    assert list(verify()) == []


# --- what is recorded beside -------------------------------------------------------------


def test_a_look_at_sensitive_fields_is_an_event_without_values(officer: User) -> None:
    event = record_view(
        by=officer,
        at=AT,
        object_type="claims.claim",
        object_key="7",
        fields=("id_number",),
        region_code="370600",
    )

    assert (event.event, event.after) == ("claims.claim_viewed", {"fields": ["id_number"]})


def test_the_address_of_staff_is_taken_from_the_request(officer: User) -> None:
    class Citizen:
        def get_username(self) -> str:
            return "visitor"

    def act(request: object) -> None:
        with transaction.atomic():
            record(event="x.y", by=officer, at=AT, object_type="x", object_key="staff")
            record(event="x.y", by=Citizen(), at=AT, object_type="x", object_key="citizen")

    OriginMiddleware(act)(RequestFactory().get("/", REMOTE_ADDR="203.0.113.9"))  # type: ignore[arg-type]

    assert Event.objects.get(object_key="staff").address == "203.0.113.9"
    assert Event.objects.get(object_key="citizen").address is None
