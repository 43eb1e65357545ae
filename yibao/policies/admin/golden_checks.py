"""资格算例 in the panel: each is asked under the rules in force before it is saved."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yibao.policies.admin.known_answers import KnownAnswerAdmin, KnownAnswerForm, ahead_field
from yibao.policies.golden.answers import PARTS, said
from yibao.policies.golden.asking import wrong_answer
from yibao.policies.golden.checking import terms_in
from yibao.policies.models import GoldenCheck
from yibao.policies.store import STORE
from yibao.regions import queries as regions
from yibao.regions.index import RegionRef

_EXPECTED = (
    "expected_outcome",
    "expected_category",
    "expected_direct",
    "expected_validity",
    "expected_months",
    "expected_change_on",
)


class GoldenCheckForm(KnownAnswerForm):
    ahead = ahead_field(gettext_lazy("按现行规定还得不出这个答案，要等新规定发布。"))
    care_code = forms.CharField(
        label=GoldenCheck._meta.get_field("care_code").verbose_name,
        help_text=GoldenCheck._meta.get_field("care_code").help_text,
        max_length=40,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )

    class Meta:
        model = GoldenCheck
        fields = "__all__"

    def clean_care_code(self) -> str:
        found = regions.find_region(self.cleaned_data["care_code"].strip())
        if not isinstance(found, RegionRef):
            raise ValidationError(_("没有找到这个地方，或同名的不止一个：请填六位区划代码。"))
        return found.code

    def refuse_what_is_wrong(self) -> None:
        found = wrong_answer(self.instance, terms_in(STORE.get()))
        if found is None:
            return
        for name, code in found.found.items():
            if code != found.expected[name]:
                words = {"said": said(name, code)}
                self.add_error(f"expected_{name}", _("按现行规定是“%(said)s”。") % words)


@admin.register(GoldenCheck)
class GoldenCheckAdmin(KnownAnswerAdmin):
    form = GoldenCheckForm
    ahead_words = gettext_lazy(
        "“%(case)s”按现行规定得不出这个答案：涉及它的修订都要写明原因，直到相符。"
    )
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

    @admin.display(description=gettext_lazy("应得"))
    def says(self, check: GoldenCheck) -> str:
        return "；".join(
            f"{PARTS[name]} {said(name, code)}" for name, code in check.expected().items()
        )

    def is_right(self, obj: Any) -> bool:
        return wrong_answer(obj, terms_in(STORE.get())) is None
