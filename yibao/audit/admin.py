"""Events in the panel: searched and exported by auditors, changed by nobody."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yibao.audit.exports import csv_lines, json_lines
from yibao.audit.models import Event
from yibao.audit.operations import record
from yibao.audit.words import object_words, words_of
from yibao.core.confirmation_views import confirmed_first
from yibao.core.list_filters import InWords

_WRITERS = {
    "csv": (csv_lines, "text/csv; charset=utf-8"),
    "jsonl": (json_lines, "application/jsonl; charset=utf-8"),
}


class ExportForm(forms.Form):
    layout = forms.ChoiceField(
        label=gettext_lazy("格式"),
        choices=[
            ("csv", gettext_lazy("表格（CSV）")),
            ("jsonl", gettext_lazy("逐行 JSON，可用来复核校验值")),
        ],
        widget=forms.RadioSelect,
        initial="csv",
    )
    reason = forms.CharField(
        label=gettext_lazy("导出的原因"),
        min_length=4,
        max_length=300,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )


class WordsFilter(InWords, admin.AllValuesFieldListFilter):
    """The values that occur, in the order of their words."""

    def said(self, value: str) -> str:
        return words_of(value) if self.field_path == "event" else object_words(value)

    def choices(self, changelist: Any) -> Iterator[Any]:
        everything, *others = super().choices(changelist)
        yield everything
        yield from sorted(others, key=lambda each: str(each["display"]))


@admin.register(Event)
class EventAdmin(admin.ModelAdmin):
    """Everything about one's regions; what concerns the whole site is seen nationwide only.

    The search box takes an actor, an object, a region's code or a part of the reason.
    """

    change_list_template = "admin/audit/event/change_list.html"
    list_display = (
        "sequence",
        "at",
        "actor",
        "what",
        "kind",
        "object_key",
        "region_code",
        "reason",
        "address",
    )
    list_display_links = ("sequence", "at")
    list_filter = ("at", ("object_type", WordsFilter), ("event", WordsFilter))
    fields = (
        "sequence", "at", "actor", "what", "event", "kind", "object_type", "object_key",
        "region_code", "before", "after", "reason", "address", "key_id", "previous_hash", "hash",
    )  # fmt: skip
    search_fields = ("=actor", "=object_key", "=region_code", "reason")
    search_help_text = gettext_lazy("操作人、对象、统筹区代码，或理由里的字。")
    date_hierarchy = "at"
    list_per_page = 50
    show_full_result_count = False
    actions = None

    @admin.display(description=gettext_lazy("事件"), ordering="event")
    def what(self, event: Event) -> str:
        return words_of(event.event)

    @admin.display(description=gettext_lazy("对象类型"), ordering="object_type")
    def kind(self, event: Event) -> str:
        return object_words(event.object_type)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Event]:
        events: QuerySet[Event] = super().get_queryset(request)
        codes = request.user.region_codes  # type: ignore[union-attr]
        return events if codes is None else events.filter(region_code__in=codes)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Event | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Event | None = None) -> bool:
        return False

    # --- export --------------------------------------------------------------------------

    def has_export_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("audit.export_event")

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        may_export = {"may_export": self.has_export_permission(request)}
        return super().changelist_view(request, (extra_context or {}) | may_export)

    def get_urls(self) -> list[URLPattern]:
        export = path("export/", self.admin_site.admin_view(self.export), name="audit_event_export")
        return [export, *super().get_urls()]

    @confirmed_first
    def export(self, request: HttpRequest) -> HttpResponse:
        """Export what the list shows under the same filters, once a reason is given."""
        if not self.has_export_permission(request):
            raise PermissionDenied
        events = self.get_changelist_instance(request).get_queryset(request).order_by("sequence")
        form = ExportForm(request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            return self._file(request, events, **form.cleaned_data)
        context = self.admin_site.each_context(request) | {
            "title": _("导出操作记录"),
            "form": form,
            "count": events.count(),
            "opts": self.model._meta,
        }
        status = 422 if form.is_bound else 200
        return TemplateResponse(request, "admin/audit/event/export.html", context, status=status)

    def _file(
        self, request: HttpRequest, events: QuerySet[Event], *, layout: str, reason: str
    ) -> HttpResponse:
        """Stream the events up to this moment; that they were taken out is an event itself."""
        last = events.order_by("-sequence").values_list("sequence", flat=True).first() or 0
        events = events.filter(sequence__lte=last)
        with transaction.atomic():
            record(
                event="audit.exported",
                by=request.user,
                at=timezone.now(),
                object_type="audit.event",
                object_key=layout,
                after={"count": events.count(), "filters": request.GET.urlencode()[:500]},
                reason=reason,
            )
        lines, content_type = _WRITERS[layout]
        name = f"audit-{timezone.localdate():%Y%m%d}.{layout}"
        return StreamingHttpResponse(  # type: ignore[return-value]
            lines(events.iterator(chunk_size=2_000)),
            content_type=content_type,
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )
