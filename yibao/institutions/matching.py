"""From typed text to conditions: tokens that find candidates, and checks that settle them.

A text is cut into terms at every sign that is neither letter nor digit; all terms must
match. A term matches an institution

* whose name or alias contains it,
* whose initials contain it, or whose syllables contain it from the start of one on,
* in a region that the term names, or names first (成都华西: 华西 in 成都).

Tokens find candidates; every candidate is then checked against the text itself.
"""

import unicodedata
from dataclasses import dataclass
from enum import IntEnum

from yibao.institutions.indexing import EDGE, normalise
from yibao.institutions.pinyin import apart, completions, cuts
from yibao.regions import queries as regions

_MOST_REGIONS = 8
_LONGEST_HEAD = 6
_MOST_PAIRS = 5

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


class Closeness(IntEnum):
    """How a name fits; better ones come first. AROUND: by the place that the text names."""

    EXACT = 0
    PREFIX = 1
    INSIDE = 2
    AROUND = 3


type Groups = tuple[Group, ...]
"""All of these groups."""


@dataclass(frozen=True, slots=True)
class Text:
    """What was typed, ready to search: the ways to fit by closeness, best first.

    Each way holds whatever the ways before it hold or leave out; `any_way` holds them all.
    """

    ways: tuple[tuple[Closeness, Groups], ...]
    any_way: Groups


def read(typed: str) -> Text | None:
    """Return the conditions of a typed text, None where no letter or digit is in it."""
    terms = _terms(typed)
    if not terms:
        return None
    joined = "".join(terms)
    is_alone = len(terms) == 1
    exact, prefix = _named(joined, EDGE, EDGE), _named(joined, EDGE, "")
    if is_alone:
        exact += _sounding(joined, EDGE, EDGE)
        prefix += _sounding(joined, EDGE, "")
    ways: list[tuple[Closeness, Groups]] = [
        (Closeness.EXACT, (exact,)),
        (Closeness.PREFIX, (prefix,)),
    ]
    named = [_named(term, "", "") + _sounding(term, "", "") for term in terms]
    placed = [_placed(term, with_initials=not is_alone) for term in terms]
    any_way = tuple(a + b for a, b in zip(named, placed, strict=True))
    if is_alone:
        ways.append((Closeness.INSIDE, (named[0],)))
        if placed[0]:
            ways.append((Closeness.AROUND, (placed[0],)))
    else:
        ways.append((Closeness.INSIDE, any_way))
    return Text(tuple(ways), any_way)


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
    """Return pairs of neighbours that cover a text, or its only sign.

    Of a long text every second pair will do: what they let through is checked.
    """
    pairs = [text[at : at + 2] for at in range(len(text) - 1)]
    if len(pairs) > _MOST_PAIRS:
        pairs = [*pairs[:-1:2], pairs[-1]]
    return tuple((token,) for token in dict.fromkeys(pairs or [text]))


def _sounding(term: str, before: str, after: str) -> Group:
    """Return the ways to read letters as initials or as syllables."""
    if not term.isascii():
        return ()
    text = f"{before}{term}{after}"
    initials = Branch(_letters(text), "initials", text)
    return (initials, *(_syllables(cut, before, after) for cut in cuts(term)))


def _letters(text: str) -> tuple[Tokens, ...]:
    """Return the longest tokens of initials that cover a text."""
    size = min(3, len(text))
    return tuple((f"i:{text[at : at + size]}",) for at in range(len(text) - size + 1))


def _syllables(cut: tuple[str, ...], before: str, after: str) -> Branch:
    """Return the branch of one way to cut letters into syllables.

    Two syllables are told apart by both, longer texts by their initials and the longest
    syllable: each further token costs more than the candidates that it would spare.
    """
    *whole, last = cut
    tokens = [*_letters(f"{before}{''.join(piece[0] for piece in cut)}{after}")]
    ends = (last,) if after else completions(last) or (last,)
    if len(cut) > 2:
        tokens.append((f"p:{max(whole, key=len)}",))
    else:
        tokens += [(f"p:{piece}",) for piece in whole]
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
