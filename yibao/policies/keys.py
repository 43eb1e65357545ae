"""The key of a provision: which rule it is, apart from what the rule says.

A key is written as a path, `370600/employee/filing_rule/long_term/validity`: region,
insurance, table, the selectors that are set, and for tables whose fields are statements
of their own the topic (decisions.md 3, 17). Two rows of one path disagree where their
values differ. A row that names several groups, care types … states its rule for each of
them, so for the question whether two rows hold at once its key is taken apart
(`settled_keys`). Rows that the engine ranks (a smaller set before a larger one, a rule
before a bound, one branch before both) never meet in one settled key.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import product
from typing import Any

from yibao.policies.schema import fields_of, in_order
from yibao.rules.terms import (
    COMPUTED_STANDINGS,
    LONG_TERM_CATEGORIES,
    TEMPORARY_CATEGORIES,
    Kind,
    Standing,
)

_BENEFIT = (
    "care_types",
    "groups",
    "age_from",
    "age_to",
    "tier",
    "level",
    "institution_class",
    "disease",
    "treatment",
    "severity",
)

SELECTORS: dict[str, tuple[str, ...]] = {
    "filing_rule": ("categories", "scope", "care_types", "groups", "filing_free_zone"),
    "material_requirement": (
        "purpose", "categories", "scope", "care_types", "reason", "alternative", "material",
    ),
    "channel": ("purpose", "channel", "value", "categories"),
    "deductible": (*_BENEFIT, "aid_groups"),
    "payment_band": _BENEFIT,
    "group_adjustment": _BENEFIT,
    "payment_cap": (*_BENEFIT, "layer", "counts_per"),
    "away_adjustment": ("situations", "scope", *_BENEFIT, "position"),
    "second_layer": ("layer", "groups", "aid_groups"),
    "second_layer_band": ("layer", "groups", "aid_groups"),
    "medical_aid": ("aid_groups",),
    "supplement": ("supplement", "total_over_fen"),
    "chronic_disease": ("disease",),
    "claim_rule": ("care_types", "situation_text", "total_to_fen"),
    "enrolment_rule": ("status", "months_from", "months_to"),
    "account_rule": (),
    "remark": ("topic",),
}  # fmt: skip
"""Per table the fields that say for whom and for what a row holds."""

STRETCHES: dict[str, tuple[str, str]] = {
    "deductible": ("nth_from", "nth_to"),
    "payment_band": ("from_fen", "to_fen"),
    "second_layer_band": ("from_fen", "to_fen"),
    "medical_aid": ("total_from_fen", "total_to_fen"),
    "supplement": ("from_fen", "to_fen"),
}
"""Per table the two fields that cut one key into stretches, e.g. bands of money."""

TOPICS: dict[str, dict[str, str]] = {
    "filing_rule": {
        "required": "required",
        "deemed_filed": "deemed_filed",
        "min_residence_months": "min_residence",
        "validity_months": "validity",
        "validity_is_floor": "validity",
        "indefinite": "validity",
        "per_stay": "validity",
        "honoured_during_stay": "honoured_during_stay",
        "change_lock_months": "change_lock",
        "commitment_lock_months": "commitment_lock",
        "early_change_grounds": "early_change",
        "commitment_allowed": "commitment",
        "several_places": "several_places",
        "several_places_commitment": "several_places_commitment",
        "before_discharge_direct": "before_discharge",
        "late_filing_allowed": "late_filing",
        "late_filing_text": "late_filing",
        "handling_working_days": "handling",
        "effective_moment": "effective_moment",
        "target_level": "target_level",
        "institution_choice_required": "institution_choice",
        "dual_enjoyment": "dual_enjoyment",
        "dual_enjoyment_needs_evidence": "dual_enjoyment_evidence",
    },
    "second_layer": {
        "mode": "mode",
        "threshold_fen": "threshold",
        "threshold_factor_bp": "threshold",
        "ratio_bonus_bp": "ratio_bonus",
        "cap_fen": "cap",
        "cap_unlimited": "cap",
        "base_excludes": "base",
    },
    "chronic_disease": {
        "cross_province": "cross_province",
        "cross_province_since": "cross_province",
        "qualification_required": "qualification",
        "ratio_rule": "ratio_rule",
    },
    "claim_rule": {
        "deadline_months": "deadline",
        "deadline_text": "deadline",
        "handling_working_days": "handling",
        "one_time_notice": "one_time_notice",
        "cross_year_mode": "cross_year",
        "accepted_situations": "accepted",
    },
    "enrolment_rule": {
        "fixed_months": "fixed_months",
        "variable_months_per_year": "variable_months",
        "buy_back": "buy_back",
        "retroactive_payment": "retroactive_payment",
        "text": "text",
    },
    "account_rule": {
        "pharmacy_mode": "pharmacy",
        "usable_away": "usable_away",
        "filing_needed": "filing_needed",
        "may_pay": "may_pay",
        "mutual_aid": "mutual_aid",
        "mutual_aid_cross_province": "mutual_aid_cross_province",
        "class_b_prepay_bp": "class_b_prepay",
        "text": "text",
    },
}
"""Per table whose fields are statements of their own: field → topic."""

LISTS = frozenset({"material_requirement", "channel", "remark"})
"""Tables whose rows stand side by side: a second row adds, it does not contradict."""

_UNSETTLED_TOPICS = frozenset({"text"})
_NAMED_SETS = (
    (frozenset(LONG_TERM_CATEGORIES), "long_term"),
    (frozenset(TEMPORARY_CATEGORIES), "temporary"),
)
_ENDLESS = 2**62


@dataclass(frozen=True, slots=True, order=True)
class SettledKey:
    """One key for which only one computed row may hold on a day.

    `low`, `high` is the half-open stretch of the key that the row covers.
    """

    path: str
    low: int = 0
    high: int = _ENDLESS

    @property
    def hash(self) -> int:
        """The path as a 63-bit number, the same in every process."""
        digest = hashlib.blake2b(self.path.encode(), digest_size=8).digest()
        return int.from_bytes(digest) >> 1

    def overlaps(self, other: SettledKey) -> bool:
        return self.path == other.path and self.low < other.high and other.low < self.high


def topics_of(table: str, values: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the topics a row states, ("",) for tables whose rows are one statement."""
    topics = TOPICS.get(table)
    if topics is None:
        return ("",)
    stated = (
        topic for name, topic in topics.items() if values[name] is not None and values[name] != ""
    )
    return tuple(dict.fromkeys(stated))


def paths_of(
    region_code: str, insurance: str | None, table: str, values: Mapping[str, Any]
) -> tuple[str, ...]:
    """Return a row's keys as people read them, one per topic it states."""
    parts = [region_code, insurance or "all", table]
    parts += [word for name in SELECTORS[table] if (word := _word(table, name, values[name]))]
    parts += _stretch_words(table, values)
    return tuple(
        "/".join([*parts, topic] if topic else parts) for topic in topics_of(table, values)
    )


def settled_keys(
    region_code: str,
    insurance: str | None,
    table: str,
    standing: Standing,
    kind: Kind,
    values: Mapping[str, Any],
) -> tuple[SettledKey, ...]:
    """Return the keys a row settles: none for rows that are shown and never computed with."""
    if table in LISTS or standing not in COMPUTED_STANDINGS:
        return ()
    if kind in (Kind.GUIDANCE, Kind.AVERAGE):
        return ()
    parts = [list(_choices(table, name, values[name])) for name in SELECTORS[table]]
    topics = [topic for topic in topics_of(table, values) if topic not in _UNSETTLED_TOPICS]
    low, high, marker = _stretch(table, values)
    head = (region_code, insurance or "all", table, str(kind))
    return tuple(
        SettledKey("/".join(word for word in (*head, *words, marker, topic) if word), low, high)
        for topic in topics
        for words in product(*parts)
    )


def _choices(table: str, name: str, value: Any) -> Iterator[str]:
    """Yield the words of one selector, one per member of a set; "" for "all"."""
    if value is None or value == "" or value == frozenset():
        yield ""
    elif name == "filing_free_zone":
        yield f"{name}={'+'.join(sorted(value))}"
    elif isinstance(value, frozenset):
        of = f" of {len(value)}" if len(value) > 1 else ""
        yield from (f"{name}={item}{of}" for item in _sorted(table, name, value))
    else:
        yield f"{name}={value}"


def _stretch(table: str, values: Mapping[str, Any]) -> tuple[int, int, str]:
    """Return the stretch a row covers and what keeps it apart from rows without one."""
    if table not in STRETCHES:
        return 0, _ENDLESS, ""
    low_name, high_name = STRETCHES[table]
    low, high = values[low_name], values[high_name]
    if table == "deductible":
        # A row for the n-th admission is more specific than one for all admissions.
        if low is None:
            return 0, _ENDLESS, "every"
        return low, _ENDLESS if high is None else high + 1, "nth"
    if table == "medical_aid" and low is None and high is None:
        return 0, _ENDLESS, "every"
    if table == "second_layer_band" and not values["limits_known"]:
        return 0, _ENDLESS, f"ratio={values['ratio_bp']}"
    return low or 0, _ENDLESS if high is None else high, ""


def _stretch_words(table: str, values: Mapping[str, Any]) -> list[str]:
    if table not in STRETCHES:
        return []
    low, high = (values[name] for name in STRETCHES[table])
    if table == "deductible":
        return [] if low is None else [f"nth{low}" if low == high else f"nth{low}-{high or ''}"]
    if not low and high is None:
        return []
    return [f"{(low or 0) // 100}-{'' if high is None else high // 100}"]


def _word(table: str, name: str, value: Any) -> str:
    """Return one selector of a readable path, "" where it holds for all."""
    if value is None or value in ("", frozenset()) or (name, value) in _SILENT:
        return ""
    if isinstance(value, frozenset):
        for members, word in _NAMED_SETS:
            if {str(item) for item in value} == {str(item) for item in members}:
                return word
        return "+".join(str(item) for item in _sorted(table, name, value))
    prefix = _PREFIXES.get(name, "")
    text = str(value).replace("/", "∕")
    return f"{prefix}{text[:40]}"


_SILENT = {("position", 1), ("alternative", 0), ("layer", "basic")}
_PREFIXES = {
    "age_from": "age",
    "age_to": "to-age",
    "tier": "tier",
    "position": "step",
    "alternative": "any",
    "total_over_fen": "over",
    "total_to_fen": "under",
    "months_from": "month",
    "months_to": "to-month",
}


def _sorted(table: str, name: str, value: frozenset[Any]) -> list[Any]:
    base = next(field.base for field in fields_of(table) if field.name == name)
    return in_order(base if issubclass(base, StrEnum) else str, value)
