"""What is wrong with a provision before it is published, in words for the officer.

The same checks run when a file is loaded, when a draft is saved in the panel and when a
revision is published. The tables refuse most of it once more (CheckConstraints).
"""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from yibao.policies.keys import TOPICS, topics_of
from yibao.policies.schema import Draft
from yibao.rules.money import FULL
from yibao.rules.terms import (
    COMPUTED_STANDINGS,
    EMPLOYEE_GROUPS,
    RESIDENT_GROUPS,
    InsuranceType,
    Kind,
    Layer,
    Mechanism,
    Scope,
)

type Values = Mapping[str, Any]

_MAY_EXCEED_FULL = frozenset({Mechanism.DEDUCTIBLE_FACTOR})
_LOWERED = r"(?:降低|下浮|下降|下调|调低|低)[了约]{0,2}\s*"  # not shown
_BARE_PER_CENT = r"\d+(?:\.\d+)?\s*[%％](?!\s*(?:的)?个?百分点)"  # not shown
_LOWERED_BY_PER_CENT = re.compile(_LOWERED + _BARE_PER_CENT)
# 85 in place of 8500: nobody pays out less than one per cent.
_LEAST_PLAUSIBLE_BP = 100


def problems(draft: Draft, insurance: str) -> list[str]:
    """Return every reason why the row cannot stand; empty when it can.

    `insurance` is the branch of the revision, "" for both.
    """
    found: list[str] = []
    if draft.effective_to is not None and draft.effective_to <= draft.effective_from:
        found.append(_("失效日必须晚于生效日。"))
    if not draft.document:
        found.append(_("没有来源文件。"))
    if not draft.article:
        found.append(_("没有来源条款。"))
    found += _ratios(draft)
    found += _amounts(draft.values)
    found += _orders(draft.values)
    found += _groups(draft.values, insurance)
    if draft.table in TOPICS and not topics_of(draft.table, draft.values):
        found.append(_("这一行什么也没有规定。"))
    check = _BY_TABLE.get(draft.table)
    if check is not None:
        found += check(draft)
    return found


def _ratios(draft: Draft) -> Iterable[str]:
    mechanism = draft.values.get("mechanism")
    for name, value in draft.values.items():
        if not name.endswith("_bp") or value is None:
            continue
        if value < 0:
            yield _("%(field)s 不能是负数。") % {"field": name}
        elif value > FULL and mechanism not in _MAY_EXCEED_FULL and name != "factor_bp":
            yield _("%(field)s 超过 100%%。") % {"field": name}
        elif 0 < value < _LEAST_PLAUSIBLE_BP:
            yield _("%(field)s 不到 1%%：85%% 在文件中写 8500，在表单中填 85。") % {"field": name}
    low, high = _range(draft.values)
    if high is not None:
        if low is None or high < low:
            yield _("区间的上限低于下限，或没有下限。")
        if draft.kind == Kind.RULE:
            yield _("有区间的行，性质（kind）应为 bound。")


def _range(values: Values) -> tuple[Any, Any]:
    for low, high in (
        ("amount_fen", "amount_high_fen"),
        ("ratio_bp", "ratio_high_bp"),
        ("value_bp", "value_high_bp"),
    ):
        if values.get(high) is not None:
            return values[low], values[high]
    return None, None


def _amounts(values: Values) -> Iterable[str]:
    for name, value in values.items():
        if name.endswith(("_fen", "_months", "_days")) and value is not None and value < 0:
            yield _("%(field)s 不能是负数。") % {"field": name}


def _orders(values: Values) -> Iterable[str]:
    for low, high, strict in (
        ("from_fen", "to_fen", True),
        ("total_from_fen", "total_to_fen", True),
        ("age_from", "age_to", False),
        ("nth_from", "nth_to", False),
        ("months_from", "months_to", False),
    ):
        first, last = values.get(low), values.get(high)
        if first is None or last is None:
            continue
        if last < first or (strict and last == first):
            yield _("%(high)s 应大于 %(low)s。") % {"high": high, "low": low}


def _groups(values: Values, insurance: str) -> Iterable[str]:
    named = set(values.get("groups") or ()) | {values.get("base_group")} - {None}
    for branch, others in (
        (InsuranceType.EMPLOYEE, RESIDENT_GROUPS),
        (InsuranceType.RESIDENT, EMPLOYEE_GROUPS),
    ):
        if insurance == branch and named & set(others):
            yield _("人群与险种不符。")


def _filing_rule(draft: Draft) -> Iterable[str]:
    values = draft.values
    if values["indefinite"] and values["validity_months"] is not None:
        yield _("长期有效的，不再写有效期月数。")
    if values["validity_is_floor"] is not None and values["validity_months"] is None:
        yield _("写了有效期为下限，就要写有效期月数。")


def _deductible(draft: Draft) -> Iterable[str]:
    values = draft.values
    if (values["amount_fen"] is None) == (values["factor_bp"] is None):
        yield _("amount_fen 和 factor_bp 写且只写一项。")
    if values["nth_to"] is not None and values["nth_from"] is None:
        yield _("写了 nth_to，就要写 nth_from。")
    if values["nth_from"] == 0:
        yield _("住院次数从 1 数起。")


def _payment_cap(draft: Draft) -> Iterable[str]:
    values = draft.values
    stated = [values["amount_fen"] is not None, values["share_bp"] is not None, values["unlimited"]]
    if sum(stated) != 1:
        yield _("amount_fen、share_bp、unlimited 写且只写一项。")
    if values["share_bp"] is not None and values["layer"] != Layer.ALL:
        yield _('share_bp 只用于各项合计（layer = "all"）。')


_NEEDS = {
    Mechanism.PERCENTAGE_POINTS: {"value_bp"},
    Mechanism.FACTOR: {"value_bp"},
    Mechanism.FIRST_PAY: {"value_bp", "order"},
    Mechanism.REPLACED_RATIO: {"value_bp"},
    Mechanism.DEDUCTIBLE_AMOUNT: {"amount_fen"},
    Mechanism.DEDUCTIBLE_FACTOR: {"value_bp"},
    Mechanism.SECOND_LAYER_POINTS: {"value_bp"},
    Mechanism.FOLLOW: {"follows"},
    Mechanism.NONE: set(),
    Mechanism.REFUSED: set(),
    Mechanism.UNKNOWN_RATIO: set(),
}


def _away_adjustment(draft: Draft) -> Iterable[str]:
    values = draft.values
    mechanism = values["mechanism"]
    given = {
        name for name in ("value_bp", "amount_fen", "order", "follows") if values[name] is not None
    }
    if mechanism == Mechanism.OWN_TABLE:
        if not given or given - {"value_bp", "amount_fen"}:
            yield _("own_table 写 amount_fen、value_bp 中至少一项，不写别的。")
    elif given != _NEEDS[mechanism]:
        yield _("%(mechanism)s 应写且只写：%(fields)s。") % {
            "mechanism": mechanism,
            "fields": ", ".join(sorted(_NEEDS[mechanism])) or _("（无）"),
        }
    if values["scope"] == Scope.LOCAL:
        yield _("异地待遇差异不适用于本统筹区内。")
    if values["position"] < 1:
        yield _("position 从 1 数起。")
    if values["follows"] is not None and values["follows"] in values["situations"]:
        yield _("一种情形不能按它自己执行。")
    if (
        mechanism in (Mechanism.PERCENTAGE_POINTS, Mechanism.FACTOR)
        and draft.standing in COMPUTED_STANDINGS
        and "百分点" not in draft.quote  # not shown
        and _LOWERED_BY_PER_CENT.search(draft.quote)
    ):
        yield _(
            "引文只说“降低百分之几”，没有说是百分点还是系数：应写成两行有争议（disputed）的读法。"
        )


def _second_layer(draft: Draft) -> Iterable[str]:
    values = draft.values
    if values["layer"] not in (Layer.LARGE_EXPENSE, Layer.CRITICAL_ILLNESS):
        yield _("layer 应为 large_expense 或 critical_illness。")
    if values.get("cap_unlimited") and values.get("cap_fen") is not None:
        yield _("不封顶的，不再写 cap_fen。")
    if values.get("threshold_fen") is not None and values.get("threshold_factor_bp") is not None:
        yield _("threshold_fen 和 threshold_factor_bp 只写一项。")


def _medical_aid(draft: Draft) -> Iterable[str]:
    if not draft.values["aid_groups"]:
        yield _("没有写救助对象（aid_groups）。")


def _chronic_disease(draft: Draft) -> Iterable[str]:
    values = draft.values
    if values["cross_province_since"] is not None and not values["cross_province"]:
        yield _("写了 cross_province_since，就要写 cross_province = true。")


_BY_TABLE: dict[str, Callable[[Draft], Iterable[str]]] = {
    "filing_rule": _filing_rule,
    "deductible": _deductible,
    "payment_cap": _payment_cap,
    "away_adjustment": _away_adjustment,
    "second_layer": _second_layer,
    "second_layer_band": _second_layer,
    "medical_aid": _medical_aid,
    "chronic_disease": _chronic_disease,
}
