"""Staff pages of the sources."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from yibao.audit.recorded_admin import SharedRecordedAdmin
from yibao.sources.models import Clause, Document, Statement
from yibao.sources.operations import STAMP


class ClauseInline(admin.TabularInline):
    model = Clause
    extra = 0
    fields = ("article", "quote", "checked_on", "review_interval_days")
    show_change_link = True


@admin.register(Document)
class DocumentAdmin(SharedRecordedAdmin):
    stamp = STAMP
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
        return ("slug",) if obj else ()


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
    list_filter = ("standing", "topic")
    search_fields = ("slug", "topic", "topic_name", "text", "ruling")
    autocomplete_fields = ("clause", "related_statement")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("slug",) if obj else ()
