"""Words of claims: findings, gaps of a line, names of the totals; by code, never by case."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yibao.claims.vocabulary import MarkCode
from yibao.core.templatetags.figures import chinese_date, yuan

TOTAL_LINES: Mapping[str, Any] = {
    "in_scope": gettext_lazy("结算单合计：符合政策范围"),
    "upfront_self_pay": gettext_lazy("结算单合计：先行自付"),
    "over_limit": gettext_lazy("结算单合计：超限价自费"),
    "off_catalog": gettext_lazy("结算单合计：全自费"),
}

UNRESOLVED: Mapping[str, Any] = {
    "held": gettext_lazy("还没有审核"),
    "class": gettext_lazy("还不知道属于哪一类"),
    "upfront": gettext_lazy("乙类，还不知道先行自付多少"),
    "allowed": gettext_lazy("认可的金额超出了这一项"),
}
"""Why a line cannot be counted yet."""

_SUM_WORDS: Mapping[str, Any] = {
    "parts": gettext_lazy("自费的几项加起来是 %(sum)s 元，比总费用还大。"),
    "lines": gettext_lazy("逐项加起来是 %(sum)s 元，和总费用对不上。"),
    "invoices": gettext_lazy("票据加起来是 %(sum)s 元，和总费用对不上。"),
}
_MODES: Mapping[str, Any] = {
    "single": gettext_lazy("当地规定按出院那年一次结算。"),
    "split_by_days": gettext_lazy("当地规定按两年的天数分开结算。"),
    "either": gettext_lazy("当地规定可以分开结算，也可以一次结算。"),
}


_MARKS: Mapping[str, Any] = {
    MarkCode.DEADLINE_UNKNOWN: gettext_lazy("没有查到当地的申请期限，请尽快申请，并问参保地。"),
    MarkCode.THIRD_PARTY: gettext_lazy(
        "涉及第三方责任或工伤。应由对方或工伤保险承担的，医保基金不付。"
    ),
    MarkCode.HIGH_VALUE: gettext_lazy("金额较大，决定可能要由第二人复核。"),
    MarkCode.UNUSUAL: gettext_lazy("金额是同类申请中间值的三倍以上，请核对清单。"),
    MarkCode.SAMPLE: gettext_lazy("随机抽查：请先自己算出基金支付的数，再看系统的结果。"),
}


def mark_words(code: str, values: Mapping[str, Any]) -> str:
    """Say what was found, in a sentence that the person may read too.

    Raises KeyError: a code without words.
    """
    writer = _WRITERS.get(code)
    return writer(values) if writer else str(_MARKS[code])


def _outside_cover(values: Mapping[str, Any]) -> str:
    return _("看病的日期不在参保期内（%(first)s 到 %(last)s）。") % {
        "first": _day(values.get("from")) or _("不详"),
        "last": _day(values.get("until")) or _("现在"),
    }


def _cross_year(values: Mapping[str, Any]) -> str:
    mode = _MODES.get(str(values.get("mode")))
    return _("住院跨了年。%(mode)s") % {"mode": mode or _("按哪一年的规定，要问参保地。")}


def _deadline_passed(values: Mapping[str, Any]) -> str:
    return _("申请期限是 %(day)s，已经过了。有正当理由的请写明。") % {
        "day": _day(values.get("last"))
    }


def _sums(values: Mapping[str, Any]) -> str:
    text = str(_SUM_WORDS[str(values.get("what"))])
    return text % {"sum": yuan(int(values.get("sum_fen", 0)))}


def _duplicate(values: Mapping[str, Any]) -> str:
    if values.get("by") == "number":
        return _("同一个票据号码已经申请过。这是同一次看病吗？")
    return _("同一家机构、同一天、同样金额的票据已经申请过。这是同一次看病吗？")


def _not_designated(values: Mapping[str, Any]) -> str:
    if values.get("listed"):
        return _("看病那天，这家机构不在定点名单里。急诊抢救的请附急诊证明。")
    return _("定点名单里没有找到这家机构。急诊抢救的请附急诊证明。")


_WRITERS: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    MarkCode.OUTSIDE_COVER: _outside_cover,
    MarkCode.CROSS_YEAR: _cross_year,
    MarkCode.DEADLINE_PASSED: _deadline_passed,
    MarkCode.SUMS: _sums,
    MarkCode.DUPLICATE: _duplicate,
    MarkCode.NOT_DESIGNATED: _not_designated,
}


def _day(text: Any) -> str:
    return chinese_date(date.fromisoformat(text)) if text else ""
