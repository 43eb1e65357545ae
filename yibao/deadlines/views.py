"""The list of days, and its calendar file. GET only; all answers are in the address."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_safe

from yibao.core import clock, stamps
from yibao.core.caching import public_page
from yibao.core.navigation import links
from yibao.deadlines import queries
from yibao.deadlines.forms import DeadlinesForm
from yibao.deadlines.page import CALENDAR, calendar_of, page_of

UNPROCESSABLE = 422


def _state(request: HttpRequest) -> str:
    """Name everything the list rests on; today decides how many days are left."""
    kinds = ("policies", "regions")
    return " ".join([str(clock.today()), *(f"{kind} {stamps.current(kind)}" for kind in kinds)])


@require_safe
@public_page(_state)
def deadlines(request: HttpRequest) -> HttpResponse:
    """Ask for the situation, and list its days once place and branch are known."""
    today = clock.today()
    form = DeadlinesForm(request.GET.dict(), today=today)
    is_valid = form.is_valid()
    page = None
    if form.situation:
        page = page_of(queries.list_deadlines(form.situation), form.answers(), today)
    context = {
        "form": form,
        "page": page,
        "footnotes": page.footnotes if page else None,
        "address": request.build_absolute_uri(),
    }
    return TemplateResponse(
        request,
        "deadlines/deadlines.html",
        context,
        status=200 if is_valid else UNPROCESSABLE,
    )


@require_safe
@public_page(_state)
def calendar_file(request: HttpRequest) -> HttpResponse:
    """Answer with the days to come as a calendar file; without any, lead to the list."""
    today = clock.today()
    form = DeadlinesForm(request.GET.dict(), today=today)
    form.is_valid()
    address = f"{links()['deadlines']}?{urlencode(form.answers())}"
    absolute = request.build_absolute_uri(address)
    content = None
    if form.situation:
        content = calendar_of(queries.list_deadlines(form.situation), absolute, today)
    if content is None:
        return redirect(address)
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{CALENDAR}"'
    return response
