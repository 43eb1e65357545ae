"""Words, each looked up in the catalogue once per process and language.

Looking a word up costs more than printing it, and a result takes some two hundred.
"""

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _look_up

from yibao.core.identity import Same
from yibao.core.language import per_language


@per_language(maxsize=8192)
def gettext(message: str) -> str:
    """Return the translation of words written in the code: Django's, remembered.

    >>> gettext("%(name)s") % {"name": "a"}
    'a'
    """
    return _look_up(message)


def in_language(text: str) -> str:
    """Return a text of the data in the language of the page, or as it is.

    Its English stands in the catalogue under its Chinese words: once staff publish other
    words, the old English is gone by itself and the Chinese is shown.
    """
    return gettext(text) if text else ""


def said(word: Any) -> str:
    """Return a word, lazy or not, as text.

    >>> from django.utils.functional import lazystr
    >>> said(lazystr("a")), said("b"), said(3)
    ('a', 'b', '3')
    """
    return _looked_up(Same(word)) if isinstance(word, Promise) else str(word)


@per_language(maxsize=8192)
def _looked_up(same: Same[Promise]) -> str:
    # Comparing lazy words would look them up.
    return str(same.it)
