"""Admin pages on which each account sees and changes its own regions only."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest

from yibao.audit.recorded_admin import RecordedAdmin


class RegionScoped(admin.ModelAdmin):  # type: ignore[type-arg]
    """Lists, addresses of rows, bulk actions, searches of select boxes and exports all start
    from `get_queryset`; forms offer and accept no other region.

    `region_path` leads from a row to its region: "region", "revision__region", "pk" for the
    regions themselves, or the name of a column that holds the code.
    """

    region_path = "region"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request)
        codes = request.user.region_codes  # type: ignore[union-attr]
        return rows if codes is None else rows.filter(**{f"{self.region_path}__in": codes})

    def region_code_of(self, obj: Any) -> str:
        """Return the code of the region that a row belongs to, "" for the whole site."""
        for name in self.region_path.split("__"):
            obj = getattr(obj, name)
        return str(getattr(obj, "pk", obj) or "")

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        codes = request.user.region_codes  # type: ignore[union-attr]
        if db_field.name == self.region_path and codes is not None:
            kwargs["queryset"] = db_field.remote_field.model._default_manager.filter(pk__in=codes)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        # The form has refused it already, unless the region is not one of its select boxes.
        if not request.user.acts_for(self.region_code_of(obj)):  # type: ignore[union-attr]
            raise PermissionDenied
        super().save_model(request, obj, form, change)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and self._is_within(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and self._is_within(request, obj)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_view_permission(request, obj) and self._is_within(request, obj)

    def _is_within(self, request: HttpRequest, obj: Any) -> bool:
        return obj is None or request.user.acts_for(self.region_code_of(obj))  # type: ignore[union-attr]


class RegionScopedRecordedAdmin(RegionScoped, RecordedAdmin):
    """Both: own regions only, and each change recorded with its region."""
