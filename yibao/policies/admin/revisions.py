"""修订 in the panel: drafted by one person, published by another, then locked."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from yibao.accounts.queries import may_act_for
from yibao.audit.operations import record
from yibao.policies.admin.conflicts import ConflictPages
from yibao.policies.admin.desk import DeskPages
from yibao.policies.admin.freshness import FreshnessPages
from yibao.policies.admin.handover import HandOverPages
from yibao.policies.admin.inlines import THEMES, inlines_of, may_edit
from yibao.policies.admin.previews import PreviewPages
from yibao.policies.models import Revision, RevisionStatus
from yibao.policies.operations import (
    publish_revision,
    record_created,
    return_revision,
    submit_revision,
    withdraw_revision,
)
from yibao.policies.rows import count_rows
from yibao.policies.succession import PolicyRefused
from yibao.regions import queries as regions

_DONE = {
    "submit": gettext_lazy("已送审，请另一人复核发布。"),
    "return": gettext_lazy("已退回起草人。"),
    "withdraw": gettext_lazy("已撤回。"),
    "publish": gettext_lazy("已发布。"),
}


class RevisionForm(ModelForm):
    """The head of a revision; only regions that the person may act for."""

    request: HttpRequest
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    is_behind = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["version"] = self.instance.version

    def clean(self) -> dict[str, Any] | None:
        """Refuse to save over what was saved since the page was opened."""
        data = super().clean()
        if self.instance.pk:
            stored = Revision.objects.select_for_update().get(pk=self.instance.pk)
            self.is_behind = stored.version != self.cleaned_data.get("version")
            if self.is_behind:
                self.add_error(
                    None,
                    _("这份草稿刚在别处保存过。下面列出不同之处；再按一次保存，就以您填的为准。"),
                )
        return data

    def clean_region(self) -> Any:
        region = self.cleaned_data["region"]
        if not may_act_for(self.request.user, *regions.chain(region.pk)):  # type: ignore[arg-type]
            self.add_error("region", _("您没有这个统筹区的权限。"))
        elif regions.resolve(region.pk).code != region.pk:
            self.add_error("region", _("它不是统筹区：请选它所属的统筹区、省或全国。"))
        return region


@admin.register(Revision)
class RevisionAdmin(
    DeskPages, PreviewPages, ConflictPages, FreshnessPages, HandOverPages, admin.ModelAdmin
):
    form = RevisionForm
    change_form_template = "admin/policies/revision/change_form.html"
    list_display = (
        "title",
        "region",
        "insurance_label",
        "status",
        "author",
        "publisher",
        "published_at",
    )
    list_filter = ("status", "insurance", ("region", admin.RelatedOnlyFieldListFilter))
    list_select_related = ("region", "author", "publisher")
    search_fields = ("title", "basis", "region__name", "region__code", "region__pinyin")
    autocomplete_fields = ("region", "corrects")
    fields = ("region", "insurance", "title", "basis", "starts_on", "announced_on", "corrects")
    actions = None

    @admin.display(description=gettext_lazy("险种"), ordering="insurance")
    def insurance_label(self, revision: Revision) -> str:
        return revision.get_insurance_display()

    # --- who may see and change what --------------------------------------------------

    def get_queryset(self, request: HttpRequest) -> QuerySet[Revision]:
        """Only regions given to the person, and those below them."""
        rows = super().get_queryset(request)
        if request.user.is_superuser:
            return rows
        codes = Revision.objects.order_by().values_list("region_id", flat=True).distinct()
        allowed = [code for code in codes if may_act_for(request.user, *regions.chain(code))]  # type: ignore[arg-type]
        return rows.filter(region__in=allowed)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A draft belongs to its author; what is in review or published is only looked at."""
        return may_edit(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("region", "insurance") if obj else ()

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        return type(form.__name__, (form,), {"request": request})

    # --- the page ---------------------------------------------------------------------

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        return inlines_of(self._theme(request)) if obj else []

    def _theme(self, request: HttpRequest) -> str:
        asked = request.POST.get("theme") or request.GET.get("theme", "")
        return asked if asked in THEMES else next(iter(THEMES))

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        revision: Revision | None = context.get("original")
        if revision is not None:
            context |= {
                "themes": self._tabs(revision, self._theme(request)),
                "theme": self._theme(request),
                "moves": self.moves_of(request, revision),
                "differences": context["adminform"].form.is_behind
                and list(_differences(context["inline_admin_formsets"])),
                "may_edit": may_edit(request, revision),
            }
        return super().render_change_form(request, context, *args, **kwargs)

    def theme_of(self, table: str) -> str:
        """Return the tab on which a table's rows are edited."""
        return next(slug for slug, (_title, tables) in THEMES.items() if table in tables)

    def _tabs(self, revision: Revision, current: str) -> list[dict[str, Any]]:
        counts = count_rows(revision)
        return [
            {
                "slug": slug,
                "title": title,
                "count": revision.endings.count()
                if slug == "endings"
                else sum(counts.get(table, 0) for table in tables),
                "current": slug == current,
            }
            for slug, (title, tables) in THEMES.items()
        ]

    def moves_of(self, request: HttpRequest, revision: Revision) -> list[dict[str, Any]]:
        """Return what the person may do with the revision now."""
        mine = revision.author_id == request.user.pk
        moves = []
        if mine and revision.status == RevisionStatus.DRAFT:
            moves.append({"slug": "submit", "title": _("送审"), "asks_reason": False})
        if revision.status == RevisionStatus.IN_REVIEW:
            if not mine and request.user.has_perm("policies.publish_revision"):
                moves.append({"slug": "publish", "title": _("发布"), "asks_reason": False})
            moves.append({"slug": "return", "title": _("退回"), "asks_reason": True})
        if mine and revision.is_open:
            moves.append({"slug": "withdraw", "title": _("撤回"), "asks_reason": True})
        return moves

    # --- saving -----------------------------------------------------------------------

    def save_model(self, request: HttpRequest, obj: Revision, form: Any, change: bool) -> None:
        if change:
            obj.version += 1
        else:
            obj.author = request.user  # type: ignore[assignment]
            obj.created_at = timezone.now()
        super().save_model(request, obj, form, change)
        if not change:
            record_created(revision=obj, by=obj.author, at=obj.created_at)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        super().save_formset(request, form, formset, change)
        rows = {
            "added": [str(row) for row in formset.new_objects],
            "changed": [str(row) for row, _names in formset.changed_objects],
            "deleted": [str(row) for row in formset.deleted_objects],
        }
        if any(rows.values()):
            record(
                event="policies.draft_edited",
                by=request.user,
                at=timezone.now(),
                object_type="policies.revision",
                object_key=str(form.instance.pk),
                after={what: names for what, names in rows.items() if names},
            )

    def response_add(self, request: HttpRequest, obj: Revision, *args: Any) -> HttpResponse:
        self.message_user(request, _("草稿已建立，请逐项录入规定。"), messages.SUCCESS)
        return self._to(obj, next(iter(THEMES)))

    def response_change(self, request: HttpRequest, obj: Revision) -> HttpResponse:
        self.message_user(request, _("草稿已保存。"), messages.SUCCESS)
        return self._to(obj, self._theme(request))

    def _to(self, revision: Revision, theme: str = "") -> HttpResponseRedirect:
        address = reverse("admin:policies_revision_change", args=[revision.pk])
        return HttpResponseRedirect(
            f"{address}?{urlencode({'theme': theme})}" if theme else address
        )

    # --- moving through the stages -----------------------------------------------------

    def get_urls(self) -> list[URLPattern]:
        move = path(
            "<int:pk>/move/<slug:what>/",
            self.admin_site.admin_view(require_POST(self.move)),
            name="policies_revision_move",
        )
        return [
            move,
            *self.desk_urls(),
            *self.preview_urls(),
            *self.conflict_urls(),
            *self.freshness_urls(),
            *self.hand_over_urls(),
            *super().get_urls(),
        ]

    def move(self, request: HttpRequest, pk: int, what: str) -> HttpResponse:
        """Submit, return, withdraw or publish; what is refused is said on the page."""
        revision = get_object_or_404(self.get_queryset(request), pk=pk)
        if what not in {move["slug"] for move in self.moves_of(request, revision)}:
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
                    submit_revision(**arguments)
                case "publish":
                    publish_revision(**arguments)
                case "return":
                    return_revision(**arguments, reason=reason)
                case _:
                    withdraw_revision(**arguments, reason=reason)
        except PolicyRefused as refusal:
            for problem in refusal.problems:
                self.message_user(request, problem, messages.ERROR)
        else:
            self.message_user(request, _DONE[what], messages.SUCCESS)
        return self._to(revision)


def _differences(formsets: Any) -> Iterator[tuple[str, str, Any, Any]]:
    """Yield row, field, what is stored now and what the person typed, where they differ."""
    for inline in formsets:
        for form in inline.formset.forms:
            for name in form.changed_data:
                bound = form[name]
                yield str(form.instance), str(bound.label), bound.initial, bound.value()
