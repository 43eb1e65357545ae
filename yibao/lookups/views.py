"""查进度: find a case by reference, see how it stands, use one's rights. Never cached."""

import json
from collections.abc import Callable
from functools import wraps

from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yibao.cases import tickets
from yibao.cases.operations.lookup import TooManyMisses, look_up, prove
from yibao.cases.operations.rights import (
    Held,
    StillOpen,
    ask_erasure,
    copy_of,
    withdraw_consent,
)
from yibao.cases.queries import Case
from yibao.core.addresses import client_address
from yibao.core.navigation import links
from yibao.lookups.forms import CopyForm, StatusForm
from yibao.lookups.queries import status_view

UNPROCESSABLE, TOO_MANY, NOT_FOUND = 422, 429, 404

type View = Callable[..., HttpResponseBase]


def personal(view: View) -> View:
    """Mark a page as one person's: no cache keeps it, no search engine lists it.

    The referrer policy of the site (same-origin) already tells other sites nothing; a
    stricter one would have browsers send forms without an origin.
    """

    @wraps(view)
    def answer(request: HttpRequest, *args: str, **kwargs: str) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        add_never_cache_headers(response)
        response.headers["X-Robots-Tag"] = "noindex"
        response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
        return response

    return answer


@personal
@sensitive_post_parameters("reference", "id_last6")
@require_http_methods(["GET", "HEAD", "POST"])
def status(request: HttpRequest) -> HttpResponse:
    """Ask for reference and last six signs; show the case, or say that nothing was found."""
    if request.method != "POST":
        return _ask(request, StatusForm(), has_ticket=tickets.holder(request) is not None)
    form = StatusForm(request.POST)
    if not form.is_valid():
        return _ask(request, form, status=UNPROCESSABLE)
    try:
        case = look_up(
            reference=form.cleaned_data["reference"],
            id_last6=form.cleaned_data["id_last6"],
            address=client_address(request),
            at=timezone.now(),
        )
    except TooManyMisses:
        return _ask(request, form, status=TOO_MANY, is_too_many=True)
    if case is None:
        return _ask(request, form, status=NOT_FOUND, is_missing=True)
    return _show(request, case)


def _ask(request: HttpRequest, form: StatusForm, status: int = 200, **more: bool) -> HttpResponse:
    context = {"form": form, **more}
    return TemplateResponse(request, "lookups/ask.html", context, status=status)


def _show(request: HttpRequest, case: Case) -> HttpResponse:
    view = status_view(case, timezone.localdate())
    response = TemplateResponse(request, "lookups/status.html", {"view": view})
    tickets.grant(response, case)
    return response


def with_ticket(view: Callable[[HttpRequest, Case], HttpResponseBase]) -> View:
    """Open a page to whoever looked the case up within half an hour; others start there."""

    @wraps(view)
    def opened(request: HttpRequest) -> HttpResponseBase:
        case = tickets.holder(request)
        if case is None:
            return HttpResponseRedirect(reverse("lookups:status"))
        return view(request, case)

    return opened


@personal
@require_safe
@with_ticket
def current(request: HttpRequest, case: Case) -> HttpResponseBase:
    """Show the case of the ticket again, after something was done in it."""
    return _show(request, case)


@personal
@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """Give the ticket back: nothing of the case stays in this browser."""
    response = HttpResponseRedirect(links()["home"])
    tickets.revoke(response)
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


@personal
@require_safe
@with_ticket
def data(request: HttpRequest, case: Case) -> HttpResponseBase:
    """Say which rights there are and offer to use them."""
    return _data(request, case, CopyForm())


def _data(
    request: HttpRequest, case: Case, form: CopyForm, status: int = 200, refused: str = ""
) -> HttpResponse:
    view = status_view(case, timezone.localdate())
    context = {"view": view, "form": form, "refused": refused}
    return TemplateResponse(request, "lookups/data.html", context, status=status)


@personal
@sensitive_post_parameters("id_number", "phone")
@require_POST
@with_ticket
def copy(request: HttpRequest, case: Case) -> HttpResponseBase:
    """Give the person everything that is held about them in the case."""
    form = CopyForm(request.POST)
    if not form.is_valid():
        return _data(request, case, form, UNPROCESSABLE)
    try:
        is_theirs = prove(
            case,
            id_number=form.cleaned_data["id_number"],
            phone=form.cleaned_data["phone"] or "",
            address=client_address(request),
            at=timezone.now(),
        )
    except TooManyMisses:
        return _data(request, case, form, TOO_MANY, _("试的次数太多了，请一小时后再试。"))
    if not is_theirs:
        words = _("证件号码或手机号和申请时填的不一样，请核对。")
        return _data(request, case, form, UNPROCESSABLE, words)
    copied = copy_of(case, today=timezone.localdate(), at=timezone.now())
    if form.cleaned_data["form"] == "json":
        content = json.dumps(copied, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2)
        return _download(content, "application/json", "json")
    content = render_to_string("lookups/copy.html", {"copy": copied})
    return _download(content, "text/html; charset=utf-8", "html")


def _download(content: str, content_type: str, ending: str) -> HttpResponse:
    return HttpResponse(
        content,
        content_type=content_type,
        headers={"Content-Disposition": f'attachment; filename="yibao.{ending}"'},
    )


@personal
@require_POST
@with_ticket
def consent(request: HttpRequest, case: Case) -> HttpResponseBase:
    """Withdraw the consent: an open case is withdrawn with it."""
    withdraw_consent(case.pk, at=timezone.now())
    return HttpResponseRedirect(reverse("lookups:current"))


@personal
@require_POST
@with_ticket
def erasure(request: HttpRequest, case: Case) -> HttpResponseBase:
    """Ask that the personal data be erased."""
    try:
        ask_erasure(case.pk, today=timezone.localdate(), at=timezone.now())
    except StillOpen:
        words = _("申请还在办理。请先撤回申请，再申请删除。")
        return _data(request, case, CopyForm(), UNPROCESSABLE, words)
    except Held as held:
        return _data(request, case, CopyForm(), UNPROCESSABLE, held.why)
    return HttpResponseRedirect(reverse("lookups:current"))
