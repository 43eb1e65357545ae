"""The notice and the two consents; the contact, with the address that a long stay needs."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from yibao.cases.wizard.agreeing import AgreeForm
from yibao.cases.wizard.people import ContactForm
from yibao.filings.notices import NOTICE, SENSITIVE
from yibao.rules.terms import LONG_TERM_CATEGORIES


class NoticeForm(AgreeForm):
    """The texts of a filing."""

    notice = NOTICE
    sensitive = SENSITIVE


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
