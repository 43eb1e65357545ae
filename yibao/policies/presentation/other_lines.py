"""Diseases, claims, enrolment, accounts and remarks in words."""

from collections.abc import Iterable

from yibao.core.words import gettext as _
from yibao.core.words import in_language
from yibao.policies.presentation.figures import (
    FigureKind,
    FigureValue,
    Line,
    Sentence,
    count,
    join,
    label,
    ratio,
)
from yibao.policies.presentation.lines import lines_of
from yibao.rules import policy


@lines_of.register
def _chronic_disease(row: policy.ChronicDisease) -> Iterable[Line]:
    yield Line(
        "name",
        (
            in_language(row.name),
            _("，病种代码 "),
            row.disease,
            "" if row.code_confirmed else _("（代码未确认）"),
        ),
    )
    if row.cross_province is not None:
        words = _("可以跨省直接结算") if row.cross_province else _("不能跨省直接结算")
        since: Sentence = ()
        if row.cross_province_since:
            day = FigureValue("cross_province_since", FigureKind.DATE, row.cross_province_since)
            since = (_("，开通时间 "), day)
        yield Line("cross_province", (words, *since))
    if row.qualification_required:
        yield Line("qualification_required", (_("需要先在参保地办理资格认定"),))
    if row.ratio_rule is not None:
        yield Line("ratio_rule", (label(row.ratio_rule), _("支付")))


@lines_of.register
def _claim_rule(row: policy.ClaimRule) -> Iterable[Line]:
    if row.deadline_months is not None:
        months = count("claim_deadline_months", row.deadline_months)
        yield Line("deadline_months", (_("申请期限：出院后 "), months, _(" 个月内")))
    if row.deadline_text:
        yield Line("deadline_text", (_("申请期限："), in_language(row.deadline_text)))
    if row.handling_working_days is not None:
        days = count("claim_handling_days", row.handling_working_days)
        yield Line("handling_working_days", (_("受理后 "), days, _(" 个工作日内办结")))
    if row.one_time_notice:
        yield Line("one_time_notice", (_("材料不全的，经办机构应一次告知全部需补的材料"),))
    if row.cross_year_mode is not None:
        yield Line("cross_year_mode", (_("跨年度住院："), label(row.cross_year_mode)))
    if row.accepted_situations:
        situations = in_language(row.accepted_situations)
        yield Line("accepted_situations", (_("可以手工报销的情形："), situations))


@lines_of.register
def _enrolment_rule(row: policy.EnrolmentRule) -> Iterable[Line]:
    if row.fixed_months is not None:
        months = count("waiting_fixed_months", row.fixed_months)
        yield Line("fixed_months", (_("固定待遇等待期 "), months, _(" 个月")))
    if row.variable_months_per_year is not None:
        months = count("waiting_variable_months", row.variable_months_per_year)
        yield Line("variable_months_per_year", (_("每断保一年增加等待期 "), months, _(" 个月")))
    if row.buy_back is not None:
        words = _("可以缴费修复等待期") if row.buy_back else _("不能缴费修复等待期")
        yield Line("buy_back", (words,))
    if row.retroactive_payment is not None:
        words = (
            _("补缴后可以报销中断期间的费用")
            if row.retroactive_payment
            else _("中断期间的费用不予报销")
        )
        yield Line("retroactive_payment", (words,))
    if row.months_from is not None and row.months_to is not None:
        first = count("months_from", row.months_from)
        last = count("months_to", row.months_to)
        yield Line("months_from", (_("期限 "), first, _(" 至 "), last, _(" 个月")))
    elif row.months_from is not None:
        yield Line("months_from", (count("months_from", row.months_from), _(" 个月以上")))
    elif row.months_to is not None:
        yield Line("months_to", (count("months_to", row.months_to), _(" 个月以内")))
    if row.text:
        yield Line("text", (in_language(row.text),))


@lines_of.register
def _account_rule(row: policy.AccountRule) -> Iterable[Line]:
    if row.pharmacy_mode is not None:
        yield Line("pharmacy_mode", (_("药店购药："), label(row.pharmacy_mode)))
    for name, if_true, if_false in (
        ("usable_away", _("个人账户可以在外地使用"), _("个人账户不能在外地使用")),
        ("filing_needed", _("在外地使用个人账户需要备案"), _("在外地使用个人账户不需要备案")),
        ("mutual_aid", _("个人账户可以家庭共济"), _("个人账户不能家庭共济")),
        (
            "mutual_aid_cross_province",
            _("家庭共济可以跨省使用"),
            _("家庭共济不能跨省使用"),
        ),
    ):
        value = getattr(row, name)
        if value is not None:
            yield Line(name, (if_true if value else if_false,))
    if row.may_pay is not None:
        parts = join(row.may_pay) if row.may_pay else _("无")
        yield Line("may_pay", (_("个人账户还可以支付："), parts))
    if row.class_b_prepay_bp is not None:
        prepay = ratio("class_b_prepay", row.class_b_prepay_bp)
        yield Line("class_b_prepay_bp", (_("乙类药品先行自付 "), prepay))
    if row.text:
        yield Line("text", (in_language(row.text),))


@lines_of.register
def _remark(row: policy.Remark) -> Iterable[Line]:
    yield Line("text", (in_language(row.text),))
    yield Line("reason", (_("没有计入测算的原因："), in_language(row.reason)))
