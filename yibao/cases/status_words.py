"""What a state means to the citizen: what it is, who acts next, and by when.

One table for all pages. No word says that something is done which is only on its way
(design.md 5): `accepted` is not `effective`, and `payment_ordered` is not `paid`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from django.utils.translation import gettext_lazy as _

from yibao.cases.vocabulary import Kind, State


@dataclass(frozen=True, slots=True)
class StateWords:
    """`title` in a few words; `meaning` one sentence; `next_step` who does what now."""

    title: Any
    meaning: Any
    next_step: Any


STATES: Mapping[tuple[Kind, State], StateWords] = MappingProxyType(
    {
        (Kind.FILING, State.SUBMITTED): StateWords(
            _("已提交，等待审核"),
            _("医保部门已经收到申请，还没有作出决定，备案还不能用。"),
            _("下一步由参保地医保经办机构审核，您现在不用做什么。"),
        ),
        (Kind.FILING, State.NEEDS_MATERIALS): StateWords(
            _("等您补材料"),
            _("申请没有被拒绝。材料还差一些，补齐以后接着审核。"),
            _("下一步由您补材料。要补什么、为什么，写在下面。"),
        ),
        (Kind.FILING, State.ACCEPTED): StateWords(
            _("已通过，还没到开始日期"),
            _("备案已经通过，从开始日期起才能用。"),
            _("到开始日期自动可用，您不用再办什么。"),
        ),
        (Kind.FILING, State.EFFECTIVE): StateWords(
            _("已生效"),
            _("备案在有效期内。在备案地开通了异地直接结算的医院，可以直接结算。"),
            _("看病时出示医保码或社会保障卡。情况有变化，请变更或取消备案。"),
        ),
        (Kind.FILING, State.EXPIRED): StateWords(
            _("已到期"),
            _("备案的有效期已经过了，不能再用。"),
            _("还要在那里看病，请重新备案。"),
        ),
        (Kind.FILING, State.REFUSED): StateWords(
            _("未通过"),
            _("这次申请没有通过。原因和可以怎么办，写在下面。"),
            _("您可以按下面的办法改正后重新申请；不同意的，可以要求复核。"),
        ),
        (Kind.FILING, State.CANCELLED): StateWords(
            _("已取消"), _("备案已经取消，不再有效。"), _("以后要在外地看病，请重新备案。")
        ),
        (Kind.FILING, State.REPLACED): StateWords(
            _("已被新备案代替"),
            _("您后来办的备案代替了这一个。"),
            _("请用新备案的编号查询。"),
        ),
        (Kind.FILING, State.WITHDRAWN): StateWords(
            _("已撤回"), _("您撤回了申请，没有审核，也没有备案。"), _("需要时可以重新申请。")
        ),
        (Kind.CLAIM, State.SUBMITTED): StateWords(
            _("已提交，等待收件"),
            _("报销申请已经送到，还没有开始审核。"),
            _("下一步由参保地医保经办机构收件，您现在不用做什么。"),
        ),
        (Kind.CLAIM, State.RECEIVED): StateWords(
            _("已收件，等待审核"),
            _("材料已经收下，还没有算报销多少。"),
            _("下一步由参保地医保经办机构审核，您现在不用做什么。"),
        ),
        (Kind.CLAIM, State.NEEDS_MATERIALS): StateWords(
            _("等您补材料"),
            _("申请没有被拒绝。材料还差一些，补齐以后接着审核。"),
            _("下一步由您补材料。要补什么、为什么，写在下面。"),
        ),
        (Kind.CLAIM, State.UNDER_REVIEW): StateWords(
            _("审核中"),
            _("工作人员正在逐项核对，还没有决定报销多少。"),
            _("下一步由参保地医保经办机构作出决定，您现在不用做什么。"),
        ),
        (Kind.CLAIM, State.DECIDED): StateWords(
            _("已作出决定，还没有付款"),
            _("报销多少已经决定，写在决定书里。钱还没有付。"),
            _("下一步由医保部门通知付款；不同意的，可以在期限内提出异议。"),
        ),
        (Kind.CLAIM, State.PAYMENT_ORDERED): StateWords(
            _("已通知付款，还没有到账"),
            _("已经通知银行付款，钱还在路上。"),
            _("下一步由银行付款。请留意您填的收款账户。"),
        ),
        (Kind.CLAIM, State.PAID): StateWords(
            _("已付款"), _("银行回报已经付款。"), _("请核对收款账户；没有收到，请联系参保地。")
        ),
        (Kind.CLAIM, State.PAYMENT_FAILED): StateWords(
            _("付款没有成功"),
            _("银行把钱退回了，报销的决定不变。"),
            _("请联系参保地核对收款账户，改正后重新付款。"),
        ),
        (Kind.CLAIM, State.WITHDRAWN): StateWords(
            _("已撤回"), _("您撤回了申请，没有审核。"), _("需要时可以在期限内重新申请。")
        ),
    }
)

EVENTS: Mapping[str, Any] = MappingProxyType(
    {
        "submitted": _("您提交了申请"),
        "papers_asked": _("医保部门请您补材料"),
        "papers_answered": _("您补交了材料"),
        "accepted": _("审核通过"),
        "refused": _("审核没有通过"),
        "withdrawn": _("申请已撤回"),
        "replaced": _("被新的备案代替"),
        "received": _("医保部门收下了申请"),
        "review_begun": _("开始审核"),
        "decided": _("作出了决定"),
        "payment_ordered": _("已通知银行付款"),
        "paid": _("银行已经付款"),
        "payment_failed": _("银行付款没有成功"),
        "payment_reversed": _("付款通知已撤销"),
        "sum_unchanged": _("复查后支付的金额不变"),
        "account_changed": _("您更正了收款账户"),
        "objected": _("您提出了异议"),
        "reopened": _("由工作人员重新审核"),
        "facts_corrected": _("医保部门按材料更正了就医情况"),
        "cancel_asked": _("您申请取消备案"),
        "cancelled": _("备案已取消"),
        "cancel_refused": _("取消申请没有同意"),
        "consent_withdrawn": _("您撤回了同意"),
        "erasure_asked": _("您申请删除个人信息"),
        "erasure_refused": _("个人信息暂时不能删除"),
        "exported": _("您下载了自己的信息"),
    }
)
"""Events in words; one that is not here is told by the state that it led to."""

INTERNAL = frozenset(
    {
        "taken",
        "released",
        "recused",
        "erasure_checked",
        "checked_later",
        "second_asked",
        "second_returned",
        "year_asked",
        "year_added",
        "year_returned",
    }
)
"""Events that say nothing to the citizen."""

STAFF_EVENTS: Mapping[str, Any] = MappingProxyType(
    {
        "taken": _("领取"),
        "second_asked": _("提交第二人复核"),
        "second_returned": _("复核退回"),
        "year_asked": _("提出其他结算的年度金额"),
        "year_added": _("年度金额经核对计入"),
        "year_returned": _("年度金额退回"),
        "facts_corrected": _("更正就医情况"),
        "objected": _("申请人提出异议"),
        "account_changed": _("申请人更正收款账户"),
        "released": _("放回待领取"),
        "recused": _("声明回避"),
        "erasure_checked": _("核对删除申请"),
        "checked_later": _("事后核查完毕"),
        "submitted": _("申请人提交"),
        "papers_asked": _("一次性告知补材料"),
        "papers_answered": _("申请人补交材料"),
        "cancel_asked": _("申请人申请取消"),
        "consent_withdrawn": _("申请人撤回同意"),
        "erasure_asked": _("申请人申请删除个人信息"),
        "exported": _("申请人下载自己的信息"),
    }
)


def words_of(kind: str, state: str) -> StateWords:
    """Return the words of a state. Raises KeyError: the kind has no such state."""
    return STATES[Kind(kind), State(state)]


def event_words(event: str, state: str) -> Any:
    """Return what happened in the citizen's words."""
    return EVENTS.get(event) or State(state).label


def staff_event_words(event: str, state: str) -> Any:
    """Return what happened in the bureau's words."""
    return STAFF_EVENTS.get(event) or EVENTS.get(event) or State(state).label
