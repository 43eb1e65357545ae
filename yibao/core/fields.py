"""Model fields that Django does not ship."""

from collections.abc import Iterable
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _


class ChoiceSetField(models.JSONField):
    """A set of the field's choices, kept as a JSON list without repeats, in order.

    The Python value is a tuple of slugs in the order of the choices; empty means
    that the row names none. Stored alike on SQLite and PostgreSQL.

    >>> ChoiceSetField(choices=[("a", "A"), ("b", "B")]).to_python(["b", "a", "b"])
    ('a', 'b')
    """

    description = _("一组选项")
    default_error_messages: ClassVar[dict[str, Any]] = {
        "invalid_choice": _("“%(value)s”不是可选的值。"),
        "not_a_list": _("应为选项代码的列表。"),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("default", tuple)
        super().__init__(*args, **kwargs)

    def to_python(self, value: Any) -> tuple[str, ...]:
        if value is None:
            return ()
        if isinstance(value, str) or not isinstance(value, Iterable):
            raise ValidationError(self.error_messages["not_a_list"], code="not_a_list")
        return self._in_order(value)

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> tuple[str, ...]:
        return tuple(super().from_db_value(value, expression, connection) or ())

    def get_prep_value(self, value: Any) -> Any:
        # A lookup's value (contains, an expression) is not the field's own value.
        return list(self._in_order(value)) if isinstance(value, tuple | list | set) else value

    def validate(self, value: Any, model_instance: models.Model | None) -> None:
        known = self._slugs()
        for slug in value:
            if slug not in known:
                raise ValidationError(
                    self.error_messages["invalid_choice"],
                    code="invalid_choice",
                    params={"value": slug},
                )
        if not value and not self.blank:
            raise ValidationError(self.error_messages["blank"], code="blank")

    def value_to_string(self, obj: models.Model) -> Any:
        return list(self.value_from_object(obj))

    def formfield(self, **kwargs: Any) -> forms.Field:
        return forms.TypedMultipleChoiceField(
            choices=self.get_choices(include_blank=False),
            coerce=str,
            required=not self.blank,
            label=kwargs.get("label", self.verbose_name),
            help_text=kwargs.get("help_text", self.help_text),
            initial=kwargs.get("initial", self.get_default),
            widget=forms.CheckboxSelectMultiple,
        )

    def _slugs(self) -> tuple[str, ...]:
        return tuple(slug for slug, _label in self.flatchoices)

    def _in_order(self, value: Iterable[str]) -> tuple[str, ...]:
        rank = {slug: place for place, slug in enumerate(self._slugs())}
        return tuple(sorted(set(value), key=lambda slug: (rank.get(slug, len(rank)), slug)))
