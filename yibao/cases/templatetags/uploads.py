"""Tags that show papers: the field of one paper, and the size of a file."""

from typing import Any

from django import template
from django.forms import BoundField
from django.utils.translation import gettext as _

from yibao.cases.uploads.fields import REMOVE_BUTTON, REPLACE, UPLOAD_BUTTON, UploadField
from yibao.core.field_view import field_view

register = template.Library()

_KIB = 1024
_MIB = 1024 * 1024


@register.inclusion_tag("cases/upload_field.html")
def upload_field(bound: BoundField, files_address: str) -> dict[str, Any]:
    """Show the field of one paper with the files that are kept.

    `files_address` is where `<id>/` gives a file and `<id>/preview/` its small picture; the
    page's form posts to the page itself as multipart/form-data.
    """
    field = bound.field
    if not isinstance(field, UploadField):
        raise TypeError(f"{bound.name} is no UploadField")
    return {
        "view": field_view(bound),
        "material": field.material,
        "held": field.held,
        "files_address": files_address,
        "upload_button": UPLOAD_BUTTON,
        "remove_button": REMOVE_BUTTON,
        "replace": REPLACE,
    }


@register.filter
def file_size(size: int) -> str:
    """Return bytes in words: whole KB below one MB, MB with one decimal from there.

    >>> file_size(1_258_291)
    '1.2 MB'
    """
    if size < _MIB:
        return _("%(size)s KB") % {"size": max(1, round(size / _KIB))}
    return _("%(size)s MB") % {"size": f"{size / _MIB:.1f}"}
