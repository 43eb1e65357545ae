"""What visitors type on the pages of guides."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from yibao.core.forms import BaseForm, ChoiceField, RegionField
from yibao.guides.models import Fault
from yibao.policies.labels import choices
from yibao.regions import queries as regions
from yibao.regions.index import RegionRef
from yibao.rules.terms import InsuranceType

NOTE_SIGNS = 200


def _pooling(place: Any) -> RegionRef | None:
    """Return the pooling region of a typed place. Raises ValidationError for a whole province."""
    if place is None:
        return None
    region = regions.resolve(place.code)
    if not region.is_pooling:
        words = _("“%(name)s”范围太大，请填到城市。")
        raise ValidationError(words, code="too_wide", params={"name": place.full_name})
    return region


class LocalForm(BaseForm):
    """Whose rules a guide shows."""

    insured = RegionField(
        find=regions.find_region,
        label=_("参保地"),
        help_text=_("医保交在哪里，例如“烟台”"),
        required=False,
    )
    insurance = ChoiceField(
        choices=[("", _("两种都看")), *choices(InsuranceType)],
        label=_("医保类型"),
        is_inline=True,
        required=False,
    )

    def clean_insured(self) -> RegionRef | None:
        return _pooling(self.cleaned_data["insured"])

    def clean_insurance(self) -> InsuranceType | None:
        given = self.cleaned_data["insurance"]
        return InsuranceType(given) if given else None


class DirectoryForm(BaseForm):
    """Whose agencies the directory shows; a province will do."""

    region = RegionField(
        find=regions.find_region,
        label=_("哪个地方的"),
        help_text=_("填参保地，例如“烟台”。参保地的事要问参保地。"),
        required=False,
    )

    def clean_region(self) -> RegionRef | None:
        place = self.cleaned_data["region"]
        return regions.resolve(place.code) if place else None


class ReportForm(BaseForm):
    """What is wrong with a channel. Nothing about the visitor is asked."""

    fault = ChoiceField(choices=Fault.choices, label=_("哪里不对？"))
    note = forms.CharField(
        label=_("您知道正确的吗？"),
        help_text=_("例如新的号码。请不要写姓名、证件号码和病情。"),
        max_length=NOTE_SIGNS,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"max_length": _("太长了，请写短一点。")},
    )
