"""From the lines of a bill, as an officer reads them, to the four totals of the sheet.

Every fen of a line stands in one of four parts, refunds with their sign, so the parts of all
lines sum to the bill (I1 of domain.md §5.1).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from yibao.claims.vocabulary import Answer, LineClass
from yibao.rules.facts import Bill
from yibao.rules.money import Fen


class Unresolved(Exception):
    """A line that cannot be counted yet: `why` is `held`, `class`, `upfront` or `allowed`."""

    def __init__(self, position: int, why: str) -> None:
        super().__init__(position, why)
        self.position = position
        self.why = why


class Parts(NamedTuple):
    """One amount in the four columns of the sheet, in fen."""

    in_scope_fen: int
    off_catalog_fen: int
    over_limit_fen: int
    upfront_fen: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadLine:
    """One line and what the officer says to it; amounts in fen, negative in a refund.

    `upfront_fen` is the person's first part of a B line; `allowed_fen` how much of an adjusted
    line counts at all.
    """

    position: int
    amount_fen: int
    answer: str
    line_class: str
    upfront_fen: int | None = None
    allowed_fen: int | None = None


def parts_of(line: ReadLine) -> Parts:
    """Return a line's amount in its four parts.

    Raises:
        Unresolved: the line is held, or lacks what its class asks for.
    """
    if line.answer == Answer.HELD:
        raise Unresolved(line.position, "held")
    if line.answer == Answer.DENIED:
        return Parts(0, line.amount_fen, 0, 0)
    allowed = line.amount_fen
    if line.answer == Answer.ADJUSTED and line.allowed_fen is not None:
        allowed = line.allowed_fen
    if not _within(allowed, line.amount_fen):
        raise Unresolved(line.position, "allowed")
    beyond = line.amount_fen - allowed
    match line.line_class:
        case LineClass.A:
            return Parts(allowed, beyond, 0, 0)
        case LineClass.B:
            upfront = line.upfront_fen
            if upfront is None or not _within(upfront, allowed):
                raise Unresolved(line.position, "upfront")
            return Parts(allowed - upfront, beyond, 0, upfront)
        case LineClass.C:
            return Parts(0, line.amount_fen, 0, 0)
        case LineClass.OVER_LIMIT:
            return Parts(0, beyond, allowed, 0)
    raise Unresolved(line.position, "class")


def bill_of(parts: Iterable[Parts]) -> Bill:
    """Return the bill that the parts of all lines make."""
    scope = off = over = upfront = 0
    for part in parts:
        scope += part.in_scope_fen
        off += part.off_catalog_fen
        over += part.over_limit_fen
        upfront += part.upfront_fen
    return Bill(
        total_fen=Fen(scope + off + over + upfront),
        off_catalog_fen=Fen(off),
        over_limit_fen=Fen(over),
        upfront_self_pay_fen=Fen(upfront),
    )


def _within(part: int, whole: int) -> bool:
    """Tell whether a part lies between nothing and the whole, also of a refund."""
    return 0 <= part <= whole if whole >= 0 else whole <= part <= 0
