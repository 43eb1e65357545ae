"""The pages of a filing for the public: the wizard, and the files of what was handed in."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _

from yibao.cases.printing.response import pdf_response
from yibao.cases.queries import Case
from yibao.cases.wizard.guard import private
from yibao.cases.wizard.views import Views
from yibao.core import clock
from yibao.core.navigation import links
from yibao.filings.models import Filing
from yibao.filings.printed import print_form, print_letter
from yibao.filings.queries import find_commitment, find_filing
from yibao.filings.receipt_views import calendar_file, note_context
from yibao.filings.steps import WIZARD


class FilingViews(Views):
    """The wizard's pages, and what its last one offers to take along."""

    def urls(self) -> list[URLPattern]:
        """Return the addresses; those of the files first, since a step's is wider."""
        pages = (
            ("draft/<str:uid>/calendar.ics", self.calendar, "calendar"),
            ("draft/<str:uid>/note/", self.note, "note"),
            ("draft/<str:uid>/form.pdf", self.form_pdf, "form_pdf"),
            ("draft/<str:uid>/letter.pdf", self.letter_pdf, "letter_pdf"),
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

    def form_pdf(self, request: HttpRequest, uid: str) -> HttpResponseBase:
        """Print the form, in full: this browser typed it."""
        filing = self._filing(request, uid)
        person = filing.case.person.read()
        content = print_form(filing, person, **_made(request))
        return pdf_response(content, _("异地就医登记备案表"))

    def letter_pdf(self, request: HttpRequest, uid: str) -> HttpResponseBase:
        """Print the letter as it was signed."""
        filing = self._filing(request, uid)
        letter = find_commitment(filing)
        if letter is None:
            raise Http404
        content = print_letter(
            filing,
            letter,
            filing.case.person.read(),
            signature=letter.signature,
            **_made(request),
        )
        return pdf_response(content, _("异地就医备案个人承诺书"))

    def _filing(self, request: HttpRequest, uid: str) -> Filing:
        filing = find_filing(self._case(request, uid))
        if filing is None or not filing.case.person.sealed:
            raise Http404
        return filing

    def _case(self, request: HttpRequest, uid: str) -> Case:
        _walk, draft = self._held(request, uid)
        if draft.case is None:
            raise Http404
        return draft.case


def _made(request: HttpRequest) -> dict[str, Any]:
    return {
        "status_address": request.build_absolute_uri(links()["status"]),
        "made_on": clock.today(),
    }


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
