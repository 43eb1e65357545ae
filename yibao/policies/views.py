"""Public policy pages. GET only; what they show depends on the data and the day alone."""

from datetime import date

from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from yibao.core import clock, stamps
from yibao.core.caching import public_page
from yibao.policies.corrections import operations as corrections
from yibao.policies.corrections.outcomes import outcomes_of
from yibao.policies.forms import CompareForm, DayForm
from yibao.policies.pages.boards import conflict_board, list_sources, source_page
from yibao.policies.pages.compare import compare_regions
from yibao.policies.pages.coverage import coverage as coverage_of
from yibao.policies.pages.history import history_of
from yibao.policies.pages.region import region_page
from yibao.regions import queries as regions
from yibao.regions.index import RegionRef
from yibao.regions.queries import RetiredRegion, UnknownRegion
from yibao.rules.terms import InsuranceType
from yibao.sources.queries import UnknownDocument

UNPROCESSABLE = 422


def _state(request: HttpRequest) -> str:
    """Name everything the pages rest on; today decides what is in force and what is stale."""
    kinds = ("policies", "sources", "regions")
    return " ".join([str(clock.today()), *(f"{kind} {stamps.current(kind)}" for kind in kinds)])


def _page_of(code: str) -> RegionRef:
    """Return the region whose page answers for a code: a county's is its pooling region's.

    Raises:
        Http404: for a code that is no region's.
    """
    try:
        region = regions.get_region(code)
        return region if region.pooling_code is None else regions.resolve(code)
    except (UnknownRegion, RetiredRegion) as error:
        raise Http404(str(error)) from error


@require_safe
@public_page(_state)
def region(request: HttpRequest, code: str) -> HttpResponse:
    """Show every rule in force in a region on a day."""
    found = _page_of(code)
    if found.code != code:
        return _moved(request, "policies:region", found.code)
    today = clock.today()
    form = DayForm(request.GET, today=today)
    is_valid = form.is_valid()
    page = region_page(code, form.day, today) if is_valid else None
    context = {"form": form, "region": found, "page": page, "today": today}
    if page is not None:
        context["footnotes"] = page.notes
    context["address"] = request.build_absolute_uri()
    return TemplateResponse(
        request, "policies/region.html", context, status=200 if is_valid else UNPROCESSABLE
    )


@require_safe
@public_page(_state)
def history(request: HttpRequest, code: str) -> HttpResponse:
    """Show what changed in a region and when."""
    found = _page_of(code)
    if found.code != code:
        return _moved(request, "policies:history", found.code)
    context = {"region": found, "entries": history_of(code)}
    return TemplateResponse(request, "policies/history.html", context)


def _moved(request: HttpRequest, view: str, code: str) -> HttpResponse:
    query = request.META.get("QUERY_STRING", "")
    address = reverse(view, args=[code])
    return HttpResponsePermanentRedirect(f"{address}?{query}" if query else address)


@require_safe
@public_page(_state)
def compare(request: HttpRequest) -> HttpResponse:
    """Show two regions side by side; the empty form where nothing was asked."""
    today = clock.today()
    given = {"insurance": InsuranceType.EMPLOYEE.value, **request.GET.dict()}
    context: dict[str, object] = {"address": request.build_absolute_uri()}
    if "a" not in given or "b" not in given:
        # Nothing, or only one place, was asked yet.
        context["form"] = CompareForm(None, today=today, initial=given)
        return TemplateResponse(request, "policies/compare.html", context)
    form = CompareForm(given, today=today)
    context["form"] = form
    if not form.is_valid():
        return TemplateResponse(request, "policies/compare.html", context, status=UNPROCESSABLE)
    comparison = compare_regions(
        _page_of(form.cleaned_data["a"].code),
        _page_of(form.cleaned_data["b"].code),
        InsuranceType(form.cleaned_data["insurance"]),
        form.day,
        today,
    )
    context |= {"comparison": comparison, "footnotes": comparison.notes}
    return TemplateResponse(request, "policies/compare.html", context)


def _board_state(request: HttpRequest) -> str:
    return f"{_state(request)} {stamps.current(corrections.STAMP)}"


@require_safe
@public_page(_board_state)
def conflicts(request: HttpRequest) -> HttpResponse:
    """Show where the sources contradict each other."""
    today = clock.today()
    code = request.GET.get("region", "")
    found = _page_of(code) if code else None
    board = conflict_board(today, today, found.code if found else None)
    context = {
        "board": board,
        "outcomes": outcomes_of(found.code if found else None),
        "region": found,
        "today": today,
        "footnotes": board.notes,
    }
    return TemplateResponse(request, "policies/conflicts.html", context)


@require_safe
@public_page(_state)
def coverage(request: HttpRequest) -> HttpResponse:
    """Show what is known and what is not."""
    today: date = clock.today()
    context = {"coverage": coverage_of(today, today), "today": today}
    return TemplateResponse(request, "policies/coverage.html", context)


@require_safe
@public_page(_state)
def source_list(request: HttpRequest) -> HttpResponse:
    """List the documents that figures cite."""
    return TemplateResponse(request, "policies/source_list.html", {"documents": list_sources()})


@require_safe
@public_page(_state)
def source(request: HttpRequest, slug: str) -> HttpResponse:
    """Show one document and the figures that rest on it."""
    try:
        page = source_page(slug, clock.today())
    except UnknownDocument as error:
        raise Http404(str(error)) from error
    context = {"page": page, "footnotes": page.notes}
    return TemplateResponse(request, "policies/source.html", context)
