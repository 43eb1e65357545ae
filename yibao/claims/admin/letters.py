"""The decision letter in the panel: as the person sees it, and on paper."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from yibao.cases.printing.claims import DecisionLetter, decision_letter
from yibao.cases.printing.response import pdf_response
from yibao.cases.printing.texts import issue_of
from yibao.cases.queries import Erased
from yibao.claims.admin.shared import number_of
from yibao.claims.letters import letter_of
from yibao.claims.models import Claim, Decision
from yibao.claims.payment_words import payment_words

if TYPE_CHECKING:
    from yibao.cases.admin.desk import CaseDesk as _Base
else:
    _Base = object


class LetterPages(_Base):
    """Pages of the desk that show what was decided."""

    def letter_urls(self) -> list[URLPattern]:
        return [
            self.page("<int:pk>/letter/", require_safe(self.letter), "letter"),
            self.page("<int:pk>/letter.pdf", require_safe(self.letter_pdf), "letter_pdf"),
        ]

    def letter(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show the letter of a decision (`?number=`), the one that holds without it."""
        case = self.case_of(request, pk)
        decision, letter = self._letter(request, pk)
        context: dict[str, Any] = {
            "title": _("决定书：%(case)s") % {"case": case.shown_reference},
            "letter": letter,
            "decision": decision,
            "pdf": f"{self.address('letter_pdf', pk)}?number={decision.number}",
        }
        return self.render(request, "admin/claims/claim/letter.html", context, case=case)

    def letter_pdf(self, request: HttpRequest, pk: int) -> HttpResponse:
        case = self.case_of(request, pk)
        _decision, letter = self._letter(request, pk)
        name = _("报销决定书 %(case)s") % {"case": case.shown_reference}
        return pdf_response(decision_letter(letter), name)

    def _letter(self, request: HttpRequest, pk: int) -> tuple[Decision, DecisionLetter]:
        claim = Claim.objects.select_related("case__person").get(pk=pk)
        rows = claim.decisions.select_related("claim__case").order_by("-number")
        if number := number_of(request.GET.get("number", "")):
            rows = rows.filter(number=number)
        decision = rows.first()
        if decision is None:
            raise Http404
        try:
            person = claim.case.person.read()
        except Erased:
            person = None
        address = request.build_absolute_uri("/status/")
        issue = issue_of(claim.case, address, timezone.localdate(decision.at))
        letter = letter_of(decision, person=person, issue=issue, payment=payment_words(claim))
        return decision, letter
