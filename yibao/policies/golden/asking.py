"""Whether questions with known answers are answered as they must be."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

from yibao.policies.golden.answers import Answers, answers_of
from yibao.policies.golden.checking import TermsOf, in_use
from yibao.policies.models import GoldenCheck
from yibao.regions import queries as regions
from yibao.rules.eligibility import decide
from yibao.rules.facts import (
    CheckFacts,
    Enrolment,
    Evidence,
    ExistingFiling,
    FiledStatus,
    InstitutionStatus,
    Qualified,
    Reason,
    Stage,
    Urgency,
)
from yibao.rules.terms import CareType, FilingCategory, InsuranceType


@dataclass(frozen=True, slots=True)
class WrongAnswer:
    """A question that is not answered as it must be; both sides have the expected parts."""

    case: GoldenCheck
    expected: Answers
    found: Answers

    @property
    def subject(self) -> str:
        """Name the question and what was found, so that a note speaks of nothing else."""
        seen = sha256(repr(sorted(self.found.items())).encode())
        return f"check:{self.case.pk}:{seen.hexdigest()[:16]}"


def facts_of_check(check: GoldenCheck) -> CheckFacts:
    """Return the question as the engine takes it. Raises regions.UnknownRegion."""
    institution = InstitutionStatus(check.institution)
    is_open = institution is InstitutionStatus.UNKNOWN
    return CheckFacts(
        insured_code=check.region_id,
        care_code=check.care_code,
        care_pool=regions.resolve(check.care_code).code,
        scope=regions.scope(check.region_id, check.care_code),
        insurance=InsuranceType(check.insurance),
        care_type=CareType(check.care_type),
        on=check.on,
        reason=Reason(check.reason) if check.reason else None,
        enrolment=Enrolment(check.enrolment),
        urgency=Urgency(check.urgency),
        disease=check.disease,
        qualified=Qualified(check.qualified),
        stage=Stage(check.stage),
        existing=ExistingFiling(
            status=FiledStatus(check.existing),
            category=FilingCategory(check.existing_category) if check.existing_category else None,
            since=check.existing_since,
            until=check.existing_until,
        ),
        evidence=Evidence(check.evidence),
        institution=institution,
        insured_within=within(check.region_id),
        care_within=within(check.care_code),
        assumed=frozenset({"institution"}) if is_open else frozenset(),
    )


def within(code: str) -> frozenset[str]:
    """Return every code that contains a place, below the nation; itself does."""
    return (frozenset(regions.chain(code)) - {regions.NATION}) | {code}


def list_checks(region_code: str, insurance: str = "") -> list[GoldenCheck]:
    """Return the questions that a change of a region's rules may touch: its own, and those of
    the regions that inherit from it. `insurance=""` is both branches."""
    return in_use(GoldenCheck, region_code, insurance)


def wrong_answers(checks: Iterable[GoldenCheck], terms_of: TermsOf) -> list[WrongAnswer]:
    """Return the questions that are not answered as they must be, with what was answered."""
    return [found for check in checks if (found := wrong_answer(check, terms_of)) is not None]


def wrong_answer(check: GoldenCheck, terms_of: TermsOf) -> WrongAnswer | None:
    """Return what is wrong about the answer, None where nothing is."""
    facts = facts_of_check(check)
    answers = answers_of(decide(facts, terms_of(check.region_id, facts)), facts)
    expected = check.expected()
    found = {name: answers.get(name, "") for name in expected}
    return None if found == expected else WrongAnswer(check, expected, found)
