"""The picture of who pays what: shares of a whole as widths of a bar, in integers."""

from collections.abc import Iterable
from dataclasses import dataclass

WIDTH = 1000
"""Width of the whole bar in the picture's own units."""

TONES = 7


@dataclass(frozen=True, slots=True)
class Part:
    """One share; `x` and `width` are in units of the picture, `share_bp` in basis points.

    `figure` is the amount's public name (contract.md), `tone` the colour, 1 to 7.
    """

    label: str
    amount_fen: int
    figure: str
    tone: int
    x: int
    width: int
    share_bp: int


def bill_bar(amounts: Iterable[tuple[str, int, str]]) -> tuple[Part, ...]:
    """Return the parts of a bar from (label, fen, figure name); parts of 0 fen are left out.

    The widths sum to WIDTH exactly: every edge is rounded, not every width. The shares
    are each rounded half up and may miss 100 % by a hundredth.

    Raises ValueError on a negative amount.

    >>> [(part.x, part.width, part.share_bp) for part in bill_bar([("a", 1, ""), ("b", 2, "")])]
    [(0, 333, 3333), (333, 667, 6667)]
    """
    given = tuple(amounts)
    if any(fen < 0 for _label, fen, _figure in given):
        raise ValueError("a part of a bill cannot be negative")
    total = sum(fen for _label, fen, _figure in given)
    parts: list[Part] = []
    before = 0
    for tone, (label, fen, figure) in enumerate(given):
        if fen == 0:
            continue
        left = _share(before, total, WIDTH)
        before += fen
        right = _share(before, total, WIDTH)
        parts.append(
            Part(
                label=label,
                amount_fen=fen,
                figure=figure,
                tone=tone % TONES + 1,
                x=left,
                width=right - left,
                share_bp=_share(fen, total, 10_000),
            )
        )
    return tuple(parts)


def _share(part: int, whole: int, scale: int) -> int:
    return (2 * part * scale + whole) // (2 * whole)
