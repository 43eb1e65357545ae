"""Words of the estimate: the lines of the settlement sheet, questions, assumptions, gaps."""

from collections.abc import Iterator, Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from yibao.core.language import spoken
from yibao.rules.terms import (
    LONG_TERM_CATEGORIES,
    CareType,
    Group,
    InsuranceType,
    Level,
    Situation,
)


class Words(Mapping[str, str]):
    """Words by code.

    A result takes some eighty words, and looking one up in the catalogue costs more than
    printing it. So each is looked up once per process and language.
    """

    def __init__(self, words: Mapping[str, Promise | str]) -> None:
        self.lazy = words
        """The words before they are looked up, for what is declared at import."""
        self._said: dict[str, dict[str, str]] = {}

    @property
    def said(self) -> dict[str, str]:
        """The words in the language of this page, for what asks again and again."""
        language = spoken()
        said = self._said.get(language)
        if said is None:
            said = self._said[language] = {code: str(text) for code, text in self.lazy.items()}
        return said

    def __getitem__(self, code: str) -> str:
        return self.said[code]

    def __iter__(self) -> Iterator[str]:
        return iter(self.lazy)

    def __len__(self) -> int:
        return len(self.lazy)


TEXTS = Words(
    {
        "yuan": _("%s 元"),
        "note": _("依据 %d"),
        "left_out": _("没有查到规定，没有算进去"),
        "not_included": _("没有计入"),
        "band": _("第 %d 段"),
        "least": _("最少"),
        "most": _("最多"),
        "to": _("到"),
        "no_rule": _("没有查到规定"),
        "best": _("报得最多"),
        "who_pays": _("这张账单谁付多少"),
    }
)
"""Short texts that a result takes many times."""

LINES = Words(
    {
        "total": _("医疗费总额"),
        "off_catalog": _("全自费"),
        "over_limit": _("超限价自费"),
        "upfront_self_pay": _("先行自付"),
        "in_scope": _("符合政策范围金额"),
        "away_self_pay": _("异地先行自付"),
        "deductible": _("起付标准（起付线）"),
        "band": _("按比例支付"),
        "layer_band": _("第二层按比例支付"),
        "pooled_fund": _("统筹基金支付"),
        "large_expense": _("职工大额医疗费用补助"),
        "critical_illness": _("居民大病保险"),
        "medical_aid": _("医疗救助"),
        "supplement": _("公务员、企业补充补助"),
        "government_subsidy": _("政府补助"),
        "fund_total": _("基金支付总额"),
        "personal_total": _("个人负担总额"),
        "personal_account": _("个人账户支付"),
        "cash": _("个人现金支付"),
        "effective_ratio": _("实际报销比例"),
    }
)
"""The lines of the settlement sheet, under the names that the sheet prints."""

MEANINGS = Words(
    {
        "total": _("医院收的全部费用"),
        "off_catalog": _("医保目录以外，全部自己付"),
        "over_limit": _("超过规定价格的部分，自己付"),
        "upfront_self_pay": _("乙类药品、项目先由自己付的一部分"),
        "in_scope": _("医保可以计算报销的钱"),
        "away_self_pay": _("到外地看病，先从可报销的钱里自己付一部分"),
        "deductible": _("先由自己付的门槛，超过才开始报"),
        "pooled_fund": _("基本医保付的钱"),
        "large_expense": _("职工医保的第二层"),
        "critical_illness": _("居民医保的第二层"),
        "medical_aid": _("给低保、特困等救助对象的第三层"),
        "fund_total": _("以上各项基金合计"),
        "personal_total": _("总费用减去基金支付"),
        "personal_account": _("从个人账户余额里付"),
        "cash": _("最后要自己拿出来的钱"),
        "effective_ratio": _("基金支付占总费用的比例"),
    }
)

TYPED_LINES = frozenset({"total", "off_catalog", "over_limit", "upfront_self_pay", "in_scope"})
"""Lines that rest on the bill alone: no clause states them."""

SITUATION_LABELS = Words(
    {
        Situation.RETIREE_RESETTLED: _("备案了：退休后在外地安家"),
        Situation.LONG_TERM_RESIDENT: _("备案了：长期住在外地"),
        Situation.POSTED_WORKER: _("备案了：单位派到外地工作"),
        Situation.REFERRAL: _("备案了：有转诊证明"),
        Situation.EMERGENCY: _("急诊抢救"),
        Situation.OTHER_TEMPORARY: _("备案了：临时外出，没有转诊"),
        Situation.UNFILED: _("没有备案"),
        Situation.LATE: _("看完病才补办备案"),
        Situation.HOME_RETURN: _("办了长期备案，又回参保地看病"),
        Situation.THIRD_PLACE: _("办了长期备案，到第三个地方看病"),
        Situation.ONWARD_REFERRAL: _("在备案地看病，又转诊到别处"),
    }
)

LEVEL_LABELS = Words(
    {
        Level.TERTIARY: _("三级（大医院）"),
        Level.SECONDARY: _("二级（县区医院）"),
        Level.PRIMARY: _("一级和基层"),
        Level.UNRATED: _("没有定级"),
    }
)

INSURANCE_LABELS = Words(
    {
        InsuranceType.EMPLOYEE: _("职工医保"),
        InsuranceType.RESIDENT: _("居民医保"),
    }
)

INSURANCE_HINTS = Words(
    {
        InsuranceType.EMPLOYEE: _("单位交的，或灵活就业按月交的"),
        InsuranceType.RESIDENT: _("每年交一次的，包括老人、孩子、原新农合"),
    }
)

CARE_TYPE_LABELS = Words(
    {
        CareType.INPATIENT: _("住院"),
        CareType.OUTPATIENT: _("普通门诊"),
        CareType.CHRONIC: _("门诊慢特病"),
        CareType.PHARMACY: _("药店买药"),
        CareType.BIRTH: _("生育"),
    }
)

GROUP_LABELS = Words(
    {
        Group.ACTIVE: _("在职"),
        Group.RETIRED: _("退休"),
        Group.VETERAN: _("建国前老工人"),
        Group.ADULT: _("成年人"),
        Group.MINOR: _("未成年人"),
        Group.STUDENT: _("学生"),
        Group.SENIOR: _("老年人"),
    }
)

ASSUMPTIONS = Words(
    {
        "group.active": _("没有填人员类别，按在职职工算。"),
        "group.adult": _("没有填人员类别，按成年居民算。"),
        "on": _("没有填日期，按今天的规定算。"),
        "admission": _("没有填今年第几次住院，按第一次算。"),
        "off_catalog": _("没有填全自费，按 0 元算。有自费项目时，实际报销会少一些。"),
        "over_limit": _("没有填超限价自费，按 0 元算。"),
        "upfront_self_pay": _("没有填先行自付（乙类自付），按 0 元算。实际报销会少一些。"),
        "deductible_paid": _("没有填今年已付的起付线，按 0 元算。"),
        "fund_paid": _("没有填今年基金已付的钱，按 0 元算。接近封顶线时，实际报销会少。"),
        "fund_paid_month": _("没有填本月基金已付的钱，按 0 元算。"),
        "fund_paid_large": _("没有填大额补助今年已付的钱，按 0 元算。"),
        "fund_paid_critical": _("没有填大病保险今年已付的钱，按 0 元算。"),
        "cost_so_far": _("没有填今年已经发生的费用，按 0 元算。"),
        "self_pay_accumulated": _(
            "没有填今年累计的合规自付，第二层只按这一次算。今年还看过别的病，实际可能报得更多。"
        ),
        "aid_group": _("没有填救助身份，按不是救助对象算。"),
        "civil_servant": _("没有填公务员补助，按没有算。"),
        "account_balance": _("没有填个人账户余额，按不用个人账户算。"),
        "age": _("没有填年龄。"),
        "tier": _("没有填缴费档次。"),
        "class": _("没有填医院在当地的类别。"),
        "level": _("没有填医院级别。"),
        "unverified": _("用到了还没有核实的规定。"),
    }
)
"""What was not given and how it was counted; `group` depends on the insurance."""

GAPS = Words(
    {
        "filing_rule": _("备案规定"),
        "deductible": _("起付标准（起付线）"),
        "payment_band": _("支付比例"),
        "group_adjustment": _("人群比例"),
        "payment_cap": _("最高支付限额（封顶线）"),
        "away_adjustment": _("到外地看病怎样报销"),
        "second_layer": _("大病保险、大额补助"),
        "second_layer_band": _("大病保险、大额补助的支付比例"),
        "medical_aid": _("医疗救助"),
        "supplement": _("公务员、企业补充补助"),
        "chronic_disease": _("门诊慢特病病种"),
        "claim_rule": _("手工报销规定"),
        "enrolment_rule": _("参保状态规定"),
        "account_rule": _("个人账户和药店规定"),
    }
)

DETAILS = Words(
    {
        Level.TERTIARY: _("三级医院"),
        Level.SECONDARY: _("二级医院"),
        Level.PRIMARY: _("一级和基层"),
        Level.UNRATED: _("没有定级的医院"),
        **SITUATION_LABELS.lazy,
        "unknown_ratio": _("有规定，但不知道降多少"),
        "threshold": _("不知道起付线"),
        "second_layer_band": _("不知道支付比例"),
        "base_excludes": _("不知道异地先行自付算不算进去"),
        "care_type": _("不知道这种看病方式算不算进去"),
        "usable_away": _("不知道个人账户在外地能不能用"),
        "pharmacy_mode": _("不知道药店买药能不能报"),
        "payment_cap": _("不知道封顶线"),
        "basic": _("统筹基金"),
        "large_expense": _("职工大额补助"),
        "critical_illness": _("居民大病保险"),
        "civil_servant": _("公务员补助"),
    }
)
"""More about a gap, by the engine's code."""

RANGE_REASONS = Words(
    {
        "dispute": _("几份材料说法不一样，或者条文可以有两种读法，都算了一遍。"),
        "bound": _("文件只给了上下限，没有给一个确定的数。"),
        "age": _("当地规定因年龄而不同，您没有填年龄。"),
        "tier": _("当地规定因缴费档次而不同，您没有填档次。"),
        "class": _("当地规定因医院类别而不同，您没有填类别。"),
        "treatment": _("当地规定因治疗方式而不同，您没有填。"),
        "severity": _("当地规定因轻重程度而不同，您没有填。"),
    }
)

NOTES = Words(
    {
        "refused": _("按当地规定，这种情况医保不予支付。"),
        "pharmacy_none": _("按当地规定，药店买药医保不付。"),
        "pharmacy_account_only": _("按当地规定，药店买药只能用个人账户，统筹基金不付。"),
        "guidance": _("国家有指导意见，各地自己定，不能直接用来算。"),
        "average": _("有平均水平的说法，不能直接用来算。"),
    }
)
"""Notes of the engine, by code."""

COLUMNS = Words(
    {
        "local": _("在参保地看病"),
        "long_term": _("长期居住备案"),
        "referral": _("转诊备案"),
        "emergency": _("急诊抢救"),
        "other_temporary": _("临时外出备案"),
        "unfiled": _("不备案"),
    }
)
"""The columns of the comparison, in their order."""

REQUIRED = Words(
    {
        "insured": _("参保地"),
        "care": _("看病的地方"),
        "insurance": _("医保类型"),
        "care_type": _("看什么病"),
        "level": _("医院级别"),
        "filing": _("备案情况"),
        "total": _("总费用"),
    }
)


def gap_label(table: str, insurance: InsuranceType) -> str:
    """Return the words for a table; the second layer bears another name for each branch."""
    if table == "second_layer":
        is_employee = insurance is InsuranceType.EMPLOYEE
        return LINES["large_expense" if is_employee else "critical_illness"]
    return GAPS.get(table, table)


def situation_choices() -> list[tuple[str, Promise | str]]:
    """Return the filing situations in the order in which people meet them."""
    first = (Situation.LONG_TERM_RESIDENT, Situation.RETIREE_RESETTLED, Situation.POSTED_WORKER)
    rest = [situation for situation in Situation if situation not in first]
    return [(situation.value, SITUATION_LABELS.lazy[situation]) for situation in (*first, *rest)]


def long_term_choices() -> list[tuple[str, Promise | str]]:
    """Return the three long-term categories, for the filing behind a third place."""
    return [
        (category.value, SITUATION_LABELS.lazy[category])
        for category in sorted(LONG_TERM_CATEGORIES)
    ]
