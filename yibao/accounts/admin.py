from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from yibao.accounts.models import Assignment, User


class CreationForm(AdminUserCreationForm):
    class Meta:
        model = User
        fields = ("username", "name")


class ChangeForm(UserChangeForm):
    class Meta:
        model = User
        fields = "__all__"


class AssignmentInline(admin.TabularInline):
    model = Assignment
    extra = 0


@admin.register(User)
class UserAdmin(DjangoUserAdmin):
    """People of the bureau; the site's own actors can be seen but not changed."""

    form = ChangeForm
    add_form = CreationForm
    list_display = ("username", "name", "is_active", "is_staff", "is_superuser", "is_system")
    list_filter = ("is_active", "is_staff", "is_superuser", "is_system", "groups")
    search_fields = ("username", "name", "email")
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        (_("个人信息"), {"fields": ("name", "email")}),
        (
            _("权限"),
            {"fields": ("is_active", "is_staff", "is_superuser", "groups", "user_permissions")},
        ),
        (_("日期"), {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = (
        (None, {"fields": ("username", "name", "usable_password", "password1", "password2")}),
    )
    readonly_fields = ("last_login", "date_joined")
    inlines = (AssignmentInline,)

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return not (obj and obj.is_system) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return not (obj and obj.is_system) and super().has_delete_permission(request, obj)
