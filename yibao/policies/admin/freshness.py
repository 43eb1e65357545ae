"""What has to be compared with its document again: the officer's list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from yibao.policies.freshness import citing_region, freshness_of
from yibao.policies.models import Revision
from yibao.sources.operations import mark_checked

if TYPE_CHECKING:
    _Base = admin.ModelAdmin[Revision]
else:
    _Base = object


class FreshnessPages(_Base):
    """The list of clauses to check beside the other pages of the desk."""

    def freshness_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path(
                "freshness/",
                view(require_safe(self.freshness)),
                name="policies_revision_freshness",
            ),
            path(
                "freshness/<int:clause>/checked/",
                view(require_POST(self.mark_checked)),
                name="policies_revision_checked",
            ),
        ]

    def freshness(self, request: HttpRequest) -> HttpResponse:
        """List the clauses that are due, and the addresses of all documents in use."""
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        context: dict[str, Any] = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("该核对的条文和链接"),
            "freshness": freshness_of(self._codes(request), timezone.localdate()),
            "days": settings.REVIEW_INTERVAL_DAYS,
            "may_check": self.has_add_permission(request),
        }
        return TemplateResponse(request, "admin/policies/revision/freshness.html", context)

    def mark_checked(self, request: HttpRequest, clause: int) -> HttpResponse:
        """The officer compared a clause with its document today: nothing has changed."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        region = citing_region(clause, self._codes(request))
        if region is None:
            raise Http404
        mark_checked(
            clause_id=clause,
            region_code=region,
            by=request.user,
            at=timezone.now(),
        )
        self.message_user(request, _("已记下：今天核对过，没有变化。"), messages.SUCCESS)
        return HttpResponseRedirect(reverse("admin:policies_revision_freshness"))

    def _codes(self, request: HttpRequest) -> list[str]:
        raise NotImplementedError
