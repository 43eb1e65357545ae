"""The home page, the switches of type size and language, and the note to take along."""

from urllib.parse import parse_qsl, urlencode, urlsplit

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from yibao.core import clock
from yibao.core.caching import public_page
from yibao.core.context_processors import TYPE_COOKIE
from yibao.core.language import CHINESE, LANGUAGES, PARAMETER, YEAR_SECONDS, remember
from yibao.core.navigation import links
from yibao.core.takealong import SOURCE, address_of, as_text, card_of, qr_code, result_of


@require_safe
@public_page(lambda request: "")
def home(request: HttpRequest) -> HttpResponse:
    """Show the four situations people come with; the page rests on nothing that changes."""
    return TemplateResponse(request, "core/home.html")


@require_safe
@never_cache
def large_type(request: HttpRequest) -> HttpResponse:
    """Remember the size of type in a cookie and go back to where the reader was.

    A GET form: the choice harms nobody, and a POST would need a CSRF cookie on every page.
    """
    response = HttpResponseRedirect(_back(request))
    if request.GET.get("to") == "large":
        response.set_cookie(
            TYPE_COOKIE,
            "large",
            max_age=YEAR_SECONDS,
            secure=request.is_secure(),
            httponly=True,
            samesite="Lax",
        )
    else:
        response.delete_cookie(TYPE_COOKIE, samesite="Lax")
    return response


@require_safe
@never_cache
def language(request: HttpRequest) -> HttpResponse:
    """Remember the language in a cookie and go back to where the reader was; a GET as above."""
    parts = urlsplit(_back(request))
    # An address that names a language would win over the choice.
    kept = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if pair[0] != PARAMETER]
    target = f"{parts.path}?{urlencode(kept)}" if kept else parts.path
    response = HttpResponseRedirect(target)
    to = request.GET.get("to", "")
    remember(response, to if to in LANGUAGES else CHINESE, is_secure=request.is_secure())
    return response


def _back(request: HttpRequest) -> str:
    """Return where a switch was pressed, home where the address is not one of this site."""
    target = request.GET.get("next", "")
    here = url_has_allowed_host_and_scheme(target, {request.get_host()}, request.is_secure())
    return target if here and target.startswith("/") else links()["home"]


@require_safe
def takealong(request: HttpRequest) -> HttpResponse:
    """Show a result (`from` names its page) as a note to take along.

    Answers that give no result lead back to their page, which asks for the rest.
    """
    answers = request.GET.dict()
    page = answers.pop(SOURCE, "")
    card = card_of(page, answers, clock.today())
    if card is None:
        return redirect(result_of(page, answers) if page in links() else links()["home"])
    absolute = request.build_absolute_uri(address_of(page, answers))
    context = {
        "card": card,
        "result": result_of(page, answers),
        "text": as_text(card, absolute),
        "code": qr_code(absolute, str(card.title)),
    }
    return TemplateResponse(request, "core/takealong.html", context)
