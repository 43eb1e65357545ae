"""Questions and leaves of the diagnosis: complete, without dead ends, never by a default."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.data.shipped import shipped_provisions
from tests.rules.builders import a_paper, a_row
from tests.rules.diagnosed import codes, gaps, leaf
from yibao.rules.decision import Unknown
from yibao.rules.diagnosis import (
    LEAVES,
    QUESTIONS,
    START,
    Cause,
    Link,
    Owner,
    leading_to,
    walked,
)
from yibao.rules.facts import Stage
from yibao.rules.policy import (
    Channel,
    ClaimRule,
)
from yibao.rules.terms import (
    CareType,
    ChannelKind,
    InsuranceType,
    MaterialPurpose,
    MaterialSlug,
    Scope,
)

MOST_TAPS = 8
"""Who was told nothing walks the whole chain; all others take at most three."""


# --- Questions ------------------------------------------------------------------------


def test_every_cause_is_reached_from_the_start() -> None:
    reached: set[str] = set()
    front = {START}
    while front:
        reached |= front
        front = {
            choice.leads_to
            for code in front
            if code in QUESTIONS
            for choice in QUESTIONS[code].choices
        } - reached

    assert reached == {*QUESTIONS, *Cause}


def test_no_question_comes_twice_on_any_way() -> None:
    def longest(code: str, before: tuple[str, ...]) -> int:
        assert code not in before
        if code not in QUESTIONS:
            return 0
        return 1 + max(longest(c.leads_to, (*before, code)) for c in QUESTIONS[code].choices)

    assert longest(START, ()) <= MOST_TAPS


@pytest.mark.parametrize("cause", Cause)
def test_a_known_reason_takes_two_answers(cause: Cause) -> None:
    shortest = min(len(walked(cause, question.code)) for question, _ in leading_to(cause))

    assert shortest <= 2 or cause in (Cause.OUTSIDE_ITEMS,)


def test_the_way_back_follows_the_question_asked_last() -> None:
    by_money = [question.code for question, _ in walked(Cause.ACCOUNT, "money")]
    by_card = [question.code for question, _ in walked(Cause.ACCOUNT, "card")]

    assert by_money == [START, "money"]
    assert by_card == [START, "card"]
    assert walked(START) == ()


def test_a_way_that_does_not_lead_there_is_not_believed() -> None:
    assert walked(Cause.ACCOUNT, "part") == walked(Cause.ACCOUNT)


def test_without_a_reason_the_links_are_asked_in_their_order() -> None:
    code, asked = "identity_link", []
    while code in QUESTIONS:
        asked.append(code.removesuffix("_link"))
        code = QUESTIONS[code].choices[0].leads_to

    assert asked == [link for link in Link if link is not Link.BENEFIT]


# --- Leaves ---------------------------------------------------------------------------


@pytest.mark.parametrize("stage", Stage)
@pytest.mark.parametrize("cause", Cause)
def test_every_leaf_has_its_parts(cause: Cause, stage: Stage) -> None:
    paper = a_paper(MaterialSlug.RECEIPT, purpose=MaterialPurpose.CLAIM)
    phone = a_row(
        Channel, channel=ChannelKind.PHONE, name="热线", value="12393", purpose="question"
    )

    found = leaf(cause, paper, phone, stage=stage)

    assert found.now
    assert found.say
    assert found.fallback
    assert found.by_when
    assert [each.number for each in found.contacts] == ["12393"]
    assert MaterialSlug.RECEIPT in {each.slug for each in found.papers}


def test_every_cause_has_a_leaf() -> None:
    assert set(LEAVES) == set(Cause)


@given(
    cause=st.sampled_from(Cause),
    stage=st.sampled_from(Stage),
    insurance=st.none() | st.sampled_from(InsuranceType),
    scope=st.sampled_from(Scope),
    care_type=st.sampled_from(CareType),
)
def test_where_nothing_is_known_nothing_is_cited_and_the_gaps_name_whom_to_ask(
    cause: Cause,
    stage: Stage,
    insurance: InsuranceType | None,
    scope: Scope,
    care_type: CareType,
) -> None:
    found = leaf(cause, stage=stage, insurance=insurance, scope=scope, care_type=care_type)

    assert not any(each.citations for each in (*found.because, *found.by_when))
    assert not found.disputes
    assert all(isinstance(gap, Unknown) and gap.whom_to_ask for gap in found.gaps)
    is_payable = scope is not Scope.ABROAD
    may_claim = is_payable and LEAVES[cause].may_claim
    assert ("claim_rule.deadline_months" in gaps(found)) == may_claim
    assert ("material_requirement.claim" in gaps(found)) == is_payable


@given(cause=st.sampled_from(Cause), stage=st.sampled_from(Stage), scope=st.sampled_from(Scope))
def test_every_amount_told_is_cited(cause: Cause, stage: Stage, scope: Scope) -> None:
    rows = tuple(row for rows in shipped_provisions().values() for row in rows)

    found = leaf(cause, *rows, stage=stage, scope=scope)

    for each in (*found.because, *found.by_when):
        assert each.citations or not each.values


def test_a_claim_deadline_is_told_only_where_it_is_stated() -> None:
    stated = leaf(Cause.SYSTEM, a_row(ClaimRule, deadline_months=12), stage=Stage.DISCHARGED)
    silent = leaf(Cause.SYSTEM, stage=Stage.DISCHARGED)

    assert "claim_deadline" in codes(stated)
    assert stated.by_when[0].values == {"months": 12}
    assert "claim_rule.deadline_months" not in gaps(stated)
    assert "claim_deadline_unknown" in codes(silent)


def test_who_paid_already_asks_for_the_claim_at_the_insured_place() -> None:
    paid = leaf(Cause.EMERGENCY_FLAG, stage=Stage.DISCHARGED)
    open_ = leaf(Cause.EMERGENCY_FLAG, stage=Stage.ADMITTED)

    assert (paid.owner, paid.listener, paid.say) == (
        Owner.INSURED_PLACE,
        Owner.INSURED_PLACE,
        "claim",
    )
    assert (open_.owner, open_.say) == (Owner.HOSPITAL, "emergency_flag")
    assert "before_settling" in codes(open_)
    assert "before_settling" not in codes(paid)
