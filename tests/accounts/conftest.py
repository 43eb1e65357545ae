"""People of the bureau, and what is needed to sign in as them."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from tests.factories.regions import shipped_memory
from tests.factories.staff import make_staff
from yibao.accounts import account_admin, admin, middleware, views
from yibao.accounts.management.commands import reopen_account
from yibao.accounts.models import User
from yibao.accounts.operations import set_up_factor
from yibao.accounts.totp import code_at, new_secret, step_at
from yibao.regions import queries as regions

AT = datetime(2026, 12, 1, 8, 30, tzinfo=UTC)
PASSWORD = "correct horse battery"  # noqa: S105


@pytest.fixture
def places(db: None) -> None:
    """The shipped regions in memory."""
    regions.MEMORY.hold(shipped_memory())


@pytest.fixture
def roles(db: None) -> None:
    call_command("create_roles", verbosity=0)


@pytest.fixture
def staff(db: None) -> Callable[..., User]:
    """Make a person: `staff("li", "auditor", regions=["370600"], rights=["view_region"])`."""

    def make(
        username: str, *slugs: str, regions: tuple[str, ...] = (), rights: tuple[str, ...] = ()
    ) -> User:
        return make_staff(username, *slugs, regions=regions, rights=rights, password=PASSWORD)

    return make


@pytest.fixture
def with_factor() -> Callable[[User], str]:
    """Set a person's phone up an hour before AT and return its secret."""

    def set_up(user: User) -> str:
        secret = new_secret()
        at = AT.replace(hour=7)
        set_up_factor(by=user, secret=secret, typed=code_at(secret, step_at(at)), at=at)
        return secret

    return set_up


def sign_in(client: Client, username: str, password: str = PASSWORD, **more: str) -> Any:
    return client.post("/admin/login/", {"username": username, "password": password, **more})


class Clock:
    """Stands for `timezone` where views, middleware, the panel and commands read the moment."""

    def __init__(self) -> None:
        self.moment = AT

    def now(self) -> datetime:
        return self.moment

    def forward(self, **amount: float) -> None:
        self.moment += timedelta(**amount)

    def at(self, moment: datetime) -> None:
        self.moment = moment


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    for module in (views, middleware, admin, account_admin, reopen_account):
        monkeypatch.setattr(module, "timezone", clock)
    monkeypatch.setattr("yibao.core.confirmation_views.timezone", clock)
    return clock
