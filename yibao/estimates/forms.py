"""Questions of the estimate: from what people type to a case for the engine.

A field that is absent was not asked yet; a field that is there but blank or malformed is
an error beside it (decisions.md 20).
"""

from collections.abc import Iterable, Mapping
from copy import copy
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _

from yibao.core.field_view import anchor_of
from yibao.core.forms import ChoiceField, RegionField
from yibao.core.people import PARAMETER, carried
from yibao.core.words import in_language, said
from yibao.estimates import queries, wording
from yibao.estimates.fields import (
    OptionField,
    SharedFields,
    choice_field,
    find_care,
    labelled,
    member,
    select_field,
    tier_label,
    yuan_field,
)
from yibao.estimates.further import ACCUMULATED, FurtherQuestions
from yibao.estimates.queries import BILL_PARTS, Case, Options, Places
from yibao.policies.labels import SEVERITY_LABELS, TREATMENT_LABELS
from yibao.regions import queries as regions
from yibao.rules.facts import Accumulators, Bill, CaseFacts
from yibao.rules.money import Fen
from yibao.rules.policy import Terms
from yibao.rules.terms import (
    EMPLOYEE_GROUPS,
    RESIDENT_GROUPS,
    AidGroup,
    CareType,
    FilingCategory,
    Group,
    InsuranceType,
    Level,
    Scope,
    Situation,
)

_GROUPS = {InsuranceType.EMPLOYEE: EMPLOYEE_GROUPS, InsuranceType.RESIDENT: RESIDENT_GROUPS}
_BASED_ON_LONG_TERM = (Situation.THIRD_PLACE, Situation.HOME_RETURN)


def group_field(groups: Iterable[Group]) -> ChoiceField:
    return choice_field(groups, wording.GROUP_LABELS, label=_("看病的人是"), is_inline=True)


_GROUP_FIELDS = {insurance: group_field(groups) for insurance, groups in _GROUPS.items()}
for _field in _GROUP_FIELDS.values():
    _field.is_shared = True  # type: ignore[attr-defined]


def shares_fields[F: type[CaseForm]](form: F) -> F:
    """Let the forms of a class share the fields that they do not change.

    The questions that must be answered are not marked as optional.
    """
    for name in form.required_names:
        form.base_fields[name].marks_optional = False  # type: ignore[attr-defined]
    for field in form.base_fields.values():
        field.is_shared = True  # type: ignore[attr-defined]
    form.base_fields = SharedFields(form.base_fields)
    return form


class CaseForm(FurtherQuestions):
    """The questions that the estimate and the comparison share.

    No field is required in Django's sense: `required_names` are, once they are present.
    """

    required_names: tuple[str, ...] = (
        "insured", "care", "insurance", "care_type", "level", "total",
    )  # fmt: skip

    insured = RegionField(
        find=regions.find_region,
        label=_("参保地"),
        help_text=_("医保交在哪里，不一定是户口所在地"),
        required=False,
    )
    care = RegionField(find=find_care, label=_("看病的地方"), required=False)
    insurance = choice_field(
        InsuranceType,
        wording.INSURANCE_LABELS,
        label=_("医保类型"),
        choice_hints=wording.INSURANCE_HINTS.lazy,
    )
    group = group_field(Group)
    care_type = choice_field(CareType, wording.CARE_TYPE_LABELS, label=_("看什么"), is_inline=True)
    level = choice_field(Level, wording.LEVEL_LABELS, label=_("医院级别"), is_inline=True)
    total = yuan_field(_("总费用"), _("医院收的全部费用，还没结账就填估计的数"))

    field_order = ("insured", "care", "insurance", "care_type", "filing", "group", "level", "total")
    asks_filing = True
    always_offered: frozenset[str] = frozenset((*BILL_PARTS, "on"))

    def __init__(self, data: Mapping[str, Any], *, today: date) -> None:
        super().__init__(data)
        self.today = today
        self.places: Places | None = None
        self.terms: Terms | None = None
        self.options = Options()
        self.case: Case | None = None

    def add_prefix(self, field_name: str) -> str:
        """Return the parameter's name: `class` is no name that Python would take."""
        return "class" if field_name == "institution_class" else field_name

    # --- what the page asks ---------------------------------------------------------------

    @property
    def unasked(self) -> tuple[str, ...]:
        """Names of the questions that must be answered and have not been asked yet."""
        return tuple(name for name in self._needed() if name not in self.data)

    @property
    def missing(self) -> list[tuple[str, str]]:
        """Return the anchor and label of each question not asked yet, once one was answered."""
        if not set(self.answers()) - {PARAMETER}:
            return []
        return [(anchor_of(self[name]), str(self[name].label)) for name in self.unasked]

    @property
    def has_further_errors(self) -> bool:
        """Whether an error stands in the closed part of the form."""
        folded = {name for _heading, names in self.sections for name in names}
        return not folded.isdisjoint(self.errors)

    @property
    def is_local(self) -> bool:
        return self.places is not None and self.places.scope is Scope.LOCAL

    def shown(self, names: Iterable[str]) -> list[BoundField]:
        """Return the fields to show: those that a rule depends on, or that were answered."""
        return [self[name] for name in names if name in self.fields and self._is_shown(name)]

    def further(self) -> list[tuple[Any, list[BoundField]]]:
        """Return the headed groups of further questions that the region's rules ask for."""
        groups = [(said(heading), self.shown(names)) for heading, names in self.sections]
        return [(heading, fields) for heading, fields in groups if fields]

    def answers(self) -> dict[str, str]:
        """Return what was answered, by parameter and in the order of the fields, for links."""
        found = {
            parameter: self.data[parameter].strip()
            for name in self.fields
            if (parameter := self.add_prefix(name)) in self.data
        }
        for name in ("insured", "care"):
            place = self.cleaned_data.get(name)
            if place is not None:
                found[name] = place.code
        given = {parameter: value for parameter, value in found.items() if value}
        return given | carried(self.data)

    def _is_shown(self, name: str) -> bool:
        if name in self.always_offered or self.data.get(self.add_prefix(name)):
            return True
        if isinstance(self.fields[name], OptionField):
            return bool(self.fields[name].choices)  # type: ignore[attr-defined]
        return name in self.options.asked

    # --- reading ----------------------------------------------------------------------------

    def _clean_fields(self) -> None:
        """Read the fields that are in the address; of forty questions most never are.

        No field is required in Django's sense and none has an initial value, so each of
        the others reads as blank.
        """
        if "on" in self.data:
            self._own("on").today = self.today
        for name, field in self.fields.items():
            parameter = self.add_prefix(name)
            if parameter not in self.data:
                self.cleaned_data[name] = None
                continue
            try:
                self.cleaned_data[name] = field.clean(self.data[parameter])
                if clean := getattr(self, f"clean_{name}", None):
                    self.cleaned_data[name] = clean()
            except ValidationError as error:
                self.add_error(name, error)

    def _own(self, name: str) -> Any:
        """Return a field of which this form may set a plain attribute: it is shared no more."""
        self._bound_fields_cache.pop(name, None)  # type: ignore[attr-defined]
        field = self.fields[name] = copy(self.fields[name])
        field.is_shared = False  # type: ignore[attr-defined]
        return field

    def clean_insured(self) -> Any:
        return self._pooling(self.cleaned_data["insured"])

    def clean_insurance(self) -> InsuranceType | None:
        return member(InsuranceType, self.cleaned_data["insurance"])

    def clean_care_type(self) -> CareType | None:
        return member(CareType, self.cleaned_data["care_type"])

    def clean_level(self) -> Level | None:
        return member(Level, self.cleaned_data["level"])

    def clean_group(self) -> Group | None:
        return member(Group, self.cleaned_data["group"])

    def clean_aid_group(self) -> AidGroup | None:
        return member(AidGroup, self.cleaned_data["aid_group"])

    def clean(self) -> dict[str, Any]:
        """Check the answers against one another and build the case once all are there."""
        self._read_places()
        self._require()
        self._check_group()
        self._check_parts()
        self._read_terms()
        if not self.errors and not self.unasked:
            self.case = self._build()
        return self.cleaned_data

    def _pooling(self, place: Any) -> Any:
        if place is not None and not place.is_pooling:
            found = regions.resolve(place.code)
            if not found.is_pooling:
                raise ValidationError(
                    _("“%(name)s”范围太大，请选到城市。"),
                    code="too_wide",
                    params={"name": place.full_name},
                )
        return place

    def _read_places(self) -> None:
        insured, care = self.cleaned_data.get("insured"), self.cleaned_data.get("care")
        if insured is None or care is None:
            return
        try:
            names = (str(insured.full_name), str(care.full_name))
            places = queries.read_places(insured.code, care.code, names)
        except regions.UnknownRegion:
            self.add_error("care", _("没有找到这个地方，请重新填写。"))
            return
        if places.scope is Scope.IN_PROVINCE:
            try:
                self._pooling(care)
            except ValidationError as error:
                self.add_error("care", error)
                return
        self.places = places

    def _needed(self) -> tuple[str, ...]:
        """Names of the questions that must be answered in this case."""
        is_pharmacy = self.data.get("care_type") == CareType.PHARMACY
        return tuple(n for n in self.required_names if not (n == "level" and is_pharmacy))

    def _require(self) -> None:
        for name in self._needed():
            is_blank = self.cleaned_data.get(name) in (None, "")
            if name in self.data and is_blank and name not in self.errors:
                self.add_error(name, self.fields[name].error_messages["required"])

    def _check_group(self) -> None:
        insurance, group = self.cleaned_data.get("insurance"), self.cleaned_data.get("group")
        if insurance is None:
            return
        allowed = _GROUPS[insurance]
        self.fields["group"] = self["group"].field = _GROUP_FIELDS[insurance]
        if group is not None and group not in allowed:
            words = {
                "group": wording.GROUP_LABELS[group],
                "insurance": wording.INSURANCE_LABELS[insurance],
            }
            self.add_error("group", _("%(insurance)s里没有“%(group)s”这类人，请重新选。") % words)

    def _check_parts(self) -> None:
        total = self.cleaned_data.get("total")
        parts = [name for name in BILL_PARTS if self.cleaned_data.get(name)]
        if total is None or sum(self.cleaned_data[name] for name in parts) <= total:
            return
        too_big = [name for name in parts if self.cleaned_data[name] > total] or parts[-1:]
        message = _("这一项比总费用还大，请检查。")
        if len(parts) > 1 and self.cleaned_data[too_big[0]] <= total:
            message = _("自费的几项加起来比总费用还大，请检查。")
        for name in too_big:
            self.add_error(name, message)

    def _read_terms(self) -> None:
        insured = self.cleaned_data.get("insured")
        insurance = self.cleaned_data.get("insurance")
        if insured is None or insurance is None or "on" in self.errors:
            return
        code = regions.resolve(insured.code).code
        on = self.cleaned_data.get("on") or self.today
        self.terms = queries.get_terms(code, insurance, on, self.today)
        self.options = queries.list_options(self.terms, self.cleaned_data.get("care_type"))
        classes = [(c.slug, in_language(c.name)) for c in self.options.classes]
        self._offer("institution_class", classes)
        self._offer("tier", [(tier, tier_label(tier)) for tier in self.options.tiers])
        diseases = [(code, in_language(name)) for code, name in self.options.diseases]
        self._offer("disease", diseases)
        self._offer("treatment", labelled(self.options.treatments, TREATMENT_LABELS))
        self._offer("severity", labelled(self.options.severities, SEVERITY_LABELS))

    def _offer(self, name: str, choices: list[tuple[str, Any]]) -> None:
        """Offer the region's own choices, and refuse others where the region names any."""
        given = self.cleaned_data.get(name)
        if choices and given and given not in dict(choices):
            self.add_error(name, self.fields[name].error_messages["invalid"])
        if choices or given:
            known = choices if choices or not given else [(given, given)]
            self._own(name).choices = [("", _("不清楚")), *known]

    # --- the case ---------------------------------------------------------------------------

    def situation(self) -> Situation | None:
        """Return the filing situation; at home there is none."""
        return None

    def _build(self) -> Case | None:
        if self.places is None or self.terms is None:
            return None
        given = self.cleaned_data
        bill = Bill(
            total_fen=Fen(given["total"]),
            off_catalog_fen=Fen(given["off_catalog"] or 0),
            over_limit_fen=Fen(given["over_limit"] or 0),
            upfront_self_pay_fen=Fen(given["upfront_self_pay"] or 0),
        )
        facts = CaseFacts(
            insurance=given["insurance"],
            care_type=given["care_type"],
            scope=self.places.scope,
            on=given["on"] or self.today,
            situation=self.situation(),
            group=given["group"] or _GROUPS[given["insurance"]][0],
            # A pharmacy has no level.
            level=given["level"] or Level.UNRATED,
            institution_class=given["institution_class"] or "",
            tier=given["tier"] or "",
            age=given["age"],
            disease=given["disease"] or "",
            treatment=given["treatment"] or "",
            severity=given["severity"] or "",
            base_filing=given.get("base_filing"),
            admission=given["admission"],
            accumulated=Accumulators(**{f"{name}_fen": given[name] for name in ACCUMULATED}),
            aid_group=given["aid_group"] or AidGroup.NONE,
            civil_servant=given["civil_servant"] == "yes",
            account_balance_fen=given["account_balance"],
            assumed=frozenset(self._assumed()),
        )
        return Case(places=self.places, terms=self.terms, bill=bill, facts=facts)

    def _assumed(self) -> Iterable[str]:
        defaults = ("group", "admission", "aid_group", "civil_servant", "account_balance", "on")
        for name in (*defaults, *BILL_PARTS, *ACCUMULATED):
            if self.cleaned_data.get(name) in (None, ""):
                yield name


@shares_fields
class EstimateForm(CaseForm):
    """The shared questions and the filing situation."""

    required_names = (*CaseForm.required_names[:-1], "filing", "total")

    filing = select_field(wording.situation_choices(), _("请选择"), label=_("备案情况"))
    base_filing = select_field(
        wording.long_term_choices(), _("请选择"), label=_("原来办的是哪一种长期备案")
    )

    def clean_filing(self) -> Situation | None:
        return member(Situation, self.cleaned_data["filing"])

    def clean_base_filing(self) -> FilingCategory | None:
        return member(FilingCategory, self.cleaned_data["base_filing"])

    def situation(self) -> Situation | None:
        """Return the situation given; at home only a return there counts (decisions.md 2)."""
        given: Situation | None = self.cleaned_data.get("filing")
        return given if not self.is_local or given is Situation.HOME_RETURN else None

    def _needed(self) -> tuple[str, ...]:
        needed = super()._needed()
        return tuple(name for name in needed if name != "filing") if self.is_local else needed

    def _require(self) -> None:
        """Ask also which filing is behind a third place."""
        super()._require()
        if self.situation() is Situation.THIRD_PLACE and not self.cleaned_data.get("base_filing"):
            self.add_error("base_filing", _("请选原来办的是哪一种长期备案。"))

    def _is_shown(self, name: str) -> bool:
        if name == "base_filing" and self.data.get("filing") in _BASED_ON_LONG_TERM:
            return True
        return super()._is_shown(name)


@shares_fields
class CompareForm(CaseForm):
    """The questions of the comparison: the situations are its columns."""

    asks_filing = False
