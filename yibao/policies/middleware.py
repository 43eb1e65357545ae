"""What happens before any page that reads policies."""

from collections.abc import Callable, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from yibao.core.stamps import is_apart
from yibao.policies.due import publish_if_due

type GetResponse = Callable[[HttpRequest], HttpResponse]

_READ_NO_POLICIES = frozenset({"core"})


class DueMiddleware:
    """A revision scheduled for a moment is in force from that moment on, timer or not."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: object, args: tuple[Any, ...], kwargs: Mapping[str, Any]
    ) -> None:
        match = request.resolver_match
        reads = match is None or match.app_name not in _READ_NO_POLICIES
        if reads and not is_apart():
            publish_if_due(at=timezone.now())
