"""The fields of every kind of provision, read once from the dataclasses of `rules.policy`.

Files, tables and the engine name the same fields; this module is the one place that
knows what type each has, so that a row can be moved between the three.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import MISSING, dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from types import NoneType
from typing import Any, NewType, get_args, get_origin, get_type_hints

from yibao.rules import policy
from yibao.rules.terms import EffectiveBasis, Kind, Standing

TYPE_OF: dict[str, type[policy.Provision]] = {kind.table: kind for kind in policy.PROVISION_TYPES}
_SHARED = {field.name for field in dataclasses.fields(policy.Provision)}


@dataclass(frozen=True, slots=True)
class Field:
    """One field: `base` is int, bool, str, date or an enumeration; `many` a set of them.

    `optional`: None means "not stated". `default` is MISSING where a value is required.
    """

    name: str
    base: type
    many: bool
    optional: bool
    default: Any

    @property
    def required(self) -> bool:
        return self.default is MISSING

    def from_column(self, value: Any) -> Any:
        """Return the engine's value of what a table holds."""
        if value is None or (value == "" and self.optional):
            return None
        if self.many:
            return frozenset(self.base(item) for item in value)
        return self.base(value) if issubclass(self.base, StrEnum) else value

    def to_column(self, value: Any) -> Any:
        """Return what a table holds for the engine's value."""
        if value is None:
            return "" if issubclass(self.base, StrEnum) and not self.many else None
        if self.many:
            return tuple(str(item) for item in in_order(self.base, value))
        return str(value) if issubclass(self.base, StrEnum) else value


def in_order(base: type, values: Iterable[Any]) -> list[Any]:
    """Return a set's members in the order of their enumeration, codes by themselves."""
    if issubclass(base, StrEnum):
        rank = {member: place for place, member in enumerate(base)}
        return sorted(values, key=lambda member: rank[member])
    return sorted(values)


@cache
def fields_of(table: str) -> tuple[Field, ...]:
    """Return the fields of one table beyond the shared head, in the dataclass's order."""
    kind = TYPE_OF[table]
    hints = get_type_hints(kind)
    return tuple(
        _field(item.name, hints[item.name], item)
        for item in dataclasses.fields(kind)
        if item.name not in _SHARED
    )


def _field(name: str, hint: Any, item: dataclasses.Field[Any]) -> Field:
    options = [part for part in get_args(hint) if part is not NoneType]
    optional = NoneType in get_args(hint)
    if optional:
        (hint,) = options
    many = get_origin(hint) is frozenset
    if many:
        (hint,) = get_args(hint)
    if isinstance(hint, NewType):
        hint = hint.__supertype__
    return Field(name, hint, many, optional, item.default)


def values_of(row: Any, table: str) -> dict[str, Any]:
    """Return the engine's values of a model instance or a dataclass, by field name."""
    return {field.name: field.from_column(getattr(row, field.name)) for field in fields_of(table)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """One provision as an officer or a file states it, not yet part of a revision.

    `effective_to` is the first day no longer in force. `values` holds every field of the
    table as the engine has it.
    """

    table: str
    document: str
    article: str
    quote: str
    checked_on: date
    standing: Standing
    kind: Kind
    effective_from: date
    effective_basis: EffectiveBasis
    effective_to: date | None
    note: str
    reference: tuple[str, ...]
    values: Mapping[str, Any]

    def identity(self) -> tuple[Any, ...]:
        """What makes two rows the same: everything but the day of the last check."""
        return (
            self.table,
            self.document,
            self.article,
            self.quote,
            self.standing,
            self.kind,
            self.effective_from,
            self.effective_basis,
            self.effective_to,
            self.note,
            self.reference,
            *self.values.values(),
        )
