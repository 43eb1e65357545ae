"""What messages say. Never more of a person than the reference of their case."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from yibao.cases.models import Case

_NEWS: Mapping[str, Any] = MappingProxyType(
    {
        "submitted": _("已经收到"),
        "papers_asked": _("需要您补材料"),
        "accepted": _("审核通过"),
        "refused": _("没有通过，可以查看原因和办法"),
        "cancelled": _("已经取消"),
        "cancel_refused": _("取消申请有答复"),
        "withdrawn": _("已经撤回"),
        "decided": _("已经作出决定"),
        "payment_ordered": _("已经通知付款"),
        "paid": _("已经付款"),
        "payment_failed": _("付款没有成功，请核对收款账户"),
        "payment_reversed": _("的付款通知已撤销，会重新办理"),
        "objected": _("的异议已经收到，由另一名工作人员复查"),
        "reopened": _("由工作人员重新审核"),
        "erased": _("的个人信息已经删除"),
        "erasure_refused": _("的删除申请有答复"),
    }
)


@dataclass(frozen=True, slots=True)
class Words:
    """A message ready to send."""

    subject: str
    text: str


def news_of(template: str) -> str:
    """Say which news a message brings; news without words of its own says that there is some."""
    return str(_NEWS.get(template, _("有新的进展")))


def words_of(case: Case, template: str) -> Words:
    """Return the message."""
    news = news_of(template)
    kind, reference = case.get_kind_display(), case.shown_reference
    where = (
        f"{settings.PUBLIC_ADDRESS}/status/"
        if settings.PUBLIC_ADDRESS
        else gettext("本站的“查进度”页面")
    )
    text = gettext(
        "您的%(kind)s（编号 %(reference)s）%(news)s。详情请用编号到 %(where)s 查询。"
        "本通知不会要您转账，也不会要您的密码和验证码。"
    ) % {"kind": kind, "reference": reference, "news": news, "where": where}
    # A subject stands on locked screens: it says no more than whose message it is.
    return Words(subject=gettext("%(kind)s有新的进展") % {"kind": kind}, text=text)
