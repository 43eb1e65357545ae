"""A base for admin pages whose changes take effect at once, without a review of their own."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib import admin
from django.db import models, transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from yibao.audit.operations import record
from yibao.audit.queries import was_added_by
from yibao.core import stamps


class RecordedAdmin(admin.ModelAdmin):
    """Records each row added, changed or deleted, and moves the stamp of what memory holds.

    Django saves a change page in one transaction, so row, event and stamp stand or fall
    together. Not for tables with personal data: events keep values in clear.
    """

    stamp: str

    def region_code_of(self, obj: Any) -> str:
        """Return the region that a row belongs to, "" for the whole site."""
        return ""

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        before = {name: form.initial.get(name) for name in form.changed_data} if change else {}
        what = "changed" if change else "added"
        self._record(request, obj, what, form.changed_data, before, about=obj)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        super().save_formset(request, form, formset, change)
        initial = {inner.instance.pk: inner.initial for inner in formset.forms}
        for obj in formset.new_objects:
            names = [field.name for field in obj._meta.concrete_fields]
            self._record(request, obj, "added", names, {}, about=form.instance)
        for obj, names in formset.changed_objects:
            known = initial.get(obj.pk, {})
            before = {name: known.get(name) for name in names}
            self._record(request, obj, "changed", names, before, about=form.instance)
        for obj in formset.deleted_objects:
            self._record(request, obj, "deleted", (), {}, about=form.instance)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        self._record(request, obj, "deleted", (), {}, about=obj)
        super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        with transaction.atomic():
            for obj in queryset:
                self._record(request, obj, "deleted", (), {}, about=obj)
            super().delete_queryset(request, queryset)

    def _record(
        self,
        request: HttpRequest,
        obj: models.Model,
        what: str,
        names: Iterable[str],
        before: Mapping[str, Any],
        *,
        about: models.Model,
    ) -> None:
        if what == "changed" and not before:
            return
        record(
            event=f"{obj._meta.app_label}.{obj._meta.model_name}_{what}",
            by=request.user,
            at=timezone.now(),
            object_type=obj._meta.label_lower,
            object_key=str(obj.pk),
            region_code=self.region_code_of(about),
            before={name: _plain(value) for name, value in before.items()},
            after={name: _plain(_value(obj, name)) for name in names},
        )
        stamps.bump(self.stamp)


class SharedRecordedAdmin(RecordedAdmin):
    """For rows that all regions share: whoever added one may mend it, others only when they
    act for the whole nation."""

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and self._may_mend(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and self._may_mend(request, obj)

    def _may_mend(self, request: HttpRequest, obj: models.Model | None) -> bool:
        if obj is None or request.user.acts_for(""):  # type: ignore[union-attr]
            return True
        return was_added_by(request.user.get_username(), obj._meta.label_lower, str(obj.pk))


def _value(obj: models.Model, name: str) -> Any:
    field = obj._meta.get_field(name)
    return getattr(obj, field.attname if isinstance(field, models.Field) else name)


def _plain(value: Any) -> Any:
    """Return the value as JSON can hold it."""
    return value if value is None or isinstance(value, bool | int | str) else str(value)
