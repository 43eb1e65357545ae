"""What an officer fills in to decide a filing."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from yibao.filings.operations.review import Term
from yibao.filings.refusals import REFUSALS

_REASON_SIGNS = 200
_NOTE_SIGNS = 500
_PRIVATE = _("不要写姓名、证件号码、电话和病情。")


def _day(**kwargs: Any) -> forms.DateField:
    return forms.DateField(
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}), **kwargs
    )


class AcceptForm(forms.Form):
    """The term of an accepted filing; it may differ from the rule's for a reason."""

    starts_on = _day(label=_("开始日期"))
    ends_on = _day(label=_("截止日期（含当天）"), required=False, help_text=_("长期有效的留空。"))
    change_from = _day(label=_("最早可变更日期"), required=False, help_text=_("规定没有写的留空。"))
    reason = forms.CharField(
        label=_("改动日期的原因"),
        max_length=_REASON_SIGNS,
        required=False,
        help_text=_("日期和规定算出的一样时不用填。"),
    )

    def __init__(self, data: Any = None, *, by_rule: Term) -> None:
        super().__init__(
            data,
            initial={
                "starts_on": by_rule.starts_on,
                "ends_on": by_rule.ends_on,
                "change_from": by_rule.change_from,
            },
        )
        self.by_rule = by_rule

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        starts_on, ends_on = data.get("starts_on"), data.get("ends_on")
        if starts_on and ends_on and ends_on < starts_on:
            self.add_error("ends_on", _("截止日期不能早于开始日期。"))
        if not self.errors and self.is_moved and not data["reason"].strip():
            self.add_error("reason", _("日期和规定算出的不一样，请写明原因。"))
        return data

    @property
    def is_moved(self) -> bool:
        """Whether a date differs from the rule's."""
        return any(
            self.cleaned_data.get(name) != getattr(self.by_rule, name)
            for name in ("starts_on", "ends_on", "change_from")
        )

    @property
    def term(self) -> Term:
        """The term as decided; a day set by hand where the rule gave another is `set`."""
        data = self.cleaned_data
        is_same_end = data["ends_on"] == self.by_rule.ends_on
        return Term(
            starts_on=data["starts_on"],
            ends_on=data["ends_on"],
            validity=self.by_rule.validity
            if is_same_end
            else ("set" if data["ends_on"] else "indefinite"),
            change_from=data["change_from"],
        )


class RefuseForm(forms.Form):
    """Why a filing is refused."""

    code = forms.ChoiceField(
        label=_("原因"),
        choices=[("", _("请选择")), *((code, one.words) for code, one in REFUSALS.items())],
    )
    note = forms.CharField(
        label=_("还要告诉申请人的话"),
        max_length=_NOTE_SIGNS,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_PRIVATE,
    )


class CancelForm(forms.Form):
    """The answer to a wish to cancel."""

    ended_on = _day(label=_("从这天起不再有效"), required=False)
    note = forms.CharField(
        label=_("答复或提前取消的理由"),
        max_length=_NOTE_SIGNS,
        required=False,
        help_text=_PRIVATE,
    )

    def __init__(self, data: Any = None, *, earliest: date | None, wished: date) -> None:
        super().__init__(data, initial={"ended_on": max(wished, earliest or wished)})

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if "refuse" in self.data and not data.get("note", "").strip():
            self.add_error("note", _("不同意取消的，请写明理由。"))
        if "agree" in self.data and data.get("ended_on") is None and "ended_on" not in self.errors:
            raise ValidationError(_("请填写从哪天起不再有效。"))
        return data
