from datetime import date

import pytest
from django.utils import timezone

TODAY = date(2026, 12, 1)


@pytest.fixture(autouse=True)
def today(monkeypatch: pytest.MonkeyPatch) -> date:
    monkeypatch.setattr(timezone, "localdate", lambda: TODAY)
    return TODAY


@pytest.fixture
def shipped(db: None, shipped: None) -> None:
    """The shipped data in memory, and a database for the stamps."""
