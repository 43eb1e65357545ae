"""Provisions in plain words: for region pages, comparison, the conflict board and diffs.

A provision becomes lines; a line is a sentence whose figures are kept apart, so that a
page can mark each up with its citation and a test can find it.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from yibao.policies.presentation import benefit_lines, filing_lines, layer_lines, other_lines
from yibao.policies.presentation.figures import FigureKind, FigureValue, Line, Sentence
from yibao.policies.presentation.lines import lines_of
from yibao.policies.presentation.qualifiers import qualifiers
from yibao.policies.presentation.tables import TABLES
from yibao.rules.policy import Provision

__all__ = ["Described", "FigureKind", "FigureValue", "Line", "Sentence", "describe"]

_WRITERS = (benefit_lines, filing_lines, layer_lines, other_lines)  # imported to register


@dataclass(frozen=True, slots=True)
class Described:
    """A provision as a page shows it: for whom (qualifiers), and what it says (lines)."""

    provision: Provision
    table_label: str
    qualifiers: tuple[str, ...]
    lines: tuple[Line, ...]


def describe(provision: Provision, names: Mapping[str, str] | None = None) -> Described:
    """Put a provision into words. `names` maps class slugs and disease codes to
    words."""
    return Described(
        provision=provision,
        table_label=str(TABLES[provision.table]),
        qualifiers=tuple(qualifiers(provision, names or {})),
        lines=tuple(lines_of(provision)),
    )
