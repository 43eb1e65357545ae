"""Print a form field: label, hint, errors, and the control with all its options.

HTML made in Python, as a form has some ten fields and sixty options: a template for each
costs more than the rest of the page. All text is escaped here, also text marked safe.
"""

from html import escape

from django.forms import BoundField
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from yibao.core.field_view import SHOWN_SIGNS, FieldView, field_view, kind_of
from yibao.core.identity import Same
from yibao.core.language import per_language, spoken
from yibao.core.words import said

_OPTIONAL = _("（可不填）")
_WRONG = _("有误：")
_WHICH = _("您指的是哪一个？")
_PICK = _("按省份选择")


KEPT_FIELDS = 2048

_kept: dict[tuple[object, ...], SafeString] = {}
"""Shared fields as they were shown with one value; a form shows mostly the same ones again."""


def field_html(bound: BoundField, *, heading: bool = False, page_address: str = "") -> SafeString:
    """Return the whole field; with `heading` its label is the page's h1.

    `page_address` is where picking a region returns to.
    """
    value = bound.value()
    if not _is_kept(bound, value):
        return _field(bound, heading=heading, page_address=page_address)
    returns_to = page_address if kind_of(bound) == "region" else ""
    field = Same(bound.field)
    key = (spoken(), field, bound.html_name, bound.auto_id, value, heading, returns_to)
    html = _kept.get(key)
    if html is None:
        if len(_kept) >= KEPT_FIELDS:
            _kept.clear()
        html = _kept[key] = _field(bound, heading=heading, page_address=page_address)
    return html


def _is_kept(bound: BoundField, value: object) -> bool:
    """Tell whether nothing but a short value distinguishes this field from one shown before.

    A form marks fields that it shares and never changes with `is_shared`.
    """
    is_short = value is None or (isinstance(value, str) and len(value) <= SHOWN_SIGNS)
    is_shared = getattr(bound.field, "is_shared", False)
    return is_short and is_shared and bound.name not in bound.form.errors


def _field(bound: BoundField, *, heading: bool, page_address: str) -> SafeString:
    view = field_view(bound, page_address=page_address)
    if view.kind == "hidden":
        html = (
            f'<input type="hidden" name="{escape(view.name)}" value="{escape(view.value)}"'
            f' id="{escape(view.id)}">'
        )
    elif view.kind in ("radios", "checkboxes"):
        html = _choices(view, heading=heading)
    else:
        html = _single(view, heading=heading)
    return mark_safe(html)  # noqa: S308 - escaped where it was put in


def _choices(view: FieldView, *, heading: bool) -> str:
    described = f' aria-describedby="{escape(view.described_by)}"' if view.described_by else ""
    inline = ' class="choices-inline"' if view.is_inline else ""
    sort = "radio" if view.kind == "radios" else "checkbox"
    options = "".join(
        _choice(sort, view.name, option.id, option.value, option.label, option.hint, option.chosen)
        for option in view.options
    )
    return (
        f'<fieldset class="{_classes(view, heading=heading)}" id="{escape(view.id)}"{described}>\n'
        f"<legend>{_label(view.label, heading, view.is_optional)}</legend>\n"
        f"{_hint(view.id, view.hint)}{_errors(view)}<div{inline}>{options}</div>\n</fieldset>\n"
    )


def _single(view: FieldView, *, heading: bool) -> str:
    label = ""
    if view.kind != "checkbox":
        words = _label(view.label, heading, view.is_optional)
        label = f'<label class="label" for="{escape(view.id)}">{words}</label>\n'
    return (
        f'<div class="{_classes(view, heading=heading)}">\n'
        f"{label}{_hint(view.id, view.hint)}{_errors(view)}{_control(view)}\n</div>\n"
    )


def _control(view: FieldView) -> str:
    if view.kind == "widget":
        return view.widget
    if view.kind == "region":
        return _region(view)
    named = f'name="{escape(view.name)}" id="{escape(view.id)}"'
    if view.kind == "select":
        options = "".join(_option(each.value, each.label, each.chosen) for each in view.options)
        return f'<select {named} class="input"{view.attributes}>{options}</select>'
    if view.kind == "checkbox":
        checked = " checked" if view.value else ""
        return (
            f'<div class="choice"><input type="checkbox" {named}{checked}{view.attributes}>'
            f'<label for="{escape(view.id)}">{escape(view.label)}</label></div>'
        )
    if view.kind == "textarea":
        # The browser drops one line break after the tag; what was typed may begin with one.
        value = escape(view.value)
        return f'<textarea {named} class="input"{view.attributes}>\n{value}</textarea>'
    control = f'<input {named} value="{escape(view.value)}"{view.attributes}>'
    if view.unit:
        return f'<div class="with-unit">{control}<span>{escape(view.unit)}</span></div>'
    return control


def _region(view: FieldView) -> str:
    id_ = escape(view.id)
    which = ""
    if view.options:
        places = "".join(
            _choice("radio", view.name, place.id, place.value, place.label, "", place.chosen)
            for place in view.options
        )
        which = (
            f'<fieldset class="field"><legend>{escape(said(_WHICH))}</legend>{places}</fieldset>\n'
        )
    return (
        f'<div class="region" data-region-field data-suggest="{escape(view.suggest_address)}">'
        f'<input type="text" name="{escape(view.name)}" id="{id_}" value="{escape(view.value)}"'
        f' class="input" autocomplete="off" spellcheck="false"{view.attributes}>'
        # What the form around it says to HTMX is not meant for the list.
        f'<ul class="suggestions" id="{id_}-places" hx-include="unset" hx-push-url="false"'
        ' hx-sync="unset" hidden></ul>'
        f'<p class="hidden-text" role="status" data-region-status></p></div>\n'
        f'{which}<a class="region-pick" href="{escape(view.pick_address)}">'
        f"{escape(said(_PICK))}</a>"
    )


def _classes(view: FieldView, *, heading: bool) -> str:
    return f"field{' field-bad' if view.errors else ''}{' question' if heading else ''}"


def _errors(view: FieldView) -> str:
    if not view.errors:
        return ""
    wrong = escape(said(_WRONG))
    messages = "".join(
        f'<p class="error"><span class="hidden-text">{wrong}</span>{escape(message)}</p>'
        for message in view.errors
    )
    return f'<div id="{escape(view.id)}-error">{messages}</div>\n'


# --- What is the same each time that a field is shown ----------------------------------


@per_language(maxsize=2048)
def _label(label: str, heading: bool, is_optional: bool) -> str:
    words = f"<h1>{escape(label)}</h1>" if heading else escape(label)
    optional = f' <span class="optional">{escape(said(_OPTIONAL))}</span>' if is_optional else ""
    return f"{words}{optional}"


@per_language(maxsize=2048)
def _hint(field_id: str, hint: str) -> str:
    return f'<p class="hint" id="{escape(field_id)}-hint">{escape(hint)}</p>\n' if hint else ""


@per_language(maxsize=8192)
def _choice(
    sort: str, name: str, option_id: str, value: str, label: str, hint: str, chosen: bool
) -> str:
    id_ = escape(option_id)
    described = f' aria-describedby="{id_}-hint"' if hint else ""
    help_ = f'<span class="hint" id="{id_}-hint">{escape(hint)}</span>' if hint else ""
    return (
        f'<div class="choice"><input type="{sort}" name="{escape(name)}" id="{id_}"'
        f' value="{escape(value)}"{" checked" if chosen else ""}{described}>'
        f'<label for="{id_}">{escape(label)}{help_}</label></div>'
    )


@per_language(maxsize=8192)
def _option(value: str, label: str, chosen: bool) -> str:
    selected = " selected" if chosen else ""
    return f'<option value="{escape(value)}"{selected}>{escape(label)}</option>'
