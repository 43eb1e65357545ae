"""What holds for every case: an answer always, and never on a guess."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import date
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.rules.builders import AWAY, DAY, HOME, THIRD, full_terms, some_facts, some_terms
from yibao.rules.citation import Citation
from yibao.rules.decision import Certainty, CheckOutcome, Decision
from yibao.rules.eligibility import ROWS, decide
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
    Trauma,
    Urgency,
)
from yibao.rules.policy import Terms
from yibao.rules.terms import CareType, FilingCategory, InsuranceType, Scope

TERMS = [full_terms(), some_terms(), some_terms(nation=())]

days = st.none() | st.dates(date(2026, 1, 1), date(2027, 6, 1))
filings = st.builds(
    ExistingFiling,
    status=st.sampled_from(FiledStatus),
    category=st.none() | st.sampled_from(FilingCategory),
    care_pool=st.sampled_from([None, AWAY, THIRD, HOME]),
    since=days,
    until=days,
    evidence=st.sampled_from(Evidence),
)
all_facts = st.builds(
    CheckFacts,
    insured_code=st.just(HOME),
    care_code=st.just(AWAY),
    care_pool=st.just(AWAY),
    scope=st.sampled_from(Scope),
    insurance=st.sampled_from(InsuranceType),
    care_type=st.sampled_from(CareType),
    on=st.just(DAY),
    reason=st.none() | st.sampled_from(Reason),
    enrolment=st.sampled_from(Enrolment),
    urgency=st.sampled_from(Urgency),
    disease=st.sampled_from(["", "M03900", "M06900", "M99999"]),
    qualified=st.sampled_from(Qualified),
    stage=st.sampled_from(Stage),
    existing=filings,
    admitted_on=days,
    evidence=st.sampled_from(Evidence),
    trauma=st.sampled_from(Trauma),
    institution=st.sampled_from(InstitutionStatus),
    assumed=st.sampled_from([frozenset(), frozenset({"institution"})]),
)
all_terms = st.sampled_from(TERMS)


def citations_in(value: Any) -> Iterator[Citation]:
    """Every citation anywhere in an answer."""
    if isinstance(value, Citation):
        yield value
    elif is_dataclass(value) and not isinstance(value, type):
        for part in fields(value):
            yield from citations_in(getattr(value, part.name))
    elif isinstance(value, tuple):
        for item in value:
            yield from citations_in(item)


@given(all_facts, all_terms)
def test_every_case_has_an_answer_of_the_table(facts: CheckFacts, terms: Terms) -> None:
    decision = decide(facts, terms)

    assert decision.rule in {row.id for row in ROWS}
    assert decision.because
    assert decision.actions


@given(all_facts, all_terms)
def test_an_answer_that_asks_names_what_is_missing_and_whom_to_ask(
    facts: CheckFacts, terms: Terms
) -> None:
    decision = decide(facts, terms)

    if decision.outcome is CheckOutcome.ASK:
        assert decision.gaps or decision.disputes
        assert decision.certainty is Certainty.TENTATIVE
    assert all(gap.whom_to_ask for gap in decision.gaps)


@given(all_facts, all_terms)
def test_every_clause_cited_is_one_of_the_terms_in_force(facts: CheckFacts, terms: Terms) -> None:
    in_force = {row.citation for rows in terms.levels for row in rows if row.period.holds(facts.on)}

    assert set(citations_in(decide(facts, terms))) <= in_force


@given(all_facts, all_terms)
def test_what_would_change_the_answer_does(facts: CheckFacts, terms: Terms) -> None:
    decision = decide(facts, terms)

    for change in decision.changes:
        field = next(part for part in fields(CheckFacts) if part.name == change.field)
        kind = type(getattr(facts, field.name)) if field.name != "reason" else Reason
        then = decide(replace(facts, **{change.field: kind(change.value)}), terms)
        assert _gist(then, change.effect) == change.effect
        assert _gist(decision, change.effect) != change.effect
        assert then.outcome not in (CheckOutcome.ASK, CheckOutcome.NOT_PAYABLE)


@given(all_facts, all_terms, st.sampled_from(["enrolment", "qualified", "evidence"]))
def test_a_firm_answer_does_not_hang_on_an_unknown_one(
    facts: CheckFacts, terms: Terms, name: str
) -> None:
    kind = type(getattr(facts, name))
    unknown = replace(facts, **{name: kind("unknown")})
    told = decide(unknown, terms)
    definite = {
        "enrolment": [Enrolment.ACTIVE, Enrolment.ARREARS],
        "qualified": [Qualified.YES, Qualified.NO],
        "evidence": [Evidence.PROOF, Evidence.NONE],
    }[name]

    if told.certainty is Certainty.FIRM:
        for value in definite:
            other = decide(replace(facts, **{name: value}), terms)
            assert (other.outcome, other.category) == (told.outcome, told.category)


@given(all_facts)
def test_a_region_without_rules_never_promises_payment(facts: CheckFacts) -> None:
    decision = decide(facts, some_terms(nation=()))

    assert decision.outcome not in (CheckOutcome.FILE, CheckOutcome.FILE_LATE)


def _gist(decision: Decision, like: Any) -> dict[str, Any]:
    return {name: getattr(decision, name) for name in like}


def test_facts_of_the_properties_include_a_plain_case() -> None:
    assert decide(some_facts(reason=Reason.OTHER), TERMS[0]).certainty is Certainty.FIRM
