"""The pages of a filing for the public: the wizard, and the files of what was handed in."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import URLPattern, path
from django.utils.translation import gettext as _

from yibao.cases.printing.response import printed
from yibao.cases.wizard.guard import private
from yibao.cases.wizard.receipts import ReceiptViews
from yibao.core import clock
from yibao.core.navigation import links
from yibao.filings.models import Filing
from yibao.filings.printed import print_form, print_letter
from yibao.filings.queries import find_commitment, find_filing
from yibao.filings.receipt_views import calendar_file, note_context
from yibao.filings.steps import WIZARD


class FilingViews(ReceiptViews):
    """The wizard's pages with those of the receipt, and the printed form and letter."""

    def urls(self) -> list[URLPattern]:
        """Return the addresses; those of the files first, since a step's is wider."""
        pages = (
            ("draft/<str:uid>/form.pdf", self.form_pdf, "form_pdf"),
            ("draft/<str:uid>/letter.pdf", self.letter_pdf, "letter_pdf"),
        )
        own = [path(route, private(self._or_gone(view)), name=name) for route, view, name in pages]
        return [*own, *super().urls()]

    def form_pdf(self, request: HttpRequest, uid: str) -> HttpResponseBase:
        """Print the form, in full: this browser typed it."""
        filing = self._filing(request, uid)

        def make() -> bytes:
            return print_form(filing, filing.case.person.read(), **made(request))

        return printed(request, make, _("异地就医登记备案表"))

    def letter_pdf(self, request: HttpRequest, uid: str) -> HttpResponseBase:
        """Print the letter as it was signed."""
        filing = self._filing(request, uid)
        letter = find_commitment(filing)
        if letter is None:
            raise Http404

        def make() -> bytes:
            person = filing.case.person.read()
            return print_letter(filing, letter, person, signature=letter.signature, **made(request))

        return printed(request, make, _("异地就医备案个人承诺书"))

    def _filing(self, request: HttpRequest, uid: str) -> Filing:
        filing = find_filing(self._case(request, uid))
        if filing is None or not filing.case.person.sealed:
            raise Http404
        return filing


def made(request: HttpRequest) -> dict[str, Any]:
    """Return what stands on every printed paper: where to follow the case, and the day."""
    return {
        "status_address": request.build_absolute_uri(links()["status"]),
        "made_on": clock.today(),
    }


wizard = FilingViews(WIZARD, calendar=calendar_file, note=note_context)
