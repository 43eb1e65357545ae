"""The queue of channels that visitors reported as wrong."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yibao.accounts.queries import may_act_for
from yibao.guides.models import ChannelReport
from yibao.guides.operations import GuideRefused, resolve_report
from yibao.regions import queries as regions


class OpenFilter(admin.SimpleListFilter):
    """Open reports first: the list shows them unless asked for the others."""

    title = _("处理情况")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return [("done", _("已处理")), ("all", _("全部"))]

    def choices(self, changelist: Any) -> Any:
        first, *others = super().choices(changelist)
        yield {**first, "display": _("待处理")}
        yield from others

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        match self.value():
            case "done":
                return queryset.filter(resolved_at__isnull=False)
            case "all":
                return queryset
        return queryset.filter(resolved_at=None)


@admin.register(ChannelReport)
class ChannelReportAdmin(admin.ModelAdmin):
    """A report is closed with a word on what was found. The directory itself is changed by
    a revision of the region's policy."""

    list_display = ("shown", "region", "fault", "note", "reported_at", "resolution")
    list_filter = (OpenFilter, "fault")
    search_fields = ("shown", "note", "region_code")
    fields = (
        "shown", "region", "channel", "fault", "note", "reported_at",
        "resolution", "resolved_by", "resolved_at",
    )  # fmt: skip
    actions = None

    @admin.display(description=_("地区"), ordering="region_code")
    def region(self, report: ChannelReport) -> str:
        return regions.get_region(report.region_code).full_name

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Only regions that the person may act for."""
        rows = super().get_queryset(request)
        if request.user.is_superuser:
            return rows
        codes = rows.order_by().values_list("region_code", flat=True).distinct()
        allowed = [code for code in codes if may_act_for(request.user, *regions.chain(code))]  # type: ignore[arg-type]
        return rows.filter(region_code__in=allowed)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return tuple(name for name in self.fields if name != "resolution")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and (
            obj is None or obj.resolved_at is None
        )

    def save_model(self, request: HttpRequest, obj: ChannelReport, form: Any, change: bool) -> None:
        try:
            resolve_report(
                report=obj,
                by=request.user,  # type: ignore[arg-type]
                at=timezone.now(),
                resolution=form.cleaned_data["resolution"],
            )
        except GuideRefused as refusal:
            for problem in refusal.problems:
                self.message_user(request, problem, messages.ERROR)
