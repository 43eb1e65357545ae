"""What the last page of a wizard offers to take along: a calendar file, a note to print."""

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import URLPattern, path

from yibao.cases.models import Case
from yibao.cases.wizard.engine import Wizard
from yibao.cases.wizard.guard import private
from yibao.cases.wizard.views import Views

type Calendar = Callable[[HttpRequest, Case], bytes | None]
type Note = Callable[[HttpRequest, Case], dict[str, Any]]


def calendar_response(content: bytes | None) -> HttpResponse:
    """Answer with a calendar file. Raises Http404: no day is to come."""
    if content is None:
        raise Http404
    return HttpResponse(
        content,
        content_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="yibao.ics"'},
    )


class ReceiptViews(Views):
    """A wizard's pages with those of the receipt; `calendar` and `note` are the app's own."""

    def __init__(self, wizard: Wizard, *, calendar: Calendar, note: Note) -> None:
        super().__init__(wizard)
        self.make_calendar = calendar
        self.make_note = note

    def urls(self) -> list[URLPattern]:
        """Return the addresses; those of the files first, since a step's is wider."""
        pages = (
            ("draft/<str:uid>/calendar.ics", self.calendar, "calendar"),
            ("draft/<str:uid>/note/", self.note, "note"),
        )
        own = [path(route, private(self._or_gone(view)), name=name) for route, view, name in pages]
        return [*own, *super().urls()]

    def calendar(self, request: HttpRequest, uid: str) -> HttpResponseBase:
        """Give the days to keep as a file for a calendar."""
        return calendar_response(self.make_calendar(request, self._case(request, uid)))

    def note(self, request: HttpRequest, uid: str) -> HttpResponseBase:
        """Show the note to take along."""
        context = {
            **self.make_note(request, self._case(request, uid)),
            "result": self.done_address(uid),
        }
        return TemplateResponse(request, "cases/wizard/note.html", context)

    def _case(self, request: HttpRequest, uid: str) -> Case:
        _walk, draft = self._held(request, uid)
        if draft.case is None:
            raise Http404
        return draft.case
