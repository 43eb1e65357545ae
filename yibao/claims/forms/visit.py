"""Where somebody was treated, when, why it was not settled there, and under which filing."""

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from yibao.cases.wizard.engine import Row, StepForm
from yibao.cases.wizard.people import ShortTextField
from yibao.claims.vocabulary import Reason
from yibao.core.forms import ChoiceField, IsoDateField, RegionField, TypedField
from yibao.core.templatetags.figures import chinese_date
from yibao.estimates import wording
from yibao.estimates.fields import select_field
from yibao.institutions import queries as institutions
from yibao.regions import queries as regions
from yibao.rules.facts import Trauma
from yibao.rules.terms import (
    EMPLOYEE_GROUPS,
    RESIDENT_GROUPS,
    CareType,
    FilingCategory,
    Group,
    InsuranceType,
    Level,
    Scope,
    Situation,
)

_GROUPS = {InsuranceType.EMPLOYEE: EMPLOYEE_GROUPS, InsuranceType.RESIDENT: RESIDENT_GROUPS}
_LEVELS = {"tertiary": Level.TERTIARY, "secondary": Level.SECONDARY, "primary": Level.PRIMARY}
_BASED_ON_LONG_TERM = (Situation.THIRD_PLACE, Situation.HOME_RETURN)
_TRAUMA = (
    (Trauma.NO, _("不是外伤")),
    (Trauma.NO_THIRD_PARTY, _("是外伤，没有别人的责任")),
    (Trauma.THIRD_PARTY, _("别人造成的（打伤、交通事故等）")),
    (Trauma.WORK_INJURY, _("上班时受的伤（工伤）")),
)


class InstitutionCodeField(TypedField):
    """A code of the finder; the value is the institution that it names."""

    default_error_messages = {
        "unknown": _("没有这个医院代码。请到“找医院”里重新选，或者不填代码，直接写医院名称。")
    }

    def read(self, text: str) -> Any:
        """Return the institution."""
        found = institutions.find(text.upper()[:20])
        if found is None:
            raise self.refuse("unknown")
        return found

    def prepare_value(self, value: Any) -> Any:
        """Show the code."""
        return getattr(value, "code", value)


class VisitForm(StepForm):
    """One stay or visit. An institution's code makes its name, place and level known."""

    insured = RegionField(
        find=regions.find_region,
        label=_("参保地（医保交在哪里）"),
        help_text=_("填城市名，例如“深圳”。不一定是户口所在地。"),
    )
    insurance = ChoiceField(
        choices=[(each.value, wording.INSURANCE_LABELS.lazy[each]) for each in InsuranceType],
        label=_("参加的是哪种医保"),
        is_inline=True,
    )
    group = ChoiceField(
        choices=[(each.value, wording.GROUP_LABELS.lazy[each]) for each in Group],
        label=_("看病的人是"),
        is_inline=True,
    )
    reason = ChoiceField(choices=Reason.choices, label=_("为什么没有直接结算"))
    institution = InstitutionCodeField(
        label=_("医院代码"),
        help_text=_("从“找医院”带过来的；不知道就不填，下面写名称。"),
        required=False,
    )
    institution_name = ShortTextField(label=_("医院名称"), most=100, required=False)
    care = RegionField(
        find=regions.find_region,
        label=_("医院在哪里"),
        help_text=_("填城市名，例如“武汉”。"),
        required=False,
    )
    level = ChoiceField(
        choices=[(each, wording.LEVEL_LABELS.lazy[each]) for each in wording.LEVEL_LABELS.lazy],
        label=_("医院级别"),
        help_text=_("病历或收费票据上一般有；不知道就选“没有定级”，经办机构会核实。"),
        is_inline=True,
        required=False,
    )
    care_type = ChoiceField(
        choices=[
            (each, wording.CARE_TYPE_LABELS.lazy[each]) for each in wording.CARE_TYPE_LABELS.lazy
        ],
        label=_("看什么"),
        is_inline=True,
    )
    admitted_on = IsoDateField(
        label=_("入院日期"), help_text=_("住院的要填；门诊不填。"), required=False
    )
    discharged_on = IsoDateField(label=_("出院或看病的日期"))
    filing = select_field(
        wording.situation_choices(), _("在参保地看病，或不清楚"), label=_("看病那天的备案情况")
    )
    base_filing = select_field(
        wording.long_term_choices(), _("请选择"), label=_("原来办的是哪一种长期备案")
    )
    trauma = ChoiceField(choices=_TRAUMA, initial=Trauma.NO.value, label=_("是不是外伤"))

    institution_fields = ("institution_name", "care", "level")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self.institution_fields:
            self.fields[name].marks_optional = False  # type: ignore[attr-defined]
        self.scope: Scope | None = None

    def clean(self) -> dict[str, Any]:
        """Read the institution, then judge places, days, group and filing together."""
        data = self.cleaned_data
        for name, kind in (
            ("insurance", InsuranceType), ("group", Group), ("reason", Reason), ("level", Level),
            ("care_type", CareType), ("trauma", Trauma), ("filing", Situation),
            ("base_filing", FilingCategory),
        ):  # fmt: skip
            if data.get(name):
                data[name] = kind(data[name])
        self._read_institution()
        self._check_places()
        self._check_days()
        self._check_group()
        self._check_filing()
        return data

    def _read_institution(self) -> None:
        data, found = self.cleaned_data, self.cleaned_data.get("institution")
        if found is not None:
            data["institution_name"] = data.get("institution_name") or found.name
            data["care"] = data.get("care") or regions.get_region(found.region_id)
            data["level"] = data.get("level") or _LEVELS.get(found.level)
        words = {
            "institution_name": _("请写医院名称，要和票据上的印章一样。"),
            "care": _("请填医院所在的城市。"),
            "level": _("请选医院级别；不知道就选“没有定级”。"),
        }
        for name, message in words.items():
            if not data.get(name) and name not in self.errors and "institution" not in self.errors:
                self.add_error(name, ValidationError(message, code="required"))

    def _check_places(self) -> None:
        insured, care = self.cleaned_data.get("insured"), self.cleaned_data.get("care")
        if insured is not None and not regions.resolve(insured.code).is_pooling:
            self._refuse_as_too_wide("insured", insured)
        elif insured is not None and care is not None:
            try:
                self.scope = regions.scope(insured.code, care.code)
            except regions.UnknownRegion:
                self._refuse_as_too_wide("care", care)
                return
            if self.scope is Scope.IN_PROVINCE and not regions.resolve(care.code).is_pooling:
                self._refuse_as_too_wide("care", care)
            elif self.scope is Scope.ABROAD:
                words = _("境外（包括港澳台）看病，基本医保不付。")
                self.add_error("care", ValidationError(words, code="abroad"))

    def _refuse_as_too_wide(self, name: str, place: Any) -> None:
        words = _("“%(name)s”范围太大，请填到城市。")
        params = {"name": place.full_name}
        self.add_error(name, ValidationError(words, code="too_wide", params=params))

    def _check_days(self) -> None:
        data = self.cleaned_data
        admitted, left = data.get("admitted_on"), data.get("discharged_on")
        if left is not None and left > self.walk.today:
            words = _("这天还没有到。出院、看完病以后再申请。")
            self.add_error("discharged_on", ValidationError(words, code="future"))
        if admitted is not None and left is not None and admitted > left:
            words = _("入院日期在出院日期之后，请检查。")
            self.add_error("admitted_on", ValidationError(words, code="order"))
        is_stay = data.get("care_type") in (CareType.INPATIENT, CareType.BIRTH)
        if is_stay and admitted is None and "admitted_on" not in self.errors:
            words = _("住院的请填入院日期。")
            self.add_error("admitted_on", ValidationError(words, code="required"))

    def _check_group(self) -> None:
        insurance, group = self.cleaned_data.get("insurance"), self.cleaned_data.get("group")
        if insurance and group and group not in _GROUPS[insurance]:
            words = _("%(insurance)s里没有“%(group)s”这类人，请重新选。")
            params = {
                "group": wording.GROUP_LABELS[group],
                "insurance": wording.INSURANCE_LABELS[insurance],
            }
            self.add_error("group", ValidationError(words, code="group", params=params))

    def _check_filing(self) -> None:
        data = self.cleaned_data
        if self.scope is Scope.LOCAL and data.get("filing") is not Situation.HOME_RETURN:
            data["filing"] = None
        elif self.scope is not None and not data.get("filing"):
            words = _("请选一种；没有备案的选“没有备案”。")
            self.add_error("filing", ValidationError(words, code="required"))
        if data.get("filing") in _BASED_ON_LONG_TERM and not data.get("base_filing"):
            words = _("请选原来办的是哪一种长期备案。")
            self.add_error("base_filing", ValidationError(words, code="required"))

    def rows(self) -> Iterable[Row]:
        """Return the answers in words; days as people write them."""
        days = {self.fields[name].label for name in ("admitted_on", "discharged_on")}
        for row in super().rows():
            if row.label in days:
                yield Row(row.label, chinese_date(row.value))
            elif row.label == self.fields["institution"].label:
                yield Row(row.label, row.value.code)
            else:
                yield row
