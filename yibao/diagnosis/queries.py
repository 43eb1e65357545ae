"""Read the terms of a diagnosis and run the engine on it. No table and no query of its own."""

from dataclasses import dataclass, replace
from datetime import date

from yibao.policies import queries as policies
from yibao.regions import queries as regions
from yibao.rules.diagnosis import Diagnosis, DiagnosisFacts
from yibao.rules.diagnosis import diagnose as find_leaf
from yibao.rules.policy import Terms
from yibao.rules.terms import InsuranceType


@dataclass(frozen=True, slots=True)
class Trouble:
    """One person's trouble at the window, ready for the engine."""

    facts: DiagnosisFacts
    terms: Terms


def get_terms(
    insured_code: str, insurance: InsuranceType | None, on: date, *, today: date
) -> Terms:
    """Return the terms in force on a day; the nation's where no region is given ("").

    Where the branch is not known, only what holds for both. `today` marks sources whose last
    check is too old. Raises regions.UnknownRegion.
    """
    code = insured_code or regions.NATION
    terms = policies.get_terms(code, insurance or InsuranceType.EMPLOYEE, on, today=today)
    if insurance is not None:
        return terms
    shared = tuple(tuple(row for row in level if row.insurance is None) for level in terms.levels)
    return replace(terms, levels=shared)


def diagnose(trouble: Trouble) -> Diagnosis:
    """Return the leaf."""
    return find_leaf(trouble.facts, trouble.terms)
