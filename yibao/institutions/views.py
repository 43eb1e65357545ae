"""The finder, the page about one institution, and the form that reports a wrong entry."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe
from django_htmx.http import push_url

from yibao.core import clock, stamps
from yibao.core.addresses import client_address
from yibao.core.caching import public_page
from yibao.core.htmx import HtmxHttpRequest, template_for, wants_fragment
from yibao.core.navigation import links
from yibao.core.people import PARAMETER
from yibao.institutions import queries, search
from yibao.institutions.entries import (
    Asked,
    Entry,
    disease_words,
    entry_of,
    scope_words,
)
from yibao.institutions.forms import FinderForm, ReportForm
from yibao.institutions.models import Institution, Kind, ServiceOpening
from yibao.institutions.operations.reports import TooManyReports, report_wrong_entry
from yibao.institutions.wording import CHANGED_FIELDS, GRADES, SHORT_LEVELS
from yibao.regions import queries as regions
from yibao.regions.queries import RegionRef
from yibao.regions.vocabulary import ClassSlug

UNPROCESSABLE = 422
TOO_MANY = 429


def _state(request: HttpRequest) -> str:
    """Name what the finder rests on: the list, the regions, and today, where no day is given."""
    kinds = ("institutions", "regions")
    return " ".join([str(clock.today()), *(f"{kind} {stamps.current(kind)}" for kind in kinds)])


@require_safe
@public_page(_state)
def finder(request: HtmxHttpRequest) -> HttpResponse:
    """Ask what to look for and list what fits, page by page."""
    today = clock.today()
    form = FinderForm(request.GET, today=today)
    is_valid, is_stale_link = form.is_valid(), False
    page = None
    if form.wanted and form.is_asked:
        try:
            page = search.search(form.wanted, form.cursor)
        except search.BadCursor:
            page, is_stale_link = search.search(form.wanted), True
    answers = form.answers()
    query = urlencode(answers)
    address = f"{request.path}?{query}" if query else request.path
    response = TemplateResponse(
        request,
        template_for(request, "institutions/finder.html", "results"),
        {
            "form": form,
            "fields": [form[name] for name in form.main_names],
            "further": [form[name] for name in form.further_names],
            "page_address": request.get_full_path(),
            "page": page,
            "entries": _entries(page, form),
            "next_address": _next_address(answers, page),
            "first_address": address if "page" in request.GET else "",
            "is_stale_link": is_stale_link,
            "wider": _wider(form) if page and not page.rows else (),
        },
        status=UNPROCESSABLE if is_stale_link or not is_valid else 200,
    )
    if is_valid and wants_fragment(request):
        push_url(response, address)
    return response


@require_safe
def institution(request: HttpRequest, code: str) -> HttpResponse:
    """Show one institution with its openings of all days and what changed in its entry."""
    found = _find(code)
    form = FinderForm(
        {name: request.GET[name] for name in ("insured", "on", PARAMETER) if name in request.GET},
        today=clock.today(),
    )
    is_valid = form.is_valid()
    on = (form.cleaned_data.get("on") if is_valid else None) or form.today
    past = queries.read_past(found, CHANGED_FIELDS)
    current = [row for row in past.openings if _is_in_force(row, on)]
    asked = Asked(form.answers() if is_valid else {}, form.today)
    return TemplateResponse(
        request,
        "institutions/institution.html",
        {
            "form": form,
            "institution": found,
            "entry": entry_of(found, found.region_id, current, asked),
            "openings": [_opening_row(row, _is_in_force(row, on)) for row in past.openings],
            "on": on,
            "is_listed": found.is_listed_on(on),
            "former_names": past.former_names,
            "changes": _changes(past.changes),
            "finder_address": f"{links()['institutions']}?region={found.region_id}",
            "whom_to_ask": regions.whom_to_ask(found.region_id),
            "is_reported": "reported" in request.GET,
            "address": request.build_absolute_uri(f"{links()['institutions']}{found.code}/"),
        },
        status=200 if is_valid else UNPROCESSABLE,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, code: str) -> HttpResponse:
    """Take a report of a wrong entry into the staff's queue."""
    found = _find(code)
    form = ReportForm(request.POST if request.method == "POST" else None)
    status, is_refused = 200, False
    if request.method == "POST":
        if form.is_valid():
            try:
                report_wrong_entry(
                    found,
                    subject=form.cleaned_data["subject"],
                    text=form.cleaned_data["text"],
                    address=client_address(request),
                    at=timezone.now(),
                )
            except TooManyReports:
                status, is_refused = TOO_MANY, True
            else:
                return redirect(f"{links()['institutions']}{found.code}/?reported=1")
        else:
            status = UNPROCESSABLE
    context = {
        "form": form,
        "institution": found,
        "is_refused": is_refused,
        "page_address": f"{links()['institutions']}{found.code}/",
    }
    return TemplateResponse(request, "institutions/report.html", context, status=status)


def _find(code: str) -> Institution:
    found = queries.find(code.upper()) if len(code) == 12 else None
    if found is None:
        raise Http404
    return found


def _entries(page: search.Page | None, form: FinderForm) -> list[Entry]:
    if page is None or form.wanted is None:
        return []
    wanted = form.wanted
    asked = Asked(form.answers(), form.today, wanted.service or "", wanted.disease)
    return [entry_of(row, row.region_code, row.openings, asked) for row in page.rows]


def _next_address(answers: dict[str, str], page: search.Page | None) -> str:
    if page is None or not page.next_cursor:
        return ""
    return f"{links()['institutions']}?{urlencode({**answers, 'page': page.next_cursor})}"


def _wider(form: FinderForm) -> list[tuple[str, str]]:
    """Return searches that ask for less, as words and addresses, for an empty result."""
    answers = form.answers()
    found = []
    region = form.cleaned_data.get("region")
    if region:
        for above in _above(region):
            words = _("到%(place)s找") % {"place": above.full_name}
            found.append((words, _address({**answers, "region": above.code})))
        found.append((_("到全国找"), _address({**answers, "region": ""})))
    for name, words in (("level", _("不限级别")), ("service", _("不限要看什么"))):
        if answers.get(name):
            found.append((words, _address({**answers, name: ""})))
    return found


def _above(region: RegionRef) -> list[RegionRef]:
    above = []
    while region.parent_code not in (None, regions.NATION):
        region = regions.get_region(region.parent_code or "")
        above.append(region)
    return above


def _address(answers: dict[str, str]) -> str:
    query = urlencode({name: value for name, value in answers.items() if value})
    return f"{links()['institutions']}?{query}"


def _is_in_force(opening: ServiceOpening, day: date) -> bool:
    return opening.effective_from <= day and (
        opening.effective_to is None or day < opening.effective_to
    )


@dataclass(frozen=True, slots=True)
class OpeningRow:
    """One opening of any day, with whether it is in force on the day shown."""

    opening: ServiceOpening
    disease: str
    scope: str
    is_current: bool


def _opening_row(opening: ServiceOpening, is_current: bool) -> OpeningRow:
    disease = disease_words(opening.disease) if opening.disease else ""
    return OpeningRow(opening, disease, scope_words(opening.scope), is_current)


_SHOWN_AS = {
    "level": SHORT_LEVELS,
    "grade": GRADES,
    "kind": dict(Kind.choices),
    "class_slug": dict(ClassSlug.choices),
}


def _changes(changes: Iterable[queries.Change]) -> list[tuple[date, list[str]]]:
    """Return the change log as days, each with a sentence per field."""
    log: dict[date, list[str]] = {}
    for change in changes:
        line = _("%(field)s：%(before)s → %(after)s") % {
            "field": CHANGED_FIELDS[change.field],
            "before": _shown(change.field, change.before) or _("（空）"),
            "after": _shown(change.field, change.after) or _("（空）"),
        }
        log.setdefault(change.day, []).append(line)
    return list(log.items())


def _shown(name: str, value: str) -> str:
    if name == "region":
        try:
            return regions.get_region(value).full_name
        except KeyError:
            return value
    return str(_SHOWN_AS.get(name, {}).get(value, value))
