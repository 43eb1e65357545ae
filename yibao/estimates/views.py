"""Public pages of the estimate and of the comparison. GET only; all answers are in the address."""

from collections.abc import Callable, Mapping
from functools import wraps
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe
from django_htmx.http import push_url

from yibao.core import clock
from yibao.core.caching import public_page
from yibao.core.htmx import HtmxHttpRequest, template_for, wants_fragment
from yibao.core.navigation import links
from yibao.core.stamps import current
from yibao.estimates import queries
from yibao.estimates.bill_form import BillForm
from yibao.estimates.billcheck import bill_check_of
from yibao.estimates.comparison import comparison_of
from yibao.estimates.forms import CaseForm, CompareForm, EstimateForm
from yibao.estimates.sheet import sheet_of

type View = Callable[[HtmxHttpRequest], HttpResponse]

UNPROCESSABLE = 422
SUBMITTED = "answers"
RESHAPING = "shaping"
"""Ids of the form and of the questions on whose answers others depend."""


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
    sheet = None
    if form.is_valid() and form.case:
        sheet = sheet_of(form.case, queries.estimate(form.case), form.answers())
    return _answer(request, form, "estimates/estimate.html", {"sheet": sheet})


@require_safe
@_kept_as_page
def compare(request: HtmxHttpRequest) -> HttpResponse:
    """Show one bill in every filing situation."""
    form = CompareForm(_typed(request), today=clock.today())
    comparison = None
    if form.is_valid() and form.case:
        settlements = queries.compare_situations(form.case)
        comparison = comparison_of(form.case, settlements, form.answers())
    return _answer(request, form, "estimates/compare.html", {"comparison": comparison})


@require_safe
@_kept_as_page
def bill(request: HtmxHttpRequest) -> HttpResponse:
    """Show a printed settlement sheet beside what the rules give for the same bill."""
    form = BillForm(_typed(request), today=clock.today())
    check = None
    if form.is_valid() and form.case:
        settlement, explanations = queries.check_bill(form.case, form.printed)
        check = bill_check_of(form.case, settlement, explanations, form.printed, form.answers())
    return _answer(request, form, "estimates/bill.html", {"check": check})


def _typed(request: HtmxHttpRequest) -> Mapping[str, str]:
    """Return the answers as typed.

    While somebody is still filling in the form, a blank question is one not reached yet;
    behind the button, or in an address, it is an error.
    """
    typed = request.GET.dict()
    is_underway = wants_fragment(request) and request.htmx.trigger != SUBMITTED
    return {name: text for name, text in typed.items() if text} if is_underway else typed


def _answer(
    request: HtmxHttpRequest, form: CaseForm, template: str, result: dict[str, object]
) -> HttpResponse:
    """Render the page or the part of it that HTMX asked for."""
    is_valid = form.is_valid()
    query = urlencode(form.answers()) if is_valid else ""
    address = f"{request.path}?{query}" if query else request.path
    response = TemplateResponse(
        request,
        template_for(request, template, _fragment(request, is_valid=is_valid)),
        {
            "form": form,
            "links": links(),
            "query": query,
            "here": request.get_full_path(),
            "address": request.build_absolute_uri(address),
            **result,
        },
        status=200 if is_valid else UNPROCESSABLE,
    )
    if wants_fragment(request):
        patch_vary_headers(response, ("HX-Trigger",))
        if is_valid:
            push_url(response, address)
    return response


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
    return "reshaped" if request.htmx.trigger == RESHAPING else "result"
