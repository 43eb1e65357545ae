"""材料: the papers that a region's rules ask for, each by the nearest row that speaks of it."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

from yibao.rules.citation import Citation
from yibao.rules.decision import Material
from yibao.rules.policy import MaterialRequirement, Terms
from yibao.rules.selection import Key, matching
from yibao.rules.terms import COMPUTED_STANDINGS, Kind, MaterialSlug


def may_be_asked(row: MaterialRequirement) -> bool:
    """Whether a row is a rule to go by, not a disputed or a general remark."""
    return row.standing in COMPUTED_STANDINGS and row.kind is Kind.RULE


def nearest_per_paper(
    terms: Terms, key: Key, *, reasons: Iterable[str]
) -> list[MaterialRequirement]:
    """Return each paper by its nearest, most specific row (the paper is part of the key).

    `reasons` are the reasons of a claim whose papers are wanted; "" are the general ones.
    """
    wanted = frozenset(reasons)
    found: dict[MaterialSlug, MaterialRequirement] = {}
    for row in matching(terms, MaterialRequirement, key):
        if row.reason in wanted and may_be_asked(row):
            found.setdefault(row.material, row)
    order = list(MaterialSlug)
    return sorted(found.values(), key=lambda row: order.index(row.material))


def cited_for(terms: Terms, slug: MaterialSlug) -> tuple[Citation, ...]:
    """Return the clause of the nearest row that speaks of a paper at all; empty: none does."""
    rows = (row for level in terms.of(MaterialRequirement) for row in level)
    found = (row.citation for row in rows if row.material is slug and may_be_asked(row))
    return tuple(islice(found, 1))


def grouped(
    rows: Iterable[MaterialRequirement], *, prefers_commitment: bool = False
) -> tuple[Material, ...]:
    """Make one paper of the rows of each alternative number."""
    groups: dict[object, list[MaterialRequirement]] = {}
    for row in rows:
        groups.setdefault(row.alternative or row.material, []).append(row)
    papers = []
    for group in groups.values():
        if prefers_commitment:
            group.sort(key=lambda row: row.material is not MaterialSlug.COMMITMENT)
        first, *others = group
        papers.append(
            Material(
                slug=first.material,
                alternatives=tuple(row.material for row in others),
                wording=first.wording,
                citations=tuple(dict.fromkeys(row.citation for row in group)),
            )
        )
    return tuple(papers)
