"""Staff pages of the regions: pooling regions are edited here, codes come from the files."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import F, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from yibao.audit.recorded_admin import SharedRecordedAdmin
from yibao.regions.models import LevelMapping, Region, RegionKind, RetiredCode
from yibao.regions.operations import STAMP
from yibao.regions.scoped_admin import RegionScopedRecordedAdmin


class IsPoolingFilter(admin.SimpleListFilter):
    title = _("统筹区")
    parameter_name = "pooling"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("自成统筹区")), ("no", _("归别的统筹区")), ("none", _("没有统筹区"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Region]) -> QuerySet[Region]:
        match self.value():
            case "yes":
                return queryset.filter(pooling_region=F("code"))
            case "no":
                return queryset.exclude(pooling_region=F("code")).exclude(pooling_region=None)
            case "none":
                return queryset.filter(pooling_region=None)
        return queryset


class ProvinceFilter(admin.SimpleListFilter):
    title = _("省份")
    parameter_name = "province"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        provinces = Region.objects.filter(kind=RegionKind.PROVINCE)
        return [(code[:2], name) for code, name in provinces.values_list("code", "short_name")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Region]) -> QuerySet[Region]:
        value = self.value()
        return queryset.filter(code__startswith=value) if value else queryset


class LevelMappingInline(admin.TabularInline):
    model = LevelMapping
    extra = 0


class RegionForm(forms.ModelForm):
    def clean_pooling_region(self) -> Region | None:
        pool: Region | None = self.cleaned_data["pooling_region"]
        if pool is not None and not pool.is_pooling and pool.code != self.instance.code:
            raise ValidationError(
                _("%(pool)s自己不是统筹区，请先把它设为统筹区，或改选别的。"),
                params={"pool": pool.name},
            )
        return pool

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        pool = self.cleaned_data.get("pooling_region")
        if self.instance.is_pooling and pool != self.instance:
            others = self.instance.members.exclude(code=self.instance.code).count()
            if others:
                self.add_error(
                    "pooling_region",
                    ValidationError(
                        _("还有 %(others)d 个地方归这个统筹区，请先改它们。"),
                        params={"others": others},
                    ),
                )
        return cleaned


@admin.register(Region)
class RegionAdmin(RegionScopedRecordedAdmin):
    region_path = "pk"
    form = RegionForm
    stamp = STAMP
    list_display = ("code", "name", "kind", "parent", "pooling_region", "pooling_basis")
    list_select_related = ("parent", "pooling_region")
    list_filter = (IsPoolingFilter, "kind", "pooling_basis", ProvinceFilter)
    search_fields = ("code", "name", "short_name", "pinyin", "aliases")
    autocomplete_fields = ("parent", "pooling_region")
    inlines = (LevelMappingInline,)
    fieldsets = (
        (None, {"fields": ("code", "name", "short_name", "kind", "parent")}),
        (_("统筹"), {"fields": ("pooling_region", "pooling_basis", "note")}),
        (_("查找"), {"fields": ("pinyin", "aliases")}),
    )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("code",) if obj else ()


@admin.register(RetiredCode)
class RetiredCodeAdmin(SharedRecordedAdmin):
    stamp = STAMP
    list_display = ("code", "name", "successor_code", "first_revision", "last_revision")
    search_fields = ("code", "name", "successor_code")


@admin.register(LevelMapping)
class LevelMappingAdmin(RegionScopedRecordedAdmin):
    stamp = STAMP
    list_display = ("region", "local_name", "slug", "level", "rank", "is_inferred")
    list_select_related = ("region",)
    list_filter = ("slug", "level", "is_inferred")
    search_fields = ("region__code", "region__name", "local_name")
    autocomplete_fields = ("region",)
