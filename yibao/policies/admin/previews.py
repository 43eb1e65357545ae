"""Previews in the panel: look for oneself, and give a colleague a link."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AdminDateWidget
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from yibao.policies.models import PreviewLink, Revision
from yibao.policies.preview.operations import make_link, revoke_link, token_of
from yibao.policies.succession import PolicyRefused

if TYPE_CHECKING:
    _Base = admin.ModelAdmin[Revision]
else:
    _Base = object

_OWN = timedelta(hours=2)
_DAYS = ((1, gettext_lazy("一天")), (7, gettext_lazy("七天")), (30, gettext_lazy("三十天")))
_UNPROCESSABLE = 422


class PreviewForm(forms.Form):
    """Which day to look at; for a link also for whom and for how long."""

    day = forms.DateField(label=gettext_lazy("看哪一天"), widget=AdminDateWidget)
    purpose = forms.CharField(label=gettext_lazy("给谁看"), max_length=100, required=False)
    days = forms.TypedChoiceField(
        label=gettext_lazy("有效"), choices=_DAYS, coerce=int, required=False
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_day(self) -> date:
        day: date = self.cleaned_data["day"]
        if not date(1998, 1, 1) <= day <= self.today + timedelta(days=366):
            raise forms.ValidationError(_("只能看 1998 年到一年以后的日子。"))
        return day

    def clean(self) -> dict[str, Any] | None:
        if "share" in self.data and not self.cleaned_data.get("purpose", "").strip():
            self.add_error("purpose", _("请写给谁看，以后才知道该不该收回。"))
        return self.cleaned_data


class PreviewPages(_Base):
    """The pages of a preview beside those of the desk."""

    def preview_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("preview/", view(self.preview_day), name="policies_revision_preview_day"),
            path("<int:pk>/preview/", view(self.preview), name="policies_revision_preview"),
            path(
                "<int:pk>/preview/<int:link>/revoke/",
                view(require_POST(self.revoke_preview)),
                name="policies_revision_revoke_preview",
            ),
        ]

    def preview_day(self, request: HttpRequest) -> HttpResponse:
        """Show the site as published on another day."""
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        return self._preview(request, None)

    def preview(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show the site under a draft; its links."""
        revision = get_object_or_404(self.get_queryset(request), pk=pk)
        if not self.has_view_or_change_permission(request, revision):
            raise PermissionDenied
        return self._preview(request, revision)

    def _preview(self, request: HttpRequest, revision: Revision | None) -> HttpResponse:
        now = timezone.now()
        today = timezone.localdate(now)
        is_sent = request.method == "POST"
        first = {"day": (revision and revision.starts_on) or today, "days": 7}
        form = PreviewForm(request.POST if is_sent else None, today=today, initial=first)
        may_share = revision is not None and self._may_share(request, revision)
        if is_sent and form.is_valid():
            shares = "share" in request.POST
            if shares and not may_share:
                raise PermissionDenied
            try:
                link = make_link(
                    revision=revision,
                    day=form.cleaned_data["day"],
                    purpose=form.cleaned_data["purpose"] if shares else "",
                    lasts=timedelta(days=form.cleaned_data["days"] or 7) if shares else _OWN,
                    by=request.user,  # type: ignore[arg-type]
                    at=now,
                )
            except PolicyRefused as refusal:
                form.add_error(None, list(refusal.problems))
            else:
                return HttpResponseRedirect(
                    self._preview_address(revision)
                    if shares
                    else reverse("policies:preview", args=[token_of(link)])
                )
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "original": revision,
            "title": _("预览：%(revision)s") % {"revision": revision}
            if revision
            else _("预览某一天的网站"),
            "form": form,
            "may_share": may_share,
            "links": list(_live_links(request, revision, today)) if may_share else (),
            "media": self.media + form.media,
        }
        template = "admin/policies/revision/preview.html"
        status = _UNPROCESSABLE if form.errors else 200
        return TemplateResponse(request, template, context, status=status)

    def revoke_preview(self, request: HttpRequest, pk: int, link: int) -> HttpResponse:
        revision = get_object_or_404(self.get_queryset(request), pk=pk)
        if not self._may_share(request, revision):
            raise PermissionDenied
        found = get_object_or_404(PreviewLink, pk=link, revision=revision)
        revoke_link(link=found, by=request.user, at=timezone.now())  # type: ignore[arg-type]
        self.message_user(request, _("链接已收回。"))
        return HttpResponseRedirect(self._preview_address(revision))

    def _may_share(self, request: HttpRequest, revision: Revision) -> bool:
        """Author and whoever may publish: others only look for themselves."""
        return revision.author_id == request.user.pk or request.user.has_perm(
            "policies.publish_revision"
        )

    def _preview_address(self, revision: Revision | None) -> str:
        if revision is None:
            return reverse("admin:policies_revision_preview_day")
        return reverse("admin:policies_revision_preview", args=[revision.pk])


def _live_links(request: HttpRequest, revision: Revision | None, today: date) -> Any:
    """Yield the links for colleagues that still open, with their addresses."""
    rows = PreviewLink.objects.filter(
        revision=revision, revoked_at=None, expires_at__gt=timezone.now()
    ).exclude(purpose="")
    for link in rows.select_related("made_by"):
        address = reverse("policies:preview", args=[token_of(link)])
        yield {"link": link, "address": request.build_absolute_uri(address)}
