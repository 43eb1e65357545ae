"""The picture of who pays what: shares of a whole as widths of a bar, in integers."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString

from yibao.core.patterns import Pattern
from yibao.core.templatetags.figures import percent, yuan

WIDTH = 1000
"""Width of the whole bar in the picture's own units."""

TONES = 7

_BAR = Pattern("components/bill_bar.html#bar", "label", "words", "pieces", "rows")
_PIECE = Pattern("components/bill_bar.html#piece", "tone", "x", "width")
_ROW = Pattern("components/bill_bar.html#row", "tone", "label", "yuan", "share")


@dataclass(frozen=True, slots=True)
class Part:
    """One share; `x` and `width` are in units of the picture, `share_bp` in basis points.

    `tone` is the colour, 1 to 7.
    """

    label: str
    amount_fen: int
    tone: int
    x: int
    width: int
    share_bp: int


def bill_bar(amounts: Iterable[tuple[str, int]]) -> tuple[Part, ...]:
    """Return the parts of a bar from (label, fen); parts of 0 fen are left out.

    The widths sum to WIDTH exactly: every edge is rounded, not every width. The shares
    are each rounded half up and may miss 100 % by a hundredth.

    Raises ValueError on a negative amount.

    >>> [(part.x, part.width, part.share_bp) for part in bill_bar([("a", 1), ("b", 2)])]
    [(0, 333, 3333), (333, 667, 6667)]
    """
    given = tuple(amounts)
    if any(fen < 0 for _label, fen in given):
        raise ValueError("a part of a bill cannot be negative")
    total = sum(fen for _label, fen in given)
    parts: list[Part] = []
    before = 0
    for tone, (label, fen) in enumerate(given):
        if fen == 0:
            continue
        left = _share(before, total, WIDTH)
        before += fen
        right = _share(before, total, WIDTH)
        parts.append(
            Part(
                label=label,
                amount_fen=fen,
                tone=tone % TONES + 1,
                x=left,
                width=right - left,
                share_bp=_share(fen, total, 10_000),
            )
        )
    return tuple(parts)


def bill_bar_html(parts: Sequence[Part], label: str) -> SafeString:
    """Return the picture, and the same in words."""
    shares = [percent(part.share_bp) for part in parts]
    pieces = (_PIECE(tone=part.tone, x=part.x, width=part.width) for part in parts)
    rows = (
        _ROW(tone=part.tone, label=part.label, yuan=yuan(part.amount_fen), share=share)
        for part, share in zip(parts, shares, strict=True)
    )
    words = (f"{part.label} {share}" for part, share in zip(parts, shares, strict=True))
    return _BAR(
        label=label,
        words="，".join(words),
        pieces=SafeString("".join(pieces)),
        rows=SafeString("".join(rows)),
    )


def _share(part: int, whole: int, scale: int) -> int:
    return (2 * part * scale + whole) // (2 * whole)
