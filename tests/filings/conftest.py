"""One day, the shipped rules, a store of its own."""

from datetime import UTC, date, datetime

import pytest
from django.test import Client
from django.utils import timezone

from tests.filings.walking import Walker

TODAY = date(2026, 12, 1)
NOW = datetime(2026, 12, 1, 2, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def that_day(db, shipped, settings, tmp_path, monkeypatch) -> None:
    """The shipped rules on 2026-12-01, files in a folder of the test's own."""
    settings.DATA_DIR = tmp_path
    monkeypatch.setattr(timezone, "localdate", _localdate)
    monkeypatch.setattr(timezone, "now", lambda: NOW)


_real_localdate = timezone.localdate


def _localdate(value: datetime | None = None, zone: object = None) -> date:
    return TODAY if value is None else _real_localdate(value, zone)


@pytest.fixture
def walker(client: Client) -> Walker:
    return Walker(client)
