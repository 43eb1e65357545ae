"""The form on which a reader says that a figure is wrong."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from yibao.core.forms import BaseForm
from yibao.policies.corrections.figures import Figure

PROPOSED_SIGNS = DOCUMENT_SIGNS = 300
CONTACT_SIGNS = 100
_TOO_LONG = {"max_length": _("太长了，请写短一点。"), "required": _("请填写这一项。")}


class CorrectionForm(BaseForm):
    """Which figure, what it should be, and by which document; a way back is optional."""

    row = forms.ChoiceField(
        label=_("哪一条不对"),
        required=False,
        error_messages={"invalid_choice": _("这一条刚刚改过，请在新的内容里重新选。")},
    )
    proposed = forms.CharField(
        label=_("应该是什么"),
        help_text=_("例如“三级医院应是 70%”。请不要写姓名、证件号码和病情。"),
        max_length=PROPOSED_SIGNS,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages=_TOO_LONG,
    )
    document = forms.CharField(
        label=_("依据哪份文件"),
        help_text=_("文件名称、文号，或者网页地址。没有依据就没法核对。"),
        max_length=DOCUMENT_SIGNS,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages=_TOO_LONG,
    )
    contact = forms.CharField(
        label=_("电话或邮箱"),
        help_text=_("只在看不懂时问您，加密保存，处理完就删除。不留也一样处理。"),
        max_length=CONTACT_SIGNS,
        required=False,
        error_messages=_TOO_LONG,
    )
    website = forms.CharField(required=False, max_length=200)
    """Nobody sees it: only programs fill it in."""

    def __init__(self, *args: Any, figures: Iterable[Figure], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["row"].choices = [  # type: ignore[attr-defined]
            ("", _("没有列出来的，或者整页")),
            *((figure.row_id, figure.short) for figure in figures),
        ]

    @property
    def is_from_a_program(self) -> bool:
        return bool(self.data.get("website"))
