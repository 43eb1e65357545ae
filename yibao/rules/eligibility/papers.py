"""材料: the papers for a filing or a claim, each with the clause that asks for it."""

from __future__ import annotations

from collections.abc import Iterable

from yibao.rules.decision import Cited, Material
from yibao.rules.eligibility.case import Case
from yibao.rules.facts import Evidence, Trauma
from yibao.rules.materials import cited_for, grouped, nearest_per_paper
from yibao.rules.selection import Key
from yibao.rules.terms import FilingCategory, MaterialPurpose, MaterialSlug


def filing_papers(case: Case, category: FilingCategory) -> tuple[Material, ...]:
    """Return the papers for a filing of `category`; empty where nobody states any.

    A commitment letter is left out where the rules refuse it for the category.
    """
    key = Key(
        category=category,
        scope=case.facts.scope,
        care_type=case.facts.care_type,
        purpose=MaterialPurpose.FILING,
    )
    rows = nearest_per_paper(case.terms, key, reasons=("",))
    allowed = case.rule("commitment_allowed")
    if isinstance(allowed, Cited) and not allowed.value:
        rows = [row for row in rows if row.material is not MaterialSlug.COMMITMENT]
    return grouped(rows, prefers_commitment=case.facts.evidence is Evidence.COMMITMENT)


def claim_papers(case: Case, reason: str = "") -> tuple[Material, ...]:
    """Return the papers for a manual claim: the general ones and those of `reason`."""
    key = Key(
        category=case.category,
        scope=case.facts.scope,
        care_type=case.facts.care_type,
        purpose=MaterialPurpose.CLAIM,
    )
    return grouped(nearest_per_paper(case.terms, key, reasons=("", reason)))


def extra_papers(case: Case, *, has: Iterable[Material]) -> tuple[Material, ...]:
    """Return the papers that the situation itself calls for, unless `has` names them:
    the emergency diagnosis (D-06 … D-08) and the promise that nobody else is liable (D-31)."""
    wanted = []
    if case.is_emergency:
        wanted.append(MaterialSlug.EMERGENCY_DIAGNOSIS)
    if case.facts.trauma is Trauma.NO_THIRD_PARTY:
        wanted.append(MaterialSlug.TRAUMA_COMMITMENT)
    named = {slug for paper in has for slug in (paper.slug, *paper.alternatives)}
    return tuple(
        Material(slug=slug, alternatives=(), wording="", citations=cited_for(case.terms, slug))
        for slug in wanted
        if slug not in named
    )
