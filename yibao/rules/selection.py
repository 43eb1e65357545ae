"""Which rows of a region's terms speak of a case: nearest level first, then the most specific.

Rows are never merged. A group of rows is *decisive* when it holds a row that may be
computed with, or at least two readings of one disputed rule (an ambiguous text is still the
region's text). One disputed statement alone decides only where nothing else does: it must
not displace what a nearer or wider rule says, and is listed beside it instead.
Rows of kind `guidance` and `average` are shown elsewhere and never picked.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import MISSING, dataclass, fields
from itertools import groupby
from typing import Any, cast

from yibao.rules.decision import Cited, Disputed, Reading
from yibao.rules.policy import (
    PROVISION_TYPES,
    AwayAdjustment,
    MedicalAid,
    PaymentBand,
    PaymentCap,
    Provision,
    SecondLayerBand,
    Supplement,
    Terms,
)
from yibao.rules.terms import (
    COMPUTED_STANDINGS,
    AidGroup,
    CareType,
    FilingCategory,
    Group,
    Kind,
    Layer,
    Level,
    MaterialPurpose,
    Scope,
    Situation,
    Standing,
    SupplementKind,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """What is asked of a table. A part that is None or empty is not known: it matches only
    rows that hold for all, so that no row is picked on a guess. `total_fen` is the bill's
    total."""

    care_type: CareType | None = None
    group: Group | None = None
    age: int | None = None
    tier: str = ""
    level: Level | None = None
    institution_class: str = ""
    disease: str = ""
    treatment: str = ""
    severity: str = ""
    nth: int | None = None
    scope: Scope | None = None
    situation: Situation | None = None
    category: FilingCategory | None = None
    aid_group: AidGroup | None = None
    layer: Layer | None = None
    supplement: SupplementKind | None = None
    purpose: MaterialPurpose | None = None
    status: str = ""
    total_fen: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Picked[P: Provision]:
    """The rows of one table that hold for a key.

    `rows` are computed with (kind `bound`: as a range). `disputed` are readings: of the
    rule itself where their slot has no row in `rows`, else only listed beside it.
    """

    rows: tuple[P, ...] = ()
    disputed: tuple[P, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.rows or self.disputed)


# --- Matching -------------------------------------------------------------------

type _Selector = Callable[[Any, Key], int | None]
"""Rank of a row under one selector (higher = more specific), or None: it does not match."""


def _one_of(row_field: str, key_field: str) -> _Selector:
    """A set (empty = all); a smaller set is more specific."""

    def rank(row: Any, key: Key) -> int | None:
        stated = getattr(row, row_field)
        if not stated:
            return 0
        return 100 - len(stated) if getattr(key, key_field) in stated else None

    return rank


def _equal(name: str) -> _Selector:
    """A single value (None or empty = all)."""

    def rank(row: Any, key: Key) -> int | None:
        stated = getattr(row, name)
        if stated is None or stated == "":
            return 0
        return 1 if stated == getattr(key, name) else None

    return rank


def _between(low: str, high: str, key_field: str, *, half_open: bool = False) -> _Selector:
    """A span; both ends inclusive unless `half_open`."""

    def rank(row: Any, key: Key) -> int | None:
        first, last = getattr(row, low), getattr(row, high)
        if first is None and last is None:
            return 0
        asked = getattr(key, key_field)
        if asked is None or (first is not None and asked < first):
            return None
        if last is not None and (asked > last or (half_open and asked == last)):
            return None
        return 1

    return rank


def _level(row: Any, key: Key) -> int | None:
    if row.level is None:
        return 0
    if row.level is Level.OTHER:
        return 1 if key.level is not None else None
    return 2 if row.level == key.level else None


def _insurance(row: Any, key: Key) -> int | None:
    return 0 if row.insurance is None else 1


def _total_over(row: Any, key: Key) -> int | None:
    if row.total_over_fen is None:
        return 0
    return 1 if key.total_fen is not None and key.total_fen > row.total_over_fen else None


# Most telling first: a row with a disease beats a row with a level, and so on.
_SELECTORS: tuple[tuple[str, _Selector], ...] = (
    ("layer", _equal("layer")),
    ("supplement", _equal("supplement")),
    ("purpose", _equal("purpose")),
    ("status", _equal("status")),
    ("disease", _equal("disease")),
    ("treatment", _equal("treatment")),
    ("severity", _equal("severity")),
    ("aid_groups", _one_of("aid_groups", "aid_group")),
    ("situations", _one_of("situations", "situation")),
    ("categories", _one_of("categories", "category")),
    ("nth_from", _between("nth_from", "nth_to", "nth")),
    ("age_from", _between("age_from", "age_to", "age")),
    ("institution_class", _equal("institution_class")),
    ("level", _level),
    ("tier", _equal("tier")),
    ("groups", _one_of("groups", "group")),
    ("care_types", _one_of("care_types", "care_type")),
    ("scope", _equal("scope")),
    ("total_from_fen", _between("total_from_fen", "total_to_fen", "total_fen", half_open=True)),
    ("total_over_fen", _total_over),
    ("insurance", _insurance),
)


_COLUMNS = {table: frozenset(column.name for column in fields(table)) for table in PROVISION_TYPES}
_SELECTORS_OF: dict[type[Provision], tuple[_Selector, ...]] = {
    table: tuple(rank for name, rank in _SELECTORS if name in columns)
    for table, columns in _COLUMNS.items()
}


def specificity(row: Provision, key: Key) -> tuple[int, ...] | None:
    """Return how closely a row fits the key (compare as tuples), or None: it does not hold."""
    ranks = []
    for rank_of in _SELECTORS_OF[type(row)]:
        rank = rank_of(row, key)
        if rank is None:
            return None
        ranks.append(rank)
    return tuple(ranks)


def _is_computed(row: Provision) -> bool:
    return row.standing in COMPUTED_STANDINGS


def _may_be_picked(row: Provision) -> bool:
    return row.kind in (Kind.RULE, Kind.BOUND) and (
        _is_computed(row) or row.standing is Standing.DISPUTED
    )


def _ranked[P: Provision](rows: Iterable[P], key: Key) -> Iterator[list[P]]:
    """Yield the rows of one level that hold for the key, in groups of equal specificity,
    the most specific group first."""
    fitting = [
        (rank, row)
        for row in rows
        if _may_be_picked(row) and (rank := specificity(row, key)) is not None
    ]
    fitting.sort(key=lambda pair: pair[0], reverse=True)
    for _, group in groupby(fitting, key=lambda pair: pair[0]):
        yield [row for _, row in group]


def matching[P: Provision](terms: Terms, table: type[P], key: Key) -> tuple[P, ...]:
    """Return every row of any kind that holds for the key, nearest and most specific first.

    For lists in which rows do not exclude each other (materials, channels, remarks,
    guidance to be shown).
    """
    found: list[P] = []
    for rows in terms.of(table):
        fitting = [(rank, row) for row in rows if (rank := specificity(row, key)) is not None]
        fitting.sort(key=lambda pair: pair[0], reverse=True)
        found.extend(row for _, row in fitting)
    return tuple(found)


def dependent[P: Provision](
    terms: Terms, table: type[P], key: Key, unknown: frozenset[str]
) -> tuple[P, ...]:
    """Return the rows that would hold for the key if the selectors named in `unknown`
    did: those are the rows an answer depends on while these facts are not known."""
    selectors = tuple(
        rank for name, rank in _SELECTORS if name not in unknown and name in _COLUMNS[table]
    )
    return tuple(
        row
        for level in terms.of(table)
        for row in level
        if _may_be_picked(row) and all(rank(row, key) is not None for rank in selectors)
    )


# --- Picking rows ---------------------------------------------------------------


def _span(row: Any) -> Hashable:
    return (row.from_fen, row.to_fen)


def _cap_slot(row: Any) -> Hashable:
    return (row.layer, row.counts_per, row.share_bp is not None)


_SLOTS: dict[type[Provision], Callable[[Any], Hashable]] = {
    AwayAdjustment: lambda row: row.position,
    MedicalAid: lambda row: (),
    PaymentBand: _span,
    PaymentCap: _cap_slot,
    SecondLayerBand: _span,
    Supplement: _span,
}
"""What of a table stands side by side (bands, positions of a list); rows of one slot are
alternatives to each other. Tables not named have a single slot."""

_FILLED_SLOT_BY_SLOT: frozenset[type[Provision]] = frozenset(
    {PaymentBand, PaymentCap, SecondLayerBand, Supplement}
)
"""Tables in which a wider row fills what a more specific one leaves open (the first band by
level, the last for all levels). In the others the most specific group stands as a whole."""


def slot_of(row: Provision) -> Hashable:
    """Return what tells rows that stand side by side from rows that are alternatives."""
    slot = _SLOTS.get(type(row))
    return () if slot is None else slot(row)


def collide(left: Provision, right: Provision) -> bool:
    """Whether two rows speak of the same thing, so that only one of them can hold."""
    if isinstance(left, PaymentBand | SecondLayerBand | Supplement) and isinstance(
        right, PaymentBand | SecondLayerBand | Supplement
    ):
        return (right.to_fen is None or left.from_fen < right.to_fen) and (
            left.to_fen is None or right.from_fen < left.to_fen
        )
    return slot_of(left) == slot_of(right)


def _is_ambiguous(disputed: list[Any]) -> bool:
    """Whether there are two readings of one thing."""
    return any(
        collide(left, right)
        for index, left in enumerate(disputed)
        for right in disputed[index + 1 :]
    )


def _rules_first[P: Provision](group: list[P]) -> list[P]:
    """Drop the bounds of what a rule of the same group states."""
    rules = [row for row in group if row.kind is Kind.RULE]
    return [
        row
        for row in group
        if row.kind is Kind.RULE or not any(collide(row, rule) for rule in rules)
    ]


def pick[P: Provision](terms: Terms, table: type[P], key: Key) -> Picked[P]:
    """Return the rows of `table` that hold for `key` (decisions.md 3 and 4).

    Caps are inherited cap by cap; every other table is taken from the nearest level that
    decides, since half a band table of a city and half of its province is nobody's rule.
    """
    rows: list[P] = []
    disputed: list[P] = []
    aside: list[P] = []
    for level in terms.of(table):
        for group in _ranked(level, key):
            computed = _rules_first([row for row in group if _is_computed(row)])
            readings = [row for row in group if not _is_computed(row)]
            if table in _FILLED_SLOT_BY_SLOT:
                # A disputed row of the group must not hide what the group computes.
                taken = rows + disputed
                rows += [r for r in computed if not any(collide(r, t) for t in taken)]
                if _is_ambiguous(readings):
                    taken = list(rows)
                    disputed += [r for r in readings if not any(collide(r, t) for t in taken)]
                    aside += [r for r in readings if any(collide(r, t) for t in taken)]
                else:
                    aside += readings
            elif computed or _is_ambiguous(readings):
                return Picked(rows=tuple(computed), disputed=(*readings, *aside))
            else:
                aside += readings
        if table is not PaymentCap and (rows or disputed):
            break
    return Picked(rows=tuple(rows), disputed=(*disputed, *aside))


# --- Picking one field ----------------------------------------------------------


_UNSTATED: dict[tuple[type[Provision], str], object] = {
    (table, column.name): None if column.default is MISSING else column.default
    for table in PROVISION_TYPES
    for column in fields(table)
}
"""The default of each field: a row that holds it states nothing there."""


def statement[T](
    terms: Terms,
    table: type[Provision],
    name: str,
    read: Callable[[Any], T | None],
    key: Key,
) -> Cited[T] | Disputed[T] | None:
    """Return what the nearest row that says anything says, or None: nobody does.

    `read` takes the value out of a row (None: the row is silent); `name` names it in
    disputes. For several columns that are one statement, such as the forms of a validity.
    """
    aside: list[Provision] = []
    for level in terms.of(table):
        for group in _ranked(level, key):
            stating = [row for row in group if read(row) is not None]
            computed = [row for row in stating if _is_computed(row)]
            readings = [row for row in stating if not _is_computed(row)]
            if len({read(row) for row in computed}) > 1:
                return _disputed(table, name, read, computed + readings)
            if computed:
                value = read(computed[0])
                beside = [row for row in (*readings, *aside) if read(row) != value]
                return Cited(
                    value=cast(T, value),
                    citations=tuple(row.citation for row in computed),
                    disputed_by=tuple(row.citation for row in beside),
                )
            if len({read(row) for row in readings}) > 1:
                return _disputed(table, name, read, readings)
            aside += readings
    return _disputed(table, name, read, aside) if aside else None


def field(
    terms: Terms, table: type[Provision], name: str, key: Key
) -> Cited[Any] | Disputed[Any] | None:
    """Return one field of a table whose fields are inherited one by one, or None: nobody
    states it. A row states a field when it differs from the field's default."""
    unstated = _UNSTATED[table, name]

    def read(row: Any) -> Any:
        value = getattr(row, name)
        return None if value == unstated else value

    return statement(terms, table, name, read, key)


def _disputed(
    table: type[Provision], name: str, read: Callable[[Any], Any], rows: list[Any]
) -> Disputed[Any]:
    return Disputed(
        what=f"{table.table}.{name}",
        readings=tuple(Reading(value=read(row), citation=row.citation) for row in rows),
    )
