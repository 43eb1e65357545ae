"""What the filer does with a filing after looking it up: change, renew, cancel, answer.

The look-up gives the browser a ticket for one case (cases/tickets.py); no address names it.
"""

from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime, timedelta
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from yibao.cases import tickets
from yibao.cases.actors import Filer
from yibao.cases.operations.desk import NothingAsked
from yibao.cases.operations.drafts import Opened
from yibao.cases.printing.response import printed
from yibao.cases.uploads.queries import find_upload, uploads_of_case
from yibao.cases.uploads.serving import file_response
from yibao.cases.vocabulary import OPEN_STATES, State
from yibao.cases.wizard import binding
from yibao.cases.wizard.guard import is_forged, private
from yibao.cases.wizard.receipts import calendar_response
from yibao.core import clock
from yibao.core.navigation import links
from yibao.filings.forms.places import CHANGE, GROUND
from yibao.filings.forms.records import AnswerForm, CancelForm, ChangeForm
from yibao.filings.models import Filing
from yibao.filings.operations.changes import (
    NotNow,
    answer_question,
    ask_to_cancel,
    start_replacement,
    withdraw_filing,
)
from yibao.filings.printed import print_cancellation
from yibao.filings.queries import (
    find_filing,
    latest_cancel_request,
    open_cancel_request,
    read_filing,
    state_on,
)
from yibao.filings.reading import due_on
from yibao.filings.receipt_views import calendar_file
from yibao.filings.steps import WIZARD
from yibao.filings.views import made, wizard
from yibao.regions import queries as regions

UNPROCESSABLE = 422
FORGED = 403

type RecordView = Callable[[HttpRequest, Filing], HttpResponseBase]


def with_ticket(view: RecordView) -> Callable[..., HttpResponseBase]:
    """Give a view the filing that the browser has a ticket for, or lead to the look-up."""

    @wraps(view)
    def answer(request: HttpRequest) -> HttpResponseBase:
        case = tickets.holder(request)
        filing = find_filing(case) if case else None
        if filing is None:
            context = {"minutes": tickets.SECONDS // 60}
            return TemplateResponse(request, "filings/no_ticket.html", context, status=404)
        return view(request, filing)

    return private(answer)


def _context(filing: Filing, **more: Any) -> dict[str, Any]:
    today = clock.today()
    return {
        "filing": filing,
        "case": filing.case,
        "state": state_on(filing, today),
        "place": regions.get_region(filing.care_code).full_name,
        "is_locked": filing.change_from is not None and today < filing.change_from,
        "problem": "",
        **more,
    }


# --- change and renew -------------------------------------------------------------------------


@with_ticket
def change(request: HttpRequest, filing: Filing) -> HttpResponseBase:
    """Begin a filing for another place or category, which takes this one's place."""
    context = _context(filing)
    reading = read_filing(filing, today=clock.today())
    grounds = reading.rule("early_change_grounds")
    context["grounds"] = grounds.value if grounds else ""
    context["whom_to_ask"] = reading.terms.whom_to_ask
    form = ChangeForm(request.POST if request.method == "POST" else None)
    if context["state"] not in (State.ACCEPTED, State.EFFECTIVE):
        return TemplateResponse(request, "filings/not_now.html", context, status=409)
    if request.method != "POST":
        return _page(request, "filings/change.html", context, form)
    if is_forged(request):
        return _page(request, "filings/change.html", {**context, "problem": "expired"}, form)
    answers = _places(filing)
    if context["is_locked"]:
        if "later" in request.POST:
            answers["places"]["starts_on"] = str(filing.change_from)
        elif not form.is_valid():
            return _page(request, "filings/change.html", context, form)
        else:
            answers[CHANGE] = {GROUND: form.cleaned_data["ground"]}
    return _begin(start_replacement(filing.case, answers=answers, at=timezone.now()))


@with_ticket
def renew(request: HttpRequest, filing: Filing) -> HttpResponseBase:
    """Begin the same filing again, from the day after this one ends."""
    context = _context(filing)
    states = (State.ACCEPTED, State.EFFECTIVE, State.EXPIRED)
    if context["state"] not in states or filing.ends_on is None:
        return TemplateResponse(request, "filings/not_now.html", context, status=409)
    starts_on = max(filing.ends_on + timedelta(days=1), clock.today())
    context["starts_on"] = starts_on
    if request.method != "POST":
        return TemplateResponse(request, "filings/renew.html", context)
    if is_forged(request):
        context["problem"] = "expired"
        return TemplateResponse(request, "filings/renew.html", context, status=FORGED)
    answers = _places(filing)
    answers["places"] |= {
        "care": filing.care_code,
        "category": filing.category,
        "starts_on": starts_on.isoformat(),
    }
    return _begin(start_replacement(filing.case, answers=answers, at=timezone.now()))


def _places(filing: Filing) -> dict[str, dict[str, str]]:
    """Return what is known without showing anything of the person: the ticket is no identity."""
    insured = str(filing.decided_with.get("insured") or filing.case.region_code)
    return {"places": {"insured": insured, "insurance": filing.case.insurance}}


def _begin(opened: Opened) -> HttpResponseBase:
    response = redirect(wizard.address(opened.draft, WIZARD.first))
    binding.bind(response, opened.secret, path=wizard.folder(opened.draft))
    return response


# --- withdraw and cancel -------------------------------------------------------------------------


@with_ticket
def cancel(request: HttpRequest, filing: Filing) -> HttpResponseBase:
    """Take an application back, or ask for the end of a filing."""
    today, at = clock.today(), timezone.now()
    form = CancelForm(
        request.POST if request.method == "POST" else None,
        today=today,
        change_from=filing.change_from,
        initial={"wished_on": max(today, filing.change_from or today)},
    )
    is_open = State(filing.case.state) in OPEN_STATES
    context = _context(filing, is_open=is_open, asked=open_cancel_request(filing))
    if request.method == "POST" and is_forged(request):
        return _page(request, "filings/cancel.html", {**context, "problem": "expired"}, form)
    if request.method != "POST" or (context["asked"] and not is_open):
        return _page(request, "filings/cancel.html", context, form)
    try:
        if is_open:
            withdraw_filing(filing.pk, at=at)
        elif not form.is_valid():
            return _page(request, "filings/cancel.html", context, form)
        else:
            _ask_to_cancel(filing, form, at)
    except NotNow:
        return TemplateResponse(request, "filings/not_now.html", context, status=409)
    return redirect("filings:cancelled")


def _ask_to_cancel(filing: Filing, form: CancelForm, at: datetime) -> None:
    given = form.cleaned_data
    ask_to_cancel(
        filing.pk,
        wished_on=given["wished_on"],
        reason=form.reason_words,
        ground=given.get("ground") or "",
        at=at,
    )


@with_ticket
def cancelled(request: HttpRequest, filing: Filing) -> HttpResponseBase:
    """Say what became of the wish."""
    context = _context(filing, asked=open_cancel_request(filing))
    return TemplateResponse(request, "filings/cancelled.html", context)


@with_ticket
def cancel_form(request: HttpRequest, filing: Filing) -> HttpResponseBase:
    """Print the form that ends the filing. A ticket is no identity: the person is masked."""
    asked = latest_cancel_request(filing)
    if asked is None or not filing.case.person.sealed:
        raise Http404

    def make() -> bytes:
        person = filing.case.person.read().masked
        return print_cancellation(filing, asked, person, **made(request))

    return printed(request, make, _("异地就医备案取消登记表"))


# --- missing papers ------------------------------------------------------------------------------


@with_ticket
def papers(request: HttpRequest, filing: Filing) -> HttpResponseBase:
    """Hand in what the bureau asked for."""
    case, at = filing.case, timezone.now()
    question = case.papers_requests.filter(answered_at=None).first()
    context = _context(filing, question=question, folder=request.path)
    if question is None:
        return TemplateResponse(request, "filings/not_now.html", context, status=409)
    files = {"items": question.items, "held": uploads_of_case(case)}
    if request.method != "POST":
        return _page(request, "cases/record_papers.html", context, AnswerForm(**files))
    form = AnswerForm(request.POST, request.FILES, **files)
    if is_forged(request):
        return _page(request, "cases/record_papers.html", {**context, "problem": "expired"}, form)
    form.keep(case=case, by=Filer(case.reference), at=at)
    if not form.is_valid():
        return _page(request, "cases/record_papers.html", context, form)
    if form.stays:
        return redirect("filings:papers")
    with suppress(NothingAsked):  # a second click
        answer_question(case.pk, note=form.cleaned_data["note"], due_on=_new_due(filing), at=at)
    return redirect("filings:answered")


def _new_due(filing: Filing) -> date | None:
    today = clock.today()
    return due_on(read_filing(filing, today=today), today)


@with_ticket
def answered(request: HttpRequest, filing: Filing) -> HttpResponseBase:
    """Say that the papers arrived, and what happens next."""
    return TemplateResponse(request, "filings/answered.html", _context(filing))


def paper_file(request: HttpRequest, name: str, *, preview: bool = False) -> HttpResponseBase:
    """Give a file back to whoever holds the case's ticket."""

    def view(request: HttpRequest, filing: Filing) -> HttpResponseBase:
        upload = find_upload(name, case=filing.case)
        if upload is None:
            raise Http404
        return file_response(upload, preview=preview)

    return with_ticket(view)(request)


@with_ticket
def calendar(request: HttpRequest, filing: Filing) -> HttpResponseBase:
    """Give the days to keep as a file for a calendar."""
    return calendar_response(calendar_file(request, filing.case))


def _page(request: HttpRequest, template: str, context: dict[str, Any], form: Any) -> HttpResponse:
    status = FORGED if context["problem"] else UNPROCESSABLE if form.errors else 200
    page = {**context, "form": form, "action": request.path, "links": links()}
    return TemplateResponse(request, template, page, status=status)
