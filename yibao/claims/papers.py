"""Which papers a claim needs: those of the region's rules for its care and reason."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from yibao.cases.wizard.papers import PaperGroup
from yibao.claims.reckoning import terms_of
from yibao.claims.vocabulary import Reason
from yibao.regions import queries as regions
from yibao.rules.facts import Trauma
from yibao.rules.materials import cited_for, grouped, nearest_per_paper
from yibao.rules.policy import Terms
from yibao.rules.selection import Key
from yibao.rules.terms import (
    CareType,
    FilingCategory,
    MaterialPurpose,
    MaterialSlug,
    Scope,
    Situation,
)

if TYPE_CHECKING:
    from yibao.claims.models import Claim

_USUAL = (
    (MaterialSlug.IDENTITY,),
    (MaterialSlug.RECEIPT,),
    (MaterialSlug.ITEMISED_LIST,),
    (MaterialSlug.DISCHARGE_SUMMARY, MaterialSlug.MEDICAL_RECORD, MaterialSlug.DIAGNOSIS),
)
"""What nearly every region asks for; only offered, never demanded, where no rule states any."""


def papers_of(
    terms: Terms, scope: Scope, *, reason: str, situation: str, trauma: str, care_type: str
) -> tuple[PaperGroup, ...]:
    """Return the papers for a claim, as optional where no rule states any. The situation's own
    papers come last, unless the rules named them. `situation` is "" for care at home."""
    is_emergency = reason == Reason.EMERGENCY or situation == Situation.EMERGENCY
    key = Key(
        category=FilingCategory.EMERGENCY if is_emergency else _category(situation),
        scope=scope,
        care_type=CareType(care_type),
        purpose=MaterialPurpose.CLAIM,
    )
    is_trauma = trauma != Trauma.NO
    reasons = ["", reason]
    reasons += ["emergency"] if is_emergency else []
    reasons += ["trauma"] if is_trauma else []
    stated = grouped(nearest_per_paper(terms, key, reasons=reasons))
    groups = [
        PaperGroup(
            slugs=(paper.slug, *paper.alternatives),
            is_required=True,
            wording=paper.wording,
            citations=paper.citations,
        )
        for paper in stated
    ]
    groups = groups or [
        PaperGroup(slugs=slugs, is_required=False, wording="", citations=()) for slugs in _USUAL
    ]
    named = {slug for group in groups for slug in group.slugs}
    extra = []
    if is_emergency:
        extra.append(MaterialSlug.EMERGENCY_DIAGNOSIS)
    if trauma == Trauma.NO_THIRD_PARTY:
        extra.append(MaterialSlug.TRAUMA_COMMITMENT)
    groups += [
        PaperGroup(slugs=(slug,), is_required=False, wording="", citations=cited_for(terms, slug))
        for slug in extra
        if slug not in named
    ]
    return tuple(groups)


def papers_of_claim(claim: Claim, today: date) -> tuple[str, ...]:
    """Return the slugs of the papers of a claim that was sent in, by the rules of its day."""
    case = claim.case
    groups = papers_of(
        terms_of(case.region_code, case.insurance, claim.on, today),
        regions.scope(case.region_code, claim.care_code),
        reason=claim.reason,
        situation=claim.situation,
        trauma=claim.trauma,
        care_type=claim.care_type,
    )
    return tuple(slug.value for group in groups for slug in group.slugs)


def _category(situation: str) -> FilingCategory | None:
    return next((each for each in FilingCategory if each.value == situation), None)
