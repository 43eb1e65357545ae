"""What the filer of a filing is told: the days, a refusal with its remedy, what can be done."""

from datetime import date, timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from yibao.cases.queries import Case
from yibao.cases.status import Action, Detail, Refused
from yibao.cases.vocabulary import State
from yibao.filings.models import Filing
from yibao.filings.queries import latest_cancel_request, open_cancel_request, state_on
from yibao.filings.refusals import words_of
from yibao.filings.review import find_case_filing, place_name
from yibao.rules.period import add_months

LETTER_MONTHS = 24
"""A commitment letter is kept at least two years (decisions.md 19)."""

_RENEW_DAYS = 60
_LIVES = frozenset({State.ACCEPTED, State.EFFECTIVE})
_DECIDED = frozenset({State.ACCEPTED, State.EFFECTIVE, State.EXPIRED, State.CANCELLED})


def detail_of(case: Case, today: date) -> Detail:
    """Return the detail of a filing on a day."""
    filing = find_case_filing(case)
    state = state_on(filing, today)
    return Detail(
        state=state,
        facts=_facts(filing, state),
        refused=_refused(filing) if state is State.REFUSED else None,
        actions=(*_actions(filing, state, today), *_papers(filing)),
        dates=_dates(filing, state, today),
        hold=_hold(filing, state, today),
    )


def _facts(filing: Filing, state: State) -> tuple[tuple[Any, Any], ...]:
    rows: list[tuple[Any, Any]] = [
        (_("参保地"), place_name(filing.case.region_code)),
        (_("医保种类"), filing.case.get_insurance_display()),
        (_("就医地"), place_name(filing.care_code)),
        (_("备案类型"), filing.get_category_display()),
        (_("依据"), filing.get_evidence_display()),
        (_("开始日期"), filing.starts_on.isoformat()),
    ]
    if state in _DECIDED:
        rows.append((_("截止日期"), _end_words(filing)))
    if filing.ended_on is not None:
        rows.append((_("提前结束"), _("%(day)s 起不再有效") % {"day": filing.ended_on}))
    return tuple(rows)


def _end_words(filing: Filing) -> str:
    if filing.ends_on is not None:
        return _("%(day)s（含当天）") % {"day": filing.ends_on}
    if filing.validity == "indefinite":
        return _("长期有效，直到变更或取消")
    if filing.validity == "per_stay":
        return _("只管这一次住院")
    return _("规定没有写明，请问参保地")


def _refused(filing: Filing) -> Refused | None:
    if not filing.refusal_code:
        return None
    words = words_of(filing.refusal_code)
    return Refused(words.words, words.remedy, words.clause, words.objection)


def _dates(filing: Filing, state: State, today: date) -> tuple[tuple[Any, date], ...]:
    if state not in _LIVES:
        return ()
    rows = []
    if filing.change_from is not None and filing.change_from > today:
        rows.append((_("最早可以变更或取消"), filing.change_from))
    if filing.ends_on is not None:
        rows.append((_("最后一天有效"), filing.ends_on))
    return tuple(rows)


def _actions(filing: Filing, state: State, today: date) -> tuple[Action, ...]:
    if state is State.NEEDS_MATERIALS:
        return (
            Action(_page("papers"), _("补材料"), is_main=True),
            Action(_page("cancel"), _("撤回申请")),
        )
    if state is State.SUBMITTED:
        return (Action(_page("cancel"), _("撤回申请")),)
    if state in _LIVES:
        return tuple(_living(filing, today))
    if state in (State.EXPIRED, State.REFUSED, State.WITHDRAWN, State.CANCELLED):
        return (Action(reverse("filings:new"), _("重新备案"), is_main=True),)
    return ()


def _papers(filing: Filing) -> tuple[Action, ...]:
    """Offer the form of a cancellation, for who wants it on paper."""
    if latest_cancel_request(filing) is None or not filing.case.person.sealed:
        return ()
    hint = _("PDF，可以打印、签名。姓名和号码只印一部分")
    return (Action(_page("cancel_form"), _("下载取消登记表"), hint),)


def _living(filing: Filing, today: date) -> list[Action]:
    locked = filing.change_from is not None and today < filing.change_from
    hint = (
        _("规定最早 %(day)s 可以办；有特殊情况的，可以写明理由提前申请。")
        % {"day": filing.change_from}
        if locked
        else ""
    )
    rows = []
    if filing.ends_on is not None and filing.ends_on - today <= timedelta(days=_RENEW_DAYS):
        rows.append(Action(_page("renew"), _("到期前续办"), is_main=True))
    rows.append(Action(_page("change"), _("变更备案"), hint))
    if open_cancel_request(filing) is None:
        rows.append(Action(_page("cancel"), _("取消备案"), hint))
    return rows


def _hold(filing: Filing, state: State, today: date) -> str:
    if state in _LIVES:
        return _("备案还有效。请先取消备案，再申请删除。")
    letter = getattr(filing, "commitment", None)
    if letter is not None and filing.accepted_at is not None:
        until = add_months(timezone.localdate(letter.signed_at), LETTER_MONTHS)
        if today <= until:
            return _("承诺书要保存两年，到 %(day)s 以后才能删除。") % {"day": until}
    return ""


def _page(name: str) -> str:
    return reverse(f"filings:{name}")
