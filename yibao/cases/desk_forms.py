"""What an officer fills in at the desk, whatever kind the case is."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from yibao.cases.operations.desk import AskedPaper
from yibao.cases.operations.reveal import Why
from yibao.cases.upload_models import Upload

IDENTITY = "identity"
_WHY_SIGNS = 200
_NOTE_SIGNS = 500


class RevealForm(forms.Form):
    """For what the full data are needed."""

    why = forms.ChoiceField(choices=Why.choices, label=_("为什么要看"))


class MarkForm(forms.Form):
    """Whether a file can be used."""

    judgement = forms.ChoiceField(
        choices=[(Upload.State.ACCEPTED, _("可以用")), *Upload.Fault.choices], label=_("这份材料")
    )

    @property
    def state(self) -> Upload.State:
        """The state that the judgement means."""
        return Upload.State.UNREADABLE if self.fault else Upload.State.ACCEPTED

    @property
    def fault(self) -> Upload.Fault | None:
        """Why it cannot be used, None where it can."""
        judged = self.cleaned_data["judgement"]
        return None if judged == Upload.State.ACCEPTED else Upload.Fault(judged)


@dataclass(frozen=True, slots=True)
class AskRow:
    """One paper of the question as the page shows it."""

    asked: forms.BoundField
    why: forms.BoundField


class AskForm(forms.Form):
    """一次性告知: every paper that is missing, each with its reason, in one question.

    `papers` are (slug, name, reason known already or ""); a known reason is ticked at first.
    """

    note = forms.CharField(
        label=_("还要告诉申请人的话"),
        max_length=_NOTE_SIGNS,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("不要写姓名、证件号码、电话和病情：这段话会发给申请人，也会留在办理记录里。"),
    )
    due_on = forms.DateField(
        label=_("请在这天之前补来"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text=_("规定没有写明期限的，可以不填。"),
    )

    def __init__(
        self, data: Any = None, *, papers: Sequence[tuple[str, Any, str]], today: date
    ) -> None:
        super().__init__(data)
        self.today = today
        self._names = {slug: name for slug, name, _reason in papers}
        for slug, name, reason in papers:
            self.fields[f"ask_{slug}"] = forms.BooleanField(
                label=name, required=False, initial=bool(reason)
            )
            self.fields[f"why_{slug}"] = forms.CharField(
                label=_("为什么要补"),
                max_length=_WHY_SIGNS,
                required=False,
                initial=reason,
                widget=forms.TextInput(attrs={"list": "faults", "size": 50}),
            )

    @property
    def rows(self) -> Iterable[AskRow]:
        """The papers with their fields."""
        return [AskRow(self[f"ask_{slug}"], self[f"why_{slug}"]) for slug in self._names]

    @property
    def faults(self) -> list[Any]:
        """Reasons that come up often."""
        return [label for _value, label in Upload.Fault.choices]

    @property
    def items(self) -> list[AskedPaper]:
        """What is asked for, as the operation takes it."""
        return [
            {"material": slug, "why": self.cleaned_data[f"why_{slug}"].strip()}
            for slug in self._names
            if self.cleaned_data[f"ask_{slug}"]
        ]

    @property
    def named_items(self) -> list[tuple[Any, str]]:
        """What is asked for, in the words that the citizen reads."""
        return [(self._names[item["material"]], item["why"]) for item in self.items]

    def clean_due_on(self) -> date | None:
        due_on: date | None = self.cleaned_data["due_on"]
        if due_on is not None and due_on <= self.today:
            raise ValidationError(_("期限要在今天以后，给申请人留出时间。"))
        return due_on

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        for slug in self._names:
            if data.get(f"ask_{slug}") and not data.get(f"why_{slug}", "").strip():
                self.add_error(f"why_{slug}", _("请写明为什么要补，申请人才知道怎么改。"))
        if not any(data.get(f"ask_{slug}") for slug in self._names):
            raise ValidationError(_("请至少勾选一种要补的材料。"))
        return data
