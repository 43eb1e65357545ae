"""What every page knows about the site."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest


@dataclass(frozen=True, slots=True)
class Site:
    """Who runs the site; with no operator named it is a demonstration."""

    operator: str
    is_demonstration: bool


def site(request: HttpRequest) -> dict[str, Any]:
    """Add `site` to the context of every template."""
    return {"site": Site(settings.OPERATOR, is_demonstration=not settings.OPERATOR)}
