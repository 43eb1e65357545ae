"""删除申请: one officer checks, another erases."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, cast

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from yibao.cases.operations import rights
from yibao.cases.operations.desk import Recused
from yibao.cases.right_models import ErasureRequest
from yibao.cases.status import detail_of
from yibao.core.confirmation_views import confirmed_first
from yibao.core.workbench import Desk
from yibao.regions.scoped_admin import RegionScoped

if TYPE_CHECKING:
    from yibao.accounts.models import User

_PAGE = "admin/cases/erasurerequest/request.html"


@admin.register(ErasureRequest)
class ErasureRequestAdmin(RegionScoped):
    """The requests of one's own regions, and the two steps that answer them."""

    region_path = "case__region_code"
    list_display = ("reference", "asked_at", "answer", "checked_by", "answered_by")
    list_filter = ("answer",)
    list_select_related = ("case", "checked_by", "answered_by")
    actions = None

    @admin.display(description=gettext_lazy("编号"))
    def reference(self, request: ErasureRequest) -> str:
        return request.case.shown_reference

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def desks(self, request: HttpRequest) -> Iterator[Desk]:
        """Yield the requests that nobody answered for the panel's first page."""
        if request.user.has_perm("cases.erase_person"):
            waiting = self.get_queryset(request).filter(answer=ErasureRequest.Answer.OPEN).count()
            yield Desk(_("删除申请"), reverse("admin:cases_erasurerequest_changelist"), waiting)

    def get_urls(self) -> list[URLPattern]:
        answer = path(
            "<int:pk>/answer/",
            self.admin_site.admin_view(require_POST(self.answer)),
            name="cases_erasurerequest_answer",
        )
        return [answer, *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        asked = self._asked(request, object_id)
        is_mine = asked.checked_by_id == request.user.pk
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("删除申请：%(case)s") % {"case": asked.case.shown_reference},
            "asked": asked,
            "hold": detail_of(asked.case, timezone.localdate()).hold,
            "may_act": request.user.has_perm("cases.erase_person"),
            "is_mine": is_mine,
        }
        return TemplateResponse(request, _PAGE, context)

    def history_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> Any:
        """The page itself says who did what."""
        return self._to(self._asked(request, object_id))

    def _asked(self, request: HttpRequest, pk: Any) -> ErasureRequest:
        if not self.has_view_permission(request):
            raise PermissionDenied
        rows = self.get_queryset(request).select_related("case", "checked_by", "answered_by")
        found: ErasureRequest = get_object_or_404(rows, pk=pk if str(pk).isdecimal() else 0)
        return found

    def _to(self, asked: ErasureRequest) -> HttpResponseRedirect:
        return HttpResponseRedirect(reverse("admin:cases_erasurerequest_change", args=[asked.pk]))

    def answer(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Check, erase or refuse; erasing asks for the password again."""
        asked = self._asked(request, pk)
        if not request.user.has_perm("cases.erase_person"):
            raise PermissionDenied
        if "erase" in request.POST:
            return self._erase(request, asked)
        user, now = cast("User", request.user), timezone.now()
        if "check" in request.POST:
            today = timezone.localdate()
            self._try(request, lambda: rights.check_erasure(asked.pk, today=today, by=user, at=now))
        else:
            note = request.POST.get("note", "").strip()[:300]
            if note:
                self._try(
                    request, lambda: rights.refuse_erasure(asked.pk, note=note, by=user, at=now)
                )
            else:
                self.message_user(request, _("请写明为什么暂时不能删除。"), messages.ERROR)
        return self._to(asked)

    def _erase(self, request: HttpRequest, asked: ErasureRequest) -> HttpResponse:
        @confirmed_first
        def erase(request: HttpRequest) -> HttpResponse:
            self._try(
                request,
                lambda: rights.erase_case(
                    asked.pk,
                    today=timezone.localdate(),
                    by=cast("User", request.user),
                    at=timezone.now(),
                ),
            )
            return self._to(asked)

        return erase(request)

    def _try(self, request: HttpRequest, act: Callable[[], object]) -> None:
        try:
            act()
        except rights.SameOfficer:
            words = _("核对和删除要由两个人做。请另一位同事来删除。")
        except rights.Answered:
            words = _("这个申请已经有人处理了。")
        except rights.StillOpen:
            words = _("申请还在办理，先办完或撤回，才能删除。")
        except rights.Held as held:
            words = held.why
        except Recused:
            words = _("您声明过和当事人有亲属关系，这一件由别人办。")
        else:
            self.message_user(request, _("已记下。"), messages.SUCCESS)
            return
        self.message_user(request, words, messages.ERROR)
