"""指南 in the panel: drafted by one person, published by another, then locked."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from yibao.audit.operations import record
from yibao.audit.queries import list_events
from yibao.audit.recorded_admin import RecordedAdmin
from yibao.guides.files import text_problems
from yibao.guides.forms import LocalForm
from yibao.guides.markup import MarkupRefused, parse_line
from yibao.guides.models import GlossaryTerm, Guide, GuideRevision, GuideStatus
from yibao.guides.operations import (
    STAMP,
    GuideRefused,
    publish_guide,
    return_guide,
    submit_guide,
    withdraw_guide,
)
from yibao.guides.pages import guide_page
from yibao.guides.queries import row_of

_DONE = {
    "submit": gettext_lazy("已送审，请另一人复核发布。"),
    "return": gettext_lazy("已退回起草人。"),
    "withdraw": gettext_lazy("已撤回。"),
    "publish": gettext_lazy("已发布。"),
}


@admin.register(Guide)
class GuideAdmin(RecordedAdmin):
    """The questions themselves: where they stand in the list, and whether they are shown."""

    stamp = STAMP
    list_display = ("slug", "topic", "rank", "is_retired")
    list_filter = ("topic", "is_retired")
    search_fields = ("slug", "revisions__question")

    def get_readonly_fields(self, request: HttpRequest, obj: Guide | None = None) -> Any:
        return ("slug",) if obj else ()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class TermForm(forms.ModelForm):
    """A definition without figures of its own."""

    def clean_definition(self) -> str:
        text: str = self.cleaned_data["definition"]
        try:
            parse_line(text)
        except MarkupRefused as refused:
            raise forms.ValidationError(list(refused.problems)) from refused
        return text


@admin.register(GlossaryTerm)
class GlossaryTermAdmin(RecordedAdmin):
    """Terms take effect at once: a definition holds no figure and promises nothing."""

    stamp = STAMP
    form = TermForm
    list_display = ("name", "aliases", "english")
    search_fields = ("name", "aliases", "english", "definition")


class GuideRevisionForm(forms.ModelForm):
    """Refuses what the loader refuses: figures written down, unknown links and columns."""

    def clean(self) -> dict[str, Any] | None:
        data = super().clean() or {}
        if all(name in data for name in ("question", "short", "body")):
            texts = {name: data[name] for name in ("question", "short", "body")}
            for problem in text_problems(**texts):
                self.add_error(None, problem)
        return data


@admin.register(GuideRevision)
class GuideRevisionAdmin(admin.ModelAdmin):
    form = GuideRevisionForm
    change_form_template = "admin/guides/guiderevision/change_form.html"
    list_display = ("question", "guide", "status", "reviewed_on", "author", "publisher")
    list_filter = ("status", "guide__topic")
    list_select_related = ("guide", "author", "publisher")
    search_fields = ("question", "keywords", "short", "body", "guide__slug")
    autocomplete_fields = ("guide", "documents", "related")
    date_hierarchy = "reviewed_on"
    fields = (
        "guide", "question", "short", "body", "keywords", "documents", "related", "reviewed_on",
    )  # fmt: skip
    actions = None

    # --- who may see and change what --------------------------------------------------

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A draft belongs to its author; what is in review or published is only looked at."""
        if not super().has_change_permission(request, obj):
            return False
        return obj is None or (obj.status == GuideStatus.DRAFT and obj.author_id == request.user.pk)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("guide",) if obj else ()

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Start a new text from the one that is shown now (`?guide=`)."""
        initial: dict[str, Any] = {"reviewed_on": timezone.localdate()}
        current = GuideRevision.objects.filter(
            guide=request.GET.get("guide", ""), status=GuideStatus.PUBLISHED
        ).first()
        if current is not None:
            for name in ("guide", "question", "short", "body", "keywords"):
                initial[name] = getattr(current, name)
            initial["documents"] = list(current.documents.all())
            initial["related"] = list(current.related.all())
        return initial

    # --- the page ---------------------------------------------------------------------

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        revision: GuideRevision | None = context.get("original")
        if revision is not None:
            context["moves"] = self._moves(request, revision)
            context["events"] = list_events("guides.guiderevision", str(revision.pk))
        return super().render_change_form(request, context, *args, **kwargs)

    def _moves(self, request: HttpRequest, revision: GuideRevision) -> list[dict[str, Any]]:
        """Return what the person may do with the text now."""
        mine = revision.author_id == request.user.pk
        may_publish = request.user.has_perm("guides.publish_guiderevision")
        moves = []
        if mine and revision.status == GuideStatus.DRAFT:
            moves.append({"slug": "submit", "title": _("送审"), "asks_reason": False})
        if revision.status == GuideStatus.IN_REVIEW and not mine and may_publish:
            moves.append({"slug": "publish", "title": _("发布"), "asks_reason": False})
        if revision.status == GuideStatus.IN_REVIEW and (mine or may_publish):
            moves.append({"slug": "return", "title": _("退回"), "asks_reason": True})
        if mine and revision.status in (GuideStatus.DRAFT, GuideStatus.IN_REVIEW):
            moves.append({"slug": "withdraw", "title": _("撤回"), "asks_reason": True})
        return moves

    def save_model(self, request: HttpRequest, obj: GuideRevision, form: Any, change: bool) -> None:
        now = timezone.now()
        if not change:
            obj.author = request.user  # type: ignore[assignment]
            obj.created_at = now
        super().save_model(request, obj, form, change)
        record(
            event="guides.revision_edited" if change else "guides.revision_created",
            by=request.user,
            at=now,
            object_type="guides.guiderevision",
            object_key=str(obj.pk),
            after={"guide": obj.guide_id, "changed": form.changed_data},
        )

    # --- moving through the stages ------------------------------------------------------

    def get_urls(self) -> list[URLPattern]:
        protect = self.admin_site.admin_view
        return [
            path(
                "<int:pk>/move/<slug:what>/",
                protect(require_POST(self.move)),
                name="guides_guiderevision_move",
            ),
            path(
                "<int:pk>/preview/",
                protect(require_safe(self.preview)),
                name="guides_guiderevision_preview",
            ),
            *super().get_urls(),
        ]

    def move(self, request: HttpRequest, pk: int, what: str) -> HttpResponse:
        """Submit, return, withdraw or publish; what is refused is said on the page."""
        revision = get_object_or_404(GuideRevision, pk=pk)
        if what not in {move["slug"] for move in self._moves(request, revision)}:
            raise PermissionDenied
        arguments: dict[str, Any] = {
            "revision": revision,
            "by": request.user,
            "at": timezone.now(),
        }
        reason = request.POST.get("reason", "").strip()[:300]
        try:
            match what:
                case "submit":
                    submit_guide(**arguments)
                case "publish":
                    publish_guide(**arguments)
                case "return":
                    return_guide(**arguments, reason=reason)
                case _:
                    withdraw_guide(**arguments, reason=reason)
        except GuideRefused as refusal:
            for problem in refusal.problems:
                self.message_user(request, problem, messages.ERROR)
        else:
            self.message_user(request, _DONE[what], messages.SUCCESS)
        return HttpResponseRedirect(reverse("admin:guides_guiderevision_change", args=[pk]))

    def preview(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show the text as visitors will see it, with a region's rules where one is given."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        revision = get_object_or_404(GuideRevision.objects.select_related("guide"), pk=pk)
        form = LocalForm(request.GET)
        form.is_valid()
        region = form.cleaned_data.get("insured")
        page = guide_page(
            row_of(revision),
            region=region,
            insurance=form.cleaned_data.get("insurance"),
            today=timezone.localdate(),
            carried={},
        )
        context = {
            "page": page,
            "form": form,
            "region": region,
            "footnotes": page.notes,
            "carried": "",
            "address": request.build_absolute_uri(),
            "preview_address": request.path,
        }
        return TemplateResponse(request, "guides/guide.html", context)
