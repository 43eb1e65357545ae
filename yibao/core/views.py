"""The home page and the switch between type sizes."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from yibao.core.caching import public_page
from yibao.core.context_processors import TYPE_COOKIE
from yibao.core.navigation import links

_YEAR_SECONDS = 365 * 24 * 60 * 60


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
    target = request.GET.get("next", "")
    here = url_has_allowed_host_and_scheme(target, {request.get_host()}, request.is_secure())
    response = HttpResponseRedirect(target if here else links()["home"])
    if request.GET.get("to") == "large":
        response.set_cookie(
            TYPE_COOKIE,
            "large",
            max_age=_YEAR_SECONDS,
            secure=request.is_secure(),
            httponly=True,
            samesite="Lax",
        )
    else:
        response.delete_cookie(TYPE_COOKIE, samesite="Lax")
    return response
