"""Model fields of policy tables: money typed in yuan, ratios in per cent, sets of codes.

The database holds fen, basis points and JSON lists; only the form of an officer
speaks yuan and per cent.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from yibao.core.fields import ChoiceSetField
from yibao.policies.labels import choices

_FULL_WIDTH = str.maketrans("０１２３４５６７８９．，", "0123456789.,")
NONE_OF_THEM = "-"


class HundredthsField(forms.CharField):
    """A number with at most two decimals that is kept as a whole number of hundredths."""

    default_error_messages = {
        "not_a_number": _("请填数字，最多两位小数。"),
        "too_large": _("数字太大。"),
    }

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, int):
            return value
        sign = "-" if value < 0 else ""
        whole, rest = divmod(abs(value), 100)
        return f"{sign}{whole}.{rest:02d}".removesuffix(".00")

    def to_python(self, value: Any) -> int | None:  # type: ignore[override]
        text = str(value or "").translate(_FULL_WIDTH).strip().replace(",", "")
        if not text:
            return None
        if not re.fullmatch(r"-?\d{1,12}(\.\d{1,2})?", text):
            raise ValidationError(self.error_messages["not_a_number"], code="not_a_number")
        try:
            return int(Decimal(text) * 100)
        except InvalidOperation as error:
            raise ValidationError(self.error_messages["too_large"], code="too_large") from error

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool(self.to_python(self.prepare_value(initial)) != self.to_python(data))
        except ValidationError:
            return True


class YuanFormField(HundredthsField):
    """Yuan on the page, fen in the table."""


class PercentFormField(HundredthsField):
    """Per cent on the page, basis points in the table."""


class _HundredthsModelField(models.BigIntegerField):  # type: ignore[type-arg]
    form_field: type[HundredthsField] = HundredthsField

    def formfield(self, **kwargs: Any) -> forms.Field:
        return self.form_field(
            required=not self.blank and not self.has_default(),
            label=self.verbose_name,
            help_text=self.help_text,
            initial=self.get_default() if self.has_default() else None,
            widget=forms.TextInput(attrs={"inputmode": "decimal", "size": 12}),
        )

    def shown(self, value: int | None) -> str:
        """Return the value as an officer reads it."""
        return "" if value is None else f"{HundredthsField().prepare_value(value)} {self.unit}"

    unit: Any = ""


class FenField(_HundredthsModelField):
    """Money in fen; an officer types yuan."""

    form_field = YuanFormField
    unit = _("元")


class BasisPointsField(_HundredthsModelField):
    """A ratio in basis points; an officer types per cent."""

    form_field = PercentFormField
    unit = "%"


class CodeSetField(models.JSONField):
    """A set of division codes, kept as a sorted JSON list; typed with spaces between."""

    default_error_messages = {"bad_code": _("“%(value)s”不是六位区划代码。")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("default", tuple)
        super().__init__(*args, **kwargs)

    def to_python(self, value: Any) -> tuple[str, ...]:
        if isinstance(value, str):
            value = re.split(r"[\s,，、;；]+", value.strip()) if value.strip() else ()
        if not isinstance(value, Iterable):
            return ()
        return tuple(sorted({str(code) for code in value}))

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> tuple[str, ...]:
        return tuple(super().from_db_value(value, expression, connection) or ())

    def get_prep_value(self, value: Any) -> Any:
        return sorted(set(value)) if isinstance(value, tuple | list | set | frozenset) else value

    def validate(self, value: Any, model_instance: models.Model | None) -> None:
        for code in value:
            if not re.fullmatch(r"[0-9]{6}|XPCC", code):
                raise ValidationError(
                    self.error_messages["bad_code"], code="bad_code", params={"value": code}
                )

    def formfield(self, **kwargs: Any) -> forms.Field:
        return _CodesFormField(
            required=not self.blank, label=self.verbose_name, help_text=self.help_text
        )


class _CodesFormField(forms.CharField):
    def prepare_value(self, value: Any) -> Any:
        return " ".join(value) if isinstance(value, tuple | list) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        return str(self.prepare_value(initial) or "").split() != str(data or "").split()


class StatedSetField(ChoiceSetField):
    """A set that a rule may state to be empty: None = nothing stated, () = none of them."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["default"] = None
        kwargs["null"] = True
        super().__init__(*args, **kwargs)

    def to_python(self, value: Any) -> tuple[str, ...] | None:  # type: ignore[override]
        return None if value is None else super().to_python(value)

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        return None if value is None else super().from_db_value(value, expression, connection)

    def validate(self, value: Any, model_instance: models.Model | None) -> None:
        super().validate(value or (), model_instance)

    def formfield(self, **kwargs: Any) -> forms.Field:
        return _StatedSetFormField(
            choices=[(NONE_OF_THEM, _("一项也没有（来源写明）")), *self.flatchoices],
            required=False,
            label=self.verbose_name,
            help_text=self.help_text,
            widget=forms.CheckboxSelectMultiple,
        )


class _StatedSetFormField(forms.MultipleChoiceField):
    def prepare_value(self, value: Any) -> Any:
        return [NONE_OF_THEM] if value == () else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial), data)

    def clean(self, value: Any) -> Any:
        chosen = super().clean(value)
        if not chosen:
            return None
        if NONE_OF_THEM in chosen and len(chosen) > 1:
            raise ValidationError(_("选了“一项也没有”，就不能再选别的。"), code="contradiction")
        return () if NONE_OF_THEM in chosen else tuple(chosen)


# --- shorthand for the columns of the tables ------------------------------------------------


def enum_field(verbose_name: Any, enum: type[StrEnum], **kwargs: Any) -> models.CharField[Any, Any]:
    """A column of one slug; `blank=True` leaves it empty for "not stated"."""
    if kwargs.get("blank"):
        kwargs.setdefault("default", "")
    return models.CharField(verbose_name, max_length=24, choices=choices(enum), **kwargs)


def set_field(verbose_name: Any, enum: type[StrEnum], **kwargs: Any) -> ChoiceSetField:
    """A column of a set of slugs; empty means all."""
    kwargs.setdefault("blank", True)
    return ChoiceSetField(verbose_name, choices=choices(enum), **kwargs)


def fen_field(verbose_name: Any, **kwargs: Any) -> FenField:
    kwargs.setdefault("help_text", _("单位：元。"))
    return FenField(verbose_name, **kwargs)


def ratio_field(verbose_name: Any, **kwargs: Any) -> BasisPointsField:
    kwargs.setdefault("help_text", _("单位：%，85% 填 85。"))
    return BasisPointsField(verbose_name, **kwargs)


def number_field(verbose_name: Any, **kwargs: Any) -> models.PositiveSmallIntegerField[Any, Any]:
    return models.PositiveSmallIntegerField(verbose_name, null=True, blank=True, **kwargs)


def yes_no_field(verbose_name: Any, **kwargs: Any) -> models.BooleanField[Any, Any]:
    """Yes, no, or empty for "not stated"."""
    return models.BooleanField(verbose_name, null=True, blank=True, **kwargs)


def text_field(
    verbose_name: Any, max_length: int = 100, **kwargs: Any
) -> models.CharField[Any, Any]:
    kwargs.setdefault("blank", True)
    return models.CharField(verbose_name, max_length=max_length, **kwargs)
