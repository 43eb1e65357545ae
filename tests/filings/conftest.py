"""One day, the shipped rules, a store of its own."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from tests.filings.walking import Walker
from yibao.cases.uploads import fields
from yibao.cases.uploads.inspection import clean
from yibao.cases.uploads.receiving import Received

TODAY = date(2026, 12, 1)
NOW = datetime(2026, 12, 1, 2, 0, tzinfo=UTC)
_localdate = timezone.localdate


@pytest.fixture
def that_day(db, shipped, settings, tmp_path, monkeypatch) -> None:
    """The shipped rules on 2026-12-01; files in a folder of the test's own, opened in this
    process, since they are our own."""
    settings.DATA_DIR = tmp_path

    def localdate(value: datetime | None = None, *zone: Any) -> date:
        return TODAY if value is None else _localdate(value, *zone)

    def receive(file: Any) -> Received:
        found = clean(file.read())
        return Received(found.content_type, found.content, found.preview, found.pages)

    monkeypatch.setattr(timezone, "localdate", localdate)
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    monkeypatch.setattr(fields, "receive", receive)


@pytest.fixture
def walker(that_day: None, client: Client) -> Walker:
    return Walker(client)
