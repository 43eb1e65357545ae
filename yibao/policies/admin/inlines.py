"""The rows of a revision on its page, one theme at a time."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from yibao.policies.admin.display import (
    ClauseSelect,
    fieldsets_of,
    readonly_fields_of,
)
from yibao.policies.desk.row_forms import ProvisionForm
from yibao.policies.models import (
    MODEL_OF,
    PROVISION_MODELS,
    Ending,
    Provision,
    Revision,
    RevisionStatus,
)

THEMES: dict[str, tuple[Promise, tuple[str, ...]]] = {
    "filing": (_("备案和办理"), ("filing_rule", "material_requirement", "channel")),
    "benefits": (
        _("本地待遇"),
        ("deductible", "payment_band", "group_adjustment", "payment_cap", "chronic_disease"),
    ),
    "away": (_("异地差异"), ("away_adjustment",)),
    "layers": (
        _("大病、救助和补助"),
        ("second_layer", "second_layer_band", "medical_aid", "supplement"),
    ),
    "other": (
        _("报销、参保和账户"),
        ("claim_rule", "enrolment_rule", "account_rule", "remark"),
    ),
    "endings": (_("终止旧规定"), ()),
}


def may_edit(request: HttpRequest, revision: Revision | None) -> bool:
    """Tell whether the person may change a revision: a draft belongs to its author."""
    if not request.user.has_perm("policies.change_revision"):
        return False
    return revision is None or (
        revision.status == RevisionStatus.DRAFT and revision.author_id == request.user.pk
    )


class ProvisionInline(admin.StackedInline):
    """Rows of one table. Whoever may change the revision may change its rows."""

    form = ProvisionForm
    fk_name = "revision"
    extra = 0
    model: type[Provision]

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        return super().get_queryset(request).select_related("clause__document")

    def get_fieldsets(self, request: HttpRequest, obj: Revision | None = None) -> Any:
        return fieldsets_of(self.model, readable=not self.has_change_permission(request, obj))

    def get_readonly_fields(self, request: HttpRequest, obj: Revision | None = None) -> Any:
        if self.has_change_permission(request, obj):
            return ()
        return readonly_fields_of(self.model)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "clause":
            widget = ClauseSelect(db_field, self.admin_site)
            widget.known = _clause_labels(request)
            kwargs["widget"] = widget
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("policies.view_revision") or self.has_change_permission(
            request, obj
        )

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may_edit(request, obj)

    has_add_permission = has_change_permission
    has_delete_permission = has_change_permission


def _clause_labels(request: HttpRequest) -> dict[str, str]:
    """Return the labels of all clauses that the page's revision cites, read once a request."""
    known: dict[str, str] | None = getattr(request, "_clause_labels", None)
    if known is None:
        match = request.resolver_match
        named = match.kwargs if match else {}
        pk = str(named.get("object_id") or named.get("pk") or 0)
        known = {}
        if pk.isdecimal():
            cited = [
                model._default_manager.filter(revision_id=pk).order_by().values("clause_id")
                for model in PROVISION_MODELS
            ]
            clauses = MODEL_OF["filing_rule"]._meta.get_field("clause").related_model
            rows = clauses._default_manager.filter(pk__in=cited[0].union(*cited[1:]))
            known = {str(row.pk): str(row) for row in rows}
        request._clause_labels = known  # type: ignore[attr-defined]
    return known


class EndingForm(forms.ModelForm):
    table = forms.ChoiceField(
        label=_("表"),
        choices=[(table, model._meta.verbose_name) for table, model in MODEL_OF.items()],
    )

    class Meta:
        model = Ending
        fields = ("table", "provision_id", "ends_on")

    def clean(self) -> dict[str, Any] | None:
        data = super().clean() or {}
        model = MODEL_OF.get(data.get("table", ""))
        if model and not model._default_manager.filter(pk=data.get("provision_id")).exists():
            self.add_error("provision_id", _("没有这个编号；编号见各表的列表页。"))
        return data


class EndingInline(admin.TabularInline):
    model = Ending
    form = EndingForm
    extra = 0

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may_edit(request, obj)

    has_view_permission = ProvisionInline.has_view_permission
    has_add_permission = has_change_permission
    has_delete_permission = has_change_permission


INLINES: dict[str, type[ProvisionInline]] = {
    table: type(f"{model.__name__}Inline", (ProvisionInline,), {"model": model})
    for table, model in MODEL_OF.items()
}


def inlines_of(theme: str) -> list[type[admin.options.InlineModelAdmin[Any, Any]]]:
    """Return the inlines of one theme's tables."""
    if theme == "endings":
        return [EndingInline]
    return [INLINES[table] for table in THEMES[theme][1]]
