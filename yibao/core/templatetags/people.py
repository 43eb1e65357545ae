"""Tags for pages that somebody reads on behalf of a relative."""

from typing import Any
from urllib.parse import parse_qsl, urlencode

from django import template
from django.template import Context, Node, NodeList
from django.template.base import Parser, Token
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy

from yibao.core.patterns import Pattern
from yibao.core.people import PARAMETER, Person, addressed, person_in
from yibao.core.words import said

register = template.Library()


class AddressedNode(Node):
    """Says what stands inside about the person asked for."""

    def __init__(self, inside: NodeList) -> None:
        self.nodelist = inside

    def render(self, context: Context) -> SafeString:
        text = self.nodelist.render(context)
        # Only a fixed word of our own goes in.
        return mark_safe(addressed(text, _person(context)))  # noqa: S308


@register.tag(name="addressed")
def addressed_tag(parser: Parser, token: Token) -> AddressedNode:
    """Switch 您 to 您母亲 … up to {% endaddressed %}, where the address asks for somebody."""
    inside = parser.parse(("endaddressed",))
    parser.delete_first_token()
    return AddressedNode(inside)


@register.simple_tag(takes_context=True)
def person_field(context: Context) -> SafeString:
    """Print the hidden field that carries the person through a form."""
    person = _person(context)
    rows = [(PARAMETER, person.value)] if person else []
    return format_html_join("", '<input type="hidden" name="{}" value="{}">', rows)


@register.simple_tag(takes_context=True)
def person_query(context: Context, first: bool = False) -> SafeString:
    """Print `&for=…` that carries the person through a link, after `?` where it comes first."""
    person = _person(context)
    if person is None:
        return mark_safe("")
    sign = "?" if first else "&amp;"
    # Only fixed words of our own.
    return mark_safe(f"{sign}{PARAMETER}={person.value}")  # noqa: S308


_SWITCH = Pattern("components/person_switch.html#switch", "label", "people")
_PERSON = Pattern("components/person_switch.html#person", "label", "address")
_CHOSEN = Pattern("components/person_switch.html#chosen", "label", "address")
_PEOPLE: tuple[tuple[str, Any], ...] = (("", gettext_lazy("自己")), *Person.choices)


@register.simple_tag(takes_context=True)
def person_switch(context: Context) -> SafeString:
    """Print for whom one asks, with a link to this page asked for each other person.

    Links and not a form: a second set of the page's answers as hidden fields would stand
    in the way of whoever fills in the first.
    """
    request = context["request"]
    chosen = _person(context) or ""
    given = parse_qsl(request.META.get("QUERY_STRING", ""), keep_blank_values=True)
    kept = urlencode([pair for pair in given if pair[0] != PARAMETER])
    people = []
    for value, word in _PEOPLE:
        query = "&".join(part for part in (kept, f"{PARAMETER}={value}" if value else "") if part)
        address = f"{request.path}?{query}" if query else request.path
        write = _CHOSEN if value == chosen else _PERSON
        people.append(write(label=said(word), address=address))
    label = next(said(word) for value, word in _PEOPLE if value == chosen)
    return _SWITCH(label=label, people=SafeString("".join(people)))


def _person(context: Context) -> Person | None:
    request = context.get("request")
    return person_in(request.GET) if request else None
