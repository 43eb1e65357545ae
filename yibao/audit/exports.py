"""Write events as files, line by line, however many there are."""

import csv
import json
from collections.abc import Iterable, Iterator
from typing import Any

from yibao.audit.models import Event

COLUMNS = (
    "sequence",
    "at",
    "event",
    "actor",
    "object_type",
    "object_key",
    "region_code",
    "before",
    "after",
    "reason",
    "address",
    "key_id",
    "previous_hash",
    "hash",
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class _Line:
    """What csv writes into: hands each line on."""

    def write(self, line: str) -> str:
        return line


def csv_lines(events: Iterable[Event]) -> Iterator[str]:
    """Yield a table that spreadsheets open as text, never as formulas."""
    writer = csv.writer(_Line())
    yield "\ufeff" + writer.writerow(COLUMNS)
    for event in events:
        yield writer.writerow(_cell(value) for value in _values(event).values())


def json_lines(events: Iterable[Event]) -> Iterator[str]:
    """Yield one JSON object per event: what the hash covers, unchanged."""
    for event in events:
        yield json.dumps(_values(event), ensure_ascii=False) + "\n"


def _values(event: Event) -> dict[str, Any]:
    return {name: getattr(event, name) for name in COLUMNS} | {"at": event.at.isoformat()}


def _cell(value: Any) -> str:
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False, sort_keys=True)
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text
