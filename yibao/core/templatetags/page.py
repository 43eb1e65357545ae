"""Tags of the page kit: the fixed parts of the frame, and form fields."""

from functools import lru_cache

from django import template
from django.conf import settings
from django.forms import BaseForm, BoundField
from django.template import Context
from django.template.loader import get_template
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from yibao.core.context_processors import Site
from yibao.core.field_view import FieldView, field_view, listed_errors
from yibao.core.navigation import links, section_of

register = template.Library()


@register.simple_tag(takes_context=True)
def frame_part(context: Context, name: str) -> SafeString:
    """Render components/frame_<name>.html, which depends on the section and the operator only.

    Kept per process: the frame holds most of a page's links and translated words, and
    rendering it anew would cost more than the whole result on many pages.
    """
    request = context.get("request")
    section = section_of(request.path) if request else ""
    return _frame_part(name, section, settings.OPERATOR, get_language())


@lru_cache(maxsize=128)
def _frame_part(name: str, section: str, operator: str, language: str | None) -> SafeString:
    site = Site(operator, is_demonstration=not operator)
    values = {"site": site, "links": links(), "section": section}
    return SafeString(get_template(f"components/frame_{name}.html").render(values))


@register.simple_tag(takes_context=True)
def field(context: Context, bound: BoundField, heading: bool = False) -> SafeString:
    """Render one form field; with `heading=True` its label is the page's h1."""
    values = {"field": bound, "heading": heading, "page_address": _address(context)}
    return SafeString(get_template("yibao/field.html").render(values))


@register.simple_tag(takes_context=True, name="field_view")
def field_view_tag(context: Context, bound: BoundField) -> FieldView:
    """Return what yibao/field.html shows of a field."""
    return field_view(bound, page_address=_address(context))


@register.filter
def errors_with_anchors(form: BaseForm) -> list[tuple[str, str, str]]:
    """Return (anchor, label, message) per error; the anchor is '' for the form's own errors."""
    return listed_errors(form)


def _address(context: Context) -> str:
    """Return the address of the page shown, without host."""
    if "page_address" in context:
        return str(context["page_address"])
    request = context.get("request")
    return request.get_full_path() if request else ""
