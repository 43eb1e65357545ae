"""A base for admin pages whose changes take effect at once, without a review of their own."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib import admin
from django.db import models, transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from yibao.audit.operations import record
from yibao.core import stamps


class RecordedAdmin(admin.ModelAdmin):
    """Records each row added, changed or deleted, and moves the stamp of what memory holds.

    Django saves a change page in one transaction, so row, event and stamp stand or fall
    together. Not for tables with personal data: events keep values in clear.
    """

    stamp: str

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        before = {name: form.initial.get(name) for name in form.changed_data} if change else {}
        self._record(request, obj, "changed" if change else "added", form.changed_data, before)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        super().save_formset(request, form, formset, change)
        initial = {inner.instance.pk: inner.initial for inner in formset.forms}
        for obj in formset.new_objects:
            names = [field.name for field in obj._meta.concrete_fields]
            self._record(request, obj, "added", names, {})
        for obj, names in formset.changed_objects:
            known = initial.get(obj.pk, {})
            before = {name: known.get(name) for name in names}
            self._record(request, obj, "changed", names, before)
        for obj in formset.deleted_objects:
            self._record(request, obj, "deleted", (), {})

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        self._record(request, obj, "deleted", (), {})
        super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        with transaction.atomic():
            for obj in queryset:
                self._record(request, obj, "deleted", (), {})
            super().delete_queryset(request, queryset)

    def _record(
        self,
        request: HttpRequest,
        obj: models.Model,
        what: str,
        names: Iterable[str],
        before: Mapping[str, Any],
    ) -> None:
        if what == "changed" and not before:
            return
        record(
            event=f"{obj._meta.app_label}.{obj._meta.model_name}_{what}",
            by=request.user,
            at=timezone.now(),
            object_type=obj._meta.label_lower,
            object_key=str(obj.pk),
            before={name: _plain(value) for name, value in before.items()},
            after={name: _plain(_value(obj, name)) for name in names},
        )
        stamps.bump(self.stamp)


def _value(obj: models.Model, name: str) -> Any:
    field = obj._meta.get_field(name)
    return getattr(obj, field.attname if isinstance(field, models.Field) else name)


def _plain(value: Any) -> Any:
    """Return the value as JSON can hold it."""
    return value if value is None or isinstance(value, bool | int | str) else str(value)
