"""医药机构: looked up, corrected, ended and listed again, and taken out as a file."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yibao.audit.queries import list_events
from yibao.audit.recorded_admin import RecordedAdmin
from yibao.core.spreadsheets import csv_lines, write_xlsx
from yibao.institutions import exports
from yibao.institutions.admin.scope import in_scope, may_act_at
from yibao.institutions.imports.operations import STAMP
from yibao.institutions.indexing import index
from yibao.institutions.models import Institution, InstitutionName, ServiceOpening
from yibao.institutions.operations import (
    close_institutions,
    next_code,
    note_changes,
    reopen_institutions,
)
from yibao.institutions.search import Wanted, search
from yibao.regions import queries as regions

_FOUND_AT_MOST = 200
_ACTED_ON_AT_MOST = 2_000
# Where the form's initial value is the key of another row.
_ATTRIBUTES = {"region": "region_id", "merged_into": "merged_into_id", "document": "document_id"}


class ListedFilter(admin.SimpleListFilter):
    title = gettext_lazy("是否在列")
    parameter_name = "listed"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("在列")), ("no", _("已移出")), ("merged", _("已并入别处"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Institution]) -> Any:
        match self.value():
            case "yes":
                return queryset.filter(effective_to=None)
            case "no":
                return queryset.filter(effective_to__isnull=False)
            case "merged":
                return queryset.filter(merged_into__isnull=False)
        return queryset


class ProvinceFilter(admin.SimpleListFilter):
    title = gettext_lazy("省份")
    parameter_name = "province"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [
            (group.province.code[:2], group.province.short_name)
            for group in regions.list_provinces()
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Institution]) -> Any:
        value = self.value()
        return queryset.filter(region__code__startswith=value) if value else queryset


class OpeningInline(admin.TabularInline):
    model = ServiceOpening
    extra = 0
    fields = (
        "service",
        "disease",
        "scope",
        "effective_from",
        "effective_to",
        "checked_on",
        "source_name",
    )


class FormerNameInline(admin.TabularInline):
    model = InstitutionName
    extra = 0
    fields = ("name", "used_from", "used_to", "source_name")


class InstitutionForm(forms.ModelForm):
    """An entry; a new one without a national code gets one of our own."""

    request: HttpRequest

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "code" in self.fields:
            self.fields["code"].required = False
            self.fields["code"].help_text = _("国家编码（H 或 P 开头）。不知道的留空，由系统编号。")

    def clean_region(self) -> Any:
        region = self.cleaned_data["region"]
        if not may_act_at(self.request, region.pk):
            raise ValidationError(_("您没有这个地区的权限。"))
        return region

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if self.instance._state.adding and not self.cleaned_data.get("code"):
            region = self.cleaned_data.get("region")
            if region is not None:
                self.cleaned_data["code"] = self.instance.code = next_code(region.pk)
        return cleaned


class ActionForm(forms.Form):
    """Why, and from which day, entries are ended or listed again."""

    on = forms.DateField(label=gettext_lazy("从哪天起移出"), required=False)
    reason = forms.CharField(label=gettext_lazy("原因"), max_length=200)


@admin.register(Institution)
class InstitutionAdmin(RecordedAdmin):
    form = InstitutionForm
    stamp = STAMP
    change_list_template = "admin/institutions/institution/change_list.html"
    list_display = (
        "code",
        "name",
        "kind",
        "level",
        "grade",
        "region",
        "effective_to",
        "source_name",
        "source_date",
        "checked_on",
    )
    list_select_related = ("region",)
    list_filter = (ListedFilter, "level", "kind", ProvinceFilter)
    list_per_page = 50
    show_full_result_count = False
    # The panel's search box is shown for a non-empty list; `get_search_results` does the work.
    search_fields = ("code",)
    search_help_text = gettext_lazy("名称、别名、拼音、首字母或编码，可以加地名，如“海淀 肿瘤”。")
    autocomplete_fields = ("region", "merged_into", "document")
    actions = ("close", "reopen")
    inlines = (OpeningInline, FormerNameInline)
    fieldsets = (
        (None, {"fields": ("code", "name", "aliases", "kind", "level", "grade", "class_slug")}),
        (
            gettext_lazy("地点与联系"),
            {"fields": ("region", "address", "phones", "latitude", "longitude")},
        ),
        (
            gettext_lazy("在列期间"),
            {"fields": ("effective_from", "effective_to", "end_reason", "merged_into")},
        ),
        (
            gettext_lazy("来源"),
            {"fields": ("source_name", "source_date", "document", "checked_on")},
        ),
    )

    # --- who and what -----------------------------------------------------------------

    def region_code_of(self, obj: Institution) -> str:
        return obj.region_id

    def get_queryset(self, request: HttpRequest) -> QuerySet[Institution]:
        return in_scope(request, super().get_queryset(request), "region_id")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Institution], search_term: str
    ) -> tuple[QuerySet[Institution], bool]:
        """Find as visitors do, the first 200; an entry that has ended is found by its code."""
        term = search_term.strip()
        if not term:
            return queryset, False
        codes = [term.upper()]
        cursor = ""
        wanted = Wanted(on=timezone.localdate(), text=term)
        while len(codes) <= _FOUND_AT_MOST:
            page = search(wanted, cursor)
            codes += [row.code for row in page.rows]
            cursor = page.next_cursor
            if not cursor:
                break
        return queryset.filter(pk__in=codes), False

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        return type(form.__name__, (form,), {"request": request})

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("code",) if obj else ()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Entries end; they are not deleted."""
        return False

    # --- saving -----------------------------------------------------------------------

    def save_model(self, request: HttpRequest, obj: Institution, form: Any, change: bool) -> None:
        index(obj, None if change else ())
        super().save_model(request, obj, form, change)
        if change:
            after = {name: getattr(obj, _ATTRIBUTES.get(name, name)) for name in form.changed_data}
            note_changes(obj, form.initial, after, at=timezone.now())
        before = form.initial.get("name", "")
        if change and "name" in form.changed_data:
            InstitutionName.objects.get_or_create(
                institution=obj,
                name=before,
                used_to=timezone.localdate(),
                defaults={"source_name": obj.source_name},
            )

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        if any(formset.has_changed() for formset in formsets):
            index(form.instance)
            form.instance.save()

    # --- closing and reopening ----------------------------------------------------------

    @admin.action(description=gettext_lazy("移出名单（写明原因）"), permissions=["change"])
    def close(self, request: HttpRequest, queryset: QuerySet[Institution]) -> HttpResponse | None:
        return self._ask_reason(request, queryset, "close")

    @admin.action(description=gettext_lazy("重新列入（写明原因）"), permissions=["change"])
    def reopen(self, request: HttpRequest, queryset: QuerySet[Institution]) -> HttpResponse | None:
        return self._ask_reason(request, queryset, "reopen")

    def _ask_reason(
        self, request: HttpRequest, queryset: QuerySet[Institution], what: str
    ) -> HttpResponse | None:
        size = queryset.count()
        if size > _ACTED_ON_AT_MOST:
            self.message_user(
                request,
                _("一次最多 %(limit)d 家，请用名单导入。") % {"limit": _ACTED_ON_AT_MOST},
                messages.ERROR,
            )
            return None
        is_answered = "reason" in request.POST
        form = ActionForm(request.POST) if is_answered else ActionForm()
        if what == "reopen":
            del form.fields["on"]
        if is_answered and form.is_valid():
            self._act(request, queryset, what, form.cleaned_data)
            return None
        return TemplateResponse(
            request,
            "admin/institutions/institution/listing.html",
            {
                **self.admin_site.each_context(request),
                "title": _("移出名单") if what == "close" else _("重新列入"),
                "opts": self.opts,
                "form": form,
                "action": what,
                "size": size,
                "chosen": queryset.values_list("pk", flat=True),
                "names": queryset[:20],
            },
            status=422 if is_answered else 200,
        )

    def _act(
        self,
        request: HttpRequest,
        queryset: QuerySet[Institution],
        what: str,
        answer: dict[str, Any],
    ) -> None:
        at = timezone.now()
        reason = answer["reason"]
        if what == "close":
            on = answer["on"] or timezone.localdate(at)
            done = close_institutions(queryset, on=on, reason=reason, by=request.user, at=at)
        else:
            done = reopen_institutions(queryset, reason=reason, by=request.user, at=at)
        self.message_user(request, _("已处理 %(done)d 家。") % {"done": done}, messages.SUCCESS)

    # --- history and export ---------------------------------------------------------------

    def get_urls(self) -> list[URLPattern]:
        export = path(
            "export.<slug:kind>",
            self.admin_site.admin_view(self.export),
            name="institutions_institution_export",
        )
        return [export, *super().get_urls()]

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: Any = None
    ) -> HttpResponse:
        """Who changed what, from the audit."""
        institution = get_object_or_404(self.get_queryset(request), pk=object_id)
        if not self.has_view_or_change_permission(request, institution):
            raise PermissionDenied
        return TemplateResponse(
            request,
            "admin/institutions/institution/history.html",
            {
                **self.admin_site.each_context(request),
                "title": _("变更历史：%(name)s") % {"name": institution.name},
                "opts": self.opts,
                "object": institution,
                "events": list_events(self.opts.label_lower, institution.code),
            },
        )

    def export(self, request: HttpRequest, kind: str) -> HttpResponse | StreamingHttpResponse:
        """Send what the list shows under its filters, as CSV or XLSX."""
        if kind not in ("csv", "xlsx") or not self.has_view_permission(request):
            raise PermissionDenied
        found = self.get_changelist_instance(request).get_queryset(request)
        name = f'attachment; filename="institutions-{timezone.localdate():%Y%m%d}.{kind}"'
        if kind == "csv":
            lines = csv_lines(exports.header(), exports.rows(found))
            response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
            response["Content-Disposition"] = name
            return response
        if found.count() > exports.MOST_XLSX_ROWS:
            return HttpResponse(
                _("超过 %(limit)d 行，请缩小范围或导出 CSV。") % {"limit": exports.MOST_XLSX_ROWS},
                status=422,
                content_type="text/plain; charset=utf-8",
            )
        with TemporaryDirectory() as folder:
            file = Path(folder) / "list.xlsx"
            write_xlsx(file, exports.header(), exports.rows(found))
            return HttpResponse(
                file.read_bytes(),
                content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
                headers={"Content-Disposition": name},
            )
