"""Decisions: the engine's figures, once, by the right people, on the year as it stands."""

from datetime import date
from typing import Any

import pytest

from tests.factories import claims as make
from yibao.audit.models import Event
from yibao.cases.operations.cases import Changed
from yibao.cases.operations.desk import NotHeld, Recused, Taken, recuse
from yibao.cases.vocabulary import State
from yibao.claims.models import (
    AccumulatorEntry,
    Decision,
    DecisionDraft,
    LineDecision,
)
from yibao.claims.operations import deciding, review
from yibao.claims.queries.money import reconcile
from yibao.claims.vocabulary import (
    STAFF_ONLY_MARKS,
    Answer,
    LineClass,
    MarkAnswer,
    MarkCode,
    Outcome,
    ProposalState,
)
from yibao.estimates.queries import get_terms
from yibao.policies.queries import list_published
from yibao.rules.decision import Figures
from yibao.rules.facts import Accumulators, Bill, CaseFacts, Trauma
from yibao.rules.settlement import settle
from yibao.rules.terms import CareType, Group, InsuranceType, Level, Scope, Situation

pytestmark = pytest.mark.django_db


def the_estimate(**bill: int) -> Figures:
    """What the public estimate says for the factory's person."""
    facts = CaseFacts(
        insurance=InsuranceType.RESIDENT,
        care_type=CareType.INPATIENT,
        scope=Scope.CROSS_PROVINCE,
        on=date(2026, 10, 20),
        situation=Situation.REFERRAL,
        group=Group.ADULT,
        level=Level.TERTIARY,
        admission=1,
        accumulated=Accumulators(),
    )
    terms = get_terms(make.REGION, InsuranceType.RESIDENT, facts.on, make.TODAY)
    figures = settle(Bill(**bill), facts, terms).figures  # type: ignore[arg-type]
    assert figures is not None
    return figures


def test_the_decision_is_the_estimate_to_the_fen():
    decision = make.decided()

    expected = the_estimate(
        total_fen=2_000_000, off_catalog_fen=100_000, upfront_self_pay_fen=50_000
    )
    assert Figures(**decision.figures) == expected
    assert decision.fund_fen == expected.fund_total > 0
    assert decision.engine_figures == decision.figures
    assert decision.outcome == Outcome.APPROVED
    assert decision.claim.case.__class__.objects.get().state == State.DECIDED
    assert decision.object_until == date(2027, 1, 22)


def test_every_yuan_can_be_followed():
    decision = make.decided()

    rows = LineDecision.objects.filter(decision=decision)
    assert sum(row.claimed_fen for row in rows) == decision.claimed_fen == 2_000_000
    assert sum(row.in_scope_fen for row in rows) == decision.figures["in_scope"]
    steps = {step["code"]: step for step in decision.trace["steps"]}
    assert steps["fund_total"]["amount_fen"] == decision.fund_fen
    cited = {each for step in decision.trace["steps"] for each in step["citations"]}
    assert cited
    assert cited <= decision.trace["citations"].keys()
    assert decision.provision_ids
    entry = AccumulatorEntry.objects.get()
    assert entry.pooled_fen == decision.figures["pooled_fund"]
    totals, wrong = reconcile()
    assert wrong == ()
    assert (totals.decided_fen, totals.due_fen) == (decision.fund_fen, decision.fund_fen)
    assert Event.objects.filter(event="claims.decided").count() == 1


def test_the_rules_named_are_those_that_hold_for_the_case():
    decision = make.decided()

    tables = {
        row.provision.table
        for row in list_published()
        if row.provision.id in decision.provision_ids
    }
    assert {"payment_band", "deductible"} <= tables
    assert not tables & {"channel", "remark", "filing_rule"}


def test_a_held_line_keeps_the_claim():
    claim, officer = make.submit(), make.an_officer()
    review.take_claim(claim.pk, by=officer, at=make.LATER)

    with pytest.raises(deciding.NotReady) as raised:
        make.decide(claim, officer)

    assert "lines" in raised.value.held
    assert "marks" in raised.value.held
    assert not Decision.objects.exists()


def test_a_b_line_without_its_first_part_is_held_and_never_guessed():
    lines = (
        make.a_line(line_class=LineClass.B, upfront_fen=None),
        make.a_line(line_class=None),
    )
    claim, officer = make.submit(lines=lines, total_fen=20_000, **NOTHING_ELSE), make.an_officer()
    make.read(claim, officer)

    assert [row.why for row in make.assessed(claim).rows] == ["held", "held"]
    answer_line(claim, officer, 1, Answer.APPROVED, LineClass.B)
    assert [row.why for row in make.assessed(claim).rows] == ["upfront", "held"]
    answer_line(claim, officer, 1, Answer.APPROVED, LineClass.B, upfront_fen=1_000)
    answer_line(claim, officer, 2, Answer.APPROVED, LineClass.C)
    bill = make.assessed(claim).bill
    assert bill == Bill(total_fen=20_000, upfront_self_pay_fen=1_000, off_catalog_fen=10_000)  # type: ignore[arg-type]


NOTHING_ELSE = {"off_catalog_fen": 0, "upfront_self_pay_fen": 0}


def answer_line(
    claim: Any, officer: Any, position: int, answer: Answer, kind: LineClass | None, **more: Any
) -> None:
    line = review.LineAnswer(position=position, answer=answer, line_class=kind, **more)
    review.answer_lines(claim.pk, [line], version=make.version_of(claim), by=officer, at=make.LATER)


def test_denied_and_adjusted_lines_become_the_persons_own():
    lines = (make.a_line(amount_fen=500_000), make.a_line(amount_fen=300_000), make.a_line())
    claim, officer = make.submit(lines=lines, total_fen=810_000, **NOTHING_ELSE), make.an_officer()
    make.read(claim, officer)
    answer_line(claim, officer, 2, Answer.DENIED, LineClass.A, reason_code="unrelated")
    answer_line(
        claim,
        officer,
        3,
        Answer.ADJUSTED,
        LineClass.A,
        allowed_fen=4_000,
        reason_code="amount_differs",
    )

    decision = make.decide(claim, officer)

    assert isinstance(decision, Decision)
    assert decision.outcome == Outcome.PARTLY
    assert decision.figures["off_catalog"] == 306_000
    assert Figures(**decision.figures) == the_estimate(total_fen=810_000, off_catalog_fen=306_000)
    cut = LineDecision.objects.get(decision=decision, line__position=3)
    assert (cut.in_scope_fen, cut.off_catalog_fen) == (4_000, 6_000)


@pytest.mark.parametrize("answer", [Answer.DENIED, Answer.ADJUSTED])
def test_a_cut_needs_a_reason_that_exists(answer):
    claim, officer = make.submit(), make.an_officer()
    review.take_claim(claim.pk, by=officer, at=make.LATER)

    for reason in ("", "because"):
        with pytest.raises(ValueError, match="reason"):
            answer_line(claim, officer, 1, answer, LineClass.A, reason_code=reason)


def test_a_refund_counts_with_its_sign():
    lines = (make.a_line(amount_fen=900_000), make.a_line(name="退费", amount_fen=-100_000))
    claim, officer = make.submit(lines=lines, total_fen=800_000, **NOTHING_ELSE), make.an_officer()
    make.read(claim, officer)

    decision = make.decide(claim, officer)

    assert isinstance(decision, Decision)
    assert Figures(**decision.figures) == the_estimate(total_fen=800_000)


def test_more_refunds_than_costs_are_held():
    lines = (make.a_line(), make.a_line(amount_fen=-30_000))
    claim, officer = make.submit(lines=lines, total_fen=0, **NOTHING_ELSE), make.an_officer()
    make.read(claim, officer)

    with pytest.raises(deciding.NotReady) as raised:
        make.decide(claim, officer)

    assert raised.value.held == ("bill",)


def test_five_hundred_lines_are_decided_like_their_sum():
    lines = tuple(make.a_line(name=f"项目{number}", amount_fen=4_001) for number in range(500))
    decision = make.decided(lines=lines, total_fen=500 * 4_001, **NOTHING_ELSE)

    assert Figures(**decision.figures) == the_estimate(total_fen=500 * 4_001)
    assert LineDecision.objects.filter(decision=decision).count() == 500


def test_an_engine_gap_holds_and_says_what_is_missing():
    # 烟台 states its ratios for in-patients as ranges only.
    claim = make.submit(insured_code="370600", care_code="110000")
    officer = make.an_officer()
    make.read(claim, officer)

    with pytest.raises(deciding.NotReady) as raised:
        make.decide(claim, officer)

    assert raised.value.held == ("engine",)
    reckoning = make.assessed(claim).reckoning
    assert reckoning is not None
    assert reckoning.settlement.gaps or reckoning.settlement.range_reasons


def test_an_override_waits_for_a_second_officer_and_keeps_the_engines_figure():
    claim, officer, second = make.submit(), make.an_officer(), make.an_officer("wang")
    make.read(claim, officer)
    draft = make.decide(
        claim, officer, funds={"pooled_fund": 12_345}, override_reason="医院更正了清单"
    )
    assert isinstance(draft, DecisionDraft)
    assert draft.why == "override"
    assert not Decision.objects.exists()
    with pytest.raises(deciding.OwnDraft):
        confirm(draft, officer)
    with pytest.raises(review.Waits):
        review.approve_clear_lines(
            claim.pk, version=make.version_of(claim), by=officer, at=make.LATER
        )

    decision = confirm(draft, second)

    assert (decision.officer, decision.second) == (officer, second)
    assert decision.fund_fen == 12_345
    assert decision.engine_figures is not None
    assert decision.engine_figures["fund_total"] != 12_345
    assert decision.is_override


def confirm(draft: DecisionDraft, by: Any) -> Decision:
    return deciding.confirm_draft(
        draft.pk, version=make.version_of(draft.claim), by=by, at=make.LATER
    )


def test_a_large_sum_needs_two_and_can_go_back(settings):
    settings.SECOND_OFFICER_FEN = 1
    claim, officer, second = make.submit(), make.an_officer(), make.an_officer("wang")
    make.read(claim, officer)
    draft = make.decide(claim, officer)
    assert isinstance(draft, DecisionDraft)
    assert draft.why == "value"

    deciding.return_draft(
        draft.pk, note="请再核对票据", version=make.version_of(claim), by=second, at=make.LATER
    )

    draft.refresh_from_db()
    assert draft.state == ProposalState.RETURNED
    with pytest.raises(deciding.Answered):
        confirm(draft, second)
    again = make.decide(claim, officer)
    assert isinstance(again, DecisionDraft)
    assert confirm(again, second).second == second


def test_what_changed_meanwhile_goes_back_to_the_first_officer(settings):
    settings.SECOND_OFFICER_FEN = 1
    # Each would fill the year's cap by itself.
    first = make.submit(total_fen=50_000_000)
    other = make.submit(total_fen=50_000_000, discharged_on=date(2026, 10, 25))
    officer, second = make.an_officer(), make.an_officer("wang")
    drafts = []
    for claim in (first, other):
        make.read(claim, officer)
        drafts.append(make.decide(claim, officer))
    assert all(isinstance(draft, DecisionDraft) for draft in drafts)
    confirm(drafts[0], second)

    with pytest.raises(deciding.Moved):
        confirm(drafts[1], second)

    drafts[1].refresh_from_db()
    assert drafts[1].state == ProposalState.RETURNED
    assert Decision.objects.count() == 1


def test_the_second_stay_of_a_year_is_settled_after_the_first():
    first = make.decided()
    second = make.decided(discharged_on=date(2026, 11, 2), admitted_on=date(2026, 11, 1))

    facts = second.input["facts"]
    assert facts["admission"] == 2
    assert facts["accumulated"]["fund_paid_fen"] == first.figures["pooled_fund"]


def test_last_years_stay_does_not_count():
    make.decided(discharged_on=date(2025, 12, 20), admitted_on=date(2025, 12, 1))
    second = make.decided(total_fen=2_000_001)

    assert second.input["facts"]["accumulated"]["fund_paid_fen"] == 0


def test_a_whole_denial_pays_nothing_and_uses_nothing_up():
    claim, officer = make.submit(), make.an_officer()
    make.read(claim, officer)

    decision = make.decide(claim, officer, denies=True, reason_code="third_party")

    assert isinstance(decision, Decision)
    assert (decision.outcome, decision.fund_fen) == (Outcome.DENIED, 0)
    assert decision.personal_fen == decision.claimed_fen
    assert not AccumulatorEntry.objects.exists()
    assert set(decision.line_decisions.values_list("reason_code", flat=True)) == {"third_party"}
    assert reconcile()[1] == ()


def test_a_denial_needs_no_reading_line_by_line():
    claim, officer = make.submit(trauma=Trauma.THIRD_PARTY), make.an_officer()
    review.take_claim(claim.pk, by=officer, at=make.LATER)
    for mark in claim.marks.exclude(code__in=STAFF_ONLY_MARKS):
        review.answer_mark(
            mark.pk,
            answer=MarkAnswer.COUNTS,
            note="认定书写明对方全责",
            version=make.version_of(claim),
            by=officer,
            at=make.LATER,
        )

    decision = make.decide(claim, officer, denies=True, reason_code="third_party")

    assert isinstance(decision, Decision)
    assert decision.figures["off_catalog"] == decision.claimed_fen == decision.personal_fen
    assert reconcile()[1] == ()


def test_an_override_does_not_go_over_the_cap():
    claim, officer = make.submit(total_fen=90_000_000), make.an_officer()
    make.read(claim, officer)
    room = make.assessed(claim).room_fen()
    assert room is not None

    with pytest.raises(deciding.OverCap):
        make.decide(claim, officer, funds={"pooled_fund": room + 1}, override_reason="更正")
    with pytest.raises(ValueError, match="-1"):
        make.decide(claim, officer, funds={"medical_aid": -1}, override_reason="更正")


def test_the_blind_sample_asks_for_the_officers_figure_first(sampled):
    claim, officer = make.submit(), make.an_officer()
    assert claim.marks.filter(code=MarkCode.SAMPLE).exists()
    review.take_claim(claim.pk, by=officer, at=make.LATER)
    review.approve_clear_lines(claim.pk, version=make.version_of(claim), by=officer, at=make.LATER)
    assert "sample" in make.assessed(claim).held

    make.read(claim, officer)
    decision = make.decide(claim, officer)

    assert isinstance(decision, Decision)
    assert decision.first_fund_fen == 100


def test_nobody_decides_what_they_do_not_hold_or_what_is_their_relatives():
    claim, officer, other = make.submit(), make.an_officer(), make.an_officer("wang")
    make.read(claim, officer)
    with pytest.raises(Taken):
        make.decide(claim, other)

    recuse(claim.pk, by=officer, at=make.LATER)
    with pytest.raises(NotHeld):
        make.decide(claim, officer)
    with pytest.raises(Recused):
        review.take_claim(claim.pk, by=officer, at=make.LATER)


def test_a_relative_does_not_confirm_either(settings):
    settings.SECOND_OFFICER_FEN = 1
    claim, officer, second = make.submit(), make.an_officer(), make.an_officer("wang")
    make.read(claim, officer)
    draft = make.decide(claim, officer)
    assert isinstance(draft, DecisionDraft)
    recuse(claim.pk, by=second, at=make.LATER)

    with pytest.raises(Recused):
        confirm(draft, second)


def test_the_page_of_yesterday_decides_nothing():
    claim, officer = make.submit(), make.an_officer()
    make.read(claim, officer)
    old = make.version_of(claim) - 1

    with pytest.raises(Changed):
        deciding.decide_claim(claim.pk, deciding.Wish(), version=old, by=officer, at=make.LATER)
