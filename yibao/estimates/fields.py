"""Fields of the estimate that the page kit does not have, and short ways to declare them."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from yibao.core.forms import ChoiceField, TypedField, YuanField
from yibao.estimates import wording
from yibao.regions import queries as regions

_SLUG = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.\-]*")

_ABROAD_NAME = _("境外")


@dataclass(frozen=True, slots=True)
class Abroad:
    """Outside the country: a care place without a code."""

    code: str = regions.ABROAD
    label: str = regions.ABROAD
    full_name: Promise = _ABROAD_NAME
    is_pooling: bool = True


def find_care(text: str) -> Any:
    """Read a care place: a region, or the contract's `abroad`."""
    if text.lower() == regions.ABROAD or text == str(_ABROAD_NAME):
        return Abroad()
    return regions.find_region(text)


class OptionField(TypedField):
    """One of the choices that the region's own rules name; `choices` are set by the form."""

    kind = "select"
    choices: Sequence[tuple[str, Any]] = ()
    default_error_messages = {"invalid": _("没有这个选项，请重新选一项。")}

    def read(self, text: str) -> str:
        """Return the slug."""
        if _SLUG.fullmatch(text) is None:
            raise self.refuse("invalid")
        return text


def choice_field(enumeration: Iterable[Any], labels: wording.Words, **options: Any) -> ChoiceField:
    known = labels.lazy
    choices = [(member.value, known[member]) for member in enumeration if member in known]
    return ChoiceField(choices=choices, required=False, **options)


def select_field(choices: list[tuple[str, Any]], blank: Any, **options: Any) -> ChoiceField:
    field = ChoiceField(choices=[("", blank), *choices], required=False, **options)
    field.kind = "select"  # type: ignore[attr-defined]
    return field


def yuan_field(label: Any, hint: Any = "") -> YuanField:
    return YuanField(label=label, help_text=hint, required=False)


class SharedFields(dict[str, forms.Field]):
    """The fields of a form class, handed to its forms without copying them.

    Django copies every field for every form: forty here, which cost more than settling the
    bill. `CaseForm` copies those that it changes and leaves the rest alone.
    """

    def __deepcopy__(self, memo: dict[int, Any]) -> dict[str, forms.Field]:
        return dict(self)


def member[E](enumeration: type[E], typed: str) -> E | None:
    """Return the member of a choice, None for a blank."""
    return enumeration(typed) if typed else None  # type: ignore[call-arg]


def labelled(slugs: Iterable[str], labels: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """Pair slugs with their labels; a slug without one speaks for itself."""
    return [(slug, labels.get(slug, slug)) for slug in slugs]


def tier_label(tier: str) -> Any:
    """Name a tier of contribution: `2` as 第 2 档, a word as it is."""
    return _("第 %(tier)s 档") % {"tier": tier} if tier.isdigit() else tier
