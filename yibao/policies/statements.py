"""A row taken apart into statements: what it says on one topic, under a readable path."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any

from yibao.policies.keys import SELECTORS, TOPICS, paths_of, topics_of
from yibao.policies.presentation import Line, describe
from yibao.rules.policy import Provision


@dataclass(frozen=True, slots=True)
class Reading:
    """A row and what it says on the topic in question."""

    provision: Provision
    qualifiers: tuple[str, ...]
    lines: tuple[Line, ...]

    @property
    def text(self) -> str:
        return "；".join(line.text for line in self.lines)


@dataclass(frozen=True, slots=True)
class Statement:
    """What one row says on one topic; `topic` is "" for tables whose rows are one statement."""

    topic: str
    path: str
    reading: Reading
    values: Mapping[str, Any]

    @property
    def provision(self) -> Provision:
        return self.reading.provision


def statements_of(
    rows: Iterable[Provision], names: Mapping[str, str] | None = None
) -> Iterator[Statement]:
    """Yield the statements of rows in their order."""
    for row in rows:
        described = describe(row, names)
        values = {column.name: getattr(row, column.name) for column in fields(row)}
        topics = topics_of(row.table, values)
        paths = paths_of(row.region_code, row.insurance, row.table, values)
        for topic, path in zip(topics, paths, strict=True):
            lines = tuple(
                line
                for line in described.lines
                if not topic or TOPICS[row.table].get(line.field, line.field) == topic
            )
            if lines:
                yield Statement(topic, path, Reading(row, described.qualifiers, lines), values)


def overlap(left: Statement, right: Statement) -> bool:
    """Tell whether two rows of one table may speak of one case: no selector parts them."""
    branches = {left.provision.insurance, right.provision.insurance}
    if None not in branches and len(branches) > 1:
        return False
    return all(
        _meet(left.values[name], right.values[name]) for name in SELECTORS[left.provision.table]
    )


def _meet(left: Any, right: Any) -> bool:
    if isinstance(left, frozenset):
        return not left or not right or bool(left & right)
    return left in (None, "") or right in (None, "") or bool(left == right)
