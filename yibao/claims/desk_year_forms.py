"""What an officer types of care that was settled elsewhere."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from yibao.cases.desk_case import material_words
from yibao.cases.uploads.queries import uploads_of_case
from yibao.claims.models import Claim
from yibao.claims.operations.year_additions import Elsewhere
from yibao.claims.queries.year import years_of
from yibao.core.forms import YuanField
from yibao.estimates.wording import CARE_TYPE_LABELS
from yibao.rules.terms import CareType

MONEY = {
    "pooled_fen": (_("统筹基金支付（元）"), ""),
    "deductible_fen": (_("起付线（元）"), _("那次已经扣过的起付标准")),
    "in_scope_fen": (_("符合政策范围（元）"), ""),
    "large_fen": (_("大额医疗补助（元）"), ""),
    "critical_fen": (_("大病保险（元）"), ""),
    "self_pay_fen": (_("合规自付（元）"), _("大病保险起付线要累计的个人负担")),
}
"""The amounts by their columns: label and help, as the settlement sheet names them."""

_MOST_STAYS = 1


class AdditionForm(forms.Form):
    """One settlement elsewhere: the day, the amounts of its sheet, and where they stand."""

    on = forms.DateField(
        label=_("出院或看病的日期"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    care_type = forms.ChoiceField(
        label=_("看什么"),
        choices=[(each.value, CARE_TYPE_LABELS.lazy[each]) for each in CareType],
    )
    stays = forms.IntegerField(
        label=_("算几次住院"),
        min_value=0,
        max_value=_MOST_STAYS,
        initial=0,
        required=False,
        help_text=_("住院填 1，门诊、买药填 0。第几次住院会影响起付线。"),
    )
    source = forms.CharField(
        label=_("依据"),
        max_length=200,
        widget=forms.TextInput(attrs={"size": 60}),
        help_text=_("在哪里看到的，例如“2026-03-05 某医院结算单第 2 页”“国家平台查询，某日”。"),
        error_messages={"required": _("请写明依据：同事要照着它再核对一遍。")},
    )
    evidence = forms.ChoiceField(label=_("依据的材料"), required=False)

    def __init__(self, data: Any = None, *, claim: Claim, today: date) -> None:
        super().__init__(data, initial={"on": claim.on, "care_type": claim.care_type})
        self.years, self.today = years_of(claim), today
        for name, (label, help_text) in MONEY.items():
            self.fields[name] = YuanField(label=label, help_text=help_text, required=False)
        self.fields["evidence"].choices = [  # type: ignore[attr-defined]
            ("", _("不在这一件的材料里")),
            *(
                (row.id, f"{material_words(row.material)} {row.number}")
                for row in uploads_of_case(claim.case)
            ),
        ]
        self.order_fields(["on", "care_type", "stays", *MONEY, "source", "evidence"])

    def clean_on(self) -> date:
        """A day gone by, of a year that this claim looks at."""
        on: date = self.cleaned_data["on"]
        if on > self.today:
            raise ValidationError(_("日期不能晚于今天。"))
        if on.year not in self.years:
            words = _("这一件只看 %(years)s 年的累计，别的年度不影响它。")
            years = _("、").join(str(year) for year in self.years)
            raise ValidationError(words, params={"years": years})
        return on

    def clean(self) -> dict[str, Any]:
        """Something must have been used up, and no more of the fund than was in scope."""
        data = super().clean() or {}
        amounts = {name: data.get(name) or 0 for name in (*MONEY, "stays")}
        if not self.errors and not any(amounts.values()):
            raise ValidationError(_("至少填一项金额，或住院次数。"))
        if amounts["in_scope_fen"] and amounts["pooled_fen"] > amounts["in_scope_fen"]:
            self.add_error("pooled_fen", _("统筹基金支付不会比符合政策范围的金额多，请核对。"))
        data["amounts"] = amounts
        return data

    @property
    def found(self) -> Elsewhere:
        """What the operation takes."""
        data = self.cleaned_data
        return Elsewhere(
            on=data["on"],
            care_type=CareType(data["care_type"]),
            amounts=data["amounts"],
            source=data["source"],
            evidence=data["evidence"],
        )
