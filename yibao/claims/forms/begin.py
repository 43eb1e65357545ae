"""The notice of a claim, and the account that the money goes to."""

import re
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from yibao.cases.id_numbers import masked_number
from yibao.cases.vocabulary import HelperRole
from yibao.cases.wizard.agreeing import AgreeForm
from yibao.cases.wizard.engine import Row
from yibao.cases.wizard.people import ContactForm, NameField, ShortTextField
from yibao.claims.notices import NOTICE, SENSITIVE
from yibao.core.forms import TypedField

_ACCOUNT = re.compile(r"\d{8,30}", re.ASCII)
_FILLERS = re.compile(r"[\s\-–—]")


class ClaimNoticeForm(AgreeForm):
    """The texts of a claim."""

    notice = NOTICE
    sensitive = SENSITIVE


class AccountField(TypedField):
    """A bank account's number: digits; spaces and dashes are forgiven. No check sign is
    judged: passbooks have none."""

    default_error_messages = {
        "required": _("请填写银行账号，报销的钱打到这里。"),
        "invalid": _("银行账号只有数字，一般 12 到 19 位。请对照银行卡或存折重新输入。"),
    }

    def read(self, text: str) -> str:
        """Return the digits."""
        digits = _FILLERS.sub("", text)
        if not _ACCOUNT.fullmatch(digits):
            raise self.refuse("invalid")
        return digits


class AccountForm(ContactForm):
    """Where the money goes, and how to reach whoever claims."""

    bank_name = ShortTextField(
        label=_("开户银行"), help_text=_("写到支行，例如“中国工商银行烟台南大街支行”。"), most=60
    )
    bank_account = AccountField(label=_("银行账号"))
    account_holder = NameField(
        label=_("户名"), help_text=_("要用本人的账户；未满 18 岁的可以用监护人的。")
    )

    field_order = (
        "bank_name", "bank_account", "account_holder", "phone", "address", "notify", "email",
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("bank_account", "account_holder"):
            self.fields[name].widget.attrs.update({"autocomplete": "off", "spellcheck": "false"})
        self.fields["bank_account"].widget.attrs["inputmode"] = "numeric"

    def clean(self) -> dict[str, Any]:
        """Let the money go to the person alone, or to a minor's guardian."""
        data = super().clean()
        holder, person = data.get("account_holder"), self.walk.cleaned("person")
        if not holder or not person:
            return data
        allowed = [person["name"]]
        if person["is_minor"] and person["helper"] == HelperRole.RELATIVE:
            allowed.append(person["helper_name"])
        if holder not in allowed:
            words = _("户名要和前面填的姓名一字不差。本人没有账户的，请到参保地窗口办。")
            self.add_error("account_holder", ValidationError(words, code="other_name"))
        return data

    def rows(self) -> Iterable[Row]:
        """Return the answers; the number masked, since the page may be printed."""
        masked = self.fields["bank_account"].label
        for row in super().rows():
            yield Row(row.label, masked_number(row.value)) if row.label == masked else row
