"""Read the terms of a check and run the engine on it. No table and no query of its own."""

from dataclasses import dataclass
from datetime import date

from yibao.policies import queries as policies
from yibao.regions import queries as regions
from yibao.rules.decision import Decision
from yibao.rules.eligibility import decide
from yibao.rules.facts import CheckFacts
from yibao.rules.policy import ChronicDisease, Terms
from yibao.rules.terms import InsuranceType, Scope


@dataclass(frozen=True, slots=True)
class Place:
    """A place of a check: its code as given, its pooling region and all that contains it."""

    code: str
    pool: str
    within: frozenset[str]


@dataclass(frozen=True, slots=True)
class Check:
    """One person's question, ready for the engine."""

    facts: CheckFacts
    terms: Terms


def get_terms(insured_code: str, insurance: InsuranceType, on: date, *, today: date) -> Terms:
    """Return the terms in force for people insured under the code on the day `on`.

    `today` marks the sources whose last check is too old.
    """
    return policies.get_terms(insured_code, insurance, on, today=today)


def check(question: Check) -> Decision:
    """Answer the question."""
    return decide(question.facts, question.terms)


def read_place(code: str) -> Place:
    """Return a place by its code. Raises regions.UnknownRegion."""
    if code == regions.ABROAD:
        return Place(code, code, frozenset({code}))
    within = frozenset(regions.chain(code)) - {regions.NATION}
    return Place(code, regions.resolve(code).code, within | {code})


def read_scope(insured_code: str, care_code: str) -> Scope:
    """Return where care is given. Raises regions.UnknownRegion."""
    return regions.scope(insured_code, care_code)


def list_diseases(terms: Terms) -> tuple[tuple[str, str], ...]:
    """Return code and name of the chronic diseases that the terms know, nearest name first."""
    names: dict[str, str] = {}
    for rows in terms.of(ChronicDisease):
        for row in rows:
            names.setdefault(row.disease, row.name)
    return tuple(names.items())
