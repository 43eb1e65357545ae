from datetime import date

import pytest
from django.utils import timezone


@pytest.fixture(autouse=True)
def today(db: None, shipped: None, monkeypatch: pytest.MonkeyPatch) -> date:
    """The day on which every test of this folder runs, with the shipped data in memory."""
    day = date(2026, 12, 1)
    monkeypatch.setattr(timezone, "localdate", lambda: day)
    return day
