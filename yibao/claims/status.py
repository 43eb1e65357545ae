"""What the filer of a claim is told: the decision line by line, the money, what can be done."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from yibao.cases.queries import Case
from yibao.cases.status import Action, Detail, Refused
from yibao.cases.vocabulary import OPEN_STATES, State
from yibao.claims.claim_page import place_name
from yibao.claims.letters import objection_words
from yibao.claims.models import Claim, Decision
from yibao.claims.payment_words import payment_words
from yibao.claims.queries.assessment import latest_decision
from yibao.claims.reasons import REASONS, words_of
from yibao.claims.vocabulary import Answer, Outcome
from yibao.core.templatetags.figures import chinese_date, yuan
from yibao.estimates.wording import CARE_TYPE_LABELS
from yibao.rules.terms import CareType

_AFTER_DECISION = frozenset(
    {State.DECIDED, State.PAYMENT_ORDERED, State.PAYMENT_FAILED, State.PAID}
)
_MOST_LINES = 20


def detail_of(case: Case, today: date) -> Detail:
    """Return the detail of a claim on a day."""
    claim = Claim.objects.select_related("case").get(pk=case.pk)
    decision = latest_decision(claim)
    state = State(case.state)
    return Detail(
        state=state,
        facts=tuple(_facts(claim, decision)),
        refused=_refused(decision) if decision and state in _AFTER_DECISION else None,
        actions=tuple(_actions(claim, decision, state, today)),
        dates=tuple(_dates(claim, decision, state, today)),
        hold=_hold(decision, state, today),
    )


def _facts(claim: Claim, decision: Decision | None) -> Iterator[tuple[Any, Any]]:
    yield _("参保地"), place_name(claim.case.region_code)
    yield _("医疗机构"), claim.institution_name
    yield _("看什么"), CARE_TYPE_LABELS[CareType(claim.care_type)]
    yield _("出院或看病的日期"), chinese_date(claim.discharged_on)
    yield _("申请的费用"), _("%(yuan)s 元") % {"yuan": yuan(claim.total_fen)}
    if decision is None:
        return
    yield _("决定"), Outcome(decision.outcome).label
    yield _("医保支付"), _("%(yuan)s 元") % {"yuan": yuan(decision.fund_fen)}
    yield _("付款"), payment_words(claim)
    cut = decision.line_decisions.exclude(answer=Answer.APPROVED).select_related("line")
    for row in cut[:_MOST_LINES]:
        words = words_of(row.reason_code).words
        yield (
            _("第 %(place)d 项：%(name)s") % {"place": row.line.position, "name": row.line.name},
            _("%(yuan)s 元由个人承担。%(words)s%(note)s")
            % {"yuan": yuan(row.off_catalog_fen), "words": words, "note": row.note},
        )


def _refused(decision: Decision) -> Refused | None:
    if decision.outcome != Outcome.DENIED:
        return None
    code = decision.reason_code
    if code not in REASONS:
        row = decision.line_decisions.order_by("line__position").first()
        code = row.reason_code if row else "other"
    words = words_of(code)
    return Refused(words.words, words.remedy, words.clause, objection_words(decision))


def _actions(
    claim: Claim, decision: Decision | None, state: State, today: date
) -> Iterator[Action]:
    if decision is not None:
        yield Action(
            reverse("claims:letter"),
            _("看决定书"),
            _("申请和核准的金额、原因和怎样提出异议，可以打印。"),
            is_main=state is not State.PAYMENT_FAILED,
        )
    if state is State.PAYMENT_FAILED:
        yield Action(
            reverse("claims:account"), _("更正收款账户"), _("改正后重新付款。"), is_main=True
        )
    if decision is not None and may_object(decision, state, today):
        yield Action(
            reverse("claims:objection"),
            _("提出异议"),
            _("%(day)s 之前，由另一名工作人员复查。")
            % {"day": chinese_date(decision.object_until)},
        )
    if state is State.NEEDS_MATERIALS:
        yield Action(
            reverse("claims:papers"), _("补材料"), _("要补什么、为什么，写在那里。"), is_main=True
        )
    if decision is None and state in OPEN_STATES:
        yield Action(reverse("claims:withdraw"), _("撤回申请"), _("还没有作出决定，可以撤回。"))


def may_object(decision: Decision, state: State, today: date) -> bool:
    """Tell whether an objection to the decision can be filed on a day."""
    is_first = not hasattr(decision, "objection")
    return state in _AFTER_DECISION and is_first and today <= decision.object_until


def _dates(
    claim: Claim, decision: Decision | None, state: State, today: date
) -> Iterator[tuple[Any, date]]:
    if decision is not None and may_object(decision, state, today):
        yield _("提出异议的最后一天"), decision.object_until


def _hold(decision: Decision | None, state: State, today: date) -> Any:
    if state in OPEN_STATES:
        return _("报销还在办理，先撤回或等办完。")
    if state in (State.PAYMENT_ORDERED, State.PAYMENT_FAILED):
        return _("钱还没有付到，付完以后再删除。")
    if state is State.DECIDED and decision is not None and decision.fund_fen:
        return _("还没有付款，付完以后再删除。")
    if decision is not None and today <= decision.object_until:
        return _("还在可以提出异议的期限内，过了期限再删除。")
    return ""
