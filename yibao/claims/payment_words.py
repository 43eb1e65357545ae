"""What happens with the money, in one sentence for the person."""

from datetime import date

from django.utils.translation import gettext as _

from yibao.cases.vocabulary import State
from yibao.claims.models import Claim, PaymentEntry
from yibao.claims.queries.assessment import latest_decision
from yibao.claims.queries.money import balance_of
from yibao.claims.vocabulary import FAILURE_REMEDIES, Failure, PaymentKind
from yibao.core.templatetags.figures import chinese_date, yuan


def payment_words(claim: Claim) -> str:
    """Say what was and will be done with the money; never 'done' for what is on its way."""
    entries = list(claim.payments.all())
    balance = balance_of(latest_decision(claim), entries)
    state = claim.case.state
    if state == State.PAYMENT_FAILED:
        return failure_words(entries)
    if balance.decided_fen == 0 and balance.ordered_fen == 0:
        return _("这次没有要付的钱。")
    if state == State.PAYMENT_ORDERED:
        return _("已通知银行付款，还没有到账。")
    if state == State.PAID and balance.paid_fen > 0:
        return _("银行已经付款 %(yuan)s 元，付款日期 %(day)s。") % {
            "yuan": yuan(balance.paid_fen),
            "day": chinese_date(_paid_on(entries)),
        }
    if balance.due_fen < 0:
        return _("更正以后多付了 %(yuan)s 元，医保部门会联系您退回。") % {
            "yuan": yuan(-balance.due_fen)
        }
    return _("还没有付款；付到您填的收款账户，付款以后可以在“查进度”里看到。")


def failure_words(entries: list[PaymentEntry]) -> str:
    """Say why the last payment failed and what to do."""
    failed = [row for row in entries if row.kind == PaymentKind.FAILED]
    if not failed:
        return ""
    failure = Failure(failed[-1].failure)
    return _("付款没有成功：%(why)s。%(remedy)s") % {
        "why": failure.label,
        "remedy": FAILURE_REMEDIES[failure],
    }


def _paid_on(entries: list[PaymentEntry]) -> date | None:
    return max((row.on for row in entries if row.kind == PaymentKind.PAID and row.on), default=None)
