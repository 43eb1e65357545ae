"""The notice and the two consents; the contact, with the address that a long stay needs."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from yibao.cases.wizard.engine import StepForm
from yibao.cases.wizard.people import ContactForm
from yibao.filings.notices import NOTICE, SENSITIVE, Text
from yibao.rules.terms import LONG_TERM_CATEGORIES


def _tick(words: Any, missing: Any) -> forms.BooleanField:
    field = forms.BooleanField(label=words, error_messages={"required": missing})
    field.widget.attrs["autocomplete"] = "off"
    return field


class NoticeForm(StepForm):
    """Two ticks, never set beforehand: the notice, and sensitive data apart from it."""

    notice: Text = NOTICE
    sensitive: Text = SENSITIVE

    agree_notice = _tick(
        _("我已经看过告知书，愿意遵守"), _("请看完告知书再打勾；不打勾就不能在这里办。")
    )
    consent_sensitive = _tick(
        _("我单独同意为办理备案处理敏感个人信息"),
        _("不同意就不能在网上办，可以到参保地医保窗口办。"),
    )


class FilingContactForm(ContactForm):
    """The contact; who moves for long says where they live."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        category = self.walk.cleaned("places").get("category")
        address = self.fields["address"]
        address.label = _("在就医地的住址")
        if category in LONG_TERM_CATEGORIES:
            address.required = True
            address.error_messages["required"] = _("长期在外地的，请填写在那里住的地址。")
