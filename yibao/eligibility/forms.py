"""Questions of the check: from what people type to facts for the engine.

A field that is absent was not asked yet; a field that is there but blank or malformed is
an error beside it (decisions.md 20). No field is required in Django's sense.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from yibao.core.forms import (
    BaseForm,
    ChoiceField,
    IsoDateField,
    RegionField,
    TypedField,
    plain,
)
from yibao.core.people import carried
from yibao.core.words import in_language
from yibao.eligibility import queries, wording
from yibao.eligibility.queries import Check
from yibao.regions import queries as regions
from yibao.rules.facts import (
    CheckFacts,
    Enrolment,
    Evidence,
    ExistingFiling,
    FiledStatus,
    InstitutionStatus,
    Qualified,
    Reason,
    Stage,
    Trauma,
    Urgency,
)
from yibao.rules.policy import Terms
from yibao.rules.terms import CareType, FilingCategory, InsuranceType, Scope

_SLUG = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.\-]*")
_ABROAD_NAME = _("境外（包括港澳台）")
_ABROAD_SHORT = _("境外")

REQUIRED = ("insured", "care", "insurance", "reason", "care_type")
"""What the answer needs; an emergency needs no reason."""

ENUMERATIONS: Mapping[str, type[StrEnum]] = {
    "insurance": InsuranceType,
    "reason": Reason,
    "urgency": Urgency,
    "care_type": CareType,
    "qualified": Qualified,
    "stage": Stage,
    "existing": FiledStatus,
    "existing_category": FilingCategory,
    "existing_evidence": Evidence,
    "evidence": Evidence,
    "enrolment": Enrolment,
    "trauma": Trauma,
    "institution": InstitutionStatus,
}
DEFAULTS: Mapping[str, StrEnum] = {
    "enrolment": Enrolment.ACTIVE,
    "urgency": Urgency.ORDINARY,
    "stage": Stage.PLANNING,
    "existing": FiledStatus.NONE,
    "evidence": Evidence.UNKNOWN,
    "trauma": Trauma.NO,
    "institution": InstitutionStatus.UNKNOWN,
    "qualified": Qualified.UNKNOWN,
}
_LONG_REASONS = (Reason.RESETTLED, Reason.LIVING, Reason.POSTED, Reason.STUDY)


@dataclass(frozen=True, slots=True)
class Abroad:
    """Outside the country: a care place without a code."""

    code: str = regions.ABROAD
    full_name: Promise = _ABROAD_NAME
    is_pooling: bool = False


def find_care(text: str) -> Any:
    """Read a care place: a region, or the contract's `abroad`."""
    if text.lower() == regions.ABROAD or text in (_ABROAD_SHORT, plain(str(_ABROAD_NAME))):
        return Abroad()
    return regions.find_region(text)


class DiseaseField(TypedField):
    """A chronic disease by its code; the form offers those that the region's terms know."""

    kind = "select"
    choices: Sequence[tuple[str, Any]] = ()
    default_error_messages = {"invalid": _("没有这个病种，请重新选一项。")}

    def read(self, text: str) -> str:
        """Return the code."""
        if _SLUG.fullmatch(text) is None:
            raise self.refuse("invalid")
        return text


def _choice(words: wording.Words, name: str, **options: Any) -> ChoiceField:
    label = options.pop("label", wording.FIELDS[name])
    return ChoiceField(choices=list(words.items()), label=label, required=False, **options)


def _select(words: wording.Words, name: str, **options: Any) -> ChoiceField:
    field = _choice(words, name, **options)
    field.choices = [("", _("没有填")), *words.items()]
    field.kind = "select"  # type: ignore[attr-defined]
    return field


class CheckForm(BaseForm):
    """All questions of the check. `clean` builds `check` once every needed one is answered."""

    insured = RegionField(
        find=regions.find_region,
        label=_("医保交在哪里（参保地）"),
        help_text=_("填城市名，例如“烟台”。不一定是户口所在地。"),
        required=False,
    )
    care = RegionField(
        find=find_care,
        label=_("去哪里看病"),
        help_text=_("填城市名，例如“成都”。"),
        required=False,
    )
    insurance = _choice(
        wording.INSURANCE,
        "insurance",
        label=_("参加的是哪种医保？"),
        help_text=_("不清楚就想一想怎么交钱：按月交的是职工医保，一年交一次的是居民医保。"),
        choice_hints=wording.INSURANCE_HINTS,
    )
    reason = _choice(
        wording.REASON, "reason", label=_("为什么去外地？"), choice_hints=wording.REASON_HINTS
    )
    evidence = _choice(wording.EVIDENCE, "evidence")
    care_type = _choice(
        wording.CARE_TYPE,
        "care_type",
        label=_("去看什么？"),
        choice_hints=wording.CARE_TYPE_HINTS,
    )
    disease = DiseaseField(label=_("哪一种病？"), required=False)
    qualified = _choice(
        wording.QUALIFIED, "qualified", label=_("在参保地办过这个病的慢特病认定吗？")
    )
    urgency = _select(wording.URGENCY, "urgency", label=_("是急诊吗？"))
    stage = _choice(wording.STAGE, "stage", label=_("现在到哪一步了？"))
    institution = _choice(
        wording.INSTITUTION,
        "institution",
        label=_("这家医院开通异地直接结算了吗？"),
        help_text=_("不清楚就打电话问医院医保办。"),
    )
    enrolment = _select(wording.ENROLMENT, "enrolment", label=_("医保现在正常吗？"))
    trauma = _select(wording.TRAUMA, "trauma", label=_("是外伤吗？"))
    existing = _select(wording.EXISTING, "existing", label=_("以前办过异地备案吗？"))
    existing_category = _select(wording.CATEGORY, "existing_category")
    existing_care = RegionField(
        find=regions.find_region, label=wording.FIELDS["existing_care"], required=False
    )
    existing_since = IsoDateField(label=wording.FIELDS["existing_since"], required=False)
    existing_until = IsoDateField(
        label=wording.FIELDS["existing_until"], help_text=_("长期有效就不填"), required=False
    )
    existing_evidence = _select(wording.EVIDENCE, "existing_evidence")
    admitted_on = IsoDateField(label=wording.FIELDS["admitted_on"], required=False)
    on = IsoDateField(label=wording.FIELDS["on"], help_text=_("不填就按今天"), required=False)

    def __init__(self, data: Mapping[str, Any], *, today: date, sent: Iterable[str] = ()) -> None:
        """Read `data`; `sent` names the questions of the screen that was just answered, since
        a browser leaves an unmarked choice out."""
        super().__init__(data)
        self.today = today
        self.sent = frozenset(sent)
        for field in self.fields.values():
            if isinstance(field, IsoDateField):
                field.today = today
        for name in REQUIRED:
            self.fields[name].marks_optional = False  # type: ignore[attr-defined]
        self.check: Check | None = None
        if data.get("reason") == Reason.REFERRAL:
            self._offer_choices("evidence", wording.EVIDENCE_FOR_REFERRAL)
            self.fields["evidence"].label = _("手里有转诊证明吗？")
            self.fields["evidence"].help_text = _(
                "由参保地有资格的医院开。有它，报销比例一般更高。承诺书不能代替。"
            )
        elif data.get("start") == "long":
            self._offer_choices(
                "reason", {str(reason): wording.REASON[reason] for reason in _LONG_REASONS}
            )

    def _offer_choices(self, name: str, words: Mapping[str, Promise]) -> None:
        """Show fewer choices, unless the answer that was given is one of the others."""
        if self.data.get(name, "") in ("", *words):
            self.fields[name].choices = list(words.items())  # type: ignore[attr-defined]

    # --- what was asked ---------------------------------------------------------------

    @property
    def is_emergency(self) -> bool:
        return bool(self.data.get("urgency") == Urgency.EMERGENCY)

    @property
    def needed(self) -> tuple[str, ...]:
        """Names of the questions without which there is no answer."""
        return tuple(name for name in REQUIRED if not (name == "reason" and self.is_emergency))

    def answers(self, *, without: Iterable[str] = ()) -> dict[str, str]:
        """Return what was answered without an error, in the order of the fields, for links."""
        left_out = frozenset(without) | set(self.errors)
        found = {}
        for name in self.fields:
            typed = str(self.data.get(name, "")).strip()
            place = self.cleaned_data.get(name) if name in _PLACES else None
            value = place.code if place is not None else typed
            if value and name not in left_out:
                found[name] = value
        return found | carried(self.data)

    def shown_answer(self, name: str) -> str:
        """Return an answer in words, or "" where there is none."""
        value = self.cleaned_data.get(name)
        if value in (None, ""):
            return ""
        if name in _PLACES:
            return str(value.full_name)
        if name == "disease":
            return str(dict(self.fields["disease"].choices).get(value, value))  # type: ignore[attr-defined]
        if isinstance(value, date):
            return value.isoformat()
        return str(dict(self.fields[name].choices).get(str(value), value))  # type: ignore[attr-defined]

    # --- reading ----------------------------------------------------------------------

    def clean(self) -> dict[str, Any]:
        """Check the answers against one another, and build the question once all are there."""
        for name in dict.fromkeys((*self.needed, *self.sent)):
            is_blank = not str(self.data.get(name, "")).strip()
            if is_blank and (name in self.data or name in self.sent):
                self.add_error(name, self.fields[name].error_messages["required"])
        for name, enumeration in ENUMERATIONS.items():
            if self.cleaned_data.get(name):
                self.cleaned_data[name] = enumeration(self.cleaned_data[name])
        self._check_places()
        self._check_dates()
        if not self.errors and all(self.cleaned_data.get(name) for name in self.needed):
            self.check = self._build()
        return self.cleaned_data

    def _check_places(self) -> None:
        insured, care = self.cleaned_data.get("insured"), self.cleaned_data.get("care")
        if insured is not None and not regions.resolve(insured.code).is_pooling:
            self._refuse_as_too_wide("insured", insured)
            return
        if insured is None or care is None:
            return
        try:
            scope = queries.read_scope(insured.code, care.code)
        except regions.UnknownRegion:
            self._refuse_as_too_wide("care", care)
            return
        if scope is Scope.IN_PROVINCE and not regions.resolve(care.code).is_pooling:
            self._refuse_as_too_wide("care", care)

    def _refuse_as_too_wide(self, name: str, place: Any) -> None:
        words = _("“%(name)s”范围太大，请选到城市。") % {"name": place.full_name}
        self.add_error(name, ValidationError(words, code="too_wide"))

    def _check_dates(self) -> None:
        since, until = (self.cleaned_data.get(f"existing_{end}") for end in ("since", "until"))
        if since and until and until < since:
            self.add_error("existing_until", _("结束的日子比开始的日子还早，请检查。"))
        admitted, on = self.cleaned_data.get("admitted_on"), self.cleaned_data.get("on")
        if admitted and on and admitted > on:
            self.add_error("admitted_on", _("入院的日子比看病的日子还晚，请检查。"))

    # --- the question -----------------------------------------------------------------

    def _build(self) -> Check:
        given = self.cleaned_data
        insured = queries.read_place(given["insured"].code)
        care = queries.read_place(given["care"].code)
        on = given.get("on") or self.today
        terms = queries.get_terms(insured.pool, given["insurance"], on, today=self.today)
        self._offer_diseases(terms)
        values: dict[str, Any] = {
            name: given.get(name) or default for name, default in DEFAULTS.items()
        }
        values["existing"] = self._existing(values["existing"])
        facts = CheckFacts(
            insured_code=insured.code,
            care_code=care.code,
            care_pool=care.pool,
            scope=queries.read_scope(insured.code, care.code),
            insurance=given["insurance"],
            care_type=given["care_type"],
            on=on,
            reason=given.get("reason") or None,
            disease=given.get("disease") or "",
            admitted_on=given.get("admitted_on"),
            insured_within=insured.within,
            care_within=care.within,
            assumed=frozenset(self._assumed()),
            **values,
        )
        return Check(facts, terms)

    def _existing(self, status: FiledStatus) -> ExistingFiling:
        given = self.cleaned_data
        place = given.get("existing_care")
        return ExistingFiling(
            status=status,
            category=given.get("existing_category") or None,
            care_pool=queries.read_place(place.code).pool if place else None,
            since=given.get("existing_since"),
            until=given.get("existing_until"),
            evidence=given.get("existing_evidence") or Evidence.UNKNOWN,
        )

    def _assumed(self) -> Iterable[str]:
        """Names of questions that were not asked and whose default the answer rests on."""
        is_chronic = self.cleaned_data["care_type"] is CareType.CHRONIC
        for name in (*DEFAULTS, "on"):
            if self.cleaned_data.get(name) or (name == "qualified" and not is_chronic):
                continue
            yield name
        if is_chronic and not self.cleaned_data.get("disease"):
            yield "disease"

    def _offer_diseases(self, terms: Terms) -> None:
        found = [(code, in_language(name)) for code, name in queries.list_diseases(terms)]
        given = self.cleaned_data.get("disease")
        if given and given not in dict(found):
            found.append((given, given))
        self.fields["disease"].choices = [("", _("请选择")), *found]  # type: ignore[attr-defined]


_PLACES = ("insured", "care", "existing_care")
