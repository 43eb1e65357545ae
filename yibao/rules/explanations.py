"""Why a settlement sheet differs from the rules: which other case would give its figures.

Nobody's fault is claimed: a case that agrees with every line is a question worth asking at
the window ("was this settled as my second admission?").
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from yibao.rules.decision import Settlement
from yibao.rules.facts import Bill, CaseFacts
from yibao.rules.money import Fen
from yibao.rules.policy import Terms
from yibao.rules.settlement import settle
from yibao.rules.terms import (
    EMPLOYEE_GROUPS,
    RESIDENT_GROUPS,
    CareType,
    InsuranceType,
    Level,
    Scope,
    Situation,
)

SHEET_LINES = (
    "in_scope",
    "away_self_pay",
    "deductible",
    "pooled_fund",
    "large_expense",
    "critical_illness",
    "medical_aid",
    "fund_total",
    "personal_account",
    "cash",
)
"""Lines that a printed sheet has and that the rules give, by the names of `Figures`."""

ROUNDING_FEN = Fen(5)
"""Systems round each band or only the sum, so a few fen are no difference."""

_SITUATIONS = (
    Situation.LONG_TERM_RESIDENT,
    Situation.REFERRAL,
    Situation.EMERGENCY,
    Situation.OTHER_TEMPORARY,
    Situation.UNFILED,
)
_LEVELS = (Level.TERTIARY, Level.SECONDARY, Level.PRIMARY)
_ADMISSIONS = (1, 2, 3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One line of the sheet beside what the rules give; None where they give no figure.

    A range has both ends, a figure the same twice.
    """

    line: str
    printed_fen: Fen
    least_fen: Fen | None
    most_fen: Fen | None

    @property
    def agrees(self) -> bool | None:
        """Whether the printed figure is what the rules give; None: they give none."""
        if self.least_fen is None or self.most_fen is None:
            return None
        low, high = sorted((self.least_fen, self.most_fen))
        return low - ROUNDING_FEN <= self.printed_fen <= high + ROUNDING_FEN


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Other facts under which every printed line is right, by the contract's field names."""

    changed: tuple[tuple[str, str], ...]
    settlement: Settlement


def differences(settlement: Settlement, printed: Mapping[str, Fen]) -> tuple[Difference, ...]:
    """Return each printed line beside the rules' figure, in the order of the sheet."""
    low = settlement.figures or settlement.low
    high = settlement.figures or settlement.high
    return tuple(
        Difference(
            line=line,
            printed_fen=printed[line],
            least_fen=getattr(low, line) if low else None,
            most_fen=getattr(high, line) if high else None,
        )
        for line in SHEET_LINES
        if line in printed
    )


def explain(
    bill: Bill, facts: CaseFacts, terms: Terms, printed: Mapping[str, Fen]
) -> tuple[Explanation, ...]:
    """Return the other cases that give every printed line exactly; the simplest only.

    One fact is changed; two (the filing and one more) only where no single one explains it.
    Empty: the present facts agree already, or nothing that is tried does.
    """
    if not printed or _agrees(settle(bill, facts, terms), printed):
        return ()
    single = list(_single_changes(facts))
    for tried in (single, list(_double_changes(facts, single))):
        found = tuple(
            Explanation(changed=changed, settlement=settlement)
            for changed, other in tried
            if _agrees(settlement := settle(bill, other, terms), printed)
        )
        if found:
            return found
    return ()


def _agrees(settlement: Settlement, printed: Mapping[str, Fen]) -> bool:
    # A range agrees with too much to explain anything.
    return settlement.figures is not None and all(
        each.agrees for each in differences(settlement, printed)
    )


type _Tried = tuple[tuple[tuple[str, str], ...], CaseFacts]


def _single_changes(facts: CaseFacts) -> Iterator[_Tried]:
    for situation in _SITUATIONS if facts.scope is not Scope.LOCAL else ():
        if situation is not facts.situation:
            yield (("filing", situation.value),), replace(facts, situation=situation)
    is_stay = facts.care_type in (CareType.INPATIENT, CareType.BIRTH)
    for admission in _ADMISSIONS if is_stay else ():
        if admission != (facts.admission or 1):
            yield (("admission", str(admission)),), replace(facts, admission=admission)
    yield from _other_levels(facts)
    is_employee = facts.insurance is InsuranceType.EMPLOYEE
    for group in EMPLOYEE_GROUPS if is_employee else RESIDENT_GROUPS:
        if group is not facts.group:
            yield (("group", group.value),), replace(facts, group=group)


def _other_levels(facts: CaseFacts) -> Iterator[_Tried]:
    for level in _LEVELS if facts.care_type is not CareType.PHARMACY else ():
        if level is not facts.level:
            other = replace(facts, level=level, institution_class="")
            yield (("level", level.value),), other


def _double_changes(facts: CaseFacts, single: list[_Tried]) -> Iterator[_Tried]:
    filings = [changed for changed, _other in single if changed[0][0] == "filing"]
    for changed, other in single:
        if changed[0][0] == "filing":
            continue
        for filing in filings:
            situation = Situation(filing[0][1])
            yield (*filing, *changed), replace(other, situation=situation)
