"""更正建议 in the panel: one page each, with the decision and the way back to the reader."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from yibao.core.workbench import Desk
from yibao.policies.admin.inlines import THEMES
from yibao.policies.corrections.operations import (
    accept_correction,
    dispute_correction,
    read_contact,
    refuse_correction,
)
from yibao.policies.models import Correction, CorrectionStatus, Revision, RevisionStatus
from yibao.policies.succession import PolicyRefused
from yibao.regions.scoped_admin import RegionScoped

_UNPROCESSABLE = 422


class OpenFilter(admin.SimpleListFilter):
    """Open proposals first: the list shows them unless asked for others."""

    title = gettext_lazy("处理情况")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        decided = [each for each in CorrectionStatus if each is not CorrectionStatus.OPEN]
        return [*((each.value, each.label) for each in decided), ("all", _("全部"))]

    def choices(self, changelist: Any) -> Any:
        first, *others = super().choices(changelist)
        yield {**first, "display": CorrectionStatus.OPEN.label}
        yield from others

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "all":
            return queryset
        return queryset.filter(status=self.value() or CorrectionStatus.OPEN)


class DecisionForm(forms.Form):
    """What becomes of a proposal; an accepted one goes into a draft."""

    status = forms.ChoiceField(
        label=gettext_lazy("怎样处理"),
        choices=[
            (CorrectionStatus.ACCEPTED, gettext_lazy("采纳：写进草稿，由另一人发布")),
            (CorrectionStatus.REFUSED, gettext_lazy("不采纳：规定不变，公开理由")),
            (CorrectionStatus.DISPUTED, gettext_lazy("列为争议：两种说法都公开，等官方答复")),
        ],
        widget=forms.RadioSelect,
    )
    revision: forms.ModelChoiceField[Revision] = forms.ModelChoiceField(
        label=gettext_lazy("写进哪份草稿"),
        queryset=Revision.objects.none(),
        required=False,
        empty_label=gettext_lazy("新建一份更正草稿"),
        help_text=gettext_lazy("只在采纳时用。"),
    )
    reply = forms.CharField(
        label=gettext_lazy("处理说明"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("会公开。写明依据哪份文件、哪一条。"),
    )

    def __init__(self, *args: Any, correction: Correction, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["revision"].queryset = Revision.objects.filter(  # type: ignore[attr-defined]
            author=user, region=correction.region_id, status=RevisionStatus.DRAFT
        )


@admin.register(Correction)
class CorrectionAdmin(RegionScoped):
    list_display = ("proposed", "region", "shown", "sent_at", "status", "decided_by")
    list_filter = (OpenFilter, ("region", admin.RelatedOnlyFieldListFilter))
    list_select_related = ("region", "decided_by")
    search_fields = ("proposed", "shown", "document", "region__name", "region__code")
    date_hierarchy = "sent_at"
    actions = None

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def desks(self, request: HttpRequest) -> Iterator[Desk]:
        """Yield the open proposals of readers for the panel's first page."""
        if self.has_change_permission(request):
            waiting = self.get_queryset(request).filter(status=CorrectionStatus.OPEN).count()
            yield Desk(_("更正建议"), reverse("admin:policies_correction_changelist"), waiting)

    def get_urls(self) -> list[URLPattern]:
        contact = path(
            "<int:pk>/contact/",
            self.admin_site.admin_view(require_POST(self.contact)),
            name="policies_correction_contact",
        )
        return [contact, *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Show a proposal; whoever may decide on it does so here."""
        correction = self._correction(request, object_id)
        may_decide = self._may_decide(request, correction)
        data = request.POST if request.method == "POST" else None
        if data is not None and not self.has_change_permission(request, correction):
            raise PermissionDenied
        form = DecisionForm(data, correction=correction, user=request.user)
        if data is not None and form.is_valid():
            try:
                revision = self._decide(request, correction, form)
            except PolicyRefused as refusal:
                form.add_error(None, list(refusal.problems))
            else:
                return self._onward(request, revision, correction.table)
        return self._page(request, correction, form if may_decide or data else None)

    def contact(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show how to reach the reader; the look is on record."""
        correction = self._correction(request, str(pk))
        if not self.has_change_permission(request, correction):
            raise PermissionDenied
        contact = read_contact(correction=correction, by=request.user, at=timezone.now())  # type: ignore[arg-type]
        form = DecisionForm(correction=correction, user=request.user)
        may_decide = self._may_decide(request, correction)
        response = self._page(request, correction, form if may_decide else None, contact=contact)
        response["Cache-Control"] = "no-store"
        return response

    def _correction(self, request: HttpRequest, object_id: str) -> Correction:
        rows = self.get_queryset(request).select_related("region", "decided_by", "revision")
        number = int(object_id) if object_id.isdecimal() and len(object_id) < 18 else 0
        correction: Correction = get_object_or_404(rows, pk=number)
        if not self.has_view_or_change_permission(request, correction):
            raise PermissionDenied
        return correction

    def _may_decide(self, request: HttpRequest, correction: Correction) -> bool:
        is_open = correction.status == CorrectionStatus.OPEN
        return is_open and self.has_change_permission(request, correction)

    def _decide(
        self, request: HttpRequest, correction: Correction, form: DecisionForm
    ) -> Revision | None:
        act: dict[str, Any] = {
            "correction": correction,
            "reply": form.cleaned_data["reply"],
            "by": request.user,
            "at": timezone.now(),
        }
        match CorrectionStatus(form.cleaned_data["status"]):
            case CorrectionStatus.ACCEPTED:
                return accept_correction(**act, revision=form.cleaned_data["revision"])
            case CorrectionStatus.REFUSED:
                refuse_correction(**act)
            case _:
                dispute_correction(**act)
        return None

    def _onward(self, request: HttpRequest, revision: Revision | None, table: str) -> HttpResponse:
        """Lead to the draft, to the tab with the row in question."""
        if revision is None:
            self.message_user(request, _("已处理，理由已公开。"), messages.SUCCESS)
            return HttpResponseRedirect(reverse("admin:policies_correction_changelist"))
        self.message_user(request, _("已采纳。请在草稿里改好，送审。"), messages.SUCCESS)
        address = reverse("admin:policies_revision_change", args=[revision.pk])
        theme = next((slug for slug, (_title, tables) in THEMES.items() if table in tables), "")
        return HttpResponseRedirect(f"{address}?theme={theme}" if theme else address)

    def _page(
        self,
        request: HttpRequest,
        correction: Correction,
        form: DecisionForm | None,
        contact: str = "",
    ) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("更正建议 %(number)d") % {"number": correction.pk},
            "correction": correction,
            "form": form,
            "contact": contact,
            "may_see_contact": bool(correction.sealed_contact)
            and self.has_change_permission(request, correction),
        }
        template = "admin/policies/correction/correction.html"
        status = _UNPROCESSABLE if form is not None and form.errors else 200
        return TemplateResponse(request, template, context, status=status)
