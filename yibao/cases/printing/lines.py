"""Break Chinese text into lines as printers do (避头尾: what may not begin or end a line)."""

import re
from collections.abc import Callable, Iterator

_CLOSERS = frozenset("，。；：、？！）》〉」』】〕”’％%…—～·,.;:?!)]}℃°")  # not shown
_OPENERS = frozenset("（《〈「『【〔“‘([{￥¥")  # not shown
_PIECE = re.compile(r"[A-Za-z0-9@#&+/_\-=*'.,:?%]*[A-Za-z0-9@#&+/_\-=*]|\s+|.", re.DOTALL)


def broken(text: str, width: float, measure: Callable[[str], float]) -> list[str]:
    """Return the lines of a text that are at most `width` wide as `measure` has it.

    Words and numbers of Latin letters stay whole unless one alone is wider than the line;
    a line break in the text ends a line. An empty text is one empty line.
    """
    return [
        line
        for paragraph in text.split("\n")
        for line in _lines(list(_units(paragraph)), width, measure)
    ]


def _lines(units: list[str], width: float, measure: Callable[[str], float]) -> Iterator[str]:
    line = ""
    for unit in units:
        if measure(line + unit.rstrip(" ")) <= width:
            line += unit
            continue
        if line.strip():
            yield line.strip(" ")
        line = unit.lstrip(" ")
        while measure(line) > width and len(line) > 1:
            fitting = _fitting(line, width, measure)
            if fitting > 1 and all(sign in _CLOSERS for sign in line[fitting:]):
                fitting -= 1
            yield line[:fitting]
            line = line[fitting:]
    yield line.rstrip(" ")


def _fitting(text: str, width: float, measure: Callable[[str], float]) -> int:
    """Return how many signs of a text fit, at least one."""
    count = 1
    while count < len(text) and measure(text[: count + 1]) <= width:
        count += 1
    return count


def _units(paragraph: str) -> Iterator[str]:
    """Yield what must stay on one line: a sign with what may not stand apart from it."""
    unit = ""
    for piece in _PIECE.findall(paragraph):
        is_bound = not unit or piece[0] in _CLOSERS or unit[-1] in _OPENERS
        if is_bound:
            unit += piece
        else:
            yield unit
            unit = piece
    if unit:
        yield unit
