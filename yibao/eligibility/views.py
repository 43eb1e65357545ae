"""The public eligibility check. GET only; all answers are in the address."""

from urllib.parse import urlencode

from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.http import require_safe
from django_htmx.http import push_url

from yibao.core import clock
from yibao.core.htmx import HtmxHttpRequest, template_for, wants_fragment
from yibao.core.navigation import links
from yibao.core.people import PARAMETER
from yibao.eligibility import queries, screens
from yibao.eligibility.answer import answer_of
from yibao.eligibility.forms import CheckForm

UNPROCESSABLE = 422


@require_safe
def check(request: HtmxHttpRequest) -> HttpResponse:
    """Ask the next question, or answer once nothing needed is missing."""
    data = request.GET.dict()
    sent = screens.fields_of(data.get("step", ""))
    form = CheckForm(data, today=clock.today(), sent=sent)
    is_valid = form.is_valid()
    query = form.answers()
    asked = screens.asked_now(form, data.get("change", ""))
    answer = None
    if asked is None and form.check is not None:
        answer = answer_of(form.check, queries.check(form.check), query)
    follow_up = screens.follow_up(form) if answer else ()
    more = screens.more(form, without=follow_up) if answer else ()
    address = f"{request.path}?{urlencode(query)}" if query else request.path
    is_fragment = wants_fragment(request)
    context = {
        "form": form,
        "asked": asked,
        "answer": answer,
        "answered": screens.answered(form, asked=asked),
        "follow_up": follow_up,
        "more": more,
        "query": query,
        "kept": form.answers(without=(bound.name for _heading, fields in more for bound in fields)),
        "starts": screens.start_choices(query) if _is_start(form, query) else (),
        "is_emergency_now": form.is_emergency
        and set(query) - {PARAMETER} == {"urgency"}
        and is_valid
        and "start" not in data,
        "address": request.build_absolute_uri(address),
        "is_fragment": is_fragment,
        "links": links(),
    }
    response = TemplateResponse(
        request,
        template_for(request, "eligibility/check.html", "check"),
        context,
        status=200 if is_valid else UNPROCESSABLE,
    )
    if is_fragment:
        push_url(response, request.get_full_path() if asked else address)
    return response


def _is_start(form: CheckForm, query: dict[str, str]) -> bool:
    return not set(query) - {PARAMETER} and not form.errors and "start" not in form.data
