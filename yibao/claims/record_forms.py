"""What the filer of a claim asks for afterwards: a second look, another account."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from yibao.cases.uploads.fields import PREFIX, UploadField, UploadsForm
from yibao.cases.uploads.queries import UploadRow
from yibao.cases.wizard.people import ShortTextField
from yibao.claims.models import Objection
from yibao.claims.operations.objections import TEXT_SIGNS
from yibao.core.forms import BaseForm


class ObjectionForm(UploadsForm, BaseForm):
    """Why the person does not agree, and papers that show it."""

    text = forms.CharField(
        max_length=TEXT_SIGNS,
        widget=forms.Textarea(attrs={"rows": 8}),
        label=_("您不同意什么，为什么"),
        help_text=_("写明是哪一项、您认为应该怎样。不用写姓名和证件号码。"),
        error_messages={
            "required": _("请写明您不同意什么，为什么。"),
            "max_length": _("最多 2000 个字，其余的可以作为材料上传。"),
        },
    )

    def __init__(self, *args: Any, held: Sequence[UploadRow] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields[f"{PREFIX}{Objection.MATERIAL}"] = UploadField(
            material=Objection.MATERIAL,
            held=[row for row in held if row.material == Objection.MATERIAL],
            label=_("证明材料（可以不传）"),
            required=False,
        )


class AccountForm(BaseForm):
    """The account that the money should go to instead."""

    bank_name = ShortTextField(label=_("开户银行"), most=60)
    bank_account = forms.RegexField(
        regex=r"^[0-9]{8,30}$",
        label=_("收款账号"),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={
            "required": _("请填写收款账号。"),
            "invalid": _("账号只能是 8 到 30 位数字，请对照银行卡核对。"),
        },
    )
    account_holder = ShortTextField(
        label=_("户名"), help_text=_("和银行卡上的姓名一字不差。"), most=60
    )

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        if data is not None and data.get("bank_account"):
            data = data.copy()
            data["bank_account"] = "".join(data["bank_account"].split()).replace("-", "")
        super().__init__(data, **kwargs)
