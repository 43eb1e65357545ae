"""The resume code: how it is typed and shown."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from yibao.cases.id_numbers import normalised
from yibao.core.forms import BaseForm, TypedField

GROUP = 4


class ResumeCodeField(TypedField):
    """A code in any spelling: spaces, dashes, small letters and full-width signs are forgiven."""

    default_error_messages = {"required": _("请输入续办码。")}

    def read(self, text: str) -> str:
        """Return the code as it was made."""
        return normalised(text)


class ResumeForm(BaseForm):
    """Open a draft again."""

    resume_code = ResumeCodeField(
        label=_("续办码"),
        help_text=_("12 位字母和数字，点“保存，以后再填”时给您的。"),
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["resume_code"].widget.attrs.update(
            {"autocomplete": "off", "spellcheck": "false", "autocapitalize": "characters"}
        )

    def refuse(self, words: str) -> None:
        """Put an error beside the code."""
        self.add_error("resume_code", ValidationError(words))


def grouped(code: str) -> str:
    """Return a code as people copy it.

    >>> grouped("7K3Q94XMTR2D")
    '7K3Q-94XM-TR2D'
    """
    return "-".join(code[start : start + GROUP] for start in range(0, len(code), GROUP))
