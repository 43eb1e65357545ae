"""What the filer does with a claim after looking it up: read the letter, object, answer.

The look-up gives the browser a ticket for one case (cases/tickets.py); no address names it.
"""

from collections.abc import Callable
from contextlib import suppress
from datetime import date
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _

from yibao.cases import tickets
from yibao.cases.actors import Filer
from yibao.cases.operations.cases import NotPossible
from yibao.cases.operations.desk import NothingAsked, answer_papers
from yibao.cases.printing.claims import DecisionLetter, decision_letter
from yibao.cases.printing.document import in_chinese
from yibao.cases.printing.response import printed
from yibao.cases.printing.texts import issue_of
from yibao.cases.queries import Erased
from yibao.cases.uploads.queries import find_upload, uploads_of_case
from yibao.cases.uploads.serving import file_response
from yibao.cases.vocabulary import OPEN_STATES, Kind, State
from yibao.cases.wizard.guard import is_forged, private
from yibao.cases.workdays import add_working_days
from yibao.claims.letters import letter_of
from yibao.claims.models import Claim, Decision
from yibao.claims.operations.objections import (
    NoDecision,
    ObjectedAlready,
    TooLate,
    file_objection,
    withdraw_claim,
)
from yibao.claims.operations.payments import change_account
from yibao.claims.payment_words import payment_words
from yibao.claims.queries.assessment import latest_decision
from yibao.claims.queries.findings import handling_days
from yibao.claims.record_forms import AccountForm, ObjectionForm
from yibao.claims.status import may_object
from yibao.core import clock
from yibao.core.navigation import links
from yibao.filings.forms.records import AnswerForm

UNPROCESSABLE = 422
FORGED = 403

type RecordView = Callable[[HttpRequest, Claim], HttpResponseBase]


def with_ticket(view: RecordView) -> Callable[..., HttpResponseBase]:
    """Give a view the claim that the browser has a ticket for, or lead to the look-up."""

    @wraps(view)
    def answer(request: HttpRequest) -> HttpResponseBase:
        case = tickets.holder(request)
        claim = None
        if case is not None and case.kind == Kind.CLAIM:
            claim = Claim.objects.select_related("case__person").filter(pk=case.pk).first()
        if claim is None:
            return TemplateResponse(request, "claims/no_ticket.html", status=404)
        return view(request, claim)

    return private(answer)


# --- the letter ------------------------------------------------------------


@with_ticket
def letter(request: HttpRequest, claim: Claim) -> HttpResponseBase:
    """Show what was decided: the money first, both columns, the reasons, how to object."""
    decision = _decision(claim)
    context: dict[str, Any] = {
        "letter": _letter(request, claim, decision),
        "decision": decision,
        "may_object": may_object(decision, State(claim.case.state), clock.today()),
        "is_reviewed": State(claim.case.state) in OPEN_STATES,
    }
    return _page(request, "claims/letter.html", claim, **context)


@with_ticket
def letter_pdf(request: HttpRequest, claim: Claim) -> HttpResponseBase:
    """Give the letter as a paper to keep."""
    decision = _decision(claim)

    def make() -> bytes:
        with in_chinese():
            return decision_letter(_letter(request, claim, decision))

    return printed(request, make, _("报销决定书"))


def _decision(claim: Claim) -> Decision:
    decision = latest_decision(claim)
    if decision is None:
        raise Http404
    return decision


def _letter(request: HttpRequest, claim: Claim, decision: Decision) -> DecisionLetter:
    try:
        person = claim.case.person.read()
    except Erased:
        person = None
    address = request.build_absolute_uri(links()["status"])
    issue = issue_of(claim.case, address, timezone.localdate(decision.at))
    return letter_of(decision, person=person, issue=issue, payment=payment_words(claim))


# --- objecting, withdrawing, another account ----------------------------------------------------


@with_ticket
def objection(request: HttpRequest, claim: Claim) -> HttpResponseBase:
    """Object to the decision, with a text and files."""
    decision = latest_decision(claim)
    state = State(claim.case.state)
    if decision is None or not may_object(decision, state, clock.today()):
        return _page(request, "claims/not_now.html", claim, status=409, decision=decision)
    files = {"held": uploads_of_case(claim.case)}
    more = {"decision": decision, "folder": request.path}
    if request.method != "POST":
        return _form_page(request, "claims/objection.html", claim, ObjectionForm(**files), **more)
    form = ObjectionForm(request.POST, request.FILES, **files)
    if is_forged(request):
        more["problem"] = "expired"
        return _form_page(request, "claims/objection.html", claim, form, **more)
    form.keep(case=claim.case, by=Filer(claim.case.reference), at=timezone.now())
    if form.stays or not form.is_valid():
        return _form_page(request, "claims/objection.html", claim, form, **more)
    try:
        file_objection(claim.pk, text=form.cleaned_data["text"], at=timezone.now())
    except (NoDecision, ObjectedAlready, TooLate):
        return _page(request, "claims/not_now.html", claim, status=409, decision=decision)
    return redirect("claims:heard")


@with_ticket
def account(request: HttpRequest, claim: Claim) -> HttpResponseBase:
    """Name another account after a payment failed."""
    if claim.case.state != State.PAYMENT_FAILED:
        return _page(request, "claims/not_now.html", claim, status=409)
    more: dict[str, Any] = {"words": payment_words(claim)}
    form = AccountForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and is_forged(request):
        more["problem"] = "expired"
    elif request.method == "POST" and form.is_valid():
        with suppress(NotPossible):
            change_account(claim.pk, **form.cleaned_data, at=timezone.now())
        return redirect("claims:heard")
    return _form_page(request, "claims/new_account.html", claim, form, **more)


@with_ticket
def withdraw(request: HttpRequest, claim: Claim) -> HttpResponseBase:
    """Take the claim back before it is decided."""
    is_open = State(claim.case.state) in OPEN_STATES and latest_decision(claim) is None
    if not is_open:
        return _page(request, "claims/not_now.html", claim, status=409)
    if request.method == "POST" and not is_forged(request):
        try:
            withdraw_claim(claim.pk, at=timezone.now())
        except NotPossible:
            return _page(request, "claims/not_now.html", claim, status=409)
        return redirect("claims:heard")
    problem = "expired" if request.method == "POST" else ""
    status = FORGED if problem else 200
    return _page(request, "claims/withdraw.html", claim, status=status, problem=problem)


# --- missing papers ------------------------------------------------------------


@with_ticket
def papers(request: HttpRequest, claim: Claim) -> HttpResponseBase:
    """Hand in what the bureau asked for."""
    case = claim.case
    question = case.papers_requests.filter(answered_at=None).first()
    if question is None:
        return _page(request, "claims/not_now.html", claim, status=409)
    files = {"items": question.items, "held": uploads_of_case(case)}
    more: dict[str, Any] = {"question": question, "folder": request.path}
    if request.method != "POST":
        return _form_page(request, "cases/record_papers.html", claim, AnswerForm(**files), **more)
    form = AnswerForm(request.POST, request.FILES, **files)
    if is_forged(request):
        more["problem"] = "expired"
        return _form_page(request, "cases/record_papers.html", claim, form, **more)
    at = timezone.now()
    form.keep(case=case, by=Filer(case.reference), at=at)
    if not form.is_valid():
        return _form_page(request, "cases/record_papers.html", claim, form, **more)
    if form.stays:
        return redirect("claims:papers")
    with suppress(NothingAsked):  # a second click
        answer_papers(
            case.pk, note=form.cleaned_data["note"], to=State.RECEIVED, due_on=_due(claim), at=at
        )
    return redirect("claims:heard")


def paper_file(request: HttpRequest, name: str, *, preview: bool = False) -> HttpResponseBase:
    """Give a file back to whoever holds the case's ticket."""

    def view(request: HttpRequest, claim: Claim) -> HttpResponseBase:
        upload = find_upload(name, case=claim.case)
        if upload is None:
            raise Http404
        return file_response(upload, preview=preview)

    return with_ticket(view)(request)


@with_ticket
def heard(request: HttpRequest, claim: Claim) -> HttpResponseBase:
    """Say that it arrived, and what happens next."""
    return _page(request, "claims/heard.html", claim)


def _due(claim: Claim) -> date | None:
    today = clock.today()
    days = handling_days(claim, today)
    return None if days is None else add_working_days(today, days)


# --- rendering ------------------------------------------------------------


def _page(
    request: HttpRequest, template: str, claim: Claim, *, status: int = 200, **more: Any
) -> HttpResponse:
    page = {
        "claim": claim,
        "case": claim.case,
        "problem": "",
        "action": request.path,
        "links": links(),
        **more,
    }
    return TemplateResponse(request, template, page, status=status)


def _form_page(
    request: HttpRequest, template: str, claim: Claim, form: Any, **more: Any
) -> HttpResponse:
    status = FORGED if more.get("problem") else UNPROCESSABLE if form.errors else 200
    return _page(request, template, claim, status=status, form=form, **more)


def record_urls() -> list[URLPattern]:
    """Return the addresses; none of them names a case."""
    return [
        path("record/letter/", letter, name="letter"),
        path("record/letter.pdf", letter_pdf, name="letter_pdf"),
        path("record/objection/", objection, name="objection"),
        path("record/account/", account, name="account"),
        path("record/withdraw/", withdraw, name="withdraw"),
        path("record/papers/", papers, name="papers"),
        *(
            path(f"record/{folder}/<str:name>/", paper_file, name=f"{folder}_file")
            for folder in ("papers", "objection")
        ),
        *(
            path(
                f"record/{folder}/<str:name>/preview/",
                paper_file,
                {"preview": True},
                name=f"{folder}_preview",
            )
            for folder in ("papers", "objection")
        ),
        path("record/heard/", heard, name="heard"),
    ]
