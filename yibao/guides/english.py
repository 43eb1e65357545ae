"""Questions, short answers and definitions in English, and the search of them.

The English of a text stands in the catalogue under its Chinese words: once staff publish
another text, the old English is gone by itself and the Chinese is shown.
"""

import re
from collections.abc import Iterable, Mapping

from yibao.core.language import ENGLISH, per_language, speaking
from yibao.core.words import gettext

_WORD = re.compile(r"[a-z]{3,}")
_COMMON = frozenset(
    ("the", "and", "for", "how", "what", "does", "can", "are", "with", "from", "have", "has")
)


def in_language(text: str) -> str:
    """Return a guide's text in the language of the page, or as it is."""
    return gettext(text) if text else ""


def search(typed: str, texts: Mapping[str, Iterable[str]], limit: int) -> list[str]:
    """Return the keys whose English holds the most of the words typed, best first; all of
    them equal in order. Words of the first text of a key count double."""
    wanted = _words(typed)
    if not wanted:
        return []
    scores = {key: _score(wanted, tuple(parts)) for key, parts in texts.items()}
    best = sorted((key for key in scores if scores[key]), key=lambda key: -scores[key])
    return best[:limit]


def _score(wanted: frozenset[str], parts: tuple[str, ...]) -> int:
    first, *others = (_english_words(part) for part in parts)
    if not wanted <= first.union(*others):
        return 0
    return 2 * len(wanted & first) + sum(len(wanted & other) for other in others)


@per_language(maxsize=1024)
def _english_words(text: str) -> frozenset[str]:
    if text.isascii():
        return _words(text)
    with speaking(ENGLISH):
        english = in_language(text)
    return _words(english) if english != text else frozenset()


def _words(text: str) -> frozenset[str]:
    """Return the words of a text without endings of number and without the commonest.

    >>> sorted(_words("How do I file for the Referrals?"))
    ['file', 'referral']
    """
    found = (word.removesuffix("s") for word in _WORD.findall(text.lower()))
    return frozenset(word for word in found if word not in _COMMON)
