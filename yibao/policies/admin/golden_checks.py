"""资格算例 in the panel: each is asked under the rules in force before it is saved."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yibao.policies.golden.answers import PARTS, said
from yibao.policies.golden.asking import wrong_answer
from yibao.policies.golden.checking import terms_in
from yibao.policies.golden.loader import STAMP
from yibao.policies.models import GoldenCheck
from yibao.policies.store import STORE
from yibao.regions import queries as regions
from yibao.regions.index import RegionRef
from yibao.regions.scoped_admin import RegionScopedRecordedAdmin

_EXPECTED = (
    "expected_outcome",
    "expected_category",
    "expected_direct",
    "expected_validity",
    "expected_months",
    "expected_change_on",
)


class GoldenCheckForm(forms.ModelForm):
    """Refuses a question that is not answered as it says, unless the officer insists."""

    ahead = forms.BooleanField(
        label=gettext_lazy("先存下来"),
        required=False,
        help_text=gettext_lazy("按现行规定还得不出这个答案，要等新规定发布。"),
    )

    care_code = forms.CharField(
        label=GoldenCheck._meta.get_field("care_code").verbose_name,
        help_text=GoldenCheck._meta.get_field("care_code").help_text,
        max_length=40,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )

    class Meta:
        model = GoldenCheck
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

    def clean_care_code(self) -> str:
        found = regions.find_region(self.cleaned_data["care_code"].strip())
        if not isinstance(found, RegionRef):
            raise ValidationError(_("没有找到这个地方，或同名的不止一个：请填六位区划代码。"))
        return found.code

    def _post_clean(self) -> None:
        """Ask once everything in it is in order."""
        super()._post_clean()  # type: ignore[misc]  # not in the stubs
        if self.errors or self.instance.retired_because or self.cleaned_data.get("ahead"):
            return
        found = wrong_answer(self.instance, terms_in(STORE.get()))
        if found is None:
            return
        for name, code in found.found.items():
            if code != found.expected[name]:
                words = {"said": said(name, code)}
                self.add_error(f"expected_{name}", _("按现行规定是“%(said)s”。") % words)


@admin.register(GoldenCheck)
class GoldenCheckAdmin(RegionScopedRecordedAdmin):
    form = GoldenCheckForm
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
        (
            gettext_lazy("问的是什么"),
            {"fields": ("care_code", "care_type", "reason", "urgency", "stage", "evidence")},
        ),
        (
            gettext_lazy("其他情况"),
            {
                "fields": (
                    "disease",
                    "qualified",
                    "institution",
                    "enrolment",
                    "existing",
                    "existing_category",
                    "existing_since",
                    "existing_until",
                ),
                "classes": ("collapse",),
            },
        ),
        (
            gettext_lazy("应当得出的答案"),
            {
                "fields": (*_EXPECTED, "ahead"),
                "description": gettext_lazy("只填来源能证明的，其余留空。"),
            },
        ),
        (gettext_lazy("依据"), {"fields": ("clause", "working", "retired_because")}),
    )

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A question is retired with a reason, never removed."""
        return False

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Offer to keep one ahead of its rule only to whoever may write."""
        if self.has_add_permission(request):
            return self.fieldsets
        return tuple(
            (title, {**options, "fields": tuple(f for f in options["fields"] if f != "ahead")})
            for title, options in self.fieldsets
        )

    @admin.display(description=gettext_lazy("应得"))
    def says(self, check: GoldenCheck) -> str:
        return "；".join(
            f"{PARTS[name]} {said(name, code)}" for name, code in check.expected().items()
        )

    @admin.display(description=gettext_lazy("按现行规定"))
    def holds(self, check: GoldenCheck) -> str:
        if check.retired_because:
            return _("不再使用")
        return _("相符") if wrong_answer(check, terms_in(STORE.get())) is None else _("不符")

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if not obj.retired_because and wrong_answer(obj, terms_in(STORE.get())) is not None:
            words = _("“%(check)s”按现行规定得不出这个答案：涉及它的修订都要写明原因，直到相符。")
            self.message_user(request, words % {"check": obj}, messages.WARNING)
