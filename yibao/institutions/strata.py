"""What the two databases are asked for: strata of institutions, each a list in rank order."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from yibao.institutions.matching import Group, Groups, Tokens

type Statement = tuple[str, list[Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What holds for all strata of a question: the day, and the service with its disease."""

    on: date
    service: str
    disease: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stratum:
    """Institutions that fit all `groups` and not `besides`, hold all `tokens` and not
    `without`, and are or are not open for the service on the day (None: either).

    `is_across`: only openings across provinces count.
    """

    tokens: Tokens = ()
    without: str = ""
    service: str = ""
    groups: Groups = ()
    besides: Group = ()
    is_open: bool | None = None
    is_across: bool = False

    @property
    def all_tokens(self) -> Tokens:
        """The tokens that every row holds."""
        return (*self.tokens, *([self.service] if self.is_open else []))


@dataclass(frozen=True, slots=True, kw_only=True)
class Arm:
    """A stratum with its number, from the row after a position on."""

    number: int
    stratum: Stratum
    after: int = -1


def quoted(tokens: Tokens) -> str:
    """Return any of the tokens as FTS5 writes it. They hold letters, digits, `|` and `:`."""
    return " OR ".join(f'"{token}"' for token in tokens)
