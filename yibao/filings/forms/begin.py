"""The notice, the person, and the contact with the address that a long stay needs."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from yibao.cases.personal import lookup_hashes
from yibao.cases.wizard.agreeing import AgreeForm
from yibao.cases.wizard.people import ContactForm, PersonForm
from yibao.filings.notices import NOTICE, SENSITIVE
from yibao.rules.terms import LONG_TERM_CATEGORIES


class NoticeForm(AgreeForm):
    """The texts of a filing."""

    notice = NOTICE
    sensitive = SENSITIVE


class FilingPersonForm(PersonForm):
    """The person; a change or renewal is of the same person's filing."""

    def clean(self) -> dict[str, Any]:
        """Compare the number with the one of the filing that is to be replaced."""
        data = super().clean()
        draft = self.walk.draft
        number = data.get("id_number")
        if draft is None or draft.replaces is None or not number or "id_number" in self.errors:
            return data
        if draft.replaces.person.id_lookup not in lookup_hashes(number):
            words = _("这和原备案不是同一个人。要给别人办，请另外新办一份。")
            self.add_error("id_number", ValidationError(words, code="other_person"))
        return data


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
