"""Texts that people agree to or sign, each with a version that is stored with the case.

A text is never edited in place: a change is a new version, so that what somebody signed can
be told years later. The Chinese text is what counts; its hash is stored as well.
"""

from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from django.utils import translation

_CHINESE = "zh-hans"


@dataclass(frozen=True, slots=True)
class Text:
    """A headed text; `version` is the day from which it is used."""

    version: str
    sections: tuple[tuple[Any, tuple[Any, ...]], ...]

    @property
    def chinese(self) -> str:
        """The text that counts, one sentence a line."""
        with translation.override(_CHINESE):
            return "\n".join(
                str(line) for heading, lines in self.sections for line in (heading, *lines)
            )

    @property
    def sha256(self) -> str:
        """The hash of the text that counts."""
        return sha256(self.chinese.encode()).hexdigest()
