"""What the list of days is asked with: the names of the check, so that its answers go along."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from yibao.core.forms import BaseForm, ChoiceField, IsoDateField, RegionField
from yibao.core.people import carried
from yibao.deadlines.queries import Situation
from yibao.policies.labels import choices
from yibao.regions import queries as regions
from yibao.regions.care import find_care
from yibao.rules.deadlines import DeadlineFacts
from yibao.rules.facts import Evidence
from yibao.rules.terms import CareType, FilingCategory, InsuranceType, Scope

NOT_FILED = "none"
REQUIRED = ("insured", "insurance")
_PLACES = ("insured", "care")
_WAYS = (Evidence.PROOF, Evidence.COMMITMENT)
_WAY_WORDS = {
    Evidence.PROOF: _("交了证明材料"),
    Evidence.COMMITMENT: _("签了承诺书"),
}


def _select(options: list[tuple[str, Any]], name: Any, blank: Any) -> ChoiceField:
    field = ChoiceField(choices=[("", blank), *options], label=name, required=False)
    field.kind = "select"  # type: ignore[attr-defined]
    return field


class DeadlinesForm(BaseForm):
    """A field that is absent was not asked yet. `clean` builds `situation` once it can."""

    insured = RegionField(
        find=regions.find_region,
        label=_("医保交在哪里（参保地）"),
        help_text=_("填城市名，例如“烟台”。"),
        required=False,
    )
    insurance = ChoiceField(
        choices=choices(InsuranceType),
        label=_("参加的是哪种医保"),
        is_inline=True,
        required=False,
    )
    care = RegionField(
        find=find_care,
        label=_("在哪里看病"),
        help_text=_("填城市名，例如“成都”。不填就按跨省算。"),
        required=False,
    )
    care_type = _select(choices(CareType), _("看的是什么"), _("没有填（按住院算）"))
    existing_category = _select(
        [(NOT_FILED, _("没有备案")), *choices(FilingCategory)],
        _("办了哪种备案"),
        _("没有填"),
    )
    existing_evidence = _select(
        [(way.value, _WAY_WORDS[way]) for way in _WAYS], _("备案时交了什么"), _("不清楚")
    )
    existing_since = IsoDateField(
        label=_("备案从哪天起有效"), help_text=_("备案记录上写的开始日期"), required=False
    )
    on = IsoDateField(
        label=_("哪天出院（门诊：哪天看的）"),
        help_text=_("费用还没直接结算、要自己去报的，填这一天"),
        required=False,
    )

    def __init__(self, data: Mapping[str, Any], *, today: date) -> None:
        super().__init__(data)
        self.today = today
        for name in ("existing_since", "on"):
            self.fields[name].today = today  # type: ignore[attr-defined]
        self.situation: Situation | None = None

    def answers(self) -> dict[str, str]:
        """Return what was answered without an error, and for whom, for links."""
        found = {}
        for name in self.fields:
            value = self.cleaned_data.get(name)
            if value and name not in self.errors:
                found[name] = value.code if name in _PLACES else str(value)
        return found | carried(self.data)

    def clean(self) -> dict[str, Any]:
        """Refuse blanks in what the list needs, and places that are too wide to tell."""
        for name in REQUIRED:
            if name in self.data and not str(self.data[name]).strip():
                self.add_error(name, self.fields[name].error_messages["required"])
        scope = self._scope()
        if not self.errors and all(self.cleaned_data.get(name) for name in REQUIRED):
            self.situation = self._build(scope)
        return self.cleaned_data

    def _scope(self) -> Scope:
        insured, care = (self.cleaned_data.get(name) for name in _PLACES)
        if insured and not regions.resolve(insured.code).is_pooling:
            self._refuse_as_too_wide("insured", insured)
        elif care and care.is_outside:
            return Scope.ABROAD
        elif insured and care:
            try:
                return regions.scope(insured.code, care.code)
            except regions.UnknownRegion:
                self._refuse_as_too_wide("care", care)
        return Scope.CROSS_PROVINCE

    def _refuse_as_too_wide(self, name: str, place: Any) -> None:
        words = _("“%(name)s”范围太大，请选到城市。") % {"name": place.full_name}
        self.add_error(name, ValidationError(words, code="too_wide"))

    def _build(self, scope: Scope) -> Situation:
        given = self.cleaned_data
        category = given["existing_category"]
        facts = DeadlineFacts(
            on=self.today,
            insurance=InsuranceType(given["insurance"]),
            scope=scope,
            care_type=CareType(given["care_type"] or CareType.INPATIENT),
            category=FilingCategory(category) if category not in ("", NOT_FILED) else None,
            evidence=Evidence(given["existing_evidence"] or Evidence.UNKNOWN),
            filed_on=given["existing_since"],
            paid_on=given["on"],
        )
        return Situation(facts, regions.resolve(given["insured"].code).code, self.today)
