"""算例 in the panel: each is tried on the rules in force before it is saved."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yibao.core.templatetags.figures import yuan
from yibao.policies.golden.checking import LABELS, Deviation, deviation, terms_in
from yibao.policies.golden.loader import STAMP
from yibao.policies.models import GoldenCase
from yibao.policies.models.golden import BILL, EXPECTED, OUTCOMES, USED
from yibao.policies.store import STORE
from yibao.regions import queries as regions
from yibao.regions.scoped_admin import RegionScopedRecordedAdmin

_OUTCOME_WORDS = dict(OUTCOMES)
_WHO = ("group", "age", "tier", "aid_group", "civil_servant")
_CARE = ("care_type", "level", "institution_class", "disease", "treatment", "severity", "admission")


class GoldenCaseForm(forms.ModelForm):
    """Refuses a case that does not come out as it says, unless the officer insists.

    A case may come first and the rule after it: then the box says so.
    """

    ahead = forms.BooleanField(
        label=gettext_lazy("先存下来"),
        required=False,
        help_text=gettext_lazy("按现行规定还得不出这些数，要等新规定发布。"),
    )

    class Meta:
        model = GoldenCase
        fields = "__all__"  # noqa: DJ007 - the admin's fieldsets name them

    @cached_property
    def changed_data(self) -> list[str]:
        """The columns that changed: the box is no column."""
        return [name for name in super().changed_data if name != "ahead"]

    def clean_region(self) -> Any:
        region = self.cleaned_data["region"]
        if regions.resolve(region.pk).code != region.pk:
            raise ValidationError(_("它不是统筹区：请选它所属的统筹区。"))
        return region

    def _post_clean(self) -> None:
        """Try the case once everything in it is in order."""
        super()._post_clean()  # type: ignore[misc]  # not in the stubs
        if self.errors or self.instance.retired_because:
            return
        found = deviation(self.instance, terms_in(STORE.get()))
        if found is None or self.cleaned_data.get("ahead"):
            return
        if found.outcome != self.instance.outcome:
            words = {"outcome": _OUTCOME_WORDS[found.outcome.value]}
            self.add_error("outcome", _("按现行规定是“%(outcome)s”。") % words)
        for name, amount in found.found.items():
            if amount != found.expected[name]:
                self.add_error(f"expected_{name}", _said(amount))


def _said(amount: int | None) -> str:
    if amount is None:
        return _("按现行规定没有这一项。")
    return _("按现行规定是 %(amount)s 元。") % {"amount": yuan(amount)}


@admin.register(GoldenCase)
class GoldenCaseAdmin(RegionScopedRecordedAdmin):
    form = GoldenCaseForm
    stamp = STAMP
    list_display = ("title", "holds", "region", "insurance", "on", "says")
    list_select_related = ("region", "clause")
    list_filter = ("insurance", "care_type", ("region", admin.RelatedOnlyFieldListFilter))
    search_fields = ("title", "region__name", "region__code", "region__pinyin", "slug")
    autocomplete_fields = ("region", "clause")
    list_per_page = 50
    actions = None
    fieldsets = (
        (None, {"fields": ("title", "region", "insurance", "on")}),
        (gettext_lazy("看病的人"), {"fields": _WHO}),
        (gettext_lazy("看病和备案"), {"fields": (*_CARE, "scope", "situation", "base_filing")}),
        (gettext_lazy("账单"), {"fields": tuple(f"{name}_fen" for name in BILL)}),
        (
            gettext_lazy("今年已经用掉的"),
            {
                "fields": (*(f"{name}_fen" for name in USED), "account_balance_fen"),
                "classes": ("collapse",),
            },
        ),
        (
            gettext_lazy("应当得出的数"),
            {
                "fields": ("outcome", *(f"expected_{name}" for name in EXPECTED), "ahead"),
                "description": gettext_lazy("只填来源能证明的数，其余留空。单位：元。"),
            },
        ),
        (gettext_lazy("依据"), {"fields": ("clause", "working", "retired_because")}),
    )

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A case is retired with a reason, never removed."""
        return False

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Offer to keep a case ahead of its rule only to whoever may write."""
        if self.has_add_permission(request):
            return self.fieldsets
        return tuple(
            (title, {**options, "fields": tuple(f for f in options["fields"] if f != "ahead")})
            for title, options in self.fieldsets
        )

    @admin.display(description=gettext_lazy("应得"))
    def says(self, case: GoldenCase) -> str:
        given = case.expected()
        parts = [f"{LABELS[name]} {yuan(amount)}" for name, amount in given.items()]
        return "；".join(parts) or str(_OUTCOME_WORDS[case.outcome])

    @admin.display(description=gettext_lazy("按现行规定"))
    def holds(self, case: GoldenCase) -> str:
        if case.retired_because:
            return _("不再使用")
        return _("相符") if deviation(case, terms_in(STORE.get())) is None else _("不符")

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        found = None if obj.retired_because else deviation(obj, terms_in(STORE.get()))
        if found is not None:
            self.message_user(request, _kept_ahead(found), messages.WARNING)


def _kept_ahead(found: Deviation) -> str:
    return _("“%(case)s”按现行规定得不出这些数：涉及它的修订都要写明原因，直到相符。") % {
        "case": found.case
    }
