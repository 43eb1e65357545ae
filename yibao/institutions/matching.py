"""From typed text to conditions: tokens that find candidates, and checks that settle them.

A text is cut into terms at every sign that is neither letter nor digit; all terms must
match. A term matches an institution

* whose name or alias contains it,
* whose initials contain it, or whose syllables contain it from the start of one on,
* in a region that the term names, or names first (成都华西: 华西 in 成都).

Tokens find candidates; every candidate is then checked against the text itself.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from yibao.institutions.indexing import EDGE, normalise
from yibao.institutions.pinyin import apart, completions, cuts
from yibao.regions import queries as regions

_MOST_REGIONS = 8
_LONGEST_HEAD = 6
_MOST_TOKENS = 5
LONGEST_TEXT = 100
"""Signs of a typed text that are read: no name is longer."""

type Tokens = tuple[str, ...]
"""Any of these."""


@dataclass(frozen=True, slots=True)
class Branch:
    """One way to match: all of `tokens`; of the candidates those count that lie in one of
    `places` (tokens; empty = anywhere) and hold `text` in `column` ("" = whatever they hold)."""

    tokens: tuple[Tokens, ...]
    column: str = ""
    text: str = ""
    places: Tokens = ()


type Group = tuple[Branch, ...]
"""Any of these branches."""


type Groups = tuple[Group, ...]
"""All of these groups."""


@dataclass(frozen=True, slots=True)
class Text:
    """What was typed, ready to search: the ways to fit, closest first.

    The name is it; begins with it; holds it; and last, for a single term, the place is named
    by it. Each of the first three ways holds whatever the ways before it hold.
    """

    ways: tuple[Groups, ...]


def read(typed: str) -> Text | None:
    """Return the conditions of a typed text, None where no letter or digit is in it.

    What goes beyond LONGEST_TEXT is not read.
    """
    terms = _terms(typed[:LONGEST_TEXT])
    if not terms:
        return None
    joined = "".join(terms)
    is_alone = len(terms) == 1
    exact, prefix = _named(joined, EDGE, EDGE), _named(joined, EDGE, "")
    if is_alone:
        exact += _sounding(joined, EDGE, EDGE)
        prefix += _sounding(joined, EDGE, "")
    named = [_named(term, "", "") + _sounding(term, "", "") for term in terms]
    placed = [_placed(term, with_initials=not is_alone) for term in terms]
    ways: list[Groups] = [(exact,), (prefix,)]
    if is_alone:
        ways.append((named[0],))
        if placed[0]:
            ways.append((placed[0],))
    else:
        ways.append(tuple(a + b for a, b in zip(named, placed, strict=True)))
    return Text(tuple(ways))


def _terms(typed: str) -> list[str]:
    """Return the runs of letters and digits, each once."""
    plain = unicodedata.normalize("NFKC", typed)
    words = "".join(sign if sign.isalnum() else " " for sign in plain).split()
    return list(dict.fromkeys(filter(None, map(normalise, words))))


def _placed(term: str, *, with_initials: bool) -> Group:
    """Return the ways in which a term names a region, alone or before the rest of a name."""
    places = _places(term, with_initials=with_initials)
    group = [Branch((places,), places=places)] if places else []
    if not term.isascii():
        group += _after_a_place(term)
    return tuple(group)


def _named(term: str, before: str, after: str) -> Group:
    text = f"{before}{term}{after}"
    return (Branch(_signs(text), "name_key", text),)


def _signs(text: str) -> tuple[Tokens, ...]:
    """Return pairs of neighbours out of a text, or its only sign."""
    pairs = [text[at : at + 2] for at in range(len(text) - 1)]
    return tuple((token,) for token in _some(pairs or [text]))


def _some(tokens: Sequence[str]) -> list[str]:
    """Return some tokens from the first to the last: what they let through is checked."""
    if len(tokens) > _MOST_TOKENS:
        step = (len(tokens) - 1) / (_MOST_TOKENS - 1)
        tokens = [tokens[round(number * step)] for number in range(_MOST_TOKENS)]
    return list(dict.fromkeys(tokens))


def _sounding(term: str, before: str, after: str) -> Group:
    """Return the ways to read letters as initials or as syllables."""
    if not term.isascii():
        return ()
    text = f"{before}{term}{after}"
    initials = Branch(_letters(text), "initials", text)
    return (initials, *(_syllables(cut, before, after) for cut in cuts(term)))


def _letters(text: str) -> tuple[Tokens, ...]:
    """Return the longest tokens of initials out of a text."""
    size = min(3, len(text))
    found = [f"i:{text[at : at + size]}" for at in range(len(text) - size + 1)]
    return tuple((token,) for token in _some(found))


def _syllables(cut: tuple[str, ...], before: str, after: str) -> Branch:
    """Return the branch of one way to cut letters into syllables.

    The initials and the two longest syllables tell texts apart well enough: each further
    token costs more than the candidates that it would spare.
    """
    *whole, last = cut
    tokens = [*_letters(f"{before}{''.join(piece[0] for piece in cut)}{after}")]
    ends = (last,) if after else completions(last) or (last,)
    if len(ends) == 1:
        whole += ends
    if whole:
        longest = sorted(dict.fromkeys(whole), key=len, reverse=True)[:2]
        tokens += [(f"p:{piece}",) for piece in longest]
    else:
        tokens.append(tuple(f"p:{end}" for end in ends))
    return Branch(tuple(tokens), "pinyin", f"{before}{apart(cut)}{after}")


def _places(name: str, *, with_initials: bool) -> Tokens:
    found = regions.named(name, with_initials=with_initials)[:_MOST_REGIONS]
    return tuple(f"r:{region.code}" for region in found)


def _after_a_place(term: str) -> list[Branch]:
    found = []
    for cut in range(2, min(len(term), _LONGEST_HEAD + 1)):
        places = _places(term[:cut], with_initials=False)
        if places:
            rest = term[cut:]
            found.append(Branch((places, *_signs(rest)), "name_key", rest, places))
    return found
