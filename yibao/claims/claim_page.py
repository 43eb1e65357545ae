"""A claim in words for the panel: its facts, its marks, its decisions."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yibao.claims.desk_forms import MarkForm
from yibao.claims.models import Claim, Decision, RiskMark
from yibao.claims.vocabulary import STAFF_ONLY_MARKS, Reason
from yibao.claims.wording import mark_words
from yibao.core.templatetags.figures import chinese_date, yuan
from yibao.estimates.wording import (
    CARE_TYPE_LABELS,
    GROUP_LABELS,
    LEVEL_LABELS,
    SITUATION_LABELS,
)
from yibao.policies.labels import label
from yibao.regions import queries as regions
from yibao.rules.facts import Trauma
from yibao.rules.terms import AidGroup, CareType, FilingCategory, Group, Level, Situation

HELD_WORDS: Mapping[str, Any] = {
    "lines": gettext_lazy("还有待核的费用项目"),
    "bill": gettext_lazy("各项加起来不对（退费比费用还多，或自费比总额还多）"),
    "marks": gettext_lazy("还有没核实的提示"),
    "sample": gettext_lazy("随机抽查要先填您自己算出的数"),
    "year": gettext_lazy("还有其他结算的年度金额等同事核对"),
    "cut": gettext_lazy("规定要求跨年住院分年结算，系统没有分年计算，见“住院跨年”"),
    "engine": gettext_lazy("规定不全，系统算不出，见下面缺什么"),
}

_TRAUMA: Mapping[str, Any] = {
    Trauma.NO: gettext_lazy("不是外伤"),
    Trauma.NO_THIRD_PARTY: gettext_lazy("外伤，没有第三方责任"),
    Trauma.THIRD_PARTY: gettext_lazy("外伤，有第三方责任"),
    Trauma.WORK_INJURY: gettext_lazy("工伤"),
}


@dataclass(frozen=True, slots=True)
class MarkRow:
    """A mark in words, with the form that answers it while it is open."""

    row: RiskMark
    words: str
    other: str
    is_risk: bool
    form: MarkForm | None


def facts_of_claim(claim: Claim) -> list[tuple[str, str]]:
    """Return what the claim says, as names and values, without what was not given."""
    return [(name, value) for name, value in _facts(claim) if value]


def mark_rows(claim: Claim, typed: Mapping[int, MarkForm] | None = None) -> list[MarkRow]:
    """Return the marks of a claim; `typed` are forms with errors, by mark."""
    typed = typed or {}
    return [
        MarkRow(
            row=mark,
            words=mark_words(mark.code, mark.values),
            other=mark.other.case.shown_reference if mark.other else "",
            is_risk=mark.code in STAFF_ONLY_MARKS,
            form=None if mark.answer else typed.get(mark.pk) or MarkForm(code=mark.code),
        )
        for mark in claim.marks.select_related("other__case", "answered_by")
    ]


def decisions_of(claim: Claim) -> list[Decision]:
    """Return the decisions of a claim, the one that holds first."""
    rows = claim.decisions.select_related("officer", "second", "claim__case")
    return list(rows.order_by("-number"))


def place_name(code: str) -> str:
    """Return a region's full name, its code where it is none any more."""
    try:
        return str(regions.get_region(code).full_name)
    except LookupError:
        return code


def _facts(claim: Claim) -> Iterator[tuple[str, str]]:
    yield _("参保地"), place_name(claim.case.region_code)
    yield _("险种"), str(claim.case.get_insurance_display())
    yield _("为什么手工报销"), str(Reason(claim.reason).label)
    yield _("医疗机构"), claim.institution_name
    yield _("机构编码"), claim.institution_code
    yield _("就医地"), place_name(claim.care_code)
    yield _("级别"), LEVEL_LABELS[Level(claim.level)]
    yield _("看什么"), CARE_TYPE_LABELS[CareType(claim.care_type)]
    yield _("病种"), claim.disease
    yield _("入院日期"), chinese_date(claim.admitted_on)
    yield _("出院或看病的日期"), chinese_date(claim.discharged_on)
    situation = SITUATION_LABELS[Situation(claim.situation)] if claim.situation else ""
    yield _("看病那天的备案"), situation
    yield (
        _("原来的长期备案"),
        label(FilingCategory(claim.base_filing)) if claim.base_filing else "",
    )
    yield _("待遇人群"), GROUP_LABELS[Group(claim.group)]
    yield _("年龄"), "" if claim.age is None else str(claim.age)
    yield _("缴费档次"), claim.tier
    is_aided = claim.aid_group != AidGroup.NONE
    yield _("医疗救助"), label(AidGroup(claim.aid_group)) if is_aided else ""
    yield _("公务员医疗补助"), _("享受") if claim.is_civil_servant else ""
    yield _("外伤"), str(_TRAUMA[claim.trauma])
    yield _("申请期限"), chinese_date(claim.last_claim_on)
    invoices = claim.invoices.all()
    yield _("票据"), _("，").join(f"{row.masked} {yuan(row.amount_fen)}" for row in invoices)
