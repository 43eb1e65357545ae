"""A result as a note to take along: a few lines in large type, and a code to open it again.

Pages with a result register what makes their note; core knows none of them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

import segno
from django.utils.safestring import SafeString, mark_safe

from yibao.core.navigation import links
from yibao.core.people import PARAMETER, Person, addressed, person_in

MOST_LINES = 8
"""More does not fit one sheet in type that old eyes read."""
SOURCE = "from"
"""Parameter that names the page of the result."""


@dataclass(frozen=True, slots=True)
class Card:
    """What a result comes down to: whose case it is, and one action a line."""

    title: str
    about: str
    lines: tuple[str, ...]

    def __post_init__(self) -> None:
        if not 1 <= len(self.lines) <= MOST_LINES:
            raise ValueError(f"a note has 1 to {MOST_LINES} lines, not {len(self.lines)}")


type MakeCard = Callable[[Mapping[str, str], date], Card | None]
"""From the answers in an address and today; None where they are not complete."""

_makers: dict[str, MakeCard] = {}


def register(page: str, make: MakeCard) -> None:
    """Let results of the main page `page` (its short name in `navigation`) be taken along."""
    _makers[page] = make


def card_of(page: str, answers: Mapping[str, str], today: date) -> Card | None:
    """Return the note of a result, None for an unknown page and where there is no result.

    It speaks of the person for whom the address asks, as the result does.
    """
    make = _makers.get(page)
    card = make(answers, today) if make else None
    return said_about(card, person_in(answers)) if card else None


def said_about(card: Card, person: Person | None) -> Card:
    """Return a note as said about the person."""
    return Card(
        addressed(card.title, person),
        addressed(card.about, person),
        tuple(addressed(line, person) for line in card.lines),
    )


def result_of(page: str, answers: Mapping[str, str]) -> str:
    """Return the address of the result as it was asked for, also for whom."""
    return f"{links()[page]}?{urlencode(answers)}"


def address_of(page: str, answers: Mapping[str, str]) -> str:
    """Return the address of the result to pass on: the answers, and not who asks for whom."""
    kept = {name: text for name, text in answers.items() if name not in (PARAMETER, SOURCE)}
    return result_of(page, kept)


def address_for(page: str, answers: Mapping[str, str]) -> str:
    """Return the address of the note of a result."""
    return f"{links()['takealong']}?{urlencode({SOURCE: page, **answers})}"


def qr_code(address: str, title: str) -> SafeString:
    """Return a QR code of an address as inline SVG."""
    code = segno.make(address, error="m", micro=False)
    svg = code.svg_inline(
        omitsize=True, border=4, title=title, svgclass="takealong-qr", lineclass=None, light="#fff"
    )
    return mark_safe(svg)  # noqa: S308


def as_text(card: Card, address: str) -> str:
    """Return the note as plain text for a chat."""
    numbered = (f"{number}. {line}" for number, line in enumerate(card.lines, start=1))
    return "\n".join([card.title, card.about, *numbered, address])
