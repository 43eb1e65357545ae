"""The rules of a region's page, as a reader picks one that is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from yibao.core.words import gettext as _
from yibao.policies import queries
from yibao.policies.labels import label
from yibao.policies.pages.blocks import names_in, theme_of
from yibao.policies.presentation import describe
from yibao.rules.policy import Provision

_WORDS_LENGTH = 90
SHOWN_LENGTH = 500


@dataclass(frozen=True, slots=True)
class Figure:
    """One rule. `section` is the part of the region's page that shows it."""

    row_id: str
    region_code: str
    section: str
    words: str

    @property
    def short(self) -> str:
        """The words as fit for a list to pick from."""
        if len(self.words) <= _WORDS_LENGTH:
            return self.words
        return f"{self.words[: _WORDS_LENGTH - 1]}…"


def figures_of(code: str, today: date) -> tuple[Figure, ...]:
    """Return every rule that a region's page shows today, inherited ones too."""
    names = names_in(code)
    return tuple(
        Figure(row.id, level.region_code, _section(row, code), _words(row, names))
        for level in queries.list_levels(code, today)
        for row in level.provisions
    )


def _section(row: Provision, code: str) -> str:
    """Return the name that the region's page gives in its links (policies/branches.html)."""
    level = "own" if row.region_code == code else row.region_code
    return f"{level}-{row.insurance or 'both'}-{theme_of(row)}"


def _words(row: Provision, names: Mapping[str, str]) -> str:
    described = describe(row, names)
    branch = str(label(row.insurance)) if row.insurance else _("两种医保")
    what = "；".join(line.text for line in described.lines)
    parts = (branch, described.table_label, *described.qualifiers)
    return f"{' · '.join(parts)}：{what}"[:SHOWN_LENGTH]
