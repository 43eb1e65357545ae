"""Staff users in the panel: made, given roles and regions, and never removed.

An administrator looks after people all of whose regions lie within their own, gives no
right beyond roles, and changes nothing about themselves. Only a superuser makes superusers.
"""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yibao.accounts.account_admin import AccountPages, UnusedFilter
from yibao.accounts.middleware import own_session
from yibao.accounts.models import Assignment, User
from yibao.accounts.operations import (
    access_of,
    record_access,
    record_password_set,
)
from yibao.accounts.operations.unused import WARNED_AHEAD
from yibao.accounts.queries import closes_on, is_unused
from yibao.accounts.roles import clashing
from yibao.regions import queries as regions


class CreationForm(AdminUserCreationForm):
    class Meta:
        model = User
        fields = ("username", "name")


class ChangeForm(UserChangeForm):
    class Meta:
        model = User
        fields = (
            "username",
            "password",
            "name",
            "email",
            "is_active",
            "is_staff",
            "is_superuser",
            "groups",
            "user_permissions",
        )

    def clean_groups(self) -> Any:
        groups = self.cleaned_data["groups"]
        if names := clashing({group.name for group in groups}):
            raise ValidationError(
                _("同一个账号不能同时是%(one)s和%(other)s。"),
                params={"one": names[0], "other": names[1]},
            )
        return groups


class AssignmentForm(forms.ModelForm):
    """A region that exists, and lies within those of the person who gives it."""

    giver: User

    class Meta:
        model = Assignment
        fields = ("region_code",)

    def clean_region_code(self) -> str:
        typed = self.cleaned_data["region_code"].strip().upper()
        try:
            code = regions.get_region(typed).code
        except LookupError:
            raise ValidationError(_("没有这个区划代码。")) from None
        if not self.giver.acts_for(code):
            raise ValidationError(_("您没有这个统筹区的权限。"))
        return code


class AssignmentFormSet(forms.BaseInlineFormSet):
    giver: User

    def clean(self) -> None:
        super().clean()
        kept = [
            form
            for form in self.forms
            if form.cleaned_data.get("region_code") and not form.cleaned_data.get("DELETE")
        ]
        if not kept and self.giver.region_codes is not None:
            raise ValidationError(_("请至少填一个统筹区，否则这个账号您自己也看不到。"))


class AssignmentInline(admin.TabularInline):
    model = Assignment
    form = AssignmentForm
    formset = AssignmentFormSet
    extra = 0

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        kwargs["form"] = type("GivenForm", (self.form,), {"giver": request.user})
        formset = super().get_formset(request, obj, **kwargs)
        return type(formset.__name__, (formset,), {"giver": request.user})


@admin.register(User)
class UserAdmin(AccountPages, DjangoUserAdmin):
    """People of the bureau; the site's own actors can be seen but not changed."""

    form = ChangeForm
    add_form = CreationForm
    change_form_template = "admin/accounts/user/change_form.html"
    list_display = (
        "username",
        "name",
        "is_active",
        "is_staff",
        "is_superuser",
        "has_factor",
        "last_login",
        "closing",
    )
    list_filter = (UnusedFilter, "is_active", "is_staff", "is_superuser", "is_system", "groups")
    list_select_related = ("authenticator",)
    search_fields = ("username", "name", "email")
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        (gettext_lazy("个人信息"), {"fields": ("name", "email")}),
        (
            gettext_lazy("权限"),
            {"fields": ("is_active", "is_staff", "is_superuser", "groups", "user_permissions")},
        ),
        (gettext_lazy("日期"), {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = (
        (None, {"fields": ("username", "name", "usable_password", "password1", "password2")}),
    )
    inlines = (AssignmentInline,)

    @admin.display(description=gettext_lazy("第二步验证"), boolean=True)
    def has_factor(self, user: User) -> bool:
        return hasattr(user, "authenticator")

    @admin.display(description=gettext_lazy("久未使用"))
    def closing(self, user: User) -> str:
        """Say that the account has closed by itself, or from when it will soon."""
        if user.is_system or not (user.is_active and user.is_staff):
            return ""
        now = timezone.now()
        if is_unused(user, at=now):
            return _("已停用")
        if is_unused(user, at=now + WARNED_AHEAD):
            return _("%(day)s 停用") % {"day": closes_on(user)}
        return ""

    # --- who may see and change whom ---------------------------------------------------

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        """Oneself, and people all of whose regions lie within one's own."""
        users: QuerySet[User] = super().get_queryset(request)
        codes = request.user.region_codes  # type: ignore[union-attr]
        if codes is None:
            return users
        reaching_out = Assignment.objects.exclude(region_code__in=codes).values("user_id")
        within = users.filter(assignments__isnull=False, is_superuser=False)
        return (
            within.exclude(pk__in=reaching_out) | users.filter(username=request.user.get_username())
        ).distinct()

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        if not super().has_change_permission(request, obj):
            return False
        if obj is None or request.user.is_superuser:
            return obj is None or not obj.is_system
        return not (obj.is_system or obj.is_superuser or obj.pk == request.user.pk)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Nobody: events name people, and a name is never given to another person."""
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        fixed = ("last_login", "date_joined")
        if request.user.is_superuser:
            return fixed
        return (*fixed, "is_superuser", "user_permissions", *(("username",) if obj else ()))

    # --- saving ------------------------------------------------------------------------

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        form.access_before = access_of(obj)
        if not change:
            obj.is_staff = True
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        changed: User = form.instance
        is_own = changed.pk == request.user.pk
        ended = record_access(
            user=changed,
            before=form.access_before,
            by=request.user,  # type: ignore[arg-type]
            at=timezone.now(),
            keep=own_session(request) if is_own else "",
        )
        if ended and is_own:
            update_session_auth_hash(request, changed)

    def user_change_password(
        self,
        request: HttpRequest,
        id: str,  # noqa: A002 (Django's name)
        form_url: str = "",
    ) -> HttpResponse:
        """Set a colleague's password; Django changes it, the event says who did."""
        with transaction.atomic():
            response = super().user_change_password(request, id, form_url)
            if request.method == "POST" and response.status_code == 302:
                record_password_set(
                    user=User.objects.get(pk=id),
                    by=request.user,  # type: ignore[arg-type]
                    at=timezone.now(),
                )
        return response

    # --- beside the form ---------------------------------------------------------------

    def get_urls(self) -> list[URLPattern]:
        return [*self.account_urls(), *super().get_urls()]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        context |= self.account_context(request, context.get("original"))
        return super().render_change_form(request, context, *args, **kwargs)
