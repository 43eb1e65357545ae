"""English sentences said about a relative: "you need" becomes "your mother needs".

The catalogue speaks of the insured person as "you". Where "you" is the reader, who looks up,
calls and fills in, it stays; so do the words read out at a window, in brackets behind their
Chinese. Verbs are bent by a list and not by a guess: tests/core/test_people.py finds every verb
of the catalogue that the list does not know.
"""

import re
from collections.abc import Mapping

IRREGULAR: Mapping[str, str] = {
    "are": "is",
    "have": "has",
    "do": "does",
    "were": "was",
    "go": "goes",
}
REGULAR = frozenset(
    (
        "cancel", "change", "choose", "claim", "come", "drop", "file", "get", "join", "leave",
        "live", "need", "pay", "sign", "start", "stay", "stop", "tell", "transfer", "want",
    )
)  # fmt: skip
UNBENT = frozenset(("can", "may", "must", "should", "will", "would", "had", "did"))
"""Verbs that are the same for you and for her."""
READER = (
    "say", "said", "fill", "filled", "enter", "entered", "type", "typed", "chose", "copied", "see",
    "look", "call", "know", "do not know", "understand", "do not understand", "disagree", "rely",
    "reported", "mean", "withdrew", "or your", "can call", "can file", "can claim", "can save",
    "can note", "can sign", "can also", "can always", "can start", "should be told",
)  # fmt: skip
"""What the reader does, and not the insured person."""
OF_THE_READER = ("phone", "family", "relative", "own account", "note", "reading")

_PRONOUNS: Mapping[str, str] = {"mother": "her", "father": "his"}
_ADVERBS = ("already", "first", "only", "still", "usually", "now", "also")
_BENT = {**IRREGULAR, **{verb: f"{verb}s" for verb in REGULAR}}


def _any_of(words: Mapping[str, str] | frozenset[str] | tuple[str, ...]) -> str:
    return "|".join(sorted(words, key=len, reverse=True)).replace(" ", "[ ]")


_YOU = re.compile(
    rf"""
    (?P<kept>
        (?<=[\u3400-\u9fff\u3000-\u303f\uff00-\uffef\u201d][ ])\([A-Z][^()]*\)
      | \b[Yy]ou[ ](?:{_any_of(READER)})\b
      | \b(?:[Tt]hank|tells?|choose[ ]for|entered[ ]by)[ ]you\b
      | \b[Yy]our[ ](?:{_any_of(OF_THE_READER)})\b
    )
  | (?P<end>[.!?:;<>]|\n)
  | \b(?P<ask>[Aa]re|[Dd]o|[Hh]ave|[Ww]ere)[ ]you\b(?![ ](?:know|mean|want[ ]to[ ]know)\b)
  | \b(?P<whose>[Yy]ours?)\b
  | \b(?P<who>[Yy]ou)\b
    (?:(?P<adverb>[ ](?:{_any_of(_ADVERBS)}))?[ ](?P<verb>{_any_of(tuple(_BENT))})\b
       (?:(?P<joined>[ ](?:and|or)[ ])(?P<other>{_any_of(REGULAR)})\b)?)?
    """,
    re.VERBOSE,
)


def about(text: str, who: str) -> str:
    """Return an English text as said about the reader's relative (`who`: "your mother").

    >>> about("Do you live there? If you only go for care, show your code.", "your mother")
    'Does your mother live there? If your mother only goes for care, show her code.'
    >>> about("You say that you have moved. Pay what you can.", "your father")
    'You say that your father has moved. Pay what your father can.'
    """
    is_named = False

    def bent(found: re.Match[str]) -> str:
        nonlocal is_named
        if found["kept"] or found["end"]:
            is_named = is_named and not found["end"]
            return found[0]
        words = _bent(found, who, is_named=is_named)
        is_named = True
        return words

    return _YOU.sub(bent, text)


def _bent(found: re.Match[str], who: str, *, is_named: bool) -> str:
    """Return what stands in the place of "you" and its verb; a sentence that has named the
    person says "her"."""
    begins = found[0][0].isupper()
    if found["ask"]:
        return _begun(f"{IRREGULAR[found['ask'].lower()]} {who}", begins)
    if found["whose"]:
        is_short = is_named and found["whose"] in ("your", "Your")
        pronoun = _PRONOUNS.get(who.rpartition(" ")[2], "their")
        return _begun(pronoun if is_short else f"{who}'s", begins)
    words = [_begun(who, begins)]
    if found["verb"]:
        words += [found["adverb"] or "", " ", _BENT[found["verb"]]]
    if found["other"]:
        words += [found["joined"], _BENT[found["other"]]]
    return "".join(words)


def _begun(words: str, begins: bool) -> str:
    return words[0].upper() + words[1:] if begins else words
