"""The base of every review desk in the panel: queue, take and pass on, ask, reveal, judge files.

A desk is a ModelAdmin of a model whose primary key is its case (`filings.Filing`,
`claims.Claim`). It sets `kind`, `review_permission` and `case_template`, and fills in the
hooks below; its own pages come through `more_urls`, its own acts through `attempt`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from yibao.cases.admin.desk_base import DeskBase, number_of, user_of
from yibao.cases.desk_case import case_view
from yibao.cases.desk_forms import AskForm, MarkForm, RevealForm
from yibao.cases.models import Case, Erased
from yibao.cases.operations.desk import (
    ask_for_papers,
    recuse,
    release_case,
    require_holder,
    take_case,
)
from yibao.cases.operations.reveal import Why, record_file_view, reveal_person
from yibao.cases.personal import PersonalData
from yibao.cases.uploads import operations as uploads
from yibao.cases.uploads.queries import find_upload
from yibao.cases.uploads.serving import file_response

if TYPE_CHECKING:
    from yibao.accounts.models import User

_UNPROCESSABLE = 422


class CaseDesk(DeskBase):
    """Queue and case page of one kind of case, each officer for their own regions only."""

    def get_urls(self) -> list[URLPattern]:
        own = [
            self.page("<int:pk>/take/", require_POST(self.take), "take"),
            self.page("<int:pk>/release/", require_POST(self.release), "release"),
            self.page("<int:pk>/recuse/", require_POST(self.recuse), "recuse"),
            self.page("<int:pk>/reveal/", require_POST(self.reveal), "reveal"),
            self.page("<int:pk>/ask/", self.ask, "ask"),
            self.page("<int:pk>/file/<str:file>/", require_safe(self.file), "file"),
            self.page("<int:pk>/file/<str:file>/mark/", require_POST(self.mark), "mark"),
        ]
        return [*own, *super().get_urls()]

    # --- one case ------------------------------------------------------------------------

    def change_view(
        self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Show the case; it is not edited as a form, but decided."""
        return self.show(request, self.case_of(request, number_of(object_id)))

    def history_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> Any:
        """The case page holds the timeline."""
        case = self.case_of(request, number_of(object_id))
        return HttpResponseRedirect(f"{self.address('change', case.pk)}#timeline")

    def show(
        self,
        request: HttpRequest,
        case: Case,
        *,
        person: PersonalData | None = None,
        status: int = 200,
        **more: Any,
    ) -> HttpResponse:
        """Render the case page; `person` in full only after `reveal`."""
        now = timezone.now()
        context = {
            "title": f"{case.get_kind_display()} {case.shown_reference}",
            "case": case,
            "view": case_view(case, person=person, today=timezone.localdate(now)),
            "is_mine": case.officer_id == request.user.pk,
            "is_recused": case.recusals.filter(officer=request.user.pk).exists(),
            "may_review": self.may_review(request),
            "may_reveal": request.user.has_perm("cases.reveal_person"),
            "reveal_form": RevealForm(),
            "mark_form": MarkForm(),
            **self.case_context(request, case, now),
            **more,
        }
        return self.render(request, self.case_template, context, case=case, status=status)

    def take(self, request: HttpRequest, pk: int) -> HttpResponse:
        case = self.case_of(request, pk, to_review=True)
        self.attempt(request, lambda: take_case(case.pk, by=user_of(request), at=timezone.now()))
        return self.to_case(pk)

    def release(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Give back what one holds oneself; a colleague's case only for a reason."""
        case = self.case_of(request, pk, to_review=True)
        reason = request.POST.get("reason", "").strip()[:200]
        if case.officer_id != request.user.pk and not reason:
            self._refuse(request, _("放回别人领取的办件，请写明原因。"))
            return self.to_case(pk)
        release_case(case.pk, by=user_of(request), at=timezone.now(), reason=reason)
        self.message_user(request, _("已放回待领取。"), messages.SUCCESS)
        return HttpResponseRedirect(self.address("queue"))

    def recuse(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Declare to be related to the person: the case is passed on, for good."""
        case = self.case_of(request, pk, to_review=True)
        recuse(case.pk, by=user_of(request), at=timezone.now())
        self.message_user(request, _("已记下回避，这一件由别人办。"), messages.SUCCESS)
        return HttpResponseRedirect(self.address("queue"))

    def reveal(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show the full personal data once; the view is on record before it is shown."""
        case = self.case_of(request, pk)
        if not request.user.has_perm("cases.reveal_person"):
            raise PermissionDenied
        form = RevealForm(request.POST)
        if not form.is_valid():
            self._refuse(request, _("请选择为什么要看完整的信息。"))
            return self.to_case(pk)
        try:
            person = reveal_person(
                case, why=Why(form.cleaned_data["why"]), by=user_of(request), at=timezone.now()
            )
        except Erased:
            self._refuse(request, _("个人信息已经删除。"))
            return self.to_case(pk)
        return self.show(request, case, person=person)

    # --- asking for papers ---------------------------------------------------------------

    def ask(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask for everything that is missing: fill in, see it as the citizen will, send."""
        case = self.case_of(request, pk, to_review=True)
        is_sent = request.method == "POST"
        data = request.POST if is_sent else None
        form = AskForm(data, papers=self.papers_to_ask(case), today=timezone.localdate())
        version = number_of(request.POST.get("version", "")) or case.version
        is_valid = is_sent and form.is_valid()
        if is_valid and "send" in request.POST:
            self.attempt(
                request,
                lambda: self._send_question(case, form, version, user_of(request)),
                _("已告知申请人。等补来以后，这一件会回到您这里。"),
            )
            return self.to_case(pk)
        context = {
            "title": _("请申请人补材料：%(case)s") % {"case": case.shown_reference},
            "case": case,
            "form": form,
            "version": version,
            "preview": form if is_valid and "change" not in request.POST else None,
            "is_mismatch": "mismatch" in request.GET,
        }
        status = _UNPROCESSABLE if is_sent and not is_valid else 200
        return self.render(request, "admin/cases/desk/ask.html", context, case=case, status=status)

    def _send_question(self, case: Case, form: AskForm, version: int, user: User) -> None:
        require_holder(case, user)
        ask_for_papers(
            case.pk,
            items=form.items,
            note=form.cleaned_data["note"],
            due_on=form.cleaned_data["due_on"],
            version=version,
            by=user,
            at=timezone.now(),
        )

    # --- files ---------------------------------------------------------------------------

    def file(self, request: HttpRequest, pk: int, file: str) -> HttpResponse:
        """Show one file of the case; who looked is on record before."""
        case = self.case_of(request, pk)
        upload = find_upload(file, case=case)
        if upload is None:
            raise Http404
        record_file_view(upload, case, by=user_of(request), at=timezone.now())
        return file_response(upload)

    def mark(self, request: HttpRequest, pk: int, file: str) -> HttpResponse:
        """Say whether a file can be used."""
        case = self.case_of(request, pk, to_review=True)
        if not request.user.has_perm("cases.mark_upload"):
            raise PermissionDenied
        upload = find_upload(file, case=case)
        form = MarkForm(request.POST)
        if upload is None or not form.is_valid():
            raise Http404

        def judge() -> None:
            require_holder(case, user_of(request))
            uploads.mark_upload(
                upload=upload,
                state=form.state,
                fault=form.fault,
                by=user_of(request),
                at=timezone.now(),
            )

        self.attempt(request, judge)
        return HttpResponseRedirect(f"{self.address('change', pk)}#papers")
