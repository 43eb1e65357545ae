"""Which signs the printed fonts have, and what stands for those that they lack."""

import logging
import re
from functools import cache
from pathlib import Path

import pylopdf_fonts_zh_cn

SERIF = "serif"
SANS = "sans"

# At INFO it lists every sign of a paper, which for a name is the name.
logging.getLogger("fontTools").setLevel(logging.WARNING)

_UNSEEN = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")


def font_path(family: str) -> Path:
    """Return the font file of a family. The fonts are under the SIL Open Font License."""
    fonts = {SERIF: pylopdf_fonts_zh_cn.serif_path, SANS: pylopdf_fonts_zh_cn.sans_path}
    return fonts[family]()


@cache
def covered() -> frozenset[int]:
    """Return the code points that every family can print."""
    from fontTools.ttLib import TTFont  # takes a while to load, and only who prints needs it

    families = []
    for family in (SERIF, SANS):
        with TTFont(font_path(family), lazy=True) as font:
            families.append(frozenset(font.getBestCmap()))
    return frozenset.intersection(*families)


def printable(text: str) -> tuple[str, tuple[str, ...]]:
    """Return a text as it can be printed, and the code points that stand for missing signs.

    A rare character of a name never becomes a blank: its number is printed in its place.
    Signs that nobody sees (control signs, marks of direction) are left out.

    >>> printable("王\\U00020bb7")
    ('王〔U+20BB7〕', ('U+20BB7',))
    """
    missing = []
    shown = []
    for sign in _UNSEEN.sub("", text):
        if sign == "\n" or ord(sign) in covered():
            shown.append(sign)
            continue
        code = f"U+{ord(sign):04X}"
        missing.append(code)
        shown.append(f"〔{code}〕")
    return "".join(shown), tuple(dict.fromkeys(missing))
