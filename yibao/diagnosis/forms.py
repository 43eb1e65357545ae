"""What a diagnosis may be asked with. Every field may be absent; blank or malformed is an error
beside it where the page itself asks for it (decisions.md 20)."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from yibao.core.forms import BaseForm, ChoiceField, IsoDateField, RegionField
from yibao.core.people import carried
from yibao.diagnosis import queries, wording
from yibao.diagnosis.queries import Trouble
from yibao.regions import queries as regions
from yibao.regions.care import find_care
from yibao.rules.diagnosis import QUESTIONS, START, Cause, DiagnosisFacts
from yibao.rules.facts import Stage
from yibao.rules.terms import CareType, InsuranceType, Scope

_PLACES = ("insured", "care")
_NOT_BLANK = ("symptom", "stage")
REFINING = ("insured", "insurance", "care", "care_type", "on")
"""Questions that make a leaf more exact; none is needed for one."""


def _select(words: wording.Words, label: Any) -> ChoiceField:
    field = ChoiceField(choices=[("", _("没有填")), *words.items()], label=label, required=False)
    field.kind = "select"  # type: ignore[attr-defined]
    return field


class DiagnosisForm(BaseForm):
    """The answers in the address. `clean` builds `trouble` once the cause is known."""

    symptom = ChoiceField(
        choices=[(code, code) for code in (*QUESTIONS, *Cause)],
        label=_("窗口怎么说？"),
        required=False,
    )
    stage = ChoiceField(
        choices=list(wording.STAGE.items()), label=_("钱付了没有？"), required=False
    )
    insured = RegionField(
        find=regions.find_region,
        label=_("医保交在哪里（参保地）"),
        help_text=_("填城市名，例如“烟台”。"),
        required=False,
    )
    insurance = _select(wording.INSURANCE, _("参加的是哪种医保"))
    care = RegionField(
        find=find_care,
        label=_("在哪里看病"),
        help_text=_("填城市名，例如“成都”。国外、港澳台填“境外”。"),
        required=False,
    )
    care_type = _select(wording.CARE_TYPE, _("看的是什么"))
    on = IsoDateField(label=_("看病的日子"), help_text=_("不填就按今天"), required=False)

    def __init__(self, data: Mapping[str, Any], *, today: date) -> None:
        super().__init__(data)
        self.today = today
        self.fields["on"].today = today  # type: ignore[attr-defined]
        self.trouble: Trouble | None = None

    @property
    def symptom_now(self) -> str:
        """The question or cause that was reached; the start where none was."""
        return str(self.cleaned_data.get("symptom") or START)

    def answers(self, *, without: Iterable[str] = ()) -> dict[str, str]:
        """Return what was answered without an error, and for whom, in the order of links."""
        left_out = frozenset(without) | set(self.errors)
        found = {}
        for name in self.fields:
            value = self.cleaned_data.get(name)
            if value and name not in left_out:
                found[name] = value.code if name in _PLACES else str(value)
        return found | carried(self.data)

    def shown_answer(self, name: str) -> str:
        """Return an answer in words, "" where there is none."""
        value = self.cleaned_data.get(name)
        if not value:
            return ""
        if name in _PLACES:
            return str(value.full_name)
        if isinstance(value, date):
            return value.isoformat()
        return str(dict(self.fields[name].choices)[value])  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Check the places against each other, and build the trouble once the cause is known."""
        for name in _NOT_BLANK:
            if name in self.data and not str(self.data[name]).strip():
                self.add_error(name, self.fields[name].error_messages["required"])
        scope = self._scope()
        if not self.errors and self.symptom_now in list(Cause):
            self.trouble = self._build(scope)
        return self.cleaned_data

    def _scope(self) -> Scope | None:
        insured, care = (self.cleaned_data.get(name) for name in _PLACES)
        if insured and not regions.resolve(insured.code).is_pooling:
            self._refuse_as_too_wide("insured", insured)
            return None
        if care and care.is_outside:
            return Scope.ABROAD
        if not insured or not care:
            return None
        try:
            return regions.scope(insured.code, care.code)
        except regions.UnknownRegion:
            self._refuse_as_too_wide("care", care)
            return None

    def _refuse_as_too_wide(self, name: str, place: Any) -> None:
        words = _("“%(name)s”范围太大，请选到城市。") % {"name": place.full_name}
        self.add_error(name, ValidationError(words, code="too_wide"))

    def _build(self, scope: Scope | None) -> Trouble:
        given = self.cleaned_data
        insured, insurance = given.get("insured"), given.get("insurance")
        on = given.get("on") or self.today
        branch = InsuranceType(insurance) if insurance else None
        defaults = ("stage", "insured", "insurance", "care", "care_type", "on")
        facts = DiagnosisFacts(
            cause=Cause(self.symptom_now),
            on=on,
            stage=Stage(given.get("stage") or Stage.ADMITTED),
            insurance=branch,
            scope=scope or Scope.CROSS_PROVINCE,
            care_type=CareType(given.get("care_type") or CareType.INPATIENT),
            assumed=frozenset(name for name in defaults if not given.get(name)),
        )
        code = insured.code if insured else ""
        return Trouble(facts, queries.get_terms(code, branch, on, today=self.today))
