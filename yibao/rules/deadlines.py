"""The days to keep: until when a filing holds, from when it may be changed, until when to claim.

Every day is counted from a day that the person gave, by a rule of the region with its
clause (`yibao.rules.filing`). Where the rule is not known there is a gap and no day; where it
is known and the person's day is not, the rule is told without a day.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from yibao.rules import filing, selection
from yibao.rules.decision import Cited, Disputed, Note, Unknown, Validity
from yibao.rules.facts import Evidence
from yibao.rules.policy import ClaimRule, FilingRule, MaterialRequirement, Provision, Terms
from yibao.rules.selection import Key
from yibao.rules.terms import (
    LONG_TERM_CATEGORIES,
    CareType,
    FilingCategory,
    InsuranceType,
    Scope,
)


class Duty(StrEnum):
    """What a day is the day of."""

    FILE = "file"
    CHANGE = "change"
    EXPIRY = "expiry"
    RENEWAL = "renewal"
    CLAIM = "claim"
    HANDLING = "handling"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadlineFacts:
    """A situation. `category=None`: nothing was filed. `filed_on`: the first day on which the
    filing holds; `paid_on`: the day of discharge, or of an outpatient visit."""

    on: date
    insurance: InsuranceType
    scope: Scope
    care_type: CareType
    category: FilingCategory | None = None
    evidence: Evidence = Evidence.UNKNOWN
    filed_on: date | None = None
    paid_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """One duty; `day` is None where it has no day, or none that can be told: `note` says it."""

    duty: Duty
    day: date | None
    note: Note


@dataclass(frozen=True, slots=True)
class Deadlines:
    """What is known, what is not, and where sources disagree."""

    known: tuple[Deadline, ...]
    gaps: tuple[Unknown, ...]
    disputes: tuple[Disputed[Any], ...]

    def __add__(self, other: Deadlines) -> Deadlines:
        return Deadlines(
            self.known + other.known, self.gaps + other.gaps, self.disputes + other.disputes
        )

    def in_order(self) -> tuple[Deadline, ...]:
        """Return the dated ones by day, then the others."""
        return tuple(sorted(self.known, key=lambda each: (each.day is None, each.day or date.max)))


def of_filing(facts: DeadlineFacts, terms: Terms) -> Deadlines:
    """Return the days of a filing, or until when to file. `terms` are those in force on
    `filed_on`, or now."""
    if facts.scope in (Scope.LOCAL, Scope.ABROAD):
        return Deadlines((), (), ())
    reader = _Reader(facts, terms)
    if facts.category is None or facts.category is FilingCategory.EMERGENCY:
        reader.unfiled()
    else:
        key = filing.filing_key(facts.category, facts.scope, facts.care_type)
        reader.validity(key)
        reader.locks(key)
    return reader.found()


def of_claim(facts: DeadlineFacts, terms: Terms) -> Deadlines:
    """Return the days of a manual claim. `terms` are those in force on `paid_on`, or now."""
    if facts.scope is Scope.ABROAD:
        return Deadlines((), (), ())
    reader = _Reader(facts, terms)
    reader.claim()
    return reader.found()


class _Reader:
    """Collects what the rules say about one situation."""

    def __init__(self, facts: DeadlineFacts, terms: Terms) -> None:
        self.facts = facts
        self.terms = terms
        self.known: list[Deadline] = []
        self.gaps: list[Unknown] = []
        self.disputes: list[Disputed[Any]] = []

    def found(self) -> Deadlines:
        return Deadlines(tuple(self.known), tuple(self.gaps), tuple(self.disputes))

    def unfiled(self) -> None:
        """Tell until when to file: before the bill is settled, or afterwards."""
        key = filing.filing_key(
            self.facts.category or FilingCategory.OTHER_TEMPORARY,
            self.facts.scope,
            self.facts.care_type,
        )
        is_paid = self.facts.paid_on is not None
        name = "late_filing_allowed" if is_paid else "before_discharge_direct"
        rule = filing.rule(self.terms, name, key)
        if isinstance(rule, Cited):
            self._tell(Duty.FILE, None, f"{name}_{'yes' if rule.value else 'no'}", rule)
        else:
            self._open(rule, FilingRule, name)

    def validity(self, key: Key) -> None:
        """Tell until when the filing holds, and until when to file anew."""
        rule = filing.validity(self.terms, key)
        if not isinstance(rule, Cited):
            self._open(rule, FilingRule, "validity_months")
            return
        holds: Validity = rule.value
        if holds.months is None:
            code = "indefinite" if holds.indefinite else "per_stay"
            self._tell(Duty.EXPIRY, None, code, rule)
            return
        code = "holds_at_least" if holds.is_floor else "holds"
        if self.facts.filed_on is None:
            self._tell(Duty.EXPIRY, None, f"{code}_months", rule, months=holds.months)
            return
        last = filing.last_valid_day(self.facts.filed_on, holds)
        self._tell(Duty.EXPIRY, last, code, rule, months=holds.months)
        self._tell(Duty.RENEWAL, last, "renew", rule)

    def locks(self, key: Key) -> None:
        """Tell from when the filing may be changed: by how it was filed, where that matters."""
        given = self.facts.evidence
        ways = [given] if given in _WAYS else [*_WAYS]
        by_way = {way: next(iter(filing.change_locks(self.terms, key, way)), None) for way in ways}
        locks = list(by_way.items())
        if len(set(by_way.values())) == 1:
            locks = [(Evidence.UNKNOWN, locks[0][1])]
        for way, lock in locks:
            if isinstance(lock, Cited):
                self._lock(way, lock)
            elif lock is not None or self.facts.category in LONG_TERM_CATEGORIES:
                # No source names a lock for short stays; for long ones it is a rule to know.
                self._open(lock, FilingRule, "change_lock_months")

    def _lock(self, way: Evidence, lock: Cited[int]) -> None:
        suffix = f"_{way}" if way in _WAYS else ""
        if lock.value == 0:
            self._tell(Duty.CHANGE, None, f"no_lock{suffix}", lock)
        elif self.facts.filed_on is None:
            self._tell(Duty.CHANGE, None, f"change_months{suffix}", lock, months=lock.value)
        else:
            day = filing.earliest_change_on(self.facts.filed_on, lock.value)
            self._tell(Duty.CHANGE, day, f"change{suffix}", lock, months=lock.value)

    def claim(self) -> None:
        """Tell until when to claim and how long it takes; when missing papers are due stands
        in the agency's own letter, never in a rule that we know."""
        deadline = self._field(ClaimRule, "deadline_months")
        if not isinstance(deadline, Cited):
            self._open(deadline, ClaimRule, "deadline_months")
        elif self.facts.paid_on is None:
            self._tell(Duty.CLAIM, None, "claim_months", deadline, months=deadline.value)
        else:
            day = filing.last_claim_day(self.facts.paid_on, deadline.value)
            self._tell(Duty.CLAIM, day, "claim", deadline, months=deadline.value)
        handling = self._field(ClaimRule, "handling_working_days")
        if isinstance(handling, Cited):
            self._tell(Duty.HANDLING, None, "handling", handling, days=handling.value)
        self._open(None, MaterialRequirement, "due")

    def _field(self, table: type[Provision], name: str) -> Any:
        key = Key(care_type=self.facts.care_type, scope=self.facts.scope)
        return selection.field(self.terms, table, name, key)

    def _tell(
        self, duty: Duty, day: date | None, code: str, rule: Cited[Any], **values: object
    ) -> None:
        note = Note(code=code, values=values, citations=rule.citations)
        self.known.append(Deadline(duty=duty, day=day, note=note))

    def _open(self, rule: Any, table: type[Provision], name: str) -> None:
        if isinstance(rule, Disputed):
            if rule not in self.disputes:
                self.disputes.append(rule)
            return
        gap = Unknown(
            what=table.table,
            detail=name,
            region_code=self.terms.region_code,
            region_name=self.terms.region_name,
            insurance=self.facts.insurance,
            care_type=self.facts.care_type,
            on=self.terms.on,
            whom_to_ask=self.terms.whom_to_ask,
        )
        if gap not in self.gaps:
            self.gaps.append(gap)


_WAYS = (Evidence.PROOF, Evidence.COMMITMENT)


def dated(deadlines: Deadlines) -> Iterator[tuple[Deadline, date]]:
    """Yield what has a day, by day."""
    for each in deadlines.in_order():
        if each.day is not None:
            yield each, each.day
