"""What the checker answers, as codes by which two sets of rules are compared, and in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yibao.policies.desk_labels import desk_label
from yibao.policies.labels import label
from yibao.rules.decision import (
    CheckOutcome,
    Cited,
    Decision,
    DirectSettlement,
    Disputed,
    Unknown,
    Validity,
)
from yibao.rules.facts import CheckFacts
from yibao.rules.filing import earliest_change_on
from yibao.rules.terms import FilingCategory

type Answers = Mapping[str, str]
"""Part of the answer → its code; a part of which the answer does not speak is absent."""

PARTS: Mapping[str, Promise] = {
    "outcome": gettext_lazy("结论"),
    "category": gettext_lazy("备案类型"),
    "direct": gettext_lazy("直接结算"),
    "validity": gettext_lazy("有效期"),
    "change_on": gettext_lazy("最早可变更的日期"),
}

UNKNOWN, DISPUTED = "unknown", "disputed"
NOT_KNOWN = frozenset({UNKNOWN, DISPUTED})

_ABOUT_A_FILING = frozenset(
    {
        CheckOutcome.FILE,
        CheckOutcome.FILE_LATE,
        CheckOutcome.CHANGE_FILING,
        CheckOutcome.DEEMED_FILED,
    }
)
_OLD_FILING = frozenset({CheckOutcome.COVERED, CheckOutcome.CHANGE_FILING})


def answers_of(decision: Decision, facts: CheckFacts) -> Answers:
    """Return the answer as codes.

    `change_on` is the first day on which the filing may be changed: the old one where that
    is what the answer is about, else one made on the day of the question.
    """
    found = {"outcome": decision.outcome.value, "direct": decision.direct_settlement.value}
    if decision.category is not None and decision.outcome in _ABOUT_A_FILING:
        found["category"] = decision.category.value
    if decision.validity is not None:
        found["validity"] = _code(decision.validity, _validity)
    if decision.change_lock_months is not None:
        since = facts.existing.since if decision.outcome in _OLD_FILING else facts.on
        found["change_on"] = _code(
            decision.change_lock_months,
            lambda months: earliest_change_on(since, months).isoformat() if since else UNKNOWN,
        )
    return found


def _code(stated: Cited[Any] | Disputed[Any] | Unknown, read: Any) -> str:
    if isinstance(stated, Cited):
        return str(read(stated.value))
    return DISPUTED if isinstance(stated, Disputed) else UNKNOWN


def _validity(holds: Validity) -> str:
    if holds.months is not None:
        return f"months:{holds.months}"
    return "indefinite" if holds.indefinite else "per_stay"


def is_answered(answers: Answers) -> bool:
    """Tell whether the checker says something else than whom to ask."""
    return answers["outcome"] != CheckOutcome.ASK


def is_less(before: Answers, after: Answers) -> bool:
    """Tell whether something that was known no longer is."""
    return is_answered(before) and any(
        code not in NOT_KNOWN and _is_unknown(name, after.get(name, ""))
        for name, code in before.items()
    )


def _is_unknown(name: str, code: str) -> bool:
    return code in NOT_KNOWN or (name == "outcome" and code == CheckOutcome.ASK)


def cited_ids(decision: Decision) -> frozenset[str]:
    """Return the citations on which an answer rests by their ids, disputed ones among them."""
    found: set[str] = set()
    for note in (*decision.because, *decision.actions, *decision.warnings):
        found.update(citation.id for citation in note.citations)
    for material in decision.materials:
        found.update(citation.id for citation in material.citations)
    for stated in (decision.validity, decision.change_lock_months):
        if isinstance(stated, Cited):
            cited = (*stated.citations, *stated.disputed_by)
            found.update(citation.id for citation in cited)
    readings = [reading for dispute in decision.disputes for reading in dispute.readings]
    found.update(reading.citation.id for reading in readings)
    return frozenset(found)


def said(name: str, code: str) -> str:
    """Return a part of an answer in words.

    >>> said("validity", "months:6"), said("change_on", "2027-01-01"), said("category", "")
    ('6 个月', '2027-01-01', '不涉及')
    """
    if not code:
        return _("不涉及")
    if name == "outcome":
        return desk_label(CheckOutcome(code))
    if name == "direct":
        return desk_label(DirectSettlement(code))
    if name == "category":
        return label(FilingCategory(code))
    if code.startswith("months:"):
        return _("%(number)s 个月") % {"number": code.removeprefix("months:")}
    words = {
        "indefinite": _("长期有效"),
        "per_stay": _("只管一次住院"),
        UNKNOWN: _("不清楚"),
        DISPUTED: _("说法不一"),
    }
    return words.get(code, code)
