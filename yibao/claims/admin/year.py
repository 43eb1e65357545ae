"""What the person's year has used up, in the panel: look, add what was settled elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yibao.cases.queries import Case, Erased
from yibao.cases.vocabulary import State
from yibao.claims.admin.shared import number_of, user_of
from yibao.claims.desk_year import year_page
from yibao.claims.desk_year_forms import AdditionForm
from yibao.claims.models import Claim, YearAddition
from yibao.claims.operations import year_additions as operations
from yibao.claims.vocabulary import ProposalState

if TYPE_CHECKING:
    from yibao.cases.admin.desk import CaseDesk as _Base
else:
    _Base = object

_UNPROCESSABLE = 422


class YearPages(_Base):
    """Pages of the desk about the person's year; a second officer looks at what is added."""

    def year_urls(self) -> list[URLPattern]:
        return [
            self.page("<int:pk>/year/", self.year, "year"),
            self.page("<int:pk>/year/undo/", require_POST(self.undo_year), "year_undo"),
            self.page(
                "<int:pk>/year/<int:addition>/", require_POST(self.answer_year), "year_answer"
            ),
        ]

    def year(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show the year's entries, and take what was settled elsewhere."""
        case = self.case_of(request, pk)
        claim, today = self._claim(pk), timezone.localdate()
        if request.method != "POST":
            return self._year_page(request, case, claim, AdditionForm(claim=claim, today=today))
        if not self.may_review(request):
            raise PermissionDenied
        form = AdditionForm(request.POST, claim=claim, today=today)
        if not form.is_valid():
            return self._year_page(request, case, claim, form, status=_UNPROCESSABLE)
        self.attempt(
            request,
            lambda: operations.propose_addition(
                pk, form.found, version=_version(request), by=user_of(request), at=timezone.now()
            ),
            _("已记下，等另一位同事核对后计入。核对以前，这一件不能作出决定。"),
        )
        return self._to_year(pk)

    def undo_year(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Propose to take back an entry that was wrong."""
        self.case_of(request, pk, to_review=True)
        why = request.POST.get("why", "").strip()
        if not why:
            self.message_user(request, _("冲回的，请写明原因和依据。"), "error")
            return self._to_year(pk)
        try:
            self.attempt(
                request,
                lambda: operations.propose_undoing(
                    pk,
                    number_of(request.POST.get("entry", "")),
                    why=why,
                    version=_version(request),
                    by=user_of(request),
                    at=timezone.now(),
                ),
                _("已记下，等另一位同事核对后冲回。"),
            )
        except (LookupError, operations.UndoneAlready):
            self.message_user(request, _("这一行已经冲回，或正在等核对。"), "error")
        return self._to_year(pk)

    def answer_year(self, request: HttpRequest, pk: int, addition: int) -> HttpResponse:
        """Let the amounts count after a look at the evidence, or give them back."""
        self.case_of(request, pk)
        if not request.user.has_perm("claims.confirm_claim"):
            raise PermissionDenied
        row = get_object_or_404(YearAddition, pk=addition, claim=pk)
        note = request.POST.get("note", "").strip()
        values: dict[str, Any] = {
            "version": _version(request),
            "by": user_of(request),
            "at": timezone.now(),
        }
        if "return" not in request.POST:
            act = self.attempt(
                request,
                lambda: operations.confirm_addition(row.pk, **values),
                _("已核对，年度累计按新的金额计算。"),
            )
        elif note:
            act = self.attempt(
                request,
                lambda: operations.return_addition(row.pk, note=note, **values),
                _("已退回。"),
            )
        else:
            act = False
            self.message_user(request, _("退回的，请写明原因。"), "error")
        return self.to_case(pk) if act else self._to_year(pk)

    # --- parts ---------------------------------------------------------------------------

    def _year_page(
        self,
        request: HttpRequest,
        case: Case,
        claim: Claim,
        form: AdditionForm,
        status: int = 200,
    ) -> HttpResponse:
        try:
            page = year_page(claim)
        except Erased:
            self.message_user(request, _("个人信息已经删除，不能再办。"), "error")
            return self.to_case(claim.pk)
        may_add = (
            case.officer_id == request.user.pk
            and case.state in (State.RECEIVED, State.UNDER_REVIEW)
            and self.may_review(request)
        )
        may_confirm = request.user.has_perm("claims.confirm_claim")
        context = {
            "title": _("年度累计：%(case)s") % {"case": case.shown_reference},
            "case": case,
            "version": case.version,
            "page": page,
            "form": form,
            "may_add": may_add,
            "undo": self.address("year_undo", claim.pk),
            "additions": [
                (
                    row,
                    self.address("year_answer", claim.pk, row.row.pk),
                    row.row.state == ProposalState.OPEN
                    and may_confirm
                    and row.row.by_id != request.user.pk,
                )
                for row in page.additions
            ],
        }
        template = "admin/claims/claim/year.html"
        return self.render(request, template, context, case=case, status=status)

    def _claim(self, pk: int) -> Claim:
        return Claim.objects.select_related("case__person").get(pk=pk)

    def _to_year(self, pk: int) -> HttpResponse:
        return HttpResponseRedirect(self.address("year", pk))


def _version(request: HttpRequest) -> int:
    return number_of(request.POST.get("version", ""))
