"""The questions of the policy pages: a day, two regions, an insurance type."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from yibao.core.forms import BaseForm, ChoiceField, IsoDateField, RegionField
from yibao.policies.labels import choices
from yibao.regions.queries import find_region
from yibao.rules.terms import InsuranceType


class DayForm(BaseForm):
    """The day for which rules are shown; today where none is given."""

    on = IsoDateField(label=_("看哪一天的规定"), required=False)

    def __init__(self, data: Mapping[str, Any] | None, *, today: date, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.today = today
        self.fields["on"].today = today  # type: ignore[attr-defined]  # an IsoDateField

    @property
    def day(self) -> date:
        """The day asked for; call it on a valid form only."""
        day: date | None = self.cleaned_data.get("on")
        return day or self.today


class CompareForm(DayForm):
    """Two regions and an insurance type."""

    a = RegionField(label=_("第一个地方"), find=find_region)
    b = RegionField(label=_("第二个地方"), find=find_region)
    insurance = ChoiceField(label=_("医保类型"), choices=choices(InsuranceType), is_inline=True)
    field_order = ("a", "b", "insurance", "on")
