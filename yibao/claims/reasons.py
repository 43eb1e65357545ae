"""Reasons for cutting or denying a line or a claim: words and what the person can do.

Codes are stored; words may be improved. None of them names a rule: the clause comes from the
engine's citations or from the officer's own words.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class ReasonWords:
    """What is said for a code: to staff (`label`), to the person (`words`), and what helps.

    `clause` is the national rule behind it; where regions decide, it says so.
    """

    label: Promise
    words: Promise
    remedy: Promise
    clause: Promise


# 《社会保险法》: 28 what the fund pays for, 30 what it does not, 31 agreements with institutions.
_SCOPE = _("《社会保险法》第二十八条")
_OTHERS = _("《社会保险法》第三十条")
_AGREEMENT = _("《社会保险法》第三十一条")
_PAPERS = _("《社会保险经办条例》第二十条")
_TWICE = _("《医疗保障基金使用监督管理条例》第四十一条")
_LOCAL = _("参保地的待遇规定")

REASONS: Mapping[str, ReasonWords] = {
    "not_in_catalogue": ReasonWords(
        _("目录外"),
        _("这一项不在医保目录里，由个人承担。"),
        _("如果您认为它在目录里，请提供医院出具的项目编码。"),
        _SCOPE,
    ),
    "over_ceiling": ReasonWords(
        _("超限价"),
        _("价格超过医保限价，超出的部分由个人承担。"),
        _("可以请医院解释收费标准。"),
        _SCOPE,
    ),
    "other_class": ReasonWords(
        _("类别不同"),
        _("这一项在医保目录里的类别和申请写的不同，按目录计算。"),
        _("如果医院的清单写的是另一类，请把盖章的清单寄来。"),
        _SCOPE,
    ),
    "no_document": ReasonWords(
        _("缺单据"),
        _("没有收到这一项的票据或清单。"),
        _("补来票据后，可以在期限内提出异议。"),
        _PAPERS,
    ),
    "amount_differs": ReasonWords(
        _("金额不符"),
        _("申请的金额和票据不一致，按票据计算。"),
        _("请对照票据；票据有误的，请医院更正后再提出异议。"),
        _PAPERS,
    ),
    "unrelated": ReasonWords(
        _("与本次治疗无关"),
        _("这一项和本次诊断的治疗没有关系。"),
        _("如果医生认为有关，请提供医生的书面说明。"),
        _SCOPE,
    ),
    "outside_period": ReasonWords(
        _("不在治疗期间"),
        _("这一项的日期不在本次治疗期间。"),
        _("如果日期写错了，请医院更正后再提出异议。"),
        _PAPERS,
    ),
    "outside_cover": ReasonWords(
        _("不在参保期"),
        _("看病时医保待遇没有生效，或者已经停止。"),
        _("请先核对缴费记录；记录有误的，更正后再提出异议。"),
        _LOCAL,
    ),
    "third_party": ReasonWords(
        _("应由第三方负担"),
        _("应由责任方或工伤保险承担的费用，医保基金不付。"),
        _("责任无法认定或对方不付的，请提供认定书、判决书或调解书。"),
        _OTHERS,
    ),
    "duplicate": ReasonWords(
        _("已经报销过"),
        _("这张票据已经结算或报销过。"),
        _("如果是两张不同的票据，请提供两张票据的照片。"),
        _TWICE,
    ),
    "not_designated": ReasonWords(
        _("非定点机构"),
        _("这家机构不是医保定点机构，也不属于急诊抢救。"),
        _("如果是急诊抢救，请提供急诊诊断证明或抢救病历。"),
        _AGREEMENT,
    ),
    "deadline_passed": ReasonWords(
        _("过了期限"),
        _("申请时已经过了当地规定的期限。"),
        _("有正当理由的，请写明理由并附上证明，提出异议。"),
        _LOCAL,
    ),
    "other": ReasonWords(
        _("其他"),
        _("原因见经办人员的说明。"),
        _("不清楚的，请拨打参保地医保部门的电话询问。"),
        _LOCAL,
    ),
}

CHOICES = tuple((code, words.label) for code, words in REASONS.items())


def words_of(code: str) -> ReasonWords:
    """Return the words of a stored code; an unknown one reads as `other`."""
    return REASONS.get(code, REASONS["other"])
