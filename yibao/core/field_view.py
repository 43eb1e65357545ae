"""What a form field shows, worked out in Python so that `field_html` can print it flat.

Django renders each widget and each option of a choice through a template of its own,
which makes a form cost more than everything else on its page together.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.forms import BaseForm, BoundField
from django.forms.widgets import Input
from django.utils.safestring import SafeString, mark_safe

from yibao.core.navigation import links
from yibao.core.words import said

SHOWN_SIGNS = 200
"""A typed value is given back up to this length; nothing that we ask for is longer."""


@dataclass(frozen=True, slots=True)
class Option:
    """One answer of a choice."""

    id: str
    value: str
    label: str
    hint: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class FieldView:
    """A field ready to print; `kind` is one of those that `field_html` knows."""

    kind: str
    id: str
    name: str
    label: str
    hint: str
    unit: str
    errors: tuple[str, ...]
    is_optional: bool
    is_inline: bool
    value: str
    options: tuple[Option, ...]
    attributes: SafeString
    described_by: str
    suggest_address: str
    pick_address: str
    widget: SafeString


_KINDS: tuple[tuple[type[forms.Widget], str], ...] = (
    (forms.CheckboxSelectMultiple, "checkboxes"),
    (forms.RadioSelect, "radios"),
    (forms.HiddenInput, "hidden"),
    (forms.SelectMultiple, "widget"),
    (forms.Select, "select"),
    (forms.CheckboxInput, "checkbox"),
    (forms.Textarea, "textarea"),
    (forms.FileInput, "widget"),
    (forms.MultiWidget, "widget"),
    (Input, "input"),
)


def kind_of(bound: BoundField) -> str:
    """Return in which way `field_html` prints this field."""
    declared: str | None = getattr(bound.field, "kind", None)
    if declared:
        return declared
    widget = bound.field.widget
    return next((kind for type_, kind in _KINDS if isinstance(widget, type_)), "widget")


def field_view(bound: BoundField, page_address: str = "") -> FieldView:
    """Return what is printed; `page_address` is where picking a region returns to."""
    field = bound.field
    kind = kind_of(bound)
    field_id = str(bound.auto_id)
    # `bound.errors` makes an empty list of its own for each field without errors.
    problems = tuple(str(message) for message in bound.form.errors.get(bound.name, ()))
    hint = said(bound.help_text)
    described = [f"{field_id}-hint"] if hint else []
    if problems:
        described.append(f"{field_id}-error")
    described_by = " ".join(described)
    attributes: dict[str, Any] = {**field.widget.attrs}
    if bound.form.fields[bound.name].disabled:
        attributes["disabled"] = True
    if described_by:
        attributes["aria-describedby"] = described_by
    if problems:
        attributes["aria-invalid"] = "true"
    is_choice = kind in ("radios", "checkboxes", "select")
    value = "" if is_choice or kind == "widget" else _shown(bound)
    if kind == "input":
        attributes["type"] = _input_type(bound, value)
        attributes["class"] = f"input {attributes.get('class', '')}".rstrip()
    return FieldView(
        kind=kind,
        id=field_id,
        name=bound.html_name,
        label=said(bound.label),
        hint=hint,
        unit=said(getattr(field, "unit", "")),
        errors=problems,
        is_optional=not field.required and getattr(field, "marks_optional", True),
        is_inline=getattr(field, "is_inline", False),
        value=value,
        options=tuple(_options(bound, field_id, kind)),
        attributes=_printed(attributes),
        described_by=described_by,
        suggest_address=links()["suggest"] if kind == "region" else "",
        pick_address=_pick_address(bound.html_name, page_address) if kind == "region" else "",
        widget=bound.as_widget(attrs=attributes) if kind == "widget" else SafeString(""),
    )


def anchor_of(bound: BoundField) -> str:
    """Return the id of the control that takes the focus when an error of the field is followed."""
    has_set = kind_of(bound) in ("radios", "checkboxes")
    return f"{bound.auto_id}_0" if has_set else str(bound.auto_id)


def listed_errors(form: BaseForm) -> list[tuple[str, str, str]]:
    """Return (anchor, label, message) for each error, in the order of the fields."""
    listed = [("", "", str(message)) for message in form.non_field_errors()]
    for bound in form:
        listed += [(anchor_of(bound), str(bound.label), str(error)) for error in bound.errors]
    return listed


def _printed(attributes: Mapping[str, Any]) -> SafeString:
    """Return attributes of an element: True stands by its name alone, None and False not."""
    given = ((n, v) for n, v in attributes.items() if v is not None and v is not False)
    return mark_safe(  # noqa: S308 - escaped here
        "".join(
            f" {name}" if value is True else f' {name}="{escape(str(value))}"'
            for name, value in given
        )
    )


def _shown(bound: BoundField) -> str:
    value = bound.value()
    if isinstance(value, bool):
        return "on" if value else ""
    return "" if value is None else str(value)[:SHOWN_SIGNS]


def _input_type(bound: BoundField, value: str) -> str:
    chooses = getattr(bound.field, "input_type", None)
    declared = bound.field.widget.input_type
    return str(chooses(value) if callable(chooses) else declared)


def _options(bound: BoundField, field_id: str, kind: str) -> Iterator[Option]:
    if kind == "region":
        yield from _candidates(bound, field_id)
    if kind not in ("radios", "checkboxes", "select"):
        return
    held = bound.value()
    chosen = (
        {str(value) for value in held} if isinstance(held, (list, tuple)) else {str(held or "")}
    )
    hints: Mapping[str, str] = getattr(bound.field, "choice_hints", {})
    choices = bound.field.choices  # type: ignore[attr-defined]
    for position, (value, label) in enumerate(choices):
        text = str(value)
        hint = said(hints.get(text, ""))
        yield Option(f"{field_id}_{position}", text, said(label), hint, text in chosen)


def _candidates(bound: BoundField, field_id: str) -> Iterator[Option]:
    """Offer the places an ambiguous name may mean; radio buttons work without a script."""
    for error in bound.errors.as_data():
        for position, place in enumerate((error.params or {}).get("candidates", ())):
            yield Option(
                f"{field_id}_{position}", place.code, str(place.full_name), "", chosen=False
            )


def _pick_address(name: str, page_address: str) -> str:
    return f"{links()['regions']}?{urlencode({'pick': name, 'next': page_address[:2000]})}"
