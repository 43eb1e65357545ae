"""名单导入 in the panel: upload, columns, comparison, decisions, writing, undo."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminDateWidget
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from yibao.core.spreadsheets import csv_lines
from yibao.core.workbench import Desk
from yibao.institutions import exports, operations
from yibao.institutions.admin.receiving import TOO_LARGE, is_too_large, received_as_list
from yibao.institutions.admin.scope import in_scope, may_act_at
from yibao.institutions.import_models import (
    ImportProblem,
    ImportRow,
    ImportRun,
    ImportSource,
    Outcome,
    State,
)
from yibao.institutions.imports import columns as import_columns
from yibao.institutions.imports import comparing, worker
from yibao.institutions.imports.reading import MAX_BYTES, ImportFileRefused

_SHOWN = 50
_DECISIONS = {
    Outcome.TWICE: (
        ("first", gettext_lazy("保留第一行")),
        ("last", gettext_lazy("保留最后一行")),
        ("all", gettext_lazy("编码不同的都保留")),
        ("none", gettext_lazy("都跳过")),
    ),
    Outcome.TWIN: (
        ("same", gettext_lazy("是同一家：新条目代替旧条目")),
        ("different", gettext_lazy("是两家：都保留")),
        ("none", gettext_lazy("跳过这一行")),
    ),
}
_COUNTED = ("rows", "new", "changed", "same", "refused", "twice", "twin", "skipped", "missing")
_COUNT_LABELS = {
    "rows": gettext_lazy("总行数"),
    "missing": gettext_lazy("名单上没有的机构"),
} | {outcome.value: outcome.label for outcome in Outcome}


class UploadForm(forms.ModelForm):
    """Which list, of what area and day, and the file."""

    request: HttpRequest
    file = forms.FileField(
        label=gettext_lazy("文件"),
        help_text=gettext_lazy(
            "CSV（UTF-8 或 GB18030 编码）或 XLSX，第一行是表头，最大 %(limit)d MB。"
        )
        % {"limit": MAX_BYTES >> 20},
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx,.txt"}),
    )

    class Meta:
        model = ImportRun
        fields = ("source", "region", "list_date", "is_full")
        widgets = {"list_date": AdminDateWidget, "region": forms.TextInput}

    def clean_region(self) -> Any:
        region = self.cleaned_data["region"]
        if not may_act_at(self.request, region.pk):
            raise ValidationError(_("您没有这个地区的权限。"))
        return region


class ColumnsForm(forms.Form):
    """Which of the file's columns holds what."""

    def __init__(self, *args: Any, headers: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", _("（文件里没有）")), *((header, header) for header in headers)]
        for field in import_columns.FIELDS:
            self.fields[field.name] = forms.ChoiceField(
                label=field.label, choices=choices, required=field.is_required
            )


@admin.register(ImportSource)
class ImportSourceAdmin(admin.ModelAdmin):
    list_display = ("name", "scope")
    search_fields = ("name",)
    fields = ("name", "scope")


@admin.register(ImportRun)
class ImportRunAdmin(admin.ModelAdmin):
    list_display = ("__str__", "source", "region", "list_date", "state", "created_by", "created_at")
    list_filter = ("state", "source")
    list_select_related = ("source", "region")
    actions = None

    def get_queryset(self, request: HttpRequest) -> QuerySet[ImportRun]:
        rows = super().get_queryset(request).select_related("source", "region")
        return in_scope(request, rows, "region_id")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def desks(self, request: HttpRequest) -> Iterator[Desk]:
        """Yield the lists that wait for an answer for the panel's first page."""
        if self.has_add_permission(request):
            asked = self.get_queryset(request).filter(state__in=(State.COLUMNS, State.CHECKED))
            address = reverse("admin:institutions_importrun_changelist")
            yield Desk(_("名单导入"), address, asked.count())

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        own = [
            path("add/", received_as_list(wrap(self.add_view)), name="institutions_importrun_add"),
            path("<int:pk>/progress/", wrap(self.progress), name="institutions_importrun_progress"),
            path("<int:pk>/report.csv", wrap(self.report), name="institutions_importrun_report"),
            path(
                "<int:pk>/do/<slug:what>/",
                wrap(require_POST(self.do)),
                name="institutions_importrun_do",
            ),
        ]
        return [*own, *super().get_urls()]

    # --- upload -------------------------------------------------------------------------

    def add_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        is_sent = request.method == "POST"
        form = UploadForm(request.POST, request.FILES) if is_sent else UploadForm()
        form.request = request
        if is_too_large(request):
            form.fields["file"].error_messages["required"] = TOO_LARGE % {"limit": MAX_BYTES >> 20}
        if is_sent and form.is_valid():
            run = self._start(request, form)
            if run is not None:
                return self._to(run)
        context = {
            **self.admin_site.each_context(request),
            "title": _("导入名单"),
            "opts": self.opts,
            "form": form,
            "media": self.media + form.media,
        }
        return TemplateResponse(
            request,
            "admin/institutions/importrun/upload.html",
            context,
            status=422 if is_sent else 200,
        )

    def _start(self, request: HttpRequest, form: UploadForm) -> ImportRun | None:
        data = form.cleaned_data
        try:
            run = operations.start_import(
                source=data["source"],
                region_code=data["region"].pk,
                list_date=data["list_date"],
                is_full=data["is_full"],
                upload=operations.Upload(data["file"].name, data["file"].chunks()),
                by=request.user,
                at=timezone.now(),
            )
        except ImportFileRefused as refusal:
            form.add_error("file", str(refusal))
        except operations.ImportRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            if run.state == State.QUEUED:
                transaction.on_commit(worker.start)
            return run
        return None

    # --- the run's page -------------------------------------------------------------------

    def change_view(
        self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        run = get_object_or_404(self.get_queryset(request), pk=object_id)
        return self._page(request, run)

    def _page(
        self, request: HttpRequest, run: ImportRun, columns: ColumnsForm | None = None
    ) -> HttpResponse:
        if not self.has_view_or_change_permission(request, run):
            raise PermissionDenied
        context = {
            **self.admin_site.each_context(request),
            "title": f"{run.source} {run.list_date}",
            "opts": self.opts,
            "run": run,
            "counts": [
                (_COUNT_LABELS[name], run.counts[name]) for name in _COUNTED if name in run.counts
            ],
            "may_act": self.has_add_permission(request) and may_act_at(request, run.region_id),
            "problems": ImportProblem.objects.filter(run=run)[:_SHOWN],
            "can_undo": operations.is_latest(run),
            "task_label": run.get_task_display(),
        }
        if run.state == State.COLUMNS:
            context["columns"] = columns or ColumnsForm(
                headers=run.headers,
                initial=import_columns.suggest(run.headers, run.source.columns),
            )
        if run.state == State.CHECKED:
            context |= self._comparison(run)
        return TemplateResponse(
            request,
            "admin/institutions/importrun/run.html",
            context,
            status=422 if columns is not None else 200,
        )

    def _comparison(self, run: ImportRun) -> dict[str, Any]:
        rows = ImportRow.objects.filter(run=run).order_by("line")
        return {
            "questions": [
                {
                    "outcome": outcome,
                    "label": outcome.label,
                    "choices": choices,
                    "rows": rows.filter(outcome=outcome)[:_SHOWN],
                    "size": run.counts[outcome.value],
                }
                for outcome, choices in _DECISIONS.items()
                if run.counts[outcome.value]
            ],
            "changes": [
                (
                    change,
                    [
                        (exports.field_label(name), before, now)
                        for name, before, now in change.fields
                    ],
                )
                for change in comparing.changes(run, limit=_SHOWN)
            ],
            "undecided": run.counts["twice"] + run.counts["twin"],
        }

    def progress(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Say how far the work is; put a new worker in the place of a dead one."""
        run = get_object_or_404(self.get_queryset(request), pk=pk)
        if not self.has_view_or_change_permission(request, run):
            raise PermissionDenied
        if run.slot is None:
            return HttpResponse(headers={"HX-Refresh": "true"})
        if operations.needs_worker(run, is_alive=worker.is_alive, at=timezone.now()):
            worker.start()
        return TemplateResponse(
            request,
            "admin/institutions/importrun/run.html#progress",
            {"run": run, "task_label": run.get_task_display()},
        )

    def report(self, request: HttpRequest, pk: int) -> StreamingHttpResponse:
        """Send everything that the check found."""
        run = get_object_or_404(self.get_queryset(request), pk=pk)
        if not self.has_view_or_change_permission(request, run):
            raise PermissionDenied
        lines = csv_lines(exports.report_header(), exports.report_rows(run))
        response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="import-{run.pk}.csv"'
        return response

    # --- what is asked of it --------------------------------------------------------------

    def do(self, request: HttpRequest, pk: int, what: str) -> HttpResponse:
        """Do one thing; what is refused is said on the page."""
        run = get_object_or_404(self.get_queryset(request), pk=pk)
        if not self.has_add_permission(request) or not may_act_at(request, run.region_id):
            raise PermissionDenied
        actions = {
            "columns": self._columns,
            "decide": self._decide,
            "apply": self._apply,
            "undo": self._undo,
            "cancel": self._cancel,
        }
        if what not in actions:
            raise PermissionDenied
        try:
            answer = actions[what](request, run)
        except operations.ImportRefused as refusal:
            self.message_user(request, str(refusal), messages.ERROR)
            answer = None
        return answer or self._to(run)

    def _columns(self, request: HttpRequest, run: ImportRun) -> HttpResponse | None:
        form = ColumnsForm(request.POST, headers=run.headers)
        if not form.is_valid():
            return self._page(request, run, form)
        operations.choose_columns(run, form.cleaned_data, by=request.user, at=timezone.now())
        transaction.on_commit(worker.start)
        return None

    def _decide(self, request: HttpRequest, run: ImportRun) -> None:
        outcome = request.POST.get("outcome", "")
        if outcome not in (Outcome.TWICE, Outcome.TWIN):
            raise PermissionDenied
        at = timezone.now()
        everything = request.POST.get("all", "")
        if everything:
            operations.decide(run, Outcome(outcome), everything, by=request.user, at=at)
            return
        for choice, _label in _DECISIONS[Outcome(outcome)]:
            lines = [
                int(name.removeprefix("line-"))
                for name, value in request.POST.items()
                if value == choice and name.startswith("line-") and name[5:].isdecimal()
            ]
            if lines:
                operations.decide(
                    run, Outcome(outcome), choice, lines=lines, by=request.user, at=at
                )

    def _apply(self, request: HttpRequest, run: ImportRun) -> None:
        closing = request.POST.get("close_missing", "")
        operations.ask_to_apply(
            run,
            skip_refused=request.POST.get("skip_refused") == "yes",
            close_missing=int(closing) if closing.isdecimal() else None,
            by=request.user,
            at=timezone.now(),
        )
        transaction.on_commit(worker.start)

    def _undo(self, request: HttpRequest, run: ImportRun) -> None:
        reason = request.POST.get("reason", "").strip()[:200]
        if not reason:
            raise operations.ImportRefused(_("请写明撤销的原因。"))
        operations.ask_to_undo(run, reason=reason, by=request.user, at=timezone.now())
        transaction.on_commit(worker.start)

    def _cancel(self, request: HttpRequest, run: ImportRun) -> None:
        operations.cancel_import(run, by=request.user, at=timezone.now())

    def _to(self, run: ImportRun) -> HttpResponseRedirect:
        return HttpResponseRedirect(reverse("admin:institutions_importrun_change", args=[run.pk]))
