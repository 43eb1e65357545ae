"""Forms of the desk: begin a revision, schedule it, take a workbook back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.apps import apps
from django.contrib.admin.widgets import AdminDateWidget, AdminSplitDateTime
from django.utils.translation import gettext_lazy as _

from yibao.policies.desk.spreadsheet import MAX_BYTES
from yibao.policies.models.revision import INSURANCE_CHOICES
from yibao.regions import queries as regions


class StartForm(forms.Form):
    """The document first, then for whom and from which day."""

    document: forms.ModelChoiceField[Any] = forms.ModelChoiceField(
        label=_("依据的文件"),
        queryset=None,
        help_text=_("先在“依据文件”里登记文件和条文，再来这里选。"),
    )
    region = forms.ChoiceField(label=_("统筹区"))
    insurance = forms.ChoiceField(label=_("险种"), choices=INSURANCE_CHOICES, required=False)
    title = forms.CharField(label=_("标题"), max_length=120)
    starts_on = forms.DateField(
        label=_("从哪天起改"),
        widget=AdminDateWidget,
        help_text=_("新规定的第一天。草稿从这天在效的规定改起，没有改的不动。"),
    )
    announced_on = forms.DateField(label=_("公布日期"), widget=AdminDateWidget, required=False)

    def __init__(self, *args: Any, codes: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        documents = apps.get_model("sources", "Document")._default_manager
        self.fields["document"].queryset = documents.order_by("-published_on", "slug")  # type: ignore[attr-defined]
        self.fields["region"].choices = [  # type: ignore[attr-defined]
            (code, regions.get_region(code).name) for code in codes
        ]


class ScheduleForm(forms.Form):
    moment = forms.SplitDateTimeField(label=_("发布时间"), widget=AdminSplitDateTime)


class SheetForm(forms.Form):
    file = forms.FileField(
        label=_("表格"),
        help_text=_("从本草稿导出、改过的 xlsx 文件。"),
        widget=forms.FileInput(attrs={"accept": ".xlsx"}),
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MAX_BYTES:
            raise forms.ValidationError(_("文件太大。"))
        return file
