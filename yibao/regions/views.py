"""The list and search of regions, and the suggestions under a region field."""

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_safe

from yibao.core import stamps
from yibao.core.caching import public_page
from yibao.core.htmx import HtmxHttpRequest, template_for
from yibao.regions import queries

_TYPED_SIGNS = 60
_LONGEST_NEXT = 2000
_FOUND = 40
_SUGGESTED = 8
_FIELD_NAME = re.compile(r"[a-z][a-z_]{0,29}")


@dataclass(frozen=True, slots=True)
class Pick:
    """A form that waits for a region: `field` of the page `address`, both as they came.

    `before_code` is that address with all other answers, ready for the code at its end.
    """

    field: str
    address: str
    before_code: str

    @property
    def takes_provinces(self) -> bool:
        """Whether a province will do: one may file to a whole province, nobody insures there."""
        return self.field == "care"


def _pick(request: HttpRequest) -> Pick | None:
    """Return the waiting form, or None where the request names none on this site."""
    field, address = request.GET.get("pick", ""), request.GET.get("next", "")
    if not _FIELD_NAME.fullmatch(field) or not address.startswith("/"):
        return None
    if len(address) > _LONGEST_NEXT or not url_has_allowed_host_and_scheme(address, None):
        return None
    parts = urlsplit(address)
    others = [
        (name, value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
        if name != field
    ]
    query = f"{urlencode(others)}&{field}=" if others else f"{field}="
    return Pick(field, address, f"{parts.path}?{query}")


def _state(request: HttpRequest) -> str:
    return f"regions {stamps.current('regions')}"


@require_safe
@public_page(_state)
def region_list(request: HtmxHttpRequest) -> HttpResponse:
    """List the pooling regions by province, or those that fit `q`."""
    typed = request.GET.get("q", "").strip()[:_TYPED_SIGNS]
    context = {
        "typed": typed,
        "found": queries.search(typed, _FOUND) if typed else (),
        "provinces": queries.list_provinces(),
        "pick": _pick(request),
    }
    template = template_for(request, "regions/region_list.html", "results")
    return TemplateResponse(request, template, context)


@require_safe
def suggest(request: HttpRequest) -> HttpResponse:
    """Answer with the options of a region field's list for what was typed so far, `q`."""
    typed = request.GET.get("q", "").strip()[:_TYPED_SIGNS]
    found = queries.search(typed, _SUGGESTED) if typed else ()
    return TemplateResponse(request, "regions/suggest.html", {"found": found})
