"""算例 in the panel: each is tried on the rules in force before it is saved."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yibao.core.templatetags.figures import yuan
from yibao.policies.admin.known_answers import KnownAnswerAdmin, KnownAnswerForm, ahead_field
from yibao.policies.golden.checking import LABELS, deviation, terms_in
from yibao.policies.models import GoldenCase
from yibao.policies.models.golden import BILL, EXPECTED, OUTCOMES, USED
from yibao.policies.store import STORE

_OUTCOME_WORDS = dict(OUTCOMES)
_WHO = ("group", "age", "tier", "aid_group", "civil_servant")
_CARE = ("care_type", "level", "institution_class", "disease", "treatment", "severity", "admission")


class GoldenCaseForm(KnownAnswerForm):
    ahead = ahead_field(gettext_lazy("按现行规定还得不出这些数，要等新规定发布。"))

    class Meta:
        model = GoldenCase
        fields = "__all__"

    def refuse_what_is_wrong(self) -> None:
        found = deviation(self.instance, terms_in(STORE.get()))
        if found is None:
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
class GoldenCaseAdmin(KnownAnswerAdmin):
    form = GoldenCaseForm
    ahead_words = gettext_lazy(
        "“%(case)s”按现行规定得不出这些数：涉及它的修订都要写明原因，直到相符。"
    )
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

    @admin.display(description=gettext_lazy("应得"))
    def says(self, case: GoldenCase) -> str:
        given = case.expected()
        parts = [f"{LABELS[name]} {yuan(amount)}" for name, amount in given.items()]
        return "；".join(parts) or str(_OUTCOME_WORDS[case.outcome])

    def is_right(self, obj: Any) -> bool:
        return deviation(obj, terms_in(STORE.get())) is None
