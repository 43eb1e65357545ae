"""What somebody types to find their case, and to prove that it is theirs."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from yibao.core.forms import BaseForm, ChoiceField, TypedField


class ShortField(TypedField):
    """A short text, half-width and trimmed; nothing about it is judged here."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        attributes = {"autocomplete": "off", "spellcheck": "false", "autocapitalize": "characters"}
        self.widget.attrs = {**attributes, **self.widget.attrs}

    def read(self, text: str) -> str:
        """Return the text."""
        return text


class StatusForm(BaseForm):
    """The reference and the last six signs of the paper's number (decisions.md 21)."""

    reference = ShortField(
        label=_("编号"),
        help_text=_("提交时给您的，例如 YB-7K3Q-94XM-TR2D。大小写、横线、空格都不要紧。"),
        error_messages={"required": _("请填写编号。")},
    )
    id_last6 = ShortField(
        label=_("证件号码的最后六位"),
        help_text=_("看病那个人的证件号码。最后一位是 X 的，也算一位。"),
        error_messages={"required": _("请填写证件号码的最后六位。")},
    )


class CopyForm(BaseForm):
    """Proof for a full copy: what is masked everywhere else is in it."""

    id_number = ShortField(
        label=_("完整的证件号码"), error_messages={"required": _("请填写完整的证件号码。")}
    )
    phone = ShortField(label=_("申请时留的手机号"), help_text=_("没有留的不用填。"), required=False)
    form = ChoiceField(
        label=_("格式"),
        choices=[("html", _("网页（能打开看、能打印）")), ("json", _("数据文件（JSON）"))],
        initial="html",
    )
