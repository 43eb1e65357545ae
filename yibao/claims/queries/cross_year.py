"""A stay over New Year: what the region says of it, and what it leaves open.

A text may have the stay settled as one by the day of discharge, or cut by the average cost of
a day (N-56). No text seen so far says how that cut treats the deductible, the number of
admissions and the day of discharge itself; so nothing is cut here by assumption.
"""

from dataclasses import dataclass

from yibao.claims.models import Claim
from yibao.claims.queries.year import years_of
from yibao.regions import queries as regions
from yibao.rules.citation import Citation
from yibao.rules.decision import Cited
from yibao.rules.policy import ClaimRule, Terms
from yibao.rules.selection import Key, field
from yibao.rules.terms import CareType, CrossYearMode


@dataclass(frozen=True, slots=True)
class CrossYear:
    """The years of a stay, the later first; `mode` None: nobody states one, or they disagree."""

    years: tuple[int, ...]
    mode: CrossYearMode | None
    citations: tuple[Citation, ...]

    @property
    def must_be_cut(self) -> bool:
        """Whether the engine's one sum is not what the rule asks for."""
        return self.mode is CrossYearMode.SPLIT_BY_DAYS


def cross_year_of(claim: Claim, terms: Terms) -> CrossYear | None:
    """Return what holds for a stay over New Year, None for care within one year."""
    years = years_of(claim)
    if len(years) == 1:
        return None
    key = Key(
        care_type=CareType(claim.care_type),
        scope=regions.scope(claim.case.region_code, claim.care_code),
        total_fen=claim.total_fen,
    )
    rule = field(terms, ClaimRule, "cross_year_mode", key)
    if not isinstance(rule, Cited):
        return CrossYear(years, None, ())
    return CrossYear(years, rule.value, rule.citations)
