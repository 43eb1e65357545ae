"""The conflict desk in the panel: disputes and proposals of one's regions, and how they end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.apps import apps
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from yibao.policies.admin.display import ClauseSelect
from yibao.policies.models import Correction, CorrectionStatus, Resolution, Revision
from yibao.policies.resolutions.disputes import Dispute, disputes_of
from yibao.policies.resolutions.operations import resolve_dispute
from yibao.policies.succession import PolicyRefused

if TYPE_CHECKING:
    _Base = admin.ModelAdmin[Revision]
else:
    _Base = object

_UNPROCESSABLE = 422


class ResolveForm(forms.Form):
    """Which reading stands, on what source, and why."""

    chosen = forms.ChoiceField(
        label=gettext_lazy("采用哪一种说法"), widget=forms.RadioSelect, required=True
    )
    clause: forms.ModelChoiceField[Any] = forms.ModelChoiceField(
        label=gettext_lazy("依据条文"),
        queryset=None,
        help_text=gettext_lazy("先在“依据文件”里登记文件和条文，再来这里选。"),
    )
    reason = forms.CharField(
        label=gettext_lazy("理由"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("会在“有争议的规定”页公开。"),
    )

    def __init__(self, *args: Any, dispute: Dispute, site: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["chosen"].choices = [  # type: ignore[attr-defined]
            *(
                (
                    each.row_id,
                    " · ".join(filter(None, (each.whose, each.for_whom, each.text, each.source))),
                )
                for each in dispute.readings
            ),
            ("none", _("都不采用，撤下")),
        ]
        clause = self.fields["clause"]
        clause.queryset = apps.get_model("sources", "Clause")._default_manager.all()  # type: ignore[attr-defined]
        clause.widget = ClauseSelect(Resolution._meta.get_field("clause"), site)
        clause.widget.choices = clause.choices  # type: ignore[attr-defined]


class ConflictPages(_Base):
    """The conflict desk beside the other pages of the desk."""

    def conflict_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path(
                "conflicts/",
                view(require_safe(self.conflicts)),
                name="policies_revision_conflicts",
            ),
            path("conflicts/resolve/", view(self.resolve), name="policies_revision_resolve"),
        ]

    def conflicts(self, request: HttpRequest) -> HttpResponse:
        """List what stands disputed and what readers propose, in the person's regions."""
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        codes = self._codes(request)
        waiting = Correction.objects.filter(status=CorrectionStatus.OPEN, region__in=codes)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("争议处理台"),
            "disputes": disputes_of(codes, timezone.localdate()),
            "corrections": waiting.select_related("region").order_by("sent_at"),
            "may_resolve": self.has_add_permission(request),
        }
        return TemplateResponse(request, "admin/policies/revision/conflicts.html", context)

    def resolve(self, request: HttpRequest) -> HttpResponse:
        """Settle one dispute in a draft."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        dispute = self._dispute(request)
        if dispute is None:
            self.message_user(request, _("没有这处争议，或者刚才已经处理。"), messages.WARNING)
            return HttpResponseRedirect(reverse("admin:policies_revision_conflicts"))
        data = request.POST if request.method == "POST" else None
        form = ResolveForm(data, dispute=dispute, site=self.admin_site)
        if data is not None and form.is_valid():
            chosen = form.cleaned_data["chosen"]
            try:
                revision = resolve_dispute(
                    dispute=dispute,
                    chosen="" if chosen == "none" else chosen,
                    clause_id=form.cleaned_data["clause"].pk,
                    reason=form.cleaned_data["reason"],
                    by=request.user,  # type: ignore[arg-type]
                    at=timezone.now(),
                )
            except PolicyRefused as refusal:
                form.add_error(None, list(refusal.problems))
            else:
                self.message_user(
                    request, _("已写成草稿。请核对，送审以后由另一人发布。"), messages.SUCCESS
                )
                address = reverse("admin:policies_revision_review", args=[revision.pk])
                return HttpResponseRedirect(address)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("处理争议：%(region)s %(title)s")
            % {"region": dispute.region.name, "title": dispute.title},
            "dispute": dispute,
            "form": form,
            "media": self.media + form.media,
        }
        template = "admin/policies/revision/resolve.html"
        status = _UNPROCESSABLE if form.errors else 200
        return TemplateResponse(request, template, context, status=status)

    def _dispute(self, request: HttpRequest) -> Dispute | None:
        """Return the dispute that the address names, if it is one of the person's regions."""
        wanted = request.GET.get("key", ""), request.GET.get("rows", "")
        codes = self._codes(request)
        found = disputes_of(codes, timezone.localdate())
        return next((each for each in found if (each.key, each.rows) == wanted), None)

    def _codes(self, request: HttpRequest) -> list[str]:
        raise NotImplementedError
