"""Filters that the lists of filings and claims share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from yibao.cases.vocabulary import states_of

if TYPE_CHECKING:
    from yibao.cases.admin.desk_base import DeskBase


class StateFilter(admin.SimpleListFilter):
    """The states that cases of the desk's kind can be in, and no others."""

    title = _("状态")
    parameter_name = "state"

    def lookups(
        self, request: HttpRequest, model_admin: admin.ModelAdmin[Any]
    ) -> list[tuple[str, Any]]:
        desk = cast("DeskBase", model_admin)
        return [(state.value, state.label) for state in states_of(desk.kind)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        state = self.value()
        return queryset.filter(case__state=state) if state else queryset
