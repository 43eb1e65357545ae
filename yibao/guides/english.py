"""Guides and definitions in English, and the search of them.

The English of a longer text stands in the catalogue paragraph by paragraph, so that a
paragraph that staff change is shown in Chinese and the rest stays English.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping

from yibao.core.language import ENGLISH, per_language, speaking, spoken
from yibao.core.words import in_language
from yibao.guides.markup import Block, parse, said_with, words_of

_WORD = re.compile(r"[a-z]{3,}|[0-9]{3,}")
_ENDING = re.compile(r"(?<=[a-z]{3})(?:ings?|ed|es|e|s)$")
_COMMON = frozenset(
    _WORD.findall(
        "the and for how what does can are with from have has not you your was were will who when "
        "where which why see this that there get need want must should insurance medical"
    )
)
_SHARE_OF_BEST = 0.4
_SHARE_OF_QUESTION = 0.3


@per_language(maxsize=512)
def blocks_in_language(body: str) -> tuple[tuple[Block, ...], bool]:
    """Return the blocks of a text in the language of the page, and whether all of it is."""
    is_whole = spoken() != ENGLISH or all(in_language(words) != words for words in words_of(body))
    return parse(said_with(body, in_language)), is_whole


def search(typed: str, texts: Mapping[str, Iterable[str]], limit: int) -> list[str]:
    """Return the keys whose English fits the words typed, best first; equal ones in order.

    The earlier a text of a key stands, the more its words count, and rare words count more
    than words that many keys have.
    """
    wanted = _words(typed)
    words = {key: tuple(map(_english_words, parts)) for key, parts in texts.items()}
    found = Counter(word for parts in words.values() for word in frozenset().union(*parts))
    rarity = {word: math.log((len(words) + 1) / found[word]) for word in wanted if found[word]}
    scores = {key: _score(rarity, parts) for key, parts in words.items()}
    best = sorted((key for key in scores if scores[key]), key=lambda key: -scores[key])
    enough = scores[best[0]] * _SHARE_OF_BEST if best else 0
    return [key for key in best if scores[key] >= enough][:limit]


def _score(rarity: Mapping[str, float], parts: tuple[frozenset[str], ...]) -> float:
    weights = [2.0**-place for place in range(len(parts))]
    held = {
        word: max(weight for weight, part in zip(weights, parts, strict=True) if word in part)
        for word in rarity
        if any(word in part for part in parts)
    }
    if sum(rarity[word] for word in held) < _SHARE_OF_QUESTION * sum(rarity.values()):
        return 0
    # A question that says little else is the closer one.
    focus = len(parts[0] & rarity.keys()) / (len(parts[0]) or 1)
    return sum(rarity[word] * weight for word, weight in held.items()) * (1 + focus)


@per_language(maxsize=1024)
def _english_words(text: str) -> frozenset[str]:
    if text.isascii():
        return _words(text)
    with speaking(ENGLISH):
        english = in_language(text)
    return _words(english) if english != text else frozenset()


def _words(text: str) -> frozenset[str]:
    """Return the stems of a text's words without the commonest.

    >>> sorted(_words("How do I file for the Referrals?"))
    ['fil', 'referral']
    """
    found = (word for word in _WORD.findall(text.lower()) if word not in _COMMON)
    return frozenset(_ENDING.sub("", word) for word in found)
