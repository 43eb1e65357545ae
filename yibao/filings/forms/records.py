"""What the filer asks for afterwards: an earlier change, the end of a filing, missing papers."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _

from yibao.cases.operations.desk import AskedPaper
from yibao.cases.uploads.fields import PREFIX, UploadField, UploadsForm
from yibao.cases.uploads.queries import UploadRow
from yibao.cases.wizard.papers import paper_words
from yibao.cases.wizard.people import ShortTextField
from yibao.core.forms import BaseForm, ChoiceField, IsoDateField
from yibao.core.templatetags.figures import chinese_date
from yibao.rules.terms import MaterialSlug

MOST_GROUND_SIGNS = 80


class ChangeForm(BaseForm):
    """Why a filing should be changed before its lock is over; asked only then."""

    ground = ShortTextField(
        label=_("为什么要提前变更"),
        help_text=_("例如：已经搬回参保地。由参保地医保经办机构判断行不行。"),
        most=MOST_GROUND_SIGNS,
    )


class CancelForm(BaseForm):
    """From which day the filing should end, and why."""

    REASONS = (
        ("back", _("回参保地住了")),
        ("moved", _("换到别的地方了")),
        ("insurance", _("参保地变了")),
        ("mistake", _("填错了，或不需要了")),
    )

    reason = ChoiceField(choices=REASONS, label=_("为什么取消"))
    wished_on = IsoDateField(label=_("从哪天起取消"))
    ground = ShortTextField(
        label=_("要在能变更的日子以前取消，请写原因"),
        help_text=_("例如：已经搬回参保地。由参保地医保经办机构判断行不行。"),
        most=MOST_GROUND_SIGNS,
        required=False,
    )

    def __init__(self, *args: Any, today: date, change_from: date | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.change_from = change_from
        self.fields["wished_on"].today = today  # type: ignore[attr-defined]
        if change_from is None or change_from <= today:
            del self.fields["ground"]

    def clean_wished_on(self) -> date:
        """A filing that was used cannot be ended for days gone by."""
        day: date = self.cleaned_data["wished_on"]
        if day < self.today:
            raise ValidationError(_("不能从过去的日子取消，请填今天或以后。"), code="past")
        return day

    def clean(self) -> dict[str, Any]:
        """Ask for a ground where the day lies before the lock's end."""
        data = self.cleaned_data
        day = data.get("wished_on")
        is_early = day is not None and self.change_from is not None and day < self.change_from
        if is_early and not data.get("ground") and "ground" not in self.errors:
            words = _("这份备案最早 %(day)s 可以取消。请改日期，或在下面写提前取消的原因。")
            params = {"day": chinese_date(self.change_from)}
            self.add_error("wished_on", ValidationError(words, code="locked", params=params))
        return data

    @property
    def reason_words(self) -> str:
        """The chosen reason as staff read it."""
        return str(dict(self.REASONS)[self.cleaned_data["reason"]])


class AnswerForm(UploadsForm, BaseForm):
    """The papers that the bureau asked for, each with its own field, and a word beside them."""

    note = forms.CharField(
        required=False,
        max_length=300,
        widget=forms.Textarea,
        label=_("要说明的话"),
        error_messages={"max_length": _("最多 300 个字。")},
    )

    def __init__(
        self, *args: Any, items: Sequence[AskedPaper], held: Sequence[UploadRow], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["note"].widget.attrs["rows"] = 4
        for item in items:
            slug = item["material"]
            known = slug in MaterialSlug
            self.fields[f"{PREFIX}{slug}"] = UploadField(
                material=slug,
                held=[row for row in held if row.state != "accepted"],
                label=paper_words(MaterialSlug(slug)) if known else slug,
                help_text=item["why"],
                required=False,
            )
        self.order_fields([name for name in self.fields if name != "note"])

    def papers(self) -> list[BoundField]:
        """Return the papers' fields for the page."""
        return [self[name] for name, _field in self.upload_fields()]
