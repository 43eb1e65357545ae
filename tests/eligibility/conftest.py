from collections.abc import Iterator
from datetime import date

import pytest
from django.utils import timezone

from tests.factories.regions import shipped_memory
from tests.factories.shipped_policies import shipped_store
from yibao.policies.store import STORE
from yibao.regions import queries as regions


@pytest.fixture(autouse=True)
def shipped(db: None) -> Iterator[None]:
    """The shipped regions and policies as the queries read them, without their rows."""
    regions.MEMORY.hold(shipped_memory())
    STORE.hold(shipped_store())
    yield
    regions.MEMORY.forget()
    STORE.forget()


@pytest.fixture(autouse=True)
def today(monkeypatch: pytest.MonkeyPatch) -> date:
    """The day on which every test of this folder runs."""
    day = date(2026, 12, 1)
    monkeypatch.setattr(timezone, "localdate", lambda: day)
    return day
