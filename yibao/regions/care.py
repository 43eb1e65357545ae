"""Where care is given: a region, or abroad, which has no code of its own."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from yibao.regions.index import Ambiguous, RegionRef
from yibao.regions.queries import ABROAD, find_region

_NAME = _("境外（包括港澳台）")
_SHORT = _("境外")
_TYPED = "境外(包括港澳台)"  # not shown
"""The name with half-width brackets, as forms hand it over."""


@dataclass(frozen=True, slots=True)
class Abroad:
    """Outside the country: a care place without a code."""

    code: str = ABROAD
    full_name: Promise = _NAME
    is_outside: bool = True


def find_care(text: str) -> RegionRef | Ambiguous | Abroad | None:
    """Read a care place: a region, or the contract's `abroad`."""
    if text.lower() == ABROAD or text in (str(_SHORT), str(_NAME), _TYPED):
        return Abroad()
    return find_region(text)
