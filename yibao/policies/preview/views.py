"""The doors of the preview."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from yibao.core.navigation import links
from yibao.policies.preview.middleware import ended, forget, remember
from yibao.policies.preview.operations import PreviewOver, open_preview


@require_safe
@never_cache
def enter(request: HttpRequest, token: str) -> HttpResponse:
    """Go in by a link, to the page of the draft's region."""
    try:
        preview = open_preview(token, at=timezone.now())
    except PreviewOver as over:
        return ended(request, over)
    under = f"{preview.region_code}/" if preview.region_code else ""
    response = HttpResponseRedirect(f"{links()['regions']}{under}")
    remember(response, token)
    return response


@require_safe
@never_cache
def leave(request: HttpRequest) -> HttpResponse:
    """Go out, to the same site as everybody sees it."""
    response = HttpResponseRedirect(links()["regions"])
    forget(response)
    return response
