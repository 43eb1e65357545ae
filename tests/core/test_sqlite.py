"""The embedded database keeps what it acknowledged, and waits instead of failing."""

import threading
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import OperationalError, connection, connections, transaction
from django.test import override_settings

from yibao.accounts.models import User
from yibao.core import checks
from yibao.core.sqlite import base

pytestmark = pytest.mark.skipif(connection.vendor != "sqlite", reason="SQLite only")


def _pragma(name):
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA {name}")
        return cursor.fetchone()[0]


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "value"), [("synchronous", 2), ("foreign_keys", 1)])
def test_opens_every_connection_safely(name, value):
    assert _pragma(name) == value


@pytest.mark.django_db
@pytest.mark.parametrize(("safe_from", "journal"), [((3, 0, 0), "wal"), ((99, 0, 0), "truncate")])
def test_uses_the_journal_that_its_sqlite_can_be_trusted_with(
    monkeypatch, tmp_path, safe_from, journal
):
    monkeypatch.setattr(base, "WAL_IS_SAFE_FROM", safe_from)
    fresh = connection.copy()
    fresh.settings_dict["NAME"] = tmp_path / "fresh.sqlite3"

    with fresh.cursor() as cursor:
        cursor.execute("PRAGMA journal_mode")
        found = cursor.fetchone()[0]
    fresh.close()

    assert found == journal


def test_says_so_when_sqlite_is_too_old(monkeypatch):
    monkeypatch.setattr(checks, "WAL_IS_SAFE_FROM", (99, 0, 0))

    assert [message.id for message in checks.sqlite_is_current()] == ["yibao.W001"]


def test_says_nothing_when_sqlite_is_current(monkeypatch):
    monkeypatch.setattr(checks, "WAL_IS_SAFE_FROM", (3, 0, 0))

    assert checks.sqlite_is_current() == []


@pytest.mark.django_db
def test_reads_back_the_types_django_writes():
    moment = datetime(2026, 12, 1, 8, 30, tzinfo=UTC)
    user = User.objects.create_user("someone", last_login=moment)

    user.refresh_from_db()

    assert (user.last_login, user.is_active) == (moment, True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s, %s", [date(2026, 12, 1), Decimal("1.5")])
        assert cursor.fetchone() == ("2026-12-01", "1.5")


@pytest.mark.django_db
def test_takes_named_parameters_and_many_rows():
    with connection.cursor() as cursor:
        cursor.execute("SELECT %(a)s + %(b)s", {"a": 1, "b": 2})
        assert cursor.fetchone() == (3,)
        cursor.execute("CREATE TEMP TABLE pairs (a int, b int)")
        cursor.executemany("INSERT INTO pairs VALUES (%s, %s)", ((n, n) for n in range(3)))
        cursor.executemany("INSERT INTO pairs VALUES (%(a)s, 9)", [{"a": 7}])
        cursor.execute("SELECT sum(a), count(*) FROM pairs")
        assert cursor.fetchone() == (10, 4)


@pytest.mark.django_db
def test_writes_more_rows_at_once_than_a_statement_has_variables():
    User.objects.bulk_create(User(username=f"user{n}", password="") for n in range(4_000))

    assert User.objects.filter(username__in=[f"user{n}" for n in range(4_000)]).count() == 4_000


@pytest.mark.django_db
@override_settings(DEBUG=True)
def test_shows_its_last_statement_in_debug(settings):
    connection.force_debug_cursor = True
    try:
        list(User.objects.filter(username="张三"))
        assert "'张三'" in connection.queries[-1]["sql"]
    finally:
        connection.force_debug_cursor = False


@pytest.mark.django_db(transaction=True)
def test_a_second_writer_waits_for_the_first():
    User.objects.create(username="shared", name="0")
    failures = []

    def add_one():
        try:
            for _ in range(20):
                with transaction.atomic():
                    user = User.objects.get(username="shared")
                    user.name = str(int(user.name) + 1)
                    user.save()
        except OperationalError as error:
            failures.append(error)
        finally:
            connections.close_all()

    writers = [threading.Thread(target=add_one) for _ in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()

    assert failures == []
    assert User.objects.get(username="shared").name == "80"
