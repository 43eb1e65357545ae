"""The conflict board: where published rows contradict each other, worked out from the rows.

Nothing here is written by hand (decisions.md 17). Four things count: rows of one key that
say different things; a region's row that differs from the rule it would inherit; one text
with several readings or only a range; and a single row that is disputed by itself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import product
from typing import Any

from yibao.policies.keys import LISTS, SELECTORS, STRETCHES
from yibao.policies.statements import Reading, Statement, overlap, statements_of
from yibao.rules.policy import Provision
from yibao.rules.terms import InsuranceType, Kind, Standing

COMPARED_WITH_PARENTS = frozenset(
    {
        "filing_rule",
        "away_adjustment",
        "second_layer",
        "claim_rule",
        "enrolment_rule",
        "account_rule",
    }
)
"""Tables whose rows a region shares with its province and the nation; benefit figures are
the region's own and have nothing above to differ from."""


class ConflictKind(StrEnum):
    VALUES = "values"  # rows of one key disagree
    READINGS = "readings"  # one text, several readings
    RANGE = "range"  # one text gives a range where a value is wanted
    LOCAL = "local"  # differs from the rule that would be inherited
    SINGLE = "single"  # disputed by itself


@dataclass(frozen=True, slots=True)
class Conflict:
    """One entry of the board. `key` is the path of the row that raises it."""

    key: str
    kind: ConflictKind
    region_code: str
    readings: tuple[Reading, ...]

    @property
    def standing(self) -> Standing:
        """Disputed where any side is, else the standing of the region's own row."""
        standings = {reading.provision.standing for reading in self.readings}
        if Standing.DISPUTED in standings:
            return Standing.DISPUTED
        return self.readings[0].provision.standing


type Ancestors = Callable[[str], Sequence[str]]


def find_conflicts(
    by_region: Mapping[str, Iterable[Provision]], ancestors: Ancestors
) -> tuple[Conflict, ...]:
    """Return every conflict among the rows given, in the order of their keys.

    `by_region` holds the rows in force per region; `ancestors(code)` names the regions
    above one, nearest first.
    """
    stated = {code: tuple(statements_of(rows)) for code, rows in by_region.items()}
    found: list[Conflict] = []
    for code, statements in stated.items():
        within = list(_within_region(code, statements))
        above = [each for parent in ancestors(code) for each in stated.get(parent, ())]
        # Readings of one rule are compared with each other; once more with the rule above
        # would say the same thing twice.
        open_rows = {side.provision.id for conflict in within for side in conflict.readings}
        settled = [each for each in statements if each.provision.id not in open_rows]
        local = list(_against_parents(code, settled, above))
        told = {
            (reading.provision.id, conflict.key)
            for conflict in (*within, *local)
            for reading in conflict.readings
        }
        found += within + local + list(_single(code, statements, told))
    return tuple(sorted(found, key=lambda conflict: (conflict.key, conflict.kind)))


# --- within a region --------------------------------------------------------------------


def _within_region(code: str, statements: Sequence[Statement]) -> Iterator[Conflict]:
    groups: dict[tuple[object, ...], list[Statement]] = defaultdict(list)
    for statement in statements:
        if statement.provision.table not in LISTS:
            for atom in _atoms(statement):
                groups[atom].append(statement)
    seen: set[tuple[str, frozenset[str]]] = set()
    for group in groups.values():
        if len({each.reading.text for each in group}) < 2:
            continue
        identity = (group[0].topic, frozenset(each.provision.id for each in group))
        if identity in seen or not any(_is_open(each.provision) for each in group):
            continue
        seen.add(identity)
        yield Conflict(_path_of(group), _kind_of(group), code, _readings(group))


def _is_open(row: Provision) -> bool:
    """A rule beside a bound or a guidance of the same key is no contradiction by itself."""
    return row.standing is Standing.DISPUTED or row.kind is Kind.RULE


def _kind_of(group: Sequence[Statement]) -> ConflictKind:
    texts = {(each.provision.citation.document_id, each.provision.citation.quote) for each in group}
    disputed = all(each.provision.standing is Standing.DISPUTED for each in group)
    return ConflictKind.READINGS if len(texts) == 1 and disputed else ConflictKind.VALUES


def _path_of(group: Sequence[Statement]) -> str:
    disputed = [each for each in group if each.provision.standing is Standing.DISPUTED]
    return min((each.path for each in disputed or group), key=lambda path: (-len(path), path))


def _readings(group: Sequence[Statement]) -> tuple[Reading, ...]:
    return tuple(dict.fromkeys(each.reading for each in group))


def _atoms(statement: Statement) -> Iterator[tuple[object, ...]]:
    """Take a statement's key apart: one atom per single category, group, care type …"""
    row = statement.provision
    branches = [row.insurance] if row.insurance else list(InsuranceType)
    parts = [_members(statement.values[name]) for name in SELECTORS[row.table]]
    stretch = tuple(statement.values[name] for name in STRETCHES.get(row.table, ()))
    if not statement.values.get("limits_known", True):
        # Bands whose limits are not known stand side by side, told apart by their ratio.
        stretch = (*stretch, statement.values["ratio_bp"])
    for branch, *members in product(branches, *parts):
        yield (row.table, statement.topic, branch, stretch, *members)


def _members(value: Any) -> tuple[object, ...]:
    if isinstance(value, frozenset):
        return tuple(sorted(value)) or ("",)
    return (value,)


# --- against what would be inherited -----------------------------------------------------


def _against_parents(
    code: str, statements: Sequence[Statement], above: Sequence[Statement]
) -> Iterator[Conflict]:
    for statement in statements:
        table = statement.provision.table
        if table not in COMPARED_WITH_PARENTS or statement.topic == "text":
            continue
        differing = [
            other
            for other in above
            if other.provision.table == table
            and other.topic == statement.topic
            and other.reading.text != statement.reading.text
            and overlap(statement, other)
        ]
        if differing:
            readings = _readings([statement, *differing])
            yield Conflict(statement.path, ConflictKind.LOCAL, code, readings)


# --- by itself ---------------------------------------------------------------------------


def _single(
    code: str, statements: Sequence[Statement], told: set[tuple[str, str]]
) -> Iterator[Conflict]:
    told_rows = {row_id for row_id, _key in told}
    for statement in statements:
        row = statement.provision
        if row.id in told_rows:
            continue
        if row.standing is Standing.DISPUTED:
            yield Conflict(statement.path, ConflictKind.SINGLE, code, (statement.reading,))
        elif row.kind is Kind.BOUND:
            yield Conflict(statement.path, ConflictKind.RANGE, code, (statement.reading,))
