"""Strictness for every test: no network but this machine, no chance, no leftover rows."""

import socket
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.db.backends.base.operations import BaseDatabaseOperations
from hypothesis import HealthCheck, settings

from tests.factories.guides import shipped_guides
from tests.factories.regions import shipped_memory
from tests.factories.shipped_policies import shipped_store
from tests.factories.sources import shipped_sources
from yibao.core.stamps import Stamped
from yibao.guides import queries as guides
from yibao.policies.due import NEXT as NEXT_DUE
from yibao.policies.store import STORE as POLICIES
from yibao.regions import queries as regions
from yibao.sources import queries as sources

settings.register_profile(
    "ci",
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("nightly", deadline=None, max_examples=2_000)
settings.load_profile("ci")

_LOOPBACK = ("127.0.0.1", "::1", "localhost")


class NetworkUsed(RuntimeError):
    """A test reached for another machine."""


@pytest.fixture(autouse=True, scope="session")
def no_network() -> Iterator[None]:
    """Refuse every connection of this process that leaves the machine."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and address[0] not in _LOOPBACK:
            raise NetworkUsed(f"a test tried to reach {address}")
        connect(self, address)

    patch = pytest.MonkeyPatch()
    patch.setattr(socket.socket, "connect", guarded)
    yield
    patch.undo()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Let PostgreSQL drop the database though a thread of the live server never hung up."""
    yield
    if connection.vendor == "postgresql":
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )


@pytest.fixture(autouse=True, scope="session")
def flush_past_the_triggers() -> Iterator[None]:
    """Let the clean-up after a transactional test empty the append-only and locked tables too."""
    audit = import_module("yibao.audit.migrations.0003_chain")
    policies = import_module("yibao.policies.migrations.0005_locks")
    claims = import_module("yibao.claims.migrations.0002_append_only")
    flush = BaseDatabaseOperations.execute_sql_flush

    def flush_without_triggers(self: BaseDatabaseOperations, statements: list[str]) -> None:
        with connection.schema_editor(atomic=False) as editor:
            audit.remove_triggers(None, editor)
            policies.remove_locks(None, editor)
            claims.remove_triggers(None, editor)
        try:
            flush(self, statements)
        finally:
            with connection.schema_editor(atomic=False) as editor:
                audit.add_triggers(None, editor)
                policies.add_locks(None, editor)
                claims.add_triggers(None, editor)

    patch = pytest.MonkeyPatch()
    patch.setattr(BaseDatabaseOperations, "execute_sql_flush", flush_without_triggers)
    yield
    patch.undo()


@pytest.fixture(autouse=True)
def nothing_in_memory_from_other_tests() -> Iterator[None]:
    """A rolled-back test gives its stamp back, so memory could not tell its rows are gone."""
    yield
    Stamped.forget_all()
    cache.clear()


@pytest.fixture
def shipped() -> None:
    """The shipped regions, sources, policies and guides in memory, without their rows.

    Needs a database for the stamps: ask for `db` or `live_server` as well.
    """
    regions.MEMORY.hold(shipped_memory())
    sources.MEMORY.hold(shipped_sources())
    POLICIES.hold(shipped_store())
    guides.MEMORY.hold(shipped_guides())
    NEXT_DUE.hold(None)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    journeys = Path(__file__).parent / "journeys"
    for item in items:
        if journeys in item.path.parents:
            item.add_marker(pytest.mark.browser)
