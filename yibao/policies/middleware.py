"""What happens before any page that reads policies."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from yibao.core.stamps import before_reading, is_apart
from yibao.policies.due import publish_if_due
from yibao.policies.operations import STAMP

type GetResponse = Callable[[HttpRequest], HttpResponse]


class DueMiddleware:
    """A revision scheduled for a moment is in force from that moment on, timer or not.

    Pages that read no policies, the emergency screen above all, ask nothing.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with before_reading(STAMP, _publish):
            return self.get_response(request)


def _publish() -> None:
    if not is_apart():
        publish_if_due(at=timezone.now())
