"""What every page knows about the site."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from yibao.core.language import spoken
from yibao.core.navigation import links

TYPE_COOKIE = "type"
"""Holds "large" for readers who chose the large-type mode (长辈版)."""


@dataclass(frozen=True, slots=True)
class Site:
    """Who runs the site; with no operator named it is a demonstration."""

    operator: str
    is_demonstration: bool


def site(request: HttpRequest) -> dict[str, Any]:
    """Add to every template: `site`, the main pages' addresses (`links`), the language, the
    size of type, and the preview that is being shown, if any."""
    return {
        "site": Site(settings.OPERATOR, is_demonstration=not settings.OPERATOR),
        "links": links(),
        "language": spoken(),
        "preview_shown": getattr(request, "preview", None),
        "large_type": request.COOKIES.get(TYPE_COOKIE) == "large",
    }
