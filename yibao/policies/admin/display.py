"""How columns of provisions read in the panel: yuan, per cent and words in place of slugs."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect
from django.db import models
from django.utils.translation import gettext_lazy as _

from yibao.core.fields import ChoiceSetField
from yibao.policies.fields import BasisPointsField, CodeSetField, FenField, StatedSetField
from yibao.policies.models import BenefitProvision, Provision

SOURCE = (
    "clause",
    "standing",
    "kind",
    ("effective_from", "effective_basis", "effective_to"),
    "note",
)
_HIDDEN = {"id", "revision", "reference", "ended_by", "withdrawn_by"}
_RARE = ("age_from", "age_to", "tier", "institution_class", "disease", "treatment", "severity")

type Shown = str | Callable[[Any], Any]


@cache
def fieldsets_of(model: type[Provision], *, readable: bool = False) -> Any:
    """Return the fieldsets of one table; `readable` puts words in place of raw values."""
    in_source = {name for part in SOURCE for name in ([part] if isinstance(part, str) else part)}
    names = [
        field.name for field in model._meta.concrete_fields if field.name not in in_source | _HIDDEN
    ]
    rare = _RARE if issubclass(model, BenefitProvision) else ()
    show = (lambda name: shown(model, name)) if readable else (lambda name: name)
    sets = [
        (None, {"fields": [show(name) for name in names if name not in rare]}),
        (_("来源和有效期"), {"fields": SOURCE}),
    ]
    if rare:
        rest = {"fields": [show(name) for name in rare], "classes": ["collapse"]}
        sets.insert(1, (_("更多适用条件"), rest))
    return sets


def readonly_fields_of(model: type[Provision]) -> Any:
    """Return the readable columns of one table."""
    return tuple(
        part
        for _title, options in fieldsets_of(model, readable=True)
        for part in options["fields"]
        if callable(part)
    )


@cache
def shown(model: type[Provision], name: str) -> Shown:
    """Return a column as the panel shows it when it cannot be edited."""
    field: models.Field[Any, Any] = model._meta.get_field(name)  # type: ignore[assignment]
    if not isinstance(field, FenField | BasisPointsField | ChoiceSetField | CodeSetField):
        return name

    def read(row: Any) -> Any:
        value = getattr(row, name)
        if isinstance(field, FenField | BasisPointsField):
            return field.shown(value) or None
        if value == () and isinstance(field, StatedSetField):
            return _("一项也没有")
        words = dict(field.flatchoices)
        return "、".join(str(words.get(item, item)) for item in value or ()) or None

    read.__name__ = f"shown_{name}"
    return admin.display(read, description=field.verbose_name)


class ClauseSelect(AutocompleteSelect):
    """The search box for clauses; `known` labels spare a query per row of a form."""

    known: Mapping[str, str] = {}

    def optgroups(self, name: str, value: Sequence[str], attr: Any = None) -> Any:
        chosen = [item for item in value if item]
        if not chosen or any(item not in self.known for item in chosen):
            return super().optgroups(name, value, attr)
        options = [
            self.create_option(name, item, self.known[item], True, place)
            for place, item in enumerate(chosen)
        ]
        return [(None, options, 0)]
