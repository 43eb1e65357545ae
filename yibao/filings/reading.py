"""What the rules say of one filing: whether its category fits, its papers, term and time limit.

The checker's own engine answers (`yibao.eligibility`), asked as for a stay in hospital, which is
what a filing is for. Nothing here is a rule of ours; where the rules are silent it says so.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any

from yibao.cases.wizard.papers import PaperGroup
from yibao.cases.workdays import add_working_days
from yibao.eligibility import queries as eligibility
from yibao.eligibility.queries import Check
from yibao.rules import filing
from yibao.rules.citation import Citation
from yibao.rules.deadlines import DeadlineFacts, Deadlines, of_filing
from yibao.rules.decision import CheckOutcome, Cited, Decision, Validity
from yibao.rules.facts import CheckFacts, Evidence, Reason, Urgency
from yibao.rules.policy import Terms
from yibao.rules.selection import Key
from yibao.rules.terms import CareType, FilingCategory, InsuranceType, MaterialSlug, Scope

CARE_TYPE = CareType.INPATIENT

_REASONS: Mapping[FilingCategory, Reason] = MappingProxyType(
    {
        FilingCategory.RETIREE_RESETTLED: Reason.RESETTLED,
        FilingCategory.LONG_TERM_RESIDENT: Reason.LIVING,
        FilingCategory.POSTED_WORKER: Reason.POSTED,
        FilingCategory.REFERRAL: Reason.REFERRAL,
        FilingCategory.OTHER_TEMPORARY: Reason.OTHER,
    }
)
_FITTING = frozenset({CheckOutcome.FILE, CheckOutcome.FILE_LATE, CheckOutcome.ASK})
"""Where the rule is unknown the bureau decides, so the citizen may ask it."""

_USUAL_PAPERS: Mapping[FilingCategory, tuple[MaterialSlug, ...]] = MappingProxyType(
    {
        FilingCategory.RETIREE_RESETTLED: (
            MaterialSlug.HOUSEHOLD_REGISTER,
            MaterialSlug.RESIDENCE_PROOF,
        ),
        FilingCategory.LONG_TERM_RESIDENT: (MaterialSlug.RESIDENCE_PROOF,),
        FilingCategory.POSTED_WORKER: (MaterialSlug.WORK_PROOF,),
        FilingCategory.REFERRAL: (MaterialSlug.REFERRAL_PROOF,),
    }
)
_MADE_HERE = frozenset({MaterialSlug.FILING_FORM})
"""The site prints these itself out of the answers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What somebody wants to file, in codes. `starts_on` is the first day it should hold."""

    insured: str
    care: str
    insurance: InsuranceType
    category: FilingCategory
    starts_on: date


@dataclass(frozen=True, slots=True)
class Term:
    """How long a filing made now would hold, as far as the rules tell.

    `validity` is the code of `Filing.validity`; `ends_on` inclusive; `change_from` the first
    day of a change. None: no day, or none that can be told. `validity_cites` and
    `change_cites` are the clauses of either.
    """

    validity: str
    ends_on: date | None
    change_from: date | None
    validity_cites: tuple[Citation, ...] = ()
    change_cites: tuple[Citation, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """The answer of the rules to a wish."""

    wish: Wish
    pool: str
    care_pool: str
    scope: Scope
    terms: Terms
    decision: Decision

    @property
    def fits(self) -> bool:
        """Whether the category may be filed for this place."""
        return self.decision.outcome in _FITTING

    @property
    def is_unknown(self) -> bool:
        """Whether the rules leave it to the bureau."""
        return self.decision.outcome is CheckOutcome.ASK

    @property
    def citations(self) -> tuple[Citation, ...]:
        """What the answer rests on."""
        return tuple(
            dict.fromkeys(cited for note in self.decision.because for cited in note.citations)
        )

    @property
    def key(self) -> Key:
        return filing.filing_key(self.wish.category, self.scope, CARE_TYPE)

    @property
    def validity(self) -> str:
        """The code of `Filing.validity`."""
        holds = filing.validity(self.terms, self.key)
        return _code_of(holds.value) if isinstance(holds, Cited) else "unknown"

    def rule(self, name: str) -> Cited[Any] | None:
        """Return a field of the filing rules where it is known and not disputed."""
        found = filing.rule(self.terms, name, self.key)
        return found if isinstance(found, Cited) else None


def question_of(wish: Wish) -> CheckFacts:
    """Return what is asked of the checker. Raises regions.UnknownRegion."""
    insured = eligibility.read_place(wish.insured)
    care = eligibility.read_place(wish.care)
    is_emergency = wish.category is FilingCategory.EMERGENCY
    is_referral = wish.category is FilingCategory.REFERRAL
    return CheckFacts(
        insured_code=insured.code,
        care_code=care.code,
        care_pool=care.pool,
        scope=eligibility.read_scope(wish.insured, wish.care),
        insurance=wish.insurance,
        care_type=CARE_TYPE,
        on=wish.starts_on,
        reason=_REASONS.get(wish.category),
        urgency=Urgency.EMERGENCY if is_emergency else Urgency.ORDINARY,
        evidence=Evidence.PROOF if is_referral else Evidence.UNKNOWN,
        insured_within=insured.within,
        care_within=care.within,
    )


def read(wish: Wish, *, today: date) -> Reading:
    """Ask the rules in force on the first day. Raises regions.UnknownRegion."""
    facts = question_of(wish)
    pool = eligibility.read_place(wish.insured).pool
    terms = eligibility.get_terms(pool, wish.insurance, wish.starts_on, today=today)
    return Reading(
        wish=wish,
        pool=pool,
        care_pool=facts.care_pool,
        scope=facts.scope,
        terms=terms,
        decision=eligibility.check(Check(facts, terms)),
    )


def papers_of(reading: Reading) -> tuple[PaperGroup, ...]:
    """Return what has to be handed in; optional papers where no rule states any."""
    groups = []
    for paper in reading.decision.materials:
        slugs = (paper.slug, *paper.alternatives)
        files = tuple(
            slug for slug in slugs if slug is not MaterialSlug.COMMITMENT and slug not in _MADE_HERE
        )
        may_commit = MaterialSlug.COMMITMENT in slugs
        if files or may_commit:
            groups.append(
                PaperGroup(
                    slugs=files,
                    may_commit=may_commit,
                    is_required=True,
                    wording=paper.wording,
                    citations=paper.citations,
                )
            )
    if groups:
        return tuple(groups)
    usual = ((MaterialSlug.IDENTITY,), _USUAL_PAPERS.get(reading.wish.category, ()))
    return tuple(
        PaperGroup(slugs=slugs, may_commit=False, is_required=False, wording="", citations=())
        for slugs in usual
        if slugs
    )


def term_of(reading: Reading, evidence: Evidence) -> Term:
    """Return how long the filing would hold when made on this evidence."""
    holds = filing.validity(reading.terms, reading.key)
    ends_on = None
    validity_cites: tuple[Citation, ...] = ()
    if isinstance(holds, Cited):
        ends_on = filing.last_valid_day(reading.wish.starts_on, holds.value)
        validity_cites = holds.citations
    lock = next(iter(filing.change_locks(reading.terms, reading.key, evidence)), None)
    change_from = None
    change_cites: tuple[Citation, ...] = ()
    if isinstance(lock, Cited):
        change_from = filing.earliest_change_on(reading.wish.starts_on, lock.value)
        change_cites = lock.citations
    return Term(reading.validity, ends_on, change_from, validity_cites, change_cites)


def _code_of(holds: Validity) -> str:
    if holds.months is not None:
        return f"months:{holds.months}"
    return "indefinite" if holds.indefinite else "per_stay"


def due_cites(reading: Reading) -> tuple[Citation, ...]:
    """Return the clauses of the bureau's time limit."""
    days = reading.rule("handling_working_days")
    return days.citations if days else ()


def due_on(reading: Reading, submitted_on: date) -> date | None:
    """Return the last day on which the bureau should have answered; None: no rule states one."""
    days = reading.rule("handling_working_days")
    return add_working_days(submitted_on, days.value) if days else None


def deadlines_of(reading: Reading, evidence: Evidence) -> Deadlines:
    """Return the days to keep, with their clauses, gaps and disputes."""
    facts = DeadlineFacts(
        on=reading.wish.starts_on,
        insurance=reading.wish.insurance,
        scope=reading.scope,
        care_type=CARE_TYPE,
        category=reading.wish.category,
        evidence=evidence,
        filed_on=reading.wish.starts_on,
    )
    return of_filing(facts, reading.terms)


def decided_with(reading: Reading) -> dict[str, Any]:
    """Return what a filing's `decided_with` keeps of the answer."""
    return {
        "rule": reading.decision.rule,
        "outcome": reading.decision.outcome.value,
        "on": reading.wish.starts_on,
        "insured": reading.wish.insured,
        "provisions": [cited.id for cited in reading.citations],
    }
