"""What an administrator does for a colleague's account beside its form: a lost phone, open
sessions, an account that closed because nobody used it."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from yibao.accounts.models import User
from yibao.accounts.operations import end_sessions_of, reopen_account, reset_factor
from yibao.accounts.operations.unused import WARNED_AHEAD
from yibao.accounts.queries import (
    closes_on,
    find_authenticator,
    is_unused,
    list_open_sessions,
    list_unused,
)
from yibao.core.confirmation_views import confirmed_first

if TYPE_CHECKING:
    _Base = admin.ModelAdmin[User]
else:
    _Base = object


class UnusedFilter(admin.SimpleListFilter):
    """Accounts that closed by themselves, and those that will within two weeks."""

    title = gettext_lazy("久未使用")
    parameter_name = "unused"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("closed", _("已停用")), ("soon", _("两周内停用"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> QuerySet[User]:
        now = timezone.now()
        if self.value() == "closed":
            return list_unused(queryset, at=now)
        if self.value() == "soon":
            closed = list_unused(queryset, at=now).values("pk")
            soon = list_unused(queryset, at=now + WARNED_AHEAD)
            return soon.exclude(pk__in=closed)
        return queryset


class AccountPages(_Base):
    """Acts on one account; each is a form on its page."""

    def account_urls(self) -> list[URLPattern]:
        return [
            path(
                f"<int:pk>/{address}/",
                self.admin_site.admin_view(view),
                name=f"accounts_user_{name}",
            )
            for address, name, view in (
                ("reset-factor", "reset_factor", self.reset),
                ("end-sessions", "end_sessions", self.end_sessions),
                ("reopen", "reopen", self.reopen),
            )
        ]

    def account_context(self, request: HttpRequest, user: User | None) -> dict[str, Any]:
        """Return what the page of an account shows beside its form."""
        if user is None or not self._may_look_after(request, user):
            return {}
        now = timezone.now()
        has_factor = find_authenticator(user) is not None
        may_reset = request.user.has_perm("accounts.reset_factor")
        return {
            "looks_after": True,
            "may_reset_factor": may_reset and has_factor,
            "sessions": list_open_sessions(user, at=now),
            "is_unused": user.is_active and user.is_staff and is_unused(user, at=now),
            "closes_on": closes_on(user),
        }

    def _may_look_after(self, request: HttpRequest, user: User) -> bool:
        return user.pk != request.user.pk and self.has_change_permission(request, user)

    def _looked_after(self, request: HttpRequest, pk: int) -> User:
        user = get_object_or_404(self.get_queryset(request), pk=pk)
        if not self._may_look_after(request, user):
            raise PermissionDenied
        return user

    @method_decorator(require_POST)
    @confirmed_first
    def reset(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Take a colleague's second factor away, with a reason."""
        user = self._looked_after(request, pk)
        if not request.user.has_perm("accounts.reset_factor"):
            raise PermissionDenied
        reason = request.POST.get("reason", "").strip()[:300]
        if not reason:
            self.message_user(request, _("请写明重置的原因。"), messages.ERROR)
            return self._back(user)
        reset_factor(user=user, by=request.user, at=timezone.now(), reason=reason)  # type: ignore[arg-type]
        self.message_user(request, _("已重置，本人下次登录时重新设置。"), messages.SUCCESS)
        return self._back(user)

    @method_decorator(require_POST)
    def end_sessions(self, request: HttpRequest, pk: int) -> HttpResponse:
        """End every session of a colleague."""
        user = self._looked_after(request, pk)
        number = end_sessions_of(user=user, by=request.user, at=timezone.now())  # type: ignore[arg-type]
        words = _("已退出这个账号的全部登录（%(number)d 处）。") % {"number": number}
        self.message_user(request, words, messages.SUCCESS)
        return self._back(user)

    @method_decorator(require_POST)
    @confirmed_first
    def reopen(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Let a colleague in again whose account closed because nobody used it."""
        user = self._looked_after(request, pk)
        if is_unused(user, at=timezone.now()):
            reopen_account(user=user, by=request.user, at=timezone.now())  # type: ignore[arg-type]
            words = _("已恢复，%(day)s 以前要登录一次。") % {"day": closes_on(user)}
            self.message_user(request, words, messages.SUCCESS)
        return self._back(user)

    def _back(self, user: User) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:accounts_user_change", args=[user.pk]))
