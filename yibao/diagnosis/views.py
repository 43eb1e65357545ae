"""Why was the bill not settled, the emergency screen, the note page. GET only, no personal data."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.http import require_safe

from yibao.core import clock, stamps
from yibao.core.caching import public_page
from yibao.core.htmx import HtmxHttpRequest, template_for, wants_fragment
from yibao.core.people import carried
from yibao.diagnosis import queries, screens
from yibao.diagnosis.forms import REFINING, DiagnosisForm
from yibao.diagnosis.leaf import leaf_page
from yibao.rules.diagnosis import QUESTIONS

UNPROCESSABLE = 422


def _state(request: HttpRequest) -> str:
    """Name everything a leaf rests on; today decides what is in force and what is stale."""
    kinds = ("policies", "regions")
    return " ".join([str(clock.today()), *(f"{kind} {stamps.current(kind)}" for kind in kinds)])


@require_safe
@public_page(_state)
def diagnose(request: HtmxHttpRequest) -> HttpResponse:
    """Ask the next question, or say what to do once the cause is known."""
    form = DiagnosisForm(request.GET.dict(), today=clock.today())
    is_valid = form.is_valid()
    query = form.answers()
    via = request.GET.get("via", "")
    via = via if via in QUESTIONS else ""
    leaf = leaf_page(queries.diagnose(form.trouble), query) if form.trouble else None
    is_wrong_fact = bool(form.errors) and "symptom" not in form.errors
    fields = (*(("stage",) if "stage" in form.errors else ()), *REFINING)
    kept = form.answers(without=fields) | ({"via": via} if via else {})
    context = {
        "form": form,
        "refining": tuple(form[name] for name in fields),
        "kept": kept,
        "is_wrong_fact": is_wrong_fact,
        "asked": None if is_wrong_fact else screens.asked(form, query),
        "leaf": leaf,
        "footnotes": leaf.footnotes if leaf else None,
        "answered": screens.answered(form, query, via),
        "back": screens.back(form, query, via),
        "stages": screens.stages(form, query, via) if leaf and leaf.asks_stage else (),
        "has_region": "insured" in query,
        "person": urlencode(carried(request.GET)),
        "address": request.build_absolute_uri(),
        "is_fragment": wants_fragment(request),
    }
    return TemplateResponse(
        request,
        template_for(request, "diagnosis/diagnose.html", "diagnose"),
        context,
        status=200 if is_valid else UNPROCESSABLE,
    )


@require_safe
@public_page(lambda request: "")
def note(request: HttpRequest) -> HttpResponse:
    """Show a sheet to write down what happened; what is typed never leaves the browser."""
    return TemplateResponse(request, "diagnosis/note.html")


@require_safe
@public_page(lambda request: "")
def emergency(request: HttpRequest) -> HttpResponse:
    """Show the three things that matter in an emergency."""
    return TemplateResponse(request, "diagnosis/emergency.html")
