"""Facts not given on which the region's rules depend: each possibility in turn."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from yibao.rules.choices import Choices, ForkKind, Option
from yibao.rules.facts import CaseFacts
from yibao.rules.policy import (
    AwayAdjustment,
    Deductible,
    GroupAdjustment,
    PaymentBand,
    PaymentCap,
    Provision,
    Terms,
)
from yibao.rules.resolver import key_of
from yibao.rules.selection import dependent, pick
from yibao.rules.terms import CareType, Group

DEPENDENT_TABLES: tuple[type[Provision], ...] = (
    Deductible,
    PaymentBand,
    GroupAdjustment,
    PaymentCap,
    AwayAdjustment,
)

POSSIBLE_AGES: dict[Group, tuple[int, int]] = {
    Group.ACTIVE: (16, 70),
    Group.RETIRED: (45, 120),  # the earliest lawful retirement
    Group.VETERAN: (75, 120),  # at work before October 1949
    Group.ADULT: (18, 120),
    Group.MINOR: (0, 17),
    Group.STUDENT: (0, 120),
    Group.SENIOR: (60, 120),
}
"""Ages that members of a group can have, both ends included, so that a range is not
widened by cases that do not exist."""

ALWAYS_COUNTS = ("care_type", "filing", "on")
"""Facts that every settlement depends on, by their names in `CaseFacts.assumed`."""


def choose_open_facts(
    facts: CaseFacts, terms: Terms, choices: Choices
) -> tuple[CaseFacts, tuple[str, ...]]:
    """Return the facts with one possibility for each that is open and matters, and the
    names of those that are assumed instead."""
    rows = _dependent_rows(facts, terms)
    assumed = [name for name in ALWAYS_COUNTS if name in facts.assumed]
    if not facts.institution_class:
        classes = _classes_that_matter(facts, terms, rows)
        if classes and not _has_general_row(facts, terms):
            facts = replace(facts, institution_class=_choose(choices, ForkKind.CLASS, classes))
        elif classes:
            assumed.append("class")
    for kind, name in (
        (ForkKind.TIER, "tier"),
        (ForkKind.TREATMENT, "treatment"),
        (ForkKind.SEVERITY, "severity"),
    ):
        values = sorted({getattr(row, name) for row in rows if getattr(row, name)})
        if values and not getattr(facts, name):
            facts = replace(facts, **{name: _choose(choices, kind, values)})
    if facts.age is None:
        spans = _age_spans(facts.group, rows)
        if len(spans) > 1:
            span = _choose(choices, ForkKind.AGE, spans)
            facts = replace(facts, age=span[0])
        elif any(row.age_from is not None or row.age_to is not None for row in rows):
            facts = replace(facts, age=spans[0][0])
    return facts, tuple(assumed)


def depends_on(facts: CaseFacts, terms: Terms) -> frozenset[str]:
    """Return which of `age`, `tier`, `class`, `treatment`, `severity` the region's rules ask
    of such a case, so that a form asks for nothing else."""
    blank = replace(facts, age=None, tier="", institution_class="", treatment="", severity="")
    rows = _dependent_rows(blank, terms)
    asked = {
        name for name in ("tier", "treatment", "severity") if any(getattr(r, name) for r in rows)
    }
    if len(_age_spans(facts.group, rows)) > 1:
        asked.add("age")
    if _classes_that_matter(blank, terms, rows):
        asked.add("class")
    return frozenset(asked)


def _choose[T](choices: Choices, kind: ForkKind, values: list[T]) -> T:
    options = [Option(value=value, label=value) for value in values]
    return choices.choose(kind, kind, options)


def _dependent_rows(facts: CaseFacts, terms: Terms) -> tuple[Any, ...]:
    """Return the rows that hold for the case or would, were the open facts known."""
    unknown = {"layer"}
    if facts.age is None:
        unknown.add("age_from")
    if not facts.institution_class:
        unknown.add("institution_class")
    unknown |= {name for name in ("tier", "treatment", "severity") if not getattr(facts, name)}
    keys = [key_of(facts)]
    if facts.care_type is CareType.CHRONIC:  # paid as inpatient or outpatient care in places
        keys += [
            replace(keys[0], care_type=care_type)
            for care_type in (CareType.INPATIENT, CareType.OUTPATIENT)
        ]
    return tuple(
        row
        for table in DEPENDENT_TABLES
        for key in keys
        for row in dependent(terms, table, key, frozenset(unknown))
    )


def _classes_that_matter(facts: CaseFacts, terms: Terms, rows: tuple[Any, ...]) -> list[str]:
    """Return the region's own classes of the asked level for which a row is stated."""
    stated = {row.institution_class for row in rows}
    return sorted(
        local.slug for local in terms.classes if local.level is facts.level and local.slug in stated
    )


def _has_general_row(facts: CaseFacts, terms: Terms) -> bool:
    key = key_of(facts)
    return bool(pick(terms, PaymentBand, key)) and bool(pick(terms, Deductible, key))


def _age_spans(group: Group, rows: tuple[Any, ...]) -> list[tuple[int, int]]:
    """Return the spans of age (ends included) within which the rows do not differ."""
    first, last = POSSIBLE_AGES[group]
    starts = {first}
    for row in rows:
        if row.age_from is not None:
            starts.add(row.age_from)
        if row.age_to is not None:
            starts.add(row.age_to + 1)
    inside = sorted(start for start in starts if first <= start <= last)
    return list(zip(inside, [*(start - 1 for start in inside[1:]), last], strict=True))
