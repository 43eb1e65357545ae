"""Staff pages of the sources."""

from pathlib import PurePosixPath
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Count, QuerySet
from django.http import (
    FileResponse,
    HttpRequest,
    HttpResponse,
    HttpResponseRedirect,
)
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from yibao.audit.recorded_admin import SharedRecordedAdmin
from yibao.sources import copies
from yibao.sources.models import Clause, Document, Statement
from yibao.sources.operations import STAMP, check_copy


class DocumentForm(forms.ModelForm):
    """The copy is told by its content and named after its checksum, which nobody types."""

    file = forms.FileField(
        label=_("文件副本"),
        required=False,
        widget=forms.FileInput(attrs={"accept": copies.ACCEPTED}),
        help_text=_(
            "PDF、OFD、Word、Excel 或图片，不超过 20 MB。存在网站目录以外，只有工作人员能下载；"
            "上传以后只能换新，不能删。"
        ),
    )

    def clean_file(self) -> Any:
        upload = self.cleaned_data["file"]
        if not isinstance(upload, UploadedFile):
            return upload  # no new one was sent
        if upload.size is None or upload.size > copies.MAX_BYTES:
            raise forms.ValidationError(_("文件太大，最多 20 MB。"))
        content = upload.read()
        kind = copies.kind_of(content)
        if kind is None:
            raise forms.ValidationError(
                _("这不是 PDF、OFD、Word、Excel 或图片文件，或者文件已损坏。")
            )
        self.instance.sha256 = copies.digest(content)
        return ContentFile(content, name=f"{self.instance.sha256}.{kind}")


class ClauseFormSet(forms.BaseInlineFormSet):
    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        if "DELETE" in form.fields:
            form.fields["DELETE"].widget.attrs["aria-label"] = str(_("删除这一条"))


class ClauseInline(admin.TabularInline):
    model = Clause
    formset = ClauseFormSet
    extra = 0
    fields = ("article", "quote", "checked_on", "review_interval_days")
    show_change_link = True

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Name each control: in a table its only label is the head of the column."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None:
            field.widget.attrs["aria-label"] = str(db_field.verbose_name)
        return field


@admin.register(Document)
class DocumentAdmin(SharedRecordedAdmin):
    stamp = STAMP
    form = DocumentForm
    change_form_template = "admin/sources/document/change_form.html"
    list_display = (
        "slug",
        "title",
        "number",
        "issuer",
        "authority",
        "reading",
        "published_on",
        "effective_on",
        "clause_count",
    )
    list_filter = ("reading", "authority", "issuer")
    search_fields = ("slug", "title", "number", "issuer")
    autocomplete_fields = ("superseded_by",)
    date_hierarchy = "published_on"
    inlines = (ClauseInline,)
    fieldsets = (
        (None, {"fields": ("slug", "title", "number", "issuer", "authority")}),
        (
            _("日期"),
            {
                "fields": (
                    "published_on",
                    "effective_on",
                    "effective_to",
                    "dates_note",
                    "superseded_by",
                )
            },
        ),
        (_("核对"), {"fields": ("reading", "address", "caution", "file", "sha256")}),
        (_("仅工作人员可见"), {"fields": ("seen_at", "how_seen")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Document]:
        documents: QuerySet[Document] = super().get_queryset(request)
        return documents.annotate(clause_total=Count("clauses"))

    @admin.display(description=_("条文数"), ordering="clause_total")
    def clause_count(self, document: Any) -> int:
        return int(document.clause_total)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("slug", "sha256") if obj else ("sha256",)

    # --- the copy ----------------------------------------------------------------------

    def save_model(self, request: HttpRequest, obj: Document, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if "file" in form.changed_data and obj.file.name:
            copies.flush(obj.file.name)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("<slug:pk>/copy/", view(require_safe(self.copy)), name="sources_document_copy"),
            path(
                "<slug:pk>/copy/check/",
                view(require_POST(self.check_copy)),
                name="sources_document_check_copy",
            ),
            *super().get_urls(),
        ]

    def copy(self, request: HttpRequest, pk: str) -> HttpResponseBase:
        """Hand out the stored copy."""
        document = self._document(request, pk)
        if document.file.name:
            try:
                content = copies.open_copy(document.file.name)
            except OSError:
                self.message_user(request, str(copies.CopyState.MISSING.words), messages.ERROR)
            else:
                name = f"{document.pk}{PurePosixPath(document.file.name).suffix}"
                return FileResponse(content, as_attachment=True, filename=name)
        return self._back(document)

    def check_copy(self, request: HttpRequest, pk: str) -> HttpResponse:
        """Compare the stored copy with its checksum."""
        if not request.user.has_perm("sources.change_document"):
            raise PermissionDenied
        document = self._document(request, pk)
        if document.file.name:
            state = check_copy(document=document, by=request.user, at=timezone.now())
            level = messages.SUCCESS if state is copies.CopyState.SAME else messages.ERROR
            self.message_user(request, str(state.words), level)
        return self._back(document)

    def _document(self, request: HttpRequest, pk: str) -> Document:
        if not self.has_view_permission(request):
            raise PermissionDenied
        document: Document = get_object_or_404(Document, pk=pk)
        return document

    def _back(self, document: Document) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:sources_document_change", args=[document.pk]))


@admin.register(Clause)
class ClauseAdmin(SharedRecordedAdmin):
    """Also serves the search of clauses from the pages of provisions."""

    stamp = STAMP
    list_display = ("document", "article", "quote", "checked_on", "due_on")
    list_select_related = ("document",)
    list_filter = ("document__reading", "document__authority", "checked_on")
    search_fields = ("document__slug", "document__title", "document__number", "article", "quote")
    autocomplete_fields = ("document",)
    date_hierarchy = "checked_on"

    @admin.display(description=_("应再核对"))
    def due_on(self, clause: Clause) -> Any:
        return clause.review_due_on()


@admin.register(Statement)
class StatementAdmin(SharedRecordedAdmin):
    stamp = STAMP
    list_display = ("slug", "topic_name", "standing", "text", "clause")
    list_select_related = ("clause",)
    list_filter = ("standing", "topic_name")
    search_fields = ("slug", "topic", "topic_name", "text", "ruling")
    autocomplete_fields = ("clause", "related_statement")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("slug",) if obj else ()
