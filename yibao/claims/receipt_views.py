"""What a person takes along from a claim: the reference, what happens next, the time limits."""

from datetime import date
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from yibao.cases.queries import Case
from yibao.cases.workdays import is_provisional
from yibao.claims.models import Claim
from yibao.claims.reckoning import terms_of
from yibao.core import clock
from yibao.core.navigation import links
from yibao.core.takealong import Card, qr_code
from yibao.core.templatetags.figures import chinese_date
from yibao.deadlines.page import calendar_of, page_of
from yibao.regions import queries as regions
from yibao.rules.deadlines import DeadlineFacts, Deadlines, of_claim
from yibao.rules.terms import CareType, InsuranceType


def receipt_context(request: HttpRequest, case: Case, *, folder: str) -> dict[str, Any]:
    """Return what the page after the submit shows; `folder` is where its files lie."""
    claim = Claim.objects.get(pk=case.pk)
    today = clock.today()
    terms = terms_of(case.region_code, case.insurance, claim.on, today)
    return {
        "claim": claim,
        "insured": terms.region_name,
        "whom_to_ask": terms.whom_to_ask,
        "days": page_of(deadlines_of(case, claim, today), {}, today),
        "has_calendar": calendar_file(request, case) is not None,
        "is_provisional": case.due_on is not None and is_provisional(case.due_on),
        "folder": folder,
    }


def deadlines_of(case: Case, claim: Claim, today: date) -> Deadlines:
    """Return the days of a claim, with their clauses and gaps."""
    facts = DeadlineFacts(
        on=claim.on,
        insurance=InsuranceType(case.insurance),
        scope=regions.scope(case.region_code, claim.care_code),
        care_type=CareType(claim.care_type),
        paid_on=claim.discharged_on,
    )
    return of_claim(facts, terms_of(case.region_code, case.insurance, claim.on, today))


def calendar_file(request: HttpRequest, case: Case) -> bytes | None:
    """Return the days to come as a calendar file; it names neither person nor reference."""
    today = clock.today()
    address = request.build_absolute_uri(links()["status"])
    return calendar_of(deadlines_of(case, Claim.objects.get(pk=case.pk), today), address, today)


def note_context(request: HttpRequest, case: Case) -> dict[str, Any]:
    """Return the note to take along: large lines, and the way to the status page."""
    address = request.build_absolute_uri(links()["status"])
    lines = [
        _("编号：%(reference)s。抄好，查进度要用。") % {"reference": case.shown_reference},
        _("查进度：打开下面的地址，输入编号和证件号码后六位。"),
    ]
    if case.due_on is not None:
        lines.append(_("%(day)s前会有结果。") % {"day": chinese_date(case.due_on)})
    lines += [
        _("票据原件留好，经办机构可能要看。"),
        _("缺材料时，进度页面会一次写明，请按时补。"),
        _("决定出来以后，不同意可以提出异议。"),
    ]
    card = Card(_("手工报销"), _("已提交，等待审核"), tuple(lines))
    return {"card": card, "code": qr_code(address, card.title), "address": address}
