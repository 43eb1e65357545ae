"""English of the titles that the shipped revisions have; other titles stay as published."""

import re

from django.utils.translation import gettext as _

from yibao.regions.english import place_of

_COMPILATION = re.compile("(.+?)(医保|职工医保|居民医保)：公开资料汇编")  # not shown


def english_of_title(words: str) -> str | None:
    """Return the English of the title of a compilation, None for other words."""
    match = _COMPILATION.fullmatch(words)
    place = match and place_of(match[1])
    if match is None or place is None:
        return None
    kind = {
        "医保": _("职工和居民"),  # not shown
        "职工医保": _("职工医保"),  # not shown
        "居民医保": _("居民医保"),  # not shown
    }[match[2]]
    return _("公开资料汇编：%(place)s，%(insurance)s") % {"place": place, "insurance": kind}
