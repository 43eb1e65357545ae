"""Pinyin of institution names: a table of signs, and the words that are read otherwise.

A name costs a few microseconds, so that a national list can be indexed while it is
imported. pypinyin itself segments every name against 47,000 phrases, ten times slower;
nearly all of them say nothing that the table of signs does not.
"""

import unicodedata
from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

_LONGEST_PHRASE = 4


class _Readings(NamedTuple):
    signs: Mapping[int, str]
    phrases: Mapping[str, tuple[str, ...]]
    heads: frozenset[str]


def syllables(text: str) -> list[str]:
    """Return one syllable per Chinese sign, any other sign as it is.

    >>> syllables("重庆长寿区3院")
    ['chong', 'qing', 'chang', 'shou', 'qu', '3', 'yuan']
    """
    readings = _readings()
    found: list[str] = []
    place = 0
    while place < len(text):
        phrase = None
        if text[place : place + 2] in readings.heads:
            candidates = (text[place : place + size] for size in range(_LONGEST_PHRASE, 1, -1))
            phrase = next((word for word in candidates if word in readings.phrases), None)
        if phrase is None:
            sign = text[place]
            found.append(readings.signs.get(ord(sign), sign))
            place += 1
        else:
            found += readings.phrases[phrase]
            place += len(phrase)
    return found


@cache
def _readings() -> _Readings:
    # Half a second and 20 MiB, needed where names are indexed and nowhere else.
    from pypinyin.constants import PHRASES_DICT, PINYIN_DICT

    signs = {sign: _plain(readings.partition(",")[0]) for sign, readings in PINYIN_DICT.items()}
    phrases = {}
    for phrase, spoken in PHRASES_DICT.items():
        if 2 <= len(phrase) <= _LONGEST_PHRASE and len(spoken) == len(phrase):
            plain = tuple(_plain(readings[0]) for readings in spoken)
            if any(signs.get(ord(sign)) != said for sign, said in zip(phrase, plain, strict=True)):
                phrases[phrase] = plain
    return _Readings(signs, phrases, frozenset(phrase[:2] for phrase in phrases))


@cache
def _plain(syllable: str) -> str:
    """Return a syllable without its tone; ü is written v, as people type it."""
    apart = unicodedata.normalize("NFD", syllable).replace("u\u0308", "v")
    return "".join(sign for sign in apart if sign.isalpha())
