"""Drafts change hands: by their author, or by an administrator when somebody leaves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from yibao.accounts.models import User
from yibao.policies.desk.drafts import hand_over, may_take_over
from yibao.policies.models import OPEN_STATUSES, Revision
from yibao.policies.succession import PolicyRefused

if TYPE_CHECKING:
    _Base = admin.ModelAdmin[Revision]
else:
    _Base = object

_UNPROCESSABLE = 422


class HandOverForm(forms.Form):
    to: forms.ModelChoiceField[User] = forms.ModelChoiceField(
        label=gettext_lazy("移交给谁"), queryset=User.objects.none()
    )
    reason = forms.CharField(
        label=gettext_lazy("原因"), max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, revision: Revision, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        staff = User.objects.filter(is_active=True, is_staff=True)
        able = [user.pk for user in staff if may_take_over(revision, user)]
        self.fields["to"].queryset = staff.filter(pk__in=able)  # type: ignore[attr-defined]


class HandOverPages(_Base):
    """The pages beside the other pages of the desk; administrators see these alone."""

    def hand_over_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path(
                "hand-over/",
                view(require_safe(self.hand_overs)),
                name="policies_revision_hand_overs",
            ),
            path("<int:pk>/hand-over/", view(self.hand_over), name="policies_revision_hand_over"),
        ]

    def hand_overs(self, request: HttpRequest) -> HttpResponse:
        """List the open drafts of one's regions by author, of one author where asked."""
        if not request.user.has_perm("policies.hand_over_revision"):
            raise PermissionDenied
        drafts = self.get_queryset(request).filter(status__in=OPEN_STATUSES)
        author = request.GET.get("author", "")
        if author.isdecimal() and len(author) < 18:
            drafts = drafts.filter(author=int(author))
        context = {
            **self.admin_site.each_context(request),
            "title": _("移交草稿"),
            "drafts": drafts.select_related("region", "author").order_by("author__username", "pk"),
        }
        return TemplateResponse(request, "admin/policies/revision/hand_overs.html", context)

    def hand_over(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Give one draft to another officer, with the reason."""
        revision = get_object_or_404(self.get_queryset(request), pk=pk)
        may_give_all = request.user.has_perm("policies.hand_over_revision")
        if revision.author_id != request.user.pk and not may_give_all:
            raise PermissionDenied
        data = request.POST if request.method == "POST" else None
        form = HandOverForm(data, revision=revision)
        if data is not None and form.is_valid():
            try:
                hand_over(
                    revision=revision,
                    to=form.cleaned_data["to"],
                    reason=form.cleaned_data["reason"],
                    by=request.user,  # type: ignore[arg-type]
                    at=timezone.now(),
                )
            except PolicyRefused as refusal:
                form.add_error(None, list(refusal.problems))
            else:
                said = _("已移交给 %(name)s。") % {"name": form.cleaned_data["to"]}
                self.message_user(request, said, messages.SUCCESS)
                onward = "hand_overs" if may_give_all else "desk"
                return HttpResponseRedirect(reverse(f"admin:policies_revision_{onward}"))
        context = {
            **self.admin_site.each_context(request),
            "title": _("移交：%(revision)s") % {"revision": revision},
            "original": revision,
            "form": form,
        }
        template = "admin/policies/revision/hand_over.html"
        status = _UNPROCESSABLE if form.errors else 200
        return TemplateResponse(request, template, context, status=status)
