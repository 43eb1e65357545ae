"""Tags of the page kit: the fixed parts of the frame, and form fields."""

from functools import lru_cache
from typing import Any
from weakref import WeakKeyDictionary

from django import template
from django.conf import settings
from django.forms import BaseForm, BoundField
from django.template import Context, Node, NodeList
from django.template.base import FilterExpression, Parser, Token
from django.template.loader import get_template
from django.utils.safestring import SafeString

from yibao.core.context_processors import Site
from yibao.core.field_html import field_html
from yibao.core.field_view import listed_errors
from yibao.core.navigation import links, section_of

register = template.Library()


@register.simple_tag(takes_context=True)
def frame_part(context: Context, name: str) -> SafeString:
    """Render components/frame_<name>.html, which depends on the section and the operator only.

    Kept per process: the frame holds most of a page's links and translated words, and
    rendering it anew would cost more than the whole result on many pages.
    """
    request = context.get("request")
    section = section_of(request.path) if request and name == "nav" else ""
    return _frame_part(name, section, settings.OPERATOR)


@lru_cache(maxsize=128)
def _frame_part(name: str, section: str, operator: str) -> SafeString:
    site = Site(operator, is_demonstration=not operator)
    values = {"site": site, "links": links(), "section": section}
    return SafeString(get_template(f"components/frame_{name}.html").render(values))


@register.simple_tag(takes_context=True)
def field(context: Context, bound: BoundField, heading: bool = False) -> SafeString:
    """Render one form field; with `heading=True` its label is the page's h1."""
    return field_html(bound, heading=heading, page_address=_address(context))


class OncePerObject(Node):
    """Renders what stands inside once for each object, as long as the object lives."""

    def __init__(self, subject: FilterExpression, inside: NodeList) -> None:
        self.subject = subject
        self.nodelist = inside
        self._rendered: WeakKeyDictionary[Any, SafeString] = WeakKeyDictionary()

    def render(self, context: Context) -> SafeString:
        subject = self.subject.resolve(context)
        text = self._rendered.get(subject)
        if text is None:
            text = self._rendered[subject] = self.nodelist.render(context)
        return text


@register.tag(name="once_per")
def once_per(parser: Parser, token: Token) -> OncePerObject:
    """`{% once_per page %}…{% endonce_per %}`: the text may depend on that object alone.

    For parts of a page that are large and the same for everybody. The object must never
    change, and is told from others by identity.
    """
    _name, subject = token.split_contents()
    inside = parser.parse(("endonce_per",))
    parser.delete_first_token()
    return OncePerObject(parser.compile_filter(subject), inside)


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
