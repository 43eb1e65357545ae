"""Public pages of the estimate and of the comparison. GET only; all answers are in the address."""

from collections.abc import Callable, Mapping
from functools import wraps

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.cache import patch_vary_headers
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe
from django_htmx.http import push_url

from yibao.core import clock
from yibao.core.caching import public_page
from yibao.core.htmx import HtmxHttpRequest, template_for, wants_fragment
from yibao.core.navigation import query_of
from yibao.core.people import addressed, person_in
from yibao.core.stamps import current
from yibao.core.words import said
from yibao.estimates import queries
from yibao.estimates.asked import (
    BILL,
    COMPARISON,
    ESTIMATE,
    Asked,
    answered_html,
    missing_html,
)
from yibao.estimates.bill_form import BillForm
from yibao.estimates.billcheck import bill_check_of
from yibao.estimates.comparison import comparison_of
from yibao.estimates.forms import CaseForm, CompareForm, EstimateForm
from yibao.estimates.sections import bill_check_html, comparison_html
from yibao.estimates.settlement_html import settlement_html
from yibao.estimates.sheet import sheet_of

type View = Callable[[HtmxHttpRequest], HttpResponse]

UNPROCESSABLE = 422
SUBMITTED = "answers"
RESHAPING = "shaping"
"""Ids of the form and of the questions on whose answers others depend."""
RESULT = "result"
"""The part that needs no template: the result alone."""


def _state(request: HttpRequest) -> str:
    """Name what an answer rests on besides its address: the data, and today."""
    stamps = (current(name) for name in ("regions", "policies", "sources"))
    return "/".join((*map(str, stamps), clock.today().isoformat()))


def _kept_as_page(view: View) -> View:
    """Keep whole pages; a fragment depends on what was touched and is worked out each time."""
    page = public_page(_state)(view)

    @wraps(view)
    def answer(request: HtmxHttpRequest) -> HttpResponse:
        return view(request) if wants_fragment(request) else page(request)

    return answer


@require_safe
@_kept_as_page
def estimate(request: HtmxHttpRequest) -> HttpResponse:
    """Show the questions, and the settlement once all are answered."""
    form = EstimateForm(_typed(request), today=clock.today())
    page = _Page(request, ESTIMATE, form)
    if form.is_valid() and form.case:
        sheet = sheet_of(form.case, queries.estimate(form.case), page.answers)
        page.answer(settlement_html(sheet, page.query), sheet.summary, title=sheet.summary)
    return page.response()


@require_safe
@_kept_as_page
def compare(request: HtmxHttpRequest) -> HttpResponse:
    """Show one bill in every filing situation."""
    form = CompareForm(_typed(request), today=clock.today())
    page = _Page(request, COMPARISON, form)
    if form.is_valid() and form.case:
        settlements = queries.compare_situations(form.case)
        comparison = comparison_of(form.case, settlements, page.answers)
        page.answer(comparison_html(comparison, page.query), comparison.summary)
    return page.response()


@require_safe
@_kept_as_page
def bill(request: HtmxHttpRequest) -> HttpResponse:
    """Show a printed settlement sheet beside what the rules give for the same bill."""
    form = BillForm(_typed(request), today=clock.today())
    page = _Page(request, BILL, form)
    if form.is_valid() and form.case:
        settlement, explanations = queries.check_bill(form.case, form.printed)
        check = bill_check_of(form.case, settlement, explanations, form.printed, page.answers)
        page.answer(bill_check_html(check, page.query), check.summary, title=check.summary)
    return page.response()


def _typed(request: HtmxHttpRequest) -> Mapping[str, str]:
    """Return the answers as typed.

    While somebody is still filling in the form, a blank question is one not reached yet;
    behind the button, or in an address, it is an error.
    """
    typed = request.GET.dict()
    is_underway = wants_fragment(request) and request.htmx.trigger != SUBMITTED
    return {name: text for name, text in typed.items() if text} if is_underway else typed


class _Page:
    """One of the three pages, or the part of it that HTMX asked for."""

    def __init__(self, request: HtmxHttpRequest, asked: Asked, form: CaseForm) -> None:
        self.request = request
        self.asked = asked
        self.form = form
        self.is_valid = form.is_valid()
        self.answers = form.answers() if self.is_valid else {}
        self.query = query_of(self.answers)
        self.address = f"{request.path}?{self.query}" if self.query else request.path
        self.title = said(asked.heading)
        self.result: SafeString | None = None

    def answer(self, result: SafeString, summary: str, *, title: str = "") -> None:
        """Take in the result, said about whom the address asks for."""
        html = answered_html(summary, result, self.request.build_absolute_uri(self.address))
        person = person_in(self.request.GET)
        # Only fixed words of our own go in.
        self.result = SafeString(addressed(html, person))
        self.title = title or self.title

    def response(self) -> HttpResponse:
        """Render the page, or the part."""
        is_part = wants_fragment(self.request)
        part = _fragment(self.request, is_valid=self.is_valid) if is_part else ""
        result = missing_html(self.form) if self.result is None else self.result
        response: HttpResponse
        if part == RESULT:
            self.request.varies_on_htmx = True
            response = HttpResponse(result)
        else:
            response = self._rendered(part, result)
        if is_part:
            patch_vary_headers(response, ("HX-Trigger",))
            if self.is_valid:
                push_url(response, self.address)
        return response

    def _rendered(self, part: str, result: SafeString) -> HttpResponse:
        return TemplateResponse(
            self.request,
            template_for(self.request, "estimates/page.html", part),
            {
                "heading": said(self.asked.heading),
                "lead": said(self.asked.lead),
                "button": said(self.asked.button),
                "action": self.asked.address,
                "form": self.form,
                "title": self.title,
                "result": result,
                "is_answered": self.result is not None,
                "here": self.request.get_full_path(),
            },
            status=200 if self.is_valid else UNPROCESSABLE,
        )


def _fragment(request: HtmxHttpRequest, *, is_valid: bool) -> str:
    """Name the part to send, by what was touched.

    The button brings the whole form, with each error beside its field. A changed field
    must not take away the form that somebody is typing in: it brings the result, and
    with it the questions that depend on the places and the kind of care.
    """
    if request.htmx.trigger == SUBMITTED:
        return "case"
    if not is_valid:
        return "errors"
    return "reshaped" if request.htmx.trigger == RESHAPING else RESULT
