"""What claims call things: reasons, classes of lines, answers to a line, marks, payments."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from yibao.rules.terms import Situation


class Reason(TextChoices):
    """Why the bill was not settled at the window (contract.md, `reason`)."""

    UNFILED = "unfiled", _("没有备案")
    NOT_NETWORKED = "not_networked", _("医院没有开通直接结算")
    CARD = "card", _("医保卡或码用不了")
    EMERGENCY = "emergency", _("急诊抢救")
    SYSTEM = "system", _("系统故障")
    OTHER = "other", _("其他原因")


class LineClass(TextChoices):
    """甲乙丙: how much of a line the rules look at.

    Of a B line the person first pays a part (先行自付). An over-limit line is only the part of
    a price above its ceiling.
    """

    A = "a", _("甲类")
    B = "b", _("乙类")
    C = "c", _("丙类（全自费）")
    OVER_LIMIT = "over_limit", _("超限价部分")


class Answer(TextChoices):
    """What the officer says to a line. A held line keeps the claim from being decided."""

    HELD = "held", _("待核")
    APPROVED = "approved", _("认可")
    ADJUSTED = "adjusted", _("调整")
    DENIED = "denied", _("不予支付")


class Outcome(TextChoices):
    """What was decided, by what the person asked for."""

    APPROVED = "approved", _("全部认可")
    PARTLY = "partly", _("部分认可")
    DENIED = "denied", _("不予支付")


class MarkCode(TextChoices):
    """What a claim has to be looked at for. The last four are risks that only staff see."""

    OUTSIDE_COVER = "outside_cover", _("看病的日期不在参保期内")
    CROSS_YEAR = "cross_year", _("住院跨年")
    DEADLINE_PASSED = "deadline_passed", _("过了申请期限")
    DEADLINE_UNKNOWN = "deadline_unknown", _("申请期限不清楚")
    SUMS = "sums", _("金额对不上")
    DUPLICATE = "duplicate", _("可能重复")
    THIRD_PARTY = "third_party", _("涉及第三方责任")
    NOT_DESIGNATED = "not_designated", _("不是定点医药机构")
    HIGH_VALUE = "high_value", _("金额较大")
    UNUSUAL = "unusual", _("和同类相差较大")
    SAMPLE = "sample", _("随机抽查")


STAFF_ONLY_MARKS = frozenset({MarkCode.HIGH_VALUE, MarkCode.UNUSUAL, MarkCode.SAMPLE})
"""Marks that are not said to the person: they say nothing about the claim itself."""

MUST_BE_SETTLED = frozenset(MarkCode) - STAFF_ONLY_MARKS - {MarkCode.DEADLINE_UNKNOWN}
"""Marks that an officer answers before the claim can be decided."""


class MarkAnswer(TextChoices):
    """How a mark was settled; for a duplicate, whether the two are the same bill."""

    NO_MATTER = "no_matter", _("已核实，不影响")
    DIFFERENT = "different", _("不是同一张")
    SAME = "same", _("是同一张")
    COUNTS = "counts", _("属实，已计入决定")


class PaymentKind(TextChoices):
    """What happened to money; rows are only added."""

    ORDERED = "ordered", _("已通知付款")
    PAID = "paid", _("已付款")
    FAILED = "failed", _("付款未成功")
    REVERSED = "reversed", _("已撤销")


class Failure(TextChoices):
    """Why the bank sent money back, and what the person has to do."""

    ACCOUNT_CLOSED = "account_closed", _("账户已销户或被冻结")
    NAME_MISMATCH = "name_mismatch", _("户名和账号对不上")
    NUMBER_WRONG = "number_wrong", _("账号有误")
    BANK_REFUSED = "bank_refused", _("银行退回，没有写明原因")


FAILURE_REMEDIES = {
    Failure.ACCOUNT_CLOSED: _("请换一个本人名下正常使用的银行账户，并告诉经办机构。"),
    Failure.NAME_MISMATCH: _("请核对户名，要和账户开户时的姓名一字不差，并告诉经办机构。"),
    Failure.NUMBER_WRONG: _("请对照银行卡核对账号，并告诉经办机构。"),
    Failure.BANK_REFUSED: _("请向开户银行问清原因，再告诉经办机构。"),
}


class ObjectionState(TextChoices):
    """异议: how far the second look has come."""

    OPEN = "open", _("等待复查")
    CHANGED = "changed", _("已改变原决定")
    UPHELD = "upheld", _("维持原决定")


class ProposalState(TextChoices):
    """What waits for the second officer, or for somebody to look at."""

    OPEN = "open", _("待处理")
    CONFIRMED = "confirmed", _("已同意")
    RETURNED = "returned", _("已退回")


class EntryKind(TextChoices):
    """Why the year's totals of a person changed."""

    DECISION = "decision", _("报销决定")
    UNDONE = "undone", _("决定被更正，冲回")
    ELSEWHERE = "elsewhere", _("其他结算（直接结算等）")


SITUATIONS = tuple(Situation)
"""What stands in for the filing: the contract's values of `filing` in /estimate/."""
