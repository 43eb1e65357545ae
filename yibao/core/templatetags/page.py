"""Tags of the page kit: the fixed parts of the frame, and form fields."""

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
from yibao.core.language import ENGLISH, per_language, spoken
from yibao.core.navigation import links, section_of
from yibao.core.patterns import Pattern
from yibao.core.people import PARAMETER, Person, person_in

register = template.Library()


@register.simple_tag(takes_context=True)
def frame_part(context: Context, name: str) -> SafeString:
    """Render components/frame_<name>.html, which depends on the section, the operator, the language
    and the person asked for only.

    Kept per process: the frame holds most of a page's links and translated words, and
    rendering it anew would cost more than the whole result on many pages.
    """
    request = context.get("request")
    section = section_of(request.path) if request and name == "nav" else ""
    person = person_in(request.GET) if request and name in _LEADING_ON else None
    return _frame_part(name, section, settings.OPERATOR, person)


_LEADING_ON = ("brand", "nav", "urgent")
"""Parts whose links keep for whom somebody asks."""


@per_language(maxsize=512)
def _frame_part(name: str, section: str, operator: str, person: Person | None) -> SafeString:
    site = Site(operator, is_demonstration=not operator)
    query = f"?{PARAMETER}={person.value}" if person else ""
    addresses = {page: f"{address}{query}" for page, address in links().items()}
    values = {"site": site, "links": addresses, "section": section}
    return SafeString(get_template(f"components/frame_{name}.html").render(values))


_TOOLS = Pattern(
    "components/frame_tools.html#forms",
    "large_type", "language", "next", "type_button", "language_button",
)  # fmt: skip
_TO_NORMAL = Pattern("components/frame_tools.html#to_normal")
_TO_LARGE = Pattern("components/frame_tools.html#to_large")
_TO_CHINESE = Pattern("components/frame_tools.html#to_chinese")
_TO_ENGLISH = Pattern("components/frame_tools.html#to_english")
_LONGEST_RETURN = 2000


@register.simple_tag(takes_context=True)
def frame_tools(context: Context) -> SafeString:
    """Print the switches of type and language, which return to this page."""
    request = context.get("request")
    return _TOOLS(
        large_type=links()["large_type"],
        language=links()["language"],
        next=request.get_full_path()[:_LONGEST_RETURN] if request else "",
        type_button=_TO_NORMAL() if context.get("large_type") else _TO_LARGE(),
        language_button=_TO_CHINESE() if spoken() == ENGLISH else _TO_ENGLISH(),
    )


@register.simple_tag(takes_context=True)
def field(context: Context, bound: BoundField, heading: bool = False) -> SafeString:
    """Render one form field; with `heading=True` its label is the page's h1."""
    return field_html(bound, heading=heading, page_address=_address(context))


class OncePerObject(Node):
    """Renders what stands inside once per object and language, as long as the object lives."""

    def __init__(self, subject: FilterExpression, inside: NodeList) -> None:
        self.subject = subject
        self.nodelist = inside
        self._rendered: WeakKeyDictionary[Any, dict[str, SafeString]] = WeakKeyDictionary()

    def render(self, context: Context) -> SafeString:
        subject = self.subject.resolve(context)
        texts = self._rendered.setdefault(subject, {})
        text = texts.get(spoken())
        if text is None:
            text = texts[spoken()] = self.nodelist.render(context)
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
