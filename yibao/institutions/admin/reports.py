"""报错: what visitors say is wrong, worked through one by one."""

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yibao.core.workbench import Desk
from yibao.institutions.admin.scope import in_scope
from yibao.institutions.models import WrongEntryReport
from yibao.institutions.operations import handle_report


class HandleForm(ModelForm):
    """What the officer found."""

    def clean_status(self) -> str:
        status: str = self.cleaned_data["status"]
        if status == WrongEntryReport.Status.OPEN:
            raise ValidationError(_("请选择核实的结果。"))
        return status

    def _post_clean(self) -> None:
        """Leave the row alone: `handle_report` fills in who and when."""


@admin.register(WrongEntryReport)
class WrongEntryReportAdmin(admin.ModelAdmin):
    """The queue. A report never changes the entry; who finds it true corrects the entry."""

    form = HandleForm
    list_display = ("institution", "subject", "text", "sent_at", "status", "handled_by")
    list_filter = ("status", "subject")
    list_select_related = ("institution",)
    date_hierarchy = "sent_at"
    actions = None
    fields = (
        "entry",
        "subject",
        "text",
        "sent_at",
        "status",
        "note",
        "handled_by",
        "handled_at",
    )

    @admin.display(description=gettext_lazy("机构"))
    def entry(self, report: WrongEntryReport) -> str:
        address = reverse("admin:institutions_institution_change", args=[report.institution_id])
        return format_html('<a href="{}">{}</a>', address, report.institution)

    def get_queryset(self, request: HttpRequest) -> QuerySet[WrongEntryReport]:
        return in_scope(request, super().get_queryset(request), "institution__region_id")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return tuple(name for name in self.fields if name not in ("status", "note"))

    def desks(self, request: HttpRequest) -> Iterator[Desk]:
        """Yield the reports that nobody answered for the panel's first page."""
        if super().has_change_permission(request):
            waiting = self.get_queryset(request).filter(status=WrongEntryReport.Status.OPEN).count()
            address = reverse("admin:institutions_wrongentryreport_changelist")
            yield Desk(_("机构信息报错"), address, waiting)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        is_open = obj is None or obj.status == WrongEntryReport.Status.OPEN
        return is_open and super().has_change_permission(request, obj)

    def save_model(
        self, request: HttpRequest, obj: WrongEntryReport, form: Any, change: bool
    ) -> None:
        handle_report(
            obj,
            status=form.cleaned_data["status"],
            note=form.cleaned_data["note"],
            by=request.user,
            at=timezone.now(),
        )
