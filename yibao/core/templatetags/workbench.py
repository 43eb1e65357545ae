"""The desks of the first page of the staff panel."""

from django import template
from django.template import Context

from yibao.core.workbench import Desk, desks_of

register = template.Library()


@register.simple_tag(takes_context=True)
def desks(context: Context) -> tuple[Desk, ...]:
    """Return where the person who is signed in has work: `{% desks as work %}`."""
    return desks_of(context["request"])
