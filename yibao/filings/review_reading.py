"""The rules' reading of a filing that was handed in, in the words of the checker."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from yibao.eligibility.answer import Answer, answer_of
from yibao.eligibility.queries import Check
from yibao.filings import reading as rules
from yibao.filings.models import Filing
from yibao.regions.queries import UnknownRegion
from yibao.rules.decision import CheckOutcome
from yibao.rules.facts import CheckFacts, Evidence
from yibao.rules.terms import FilingCategory, InsuranceType

_FITTING = frozenset({CheckOutcome.FILE, CheckOutcome.FILE_LATE})


@dataclass(frozen=True, slots=True)
class Judged:
    """The reading and its answer in words. `fits`: the rules ask for just this category."""

    reading: rules.Reading
    answer: Answer
    term: rules.Term

    @property
    def fits(self) -> bool:
        decision = self.reading.decision
        return decision.outcome in _FITTING and decision.category == self.reading.wish.category

    @property
    def decided_with(self) -> dict[str, Any]:
        """What a filing keeps of the reading it was decided with."""
        return {
            **rules.decided_with(self.reading),
            "certainty": self.reading.decision.certainty.value,
            "validity": self.term.validity,
            "ends_on": self.term.ends_on,
            "change_from": self.term.change_from,
        }


def judged(filing: Filing, *, today: date) -> Judged | None:
    """Return what the rules of the first day say; None where a place is not known."""
    wish = rules.Wish(
        insured=filing.case.region_code,
        care=filing.care_code,
        insurance=InsuranceType(filing.case.insurance),
        category=FilingCategory(filing.category),
        starts_on=filing.starts_on,
    )
    try:
        reading = rules.read(wish, today=today)
    except UnknownRegion:
        return None
    facts = CheckFacts(
        insured_code=wish.insured,
        care_code=wish.care,
        care_pool=reading.care_pool,
        scope=reading.scope,
        insurance=wish.insurance,
        care_type=rules.CARE_TYPE,
        on=wish.starts_on,
    )
    query = {"insured": wish.insured, "care": wish.care, "insurance": wish.insurance.value}
    answer = answer_of(Check(facts, reading.terms), reading.decision, query)
    return Judged(reading, answer, rules.term_of(reading, Evidence(filing.evidence)))
