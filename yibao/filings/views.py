"""The pages of a filing for the public: the wizard, and the files of what was handed in."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import URLPattern, path

from yibao.cases.queries import Case
from yibao.cases.wizard.guard import private
from yibao.cases.wizard.views import Views
from yibao.filings.queries import find_filing
from yibao.filings.receipt import calendar_file, note_context
from yibao.filings.steps import WIZARD


class FilingViews(Views):
    """The wizard's pages, and what its last one offers to take along."""

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
        return calendar_response(request, self._case(request, uid))

    def note(self, request: HttpRequest, uid: str) -> HttpResponseBase:
        """Show the note to take along."""
        case = self._case(request, uid)
        context = note_context(request, case, back=self.done_address(uid))
        return TemplateResponse(request, "filings/note.html", context)

    def _case(self, request: HttpRequest, uid: str) -> Case:
        _walk, draft = self._held(request, uid)
        if draft.case is None:
            raise Http404
        return draft.case


def calendar_response(request: HttpRequest, case: Case) -> HttpResponse:
    """Answer with the calendar file of a case. Raises Http404: no day is to come."""
    filing = find_filing(case)
    content = calendar_file(request, filing) if filing else None
    if content is None:
        raise Http404
    return HttpResponse(
        content,
        content_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="yibao.ics"'},
    )


wizard = FilingViews(WIZARD)
