"""Public pages of guides, glossary, directory and search."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from yibao.core import clock, stamps, throttle
from yibao.core.addresses import client_address
from yibao.core.caching import public_page
from yibao.core.htmx import HtmxHttpRequest, template_for
from yibao.core.people import carried
from yibao.guides import pages, queries
from yibao.guides.directory import directory_of, find_entry
from yibao.guides.forms import DirectoryForm, LocalForm, ReportForm
from yibao.guides.models import Fault
from yibao.guides.operations import report_channel
from yibao.guides.search import search as search_all
from yibao.regions.queries import UnknownRegion

UNPROCESSABLE = 422
TOO_MANY = 429
MOST_REPORTS = 5
HOUR = 60 * 60
_TYPED_SIGNS = 60


def _state(request: HttpRequest) -> str:
    kinds = ("guides", "policies", "sources", "regions")
    return " ".join([str(clock.today()), *(f"{kind} {stamps.current(kind)}" for kind in kinds)])


@require_safe
@public_page(_state)
def guide_list(request: HttpRequest) -> HttpResponse:
    """List every question by topic."""
    return TemplateResponse(
        request,
        "guides/guide_list.html",
        {"groups": pages.groups(), "carried": urlencode(carried(request.GET))},
    )


@require_safe
@public_page(_state)
def guide(request: HttpRequest, slug: str) -> HttpResponse:
    """Answer one question, with the rules of the region asked for."""
    try:
        found = queries.get_guide(slug)
    except queries.UnknownGuide as error:
        raise Http404(str(error)) from error
    form = LocalForm(request.GET)
    is_valid = form.is_valid()
    region = form.cleaned_data.get("insured")
    insurance = form.cleaned_data.get("insurance")
    along = carried(request.GET)
    if region is not None:
        along["insured"] = region.code
    if insurance is not None:
        along["insurance"] = insurance.value
    page = pages.guide_page(
        found, region=region, insurance=insurance, today=clock.today(), carried=along
    )
    context = {
        "page": page,
        "form": form,
        "region": region,
        "footnotes": page.notes,
        "carried": urlencode(along),
        "address": request.build_absolute_uri(),
    }
    return TemplateResponse(
        request, "guides/guide.html", context, status=200 if is_valid else UNPROCESSABLE
    )


@require_safe
@public_page(_state)
def glossary(request: HttpRequest) -> HttpResponse:
    """Explain the words of the field."""
    return TemplateResponse(request, "guides/glossary.html", {"terms": pages.terms()})


@require_safe
@public_page(lambda request: f"{_state(request)} {stamps.current('institutions')}")
def search(request: HtmxHttpRequest) -> HttpResponse:
    """Find guides, terms and regions for what was typed, `q`."""
    typed = request.GET.get("q", "").strip()[:_TYPED_SIGNS]
    today = clock.today()
    results = search_all(typed, carried=carried(request.GET), on=today) if typed else None
    return TemplateResponse(
        request,
        template_for(request, "guides/search.html", "results"),
        {"typed": typed, "results": results, "groups": pages.groups() if not results else ()},
    )


@require_safe
@public_page(_state)
def directory(request: HttpRequest) -> HttpResponse:
    """List agencies, halls, hotlines and web halls of a region."""
    form = DirectoryForm(request.GET)
    is_valid = form.is_valid()
    found = directory_of(form.cleaned_data.get("region"), clock.today())
    context = {
        "form": form,
        "directory": found,
        "footnotes": found.notes,
        "is_reported": request.GET.get("reported") == "yes",
    }
    return TemplateResponse(
        request, "guides/directory.html", context, status=200 if is_valid else UNPROCESSABLE
    )


@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest) -> HttpResponse:
    """Take in that a channel is wrong."""
    code, channel = request.GET.get("region", ""), request.GET.get("channel", "")
    try:
        entry = find_entry(code, channel, clock.today())
    except UnknownRegion as error:
        raise Http404(str(error)) from error
    if entry is None:
        raise Http404(channel)
    back = f"{reverse('guides:directory')}?{urlencode({'region': code})}"
    form = ReportForm(request.POST if request.method == "POST" else None)
    status = 200
    if form.is_bound:
        status = UNPROCESSABLE
        if form.is_valid():
            if _may_report(request):
                report_channel(
                    channel=entry.id,
                    region_code=code,
                    shown=entry.shown,
                    fault=Fault(form.cleaned_data["fault"]),
                    note=form.cleaned_data["note"],
                    at=timezone.now(),
                )
                return HttpResponseRedirect(f"{back}&reported=yes")
            form.add_error(None, _("这里刚收到好几条报告，请过一小时再报。"))
            status = TOO_MANY
    context = {"form": form, "entry": entry, "back": back}
    return TemplateResponse(request, "guides/report.html", context, status=status)


def _may_report(request: HttpRequest) -> bool:
    address = client_address(request)
    return throttle.allows("channel-report", address, most=MOST_REPORTS, seconds=HOUR)
