"""The first and the last step: what is agreed to, and a last look at everything."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from yibao.cases.operations.cases import ConsentGiven
from yibao.cases.texts import Text
from yibao.cases.vocabulary import Purpose
from yibao.cases.wizard.engine import Row, Step, StepForm


def tick(words: Any, missing: Any) -> forms.BooleanField:
    """Return a box that has to be ticked, never ticked beforehand."""
    field = forms.BooleanField(label=words, error_messages={"required": missing})
    field.widget.attrs["autocomplete"] = "off"
    return field


class AgreeForm(StepForm):
    """Two ticks: the notice, and sensitive data apart from it (个人信息保护法 article 29)."""

    notice: Text
    sensitive: Text

    agree_notice = tick(
        _("我已经看过告知书，愿意遵守"), _("请看完告知书再打勾；不打勾就不能在这里办。")
    )
    consent_sensitive = tick(
        _("我单独同意为办理这件事处理敏感个人信息"),
        _("不同意就不能在网上办，可以到参保地医保窗口办。"),
    )

    @classmethod
    def consents(cls, at: datetime) -> tuple[ConsentGiven, ...]:
        """Return the two consents as a case keeps them."""
        texts = {Purpose.NOTICE: cls.notice, Purpose.SENSITIVE: cls.sensitive}
        return tuple(
            ConsentGiven(purpose, text.version, text.sha256, at) for purpose, text in texts.items()
        )


@dataclass(frozen=True, slots=True)
class Part:
    """The answers of one step."""

    step: Step
    rows: tuple[Row, ...]


class LastLookForm(StepForm):
    """The last step; a subclass asks about what the case itself calls for."""

    def parts(self) -> tuple[Part, ...]:
        """Return all answers, step by step."""
        steps = self.walk.wizard.steps[1:-1]
        return tuple(Part(step, tuple(self.walk.form(step.slug).rows())) for step in steps)
