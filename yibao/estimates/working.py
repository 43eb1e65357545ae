"""The working of each step as a formula that people can read: the numbers put in."""

from collections.abc import Callable, Mapping, Sequence

from yibao.core.templatetags.figures import percent, yuan
from yibao.core.words import gettext as _
from yibao.rules.decision import Step

type Amounts = Mapping[str, int]
"""Fen by step code, of the whole sheet; steps of one code are summed."""

_BILL_PARTS = ("off_catalog", "over_limit", "upfront_self_pay")
_FUNDS = (
    "pooled_fund",
    "large_expense",
    "critical_illness",
    "supplement",
    "medical_aid",
    "government_subsidy",
)


def amounts_of(steps: Sequence[Step]) -> Amounts:
    """Return what each code came to."""
    amounts: dict[str, int] = {}
    for step in steps:
        amounts[step.code] = amounts.get(step.code, 0) + step.amount_fen
    return amounts


def formula(step: Step, amounts: Amounts) -> str:
    """Return the working of a step, "" where there is nothing to work out."""
    write = _WRITERS.get(step.code)
    return write(step, amounts) if write else ""


def ratio_formula(amounts: Amounts) -> str:
    """Return the working of the effective ratio."""
    return f"{yuan(amounts['fund_total'])} ÷ {yuan(amounts['total'])}"


def _less(first: int, rest: Sequence[int]) -> str:
    """Write a subtraction without the parts that are nothing."""
    return " − ".join(yuan(amount) for amount in (first, *(each for each in rest if each)))


def _in_scope(step: Step, amounts: Amounts) -> str:
    parts = [amounts[code] for code in _BILL_PARTS]
    return _less(amounts["total"], parts) if any(parts) else ""


def _away_self_pay(step: Step, amounts: Amounts) -> str:
    return _times(yuan(step.working["base_fen"]), step.working["ratio_bp"])


def _deductible(step: Step, amounts: Amounts) -> str:
    stated, paid = step.working["stated_fen"], step.working.get("paid_fen", 0)
    if step.amount_fen < stated - paid:
        return _("应付 %(due)s，可报销的钱只有 %(base)s") % {
            "due": yuan(stated - paid),
            "base": yuan(step.working["base_fen"]),
        }
    if paid:
        return _("%(less)s（今年已付）") % {"less": _less(stated, [min(paid, stated)])}
    return ""


def _band(step: Step, amounts: Amounts) -> str:
    working = step.working
    amount = working["amount_fen"]
    parts = [amounts.get("away_self_pay", 0), amounts.get("deductible", 0)]
    text = yuan(amount)
    if any(parts) and amounts.get("in_scope", 0) - sum(parts) == amount:
        text = f"({_less(amounts['in_scope'], parts)})"
    text = _times(text, working["ratio_bp"])
    stated = working.get("stated_bp", working["ratio_bp"])
    if stated != working["ratio_bp"]:
        text += _("（文件写的比例 %(stated)s，按您的情况调整）") % {"stated": percent(stated)}
    return text


def _pooled_fund(step: Step, amounts: Amounts) -> str:
    return _capped(step)


def _second_layer(step: Step, amounts: Amounts) -> str:
    working = step.working
    base, so_far = working["base_fen"], working["accumulated_fen"]
    threshold = working["threshold_fen"]
    text = _("这次自付 %(base)s") % {"base": yuan(base)}
    if so_far:
        text += _("，今年已累计 %(so_far)s") % {"so_far": yuan(so_far)}
    if threshold:
        over = base + so_far > threshold
        words = _("，超过起付线 %(line)s 的部分") if over else _("，没有超过起付线 %(line)s")
        text += words % {"line": yuan(threshold)}
    cap = _capped(step)
    return f"{text}；{cap}" if cap else text


def _medical_aid(step: Step, amounts: Amounts) -> str:
    working = step.working
    base, threshold = working["base_fen"], working["threshold_fen"]
    if base <= threshold:
        return _("剩下的自付 %(base)s，没有超过起付线 %(line)s") % {
            "base": yuan(base),
            "line": yuan(threshold),
        }
    text = f"({_less(base, [threshold])})" if threshold else yuan(base)
    return _times(text, working["ratio_bp"])


def _fund_total(step: Step, amounts: Amounts) -> str:
    if cap := _capped(step):
        return cap
    parts = [amounts[code] for code in _FUNDS if amounts.get(code)]
    return " + ".join(yuan(each) for each in parts) if len(parts) > 1 else ""


def _personal_total(step: Step, amounts: Amounts) -> str:
    return _less(amounts["total"], [amounts["fund_total"]])


def _personal_account(step: Step, amounts: Amounts) -> str:
    if "balance_fen" not in step.working:
        return ""
    return _("余额 %(balance)s，可以用它付的 %(may)s") % {
        "balance": yuan(step.working["balance_fen"]),
        "may": yuan(step.working["may_pay_fen"]),
    }


def _cash(step: Step, amounts: Amounts) -> str:
    account = amounts.get("personal_account", 0)
    return _less(amounts["personal_total"], [account]) if account else ""


def _capped(step: Step) -> str:
    if "room_fen" not in step.working:
        return ""
    return _("按比例应付 %(uncapped)s，封顶线内只能付 %(room)s") % {
        "uncapped": yuan(step.working["uncapped_fen"]),
        "room": yuan(step.working["room_fen"]),
    }


def _times(text: str, ratio_bp: int) -> str:
    return f"{text} × {percent(ratio_bp)}"


_WRITERS: Mapping[str, Callable[[Step, Amounts], str]] = {
    "in_scope": _in_scope,
    "away_self_pay": _away_self_pay,
    "deductible": _deductible,
    "band": _band,
    "layer_band": _band,
    "pooled_fund": _pooled_fund,
    "large_expense": _second_layer,
    "critical_illness": _second_layer,
    "medical_aid": _medical_aid,
    "fund_total": _fund_total,
    "personal_total": _personal_total,
    "personal_account": _personal_account,
    "cash": _cash,
}
