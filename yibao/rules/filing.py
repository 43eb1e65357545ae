"""备案: which rules of a region speak of a filing, how long it holds, and its dates.

Periods are counted as in articles 201 and 202 of the Civil Code (民法典): the first day does
not count, and a period of months ends with the corresponding day of its last month.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from yibao.rules.decision import Cited, Disputed, Validity
from yibao.rules.facts import Evidence
from yibao.rules.period import add_months
from yibao.rules.policy import FilingRule, Terms
from yibao.rules.selection import Key, field, statement
from yibao.rules.terms import CareType, FilingCategory, Scope


def filing_key(category: FilingCategory | None, scope: Scope, care_type: CareType) -> Key:
    """Return what a filing rule is picked by."""
    return Key(category=category, scope=scope, care_type=care_type)


def rule(terms: Terms, name: str, key: Key) -> Cited[Any] | Disputed[Any] | None:
    """Return one field of the filing rules, or None: nobody states it."""
    return field(terms, FilingRule, name, key)


def validity(terms: Terms, key: Key) -> Cited[Validity] | Disputed[Validity] | None:
    """Return how long a filing holds. Months, "indefinite" and "per stay" are forms of one
    statement, so a city's six months displace the nation's "indefinite"."""

    def read(row: FilingRule) -> Validity | None:
        if row.indefinite:
            return Validity(indefinite=True)
        if row.validity_months is not None:
            return Validity(months=row.validity_months, is_floor=bool(row.validity_is_floor))
        return Validity(per_stay=True) if row.per_stay else None

    return statement(terms, FilingRule, "validity", read, key)


def change_locks(
    terms: Terms, key: Key, evidence: Evidence
) -> tuple[Cited[int] | Disputed[int], ...]:
    """Return the months until a filing may be changed or cancelled, as many as may apply.

    One for a filing made with evidence or by commitment letter; both, the longer known one
    first, where it is not known how the filing is or will be made. Empty: nobody states one.
    """
    names: tuple[str, ...] = ("change_lock_months", "commitment_lock_months")
    if evidence is Evidence.PROOF:
        names = names[:1]
    elif evidence is Evidence.COMMITMENT:
        names = names[1:]
    found = [lock for name in names if (lock := rule(terms, name, key)) is not None]
    return tuple(sorted(found, key=lambda lock: -lock.value if isinstance(lock, Cited) else 1))


def last_valid_day(starts_on: date, holds: Validity) -> date | None:
    """Return the last day (inclusive) on which a filing holds, or None without a known end.

    Where the months are a floor, this is the last day that is certain.
    """
    return None if holds.months is None else add_months(starts_on, holds.months)


def earliest_change_on(filed_on: date, lock_months: int) -> date:
    """Return the first day on which a filing may be changed or cancelled."""
    if lock_months == 0:
        return filed_on
    return add_months(filed_on, lock_months) + timedelta(days=1)


def last_claim_day(discharged_on: date, deadline_months: int) -> date:
    """Return the last day (inclusive) for a manual claim. There is no default deadline."""
    return add_months(discharged_on, deadline_months)
