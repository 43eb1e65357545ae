"""Questions of the finder and the form that reports a wrong entry.

A blank field of the finder narrows nothing; a malformed one is an error beside it.
"""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from yibao.core.forms import BaseForm, ChoiceField, IsoDateField, RegionField, TypedField
from yibao.core.people import carried
from yibao.institutions.models import DISEASE_PATTERN, Service, WrongEntryReport
from yibao.institutions.search import Wanted
from yibao.institutions.wording import DISEASES
from yibao.regions import queries as regions
from yibao.regions.vocabulary import LEVEL_CHOICES, RegionKind
from yibao.rules.terms import Level

_LONGEST_CURSOR = 200


class SearchField(TypedField):
    """A name or a part of it; punctuation is left to the search."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        attributes = {"autocomplete": "off", "spellcheck": "false", "maxlength": "60"}
        self.widget.attrs = {**attributes, **self.widget.attrs}

    def read(self, text: str) -> str:
        return text

    def input_type(self, shown: str) -> str:
        """Let the browser offer to clear the field."""
        return "search"


class DiseaseField(TypedField):
    """A code of a chronic disease; any well-formed one may be asked for."""

    kind = "select"
    choices: list[tuple[str, Any]] = [("", _("不限")), *DISEASES.items()]
    default_error_messages = {"invalid": _("没有这个病种，请重新选一项。")}

    def read(self, text: str) -> str:
        if re.fullmatch(DISEASE_PATTERN, text.upper(), re.ASCII) is None:
            raise self.refuse("invalid")
        return text.upper()


def _select(choices: list[tuple[str, Any]], label: Any) -> ChoiceField:
    field = ChoiceField(choices=[("", _("不限")), *choices], label=label, required=False)
    field.kind = "select"  # type: ignore[attr-defined]
    field.marks_optional = False  # type: ignore[attr-defined]
    return field


class FinderForm(BaseForm):
    """What to look for."""

    q = SearchField(
        label=_("医院、药店的名称"),
        help_text=_("几个字就行，也可以写拼音或首字母，例如“协和”“xiehe”“xhyy”“海淀 肿瘤”。"),
        required=False,
    )
    region = RegionField(
        find=regions.find_region,
        label=_("在哪里"),
        help_text=_("省、市、区县都可以。"),
        required=False,
    )
    service = _select(list(Service.choices), _("要看什么"))
    disease = DiseaseField(label=_("门诊慢特病病种"), required=False)
    level = _select(list(LEVEL_CHOICES), _("级别"))
    insured = RegionField(
        find=regions.find_region,
        label=_("参保地"),
        help_text=_("填了就先列离参保地近的，并写明参保地怎样划分级别。"),
        required=False,
    )
    on = IsoDateField(label=_("哪一天去"), help_text=_("不填就按今天。"), required=False)

    main_names = ("q", "region", "service")
    further_names = ("disease", "level", "insured", "on")

    def __init__(self, data: Mapping[str, Any], *, today: date) -> None:
        super().__init__(data)
        self.today = today
        for name, field in self.fields.items():
            field.marks_optional = False  # type: ignore[attr-defined]
            if name == "on":
                field.today = today  # type: ignore[attr-defined]
        self.wanted: Wanted | None = None
        disease = data.get("disease", "").strip().upper()
        if re.fullmatch(DISEASE_PATTERN, disease, re.ASCII) and disease not in DISEASES:
            self.fields["disease"].choices = [  # type: ignore[attr-defined]
                *DiseaseField.choices,
                (disease, disease),
            ]

    @property
    def cursor(self) -> str:
        """The opaque place of the page, "" for the first; one that is too long is no cursor."""
        return str(self.data.get("page", ""))[: _LONGEST_CURSOR + 1]

    @property
    def is_asked(self) -> bool:
        """Whether anything narrows the list."""
        return any(self.answers().get(name) for name in self.fields if name != "on")

    @property
    def further_answers(self) -> int:
        """How many answers the closed part of the form holds."""
        return sum(bool(self.answers().get(name)) for name in self.further_names)

    @property
    def has_further_errors(self) -> bool:
        """Whether an error stands in the closed part of the form."""
        return not self.errors.keys().isdisjoint(self.further_names)

    @property
    def ignores_disease(self) -> bool:
        """Whether a disease was given beside a service that knows none."""
        service = self.cleaned_data.get("service")
        return bool(self.cleaned_data.get("disease")) and service not in ("", Service.CHRONIC)

    def clean_region(self) -> Any:
        return _area(self.cleaned_data["region"])

    def clean_insured(self) -> Any:
        place = self.cleaned_data["insured"]
        return None if place is None or place.code == regions.NATION else place

    def clean(self) -> dict[str, Any]:
        if not self.errors:
            self.wanted = self._read()
        return self.cleaned_data

    def answers(self) -> dict[str, str]:
        """Return what was answered, in the order of the fields, for links."""
        found = {name: self.data.get(name, "").strip() for name in self.fields}
        for name in ("region", "insured"):
            if name in self.cleaned_data:
                place = self.cleaned_data[name]
                found[name] = place.code if place else ""
        return {name: value for name, value in found.items() if value} | carried(self.data)

    def _read(self) -> Wanted:
        cleaned = self.cleaned_data
        region, insured = cleaned["region"], cleaned["insured"]
        disease = "" if self.ignores_disease else cleaned["disease"] or ""
        service = Service.CHRONIC if disease else cleaned["service"]
        return Wanted(
            on=cleaned["on"] or self.today,
            text=cleaned["q"] or "",
            region=region.code if region else "",
            level=Level(cleaned["level"]) if cleaned["level"] else None,
            service=Service(service) if service else None,
            disease=disease,
            insured=insured.code if insured else "",
        )


def _area(place: Any) -> Any:
    """Return the area of a 本级 code, for nothing lies in a pool that is no place; None for
    the nation, which narrows nothing."""
    while place is not None and place.kind in (
        RegionKind.PROVINCE_LEVEL_POOL,
        RegionKind.CITY_LEVEL_POOL,
    ):
        place = regions.get_region(place.parent_code)
    return None if place is None or place.kind == RegionKind.NATION else place


class ReportForm(BaseForm):
    """What is wrong with an entry. Nothing about the person is asked."""

    subject = ChoiceField(choices=WrongEntryReport.Subject.choices, label=_("哪里不对"))
    text = forms.CharField(
        label=_("正确的是什么"),
        help_text=_("不要写姓名、电话、证件号等个人信息。"),
        widget=forms.Textarea(attrs={"rows": 4, "maxlength": 300}),
        max_length=300,
        required=False,
        error_messages={"max_length": _("最多写 300 个字。")},
    )

    def clean_text(self) -> str:
        """Refuse what looks like an identity number: it must not come to rest here."""
        text: str = self.cleaned_data["text"]
        if re.search(r"(?<![0-9])[0-9]{17}[0-9Xx](?![0-9])", text):
            raise ValidationError(_("看起来有身份证号，请删去再提交。"), code="personal")
        return text
