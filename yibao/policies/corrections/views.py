"""A reader says that a figure is wrong; the answer is a page, not a promise."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from yibao.core import clock, throttle
from yibao.core.addresses import client_address
from yibao.policies.corrections.figures import Figure, figures_of
from yibao.policies.corrections.forms import CorrectionForm
from yibao.policies.corrections.operations import send_correction
from yibao.regions import queries as regions
from yibao.regions.index import RegionRef
from yibao.regions.queries import RetiredRegion, UnknownRegion

UNPROCESSABLE = 422
TOO_MANY = 429
MOST_PER_HOUR = 5
_HOUR = 3600


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def new(request: HttpRequest, code: str) -> HttpResponse:
    """Take in that a figure is wrong. `section` narrows the rules to pick from, `row` picks one."""
    region = _region(code)
    figures = _asked_about(figures_of(region.code, clock.today()), request)
    is_sent = request.method == "POST"
    form = CorrectionForm(
        request.POST if is_sent else None,
        figures=figures,
        initial={"row": request.GET.get("row", "")},
    )
    status = 200
    if is_sent:
        if form.is_from_a_program:
            return _thanks(region)
        status = UNPROCESSABLE
        if form.is_valid():
            if _may_send(request):
                _send(region, figures, form)
                return _thanks(region)
            status = TOO_MANY
            form.add_error(None, _("您这一小时已经报过几次了，请过一会儿再试。写的内容还在。"))
    context = {"form": form, "region": region}
    return TemplateResponse(request, "policies/correction.html", context, status=status)


@require_safe
def sent(request: HttpRequest, code: str) -> HttpResponse:
    """Say that it arrived, and where the outcome will stand."""
    return TemplateResponse(request, "policies/correction_sent.html", {"region": _region(code)})


def _region(code: str) -> RegionRef:
    try:
        region = regions.get_region(code)
        return region if region.pooling_code is None else regions.resolve(code)
    except (UnknownRegion, RetiredRegion) as error:
        raise Http404(str(error)) from error


def _asked_about(figures: tuple[Figure, ...], request: HttpRequest) -> tuple[Figure, ...]:
    """Narrow the rules to the section that the reader came from, if there is such a one."""
    section = request.GET.get("section", "")
    return tuple(figure for figure in figures if figure.section == section) or figures


def _may_send(request: HttpRequest) -> bool:
    address = client_address(request)
    return throttle.allows("correction", address, most=MOST_PER_HOUR, seconds=_HOUR)


def _send(region: RegionRef, figures: tuple[Figure, ...], form: CorrectionForm) -> None:
    chosen = form.cleaned_data["row"]
    send_correction(
        region_code=region.code,
        figure=next((figure for figure in figures if figure.row_id == chosen), None),
        proposed=form.cleaned_data["proposed"],
        document=form.cleaned_data["document"],
        contact=form.cleaned_data["contact"],
        at=timezone.now(),
    )


def _thanks(region: RegionRef) -> HttpResponse:
    return HttpResponseRedirect(reverse("policies:correction_sent", args=[region.code]))
