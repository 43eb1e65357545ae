"""The terms of a region: all provisions in force on one day."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from yibao.rules.policy.head import Provision
from yibao.rules.terms import (
    InsuranceType,
    Level,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalClass:
    """医疗机构类别 of a region and the national level it stands for."""

    slug: str
    name: str
    level: Level


MOST_KEPT = 512
"""Readings of one `Terms` that are kept; each is a few kilobytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """Everything in force for one region, insurance type and day.

    `levels` holds, nearest first (pooling region, province, nation), the provisions of
    each; nothing is merged, since inheritance is per field and key (decisions.md 3).
    Rows of standing `unverified` are left out where the site does not trust them, and
    `superseded` and `rejected` rows are never here. `known_from` is the first day for
    which the region itself states anything, or None where it states nothing.
    """

    region_code: str
    region_name: str
    insurance: InsuranceType
    on: date
    levels: tuple[tuple[Provision, ...], ...]
    classes: tuple[LocalClass, ...] = ()
    known_from: date | None = None
    whom_to_ask: str = ""
    _index: dict[type[Provision], tuple[tuple[Provision, ...], ...]] = field(
        default_factory=dict, init=False, compare=False, repr=False
    )
    _plans: dict[Hashable, Any] = field(default_factory=dict, init=False, compare=False, repr=False)

    def remember[T](self, key: Hashable, make: Callable[[], T]) -> T:
        """Return what `make` returned for this key before, else call it.

        For what is read out of the terms again and again; terms never change, and what is
        kept goes with them. Bounded, since keys may come from visitors.
        """
        kept: T | None = self._plans.get(key)
        if kept is None:
            if len(self._plans) >= MOST_KEPT:
                self._plans.clear()
            kept = self._plans[key] = make()
        return kept

    def of[P: Provision](self, table: type[P]) -> tuple[tuple[P, ...], ...]:
        """Return the rows of one table per level, nearest level first."""
        found = self._index.get(table)
        if found is None:
            found = tuple(
                tuple(row for row in level if type(row) is table) for level in self.levels
            )
            self._index[table] = found
        return found  # type: ignore[return-value]  # keyed by the row type itself
