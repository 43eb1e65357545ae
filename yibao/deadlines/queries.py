"""Read the terms of a situation and run the engine on them. No table and no query of its own."""

from dataclasses import dataclass
from datetime import date

from yibao.policies import queries as policies
from yibao.rules.deadlines import DeadlineFacts, Deadlines, of_claim, of_filing
from yibao.rules.policy import Terms


@dataclass(frozen=True, slots=True)
class Situation:
    """One person's case: the facts, the insured region, and today."""

    facts: DeadlineFacts
    insured_code: str
    today: date


def list_deadlines(situation: Situation) -> Deadlines:
    """Return the days of filing and claim, each by the rules in force on its own first day.

    Raises regions.UnknownRegion.
    """
    facts = situation.facts
    filed = of_filing(facts, _terms(situation, facts.filed_on))
    return filed + of_claim(facts, _terms(situation, facts.paid_on))


def _terms(situation: Situation, on: date | None) -> Terms:
    return policies.get_terms(
        situation.insured_code,
        situation.facts.insurance,
        on or situation.facts.on,
        today=situation.today,
    )
