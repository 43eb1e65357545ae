"""The pages of a claim for the public."""

from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import URLPattern, path
from django.utils.translation import gettext as _

from yibao.cases.printing.response import printed
from yibao.cases.wizard.guard import private
from yibao.cases.wizard.receipts import ReceiptViews
from yibao.claims.models import Claim
from yibao.claims.printed import print_application
from yibao.claims.receipt_views import calendar_file, note_context
from yibao.claims.steps import WIZARD
from yibao.core import clock
from yibao.core.navigation import links


class ClaimViews(ReceiptViews):
    """The wizard's pages with those of the receipt, and the printed application."""

    def urls(self) -> list[URLPattern]:
        """Return the addresses; those of the files first, since a step's is wider."""
        view = private(self._or_gone(self.application_pdf))
        own = path("draft/<str:uid>/application.pdf", view, name="application_pdf")
        return [own, *super().urls()]

    def application_pdf(self, request: HttpRequest, uid: str) -> HttpResponseBase:
        """Print the application, in full: this browser typed it."""
        claim = Claim.objects.select_related("case__person").get(pk=self._case(request, uid).pk)
        if not claim.case.person.sealed:
            raise Http404

        def make() -> bytes:
            return print_application(
                claim,
                claim.case.person.read(),
                status_address=request.build_absolute_uri(links()["status"]),
                made_on=clock.today(),
            )

        return printed(request, make, _("医疗费用手工报销申请表"))


wizard = ClaimViews(WIZARD, calendar=calendar_file, note=note_context)
