"""A sheet that differs is explained only by a case that gives it to the fen."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.rules.builders import a_row
from tests.rules.strategies import settled_cases
from tests.rules.worked import facts_of, terms_of
from yibao.rules.decision import SettlementOutcome
from yibao.rules.explanations import ROUNDING_FEN, SHEET_LINES, differences, explain
from yibao.rules.facts import Bill, CaseFacts
from yibao.rules.money import BasisPoints, Fen
from yibao.rules.policy import AwayAdjustment, Deductible, PaymentBand, PaymentCap, Terms
from yibao.rules.settlement import settle
from yibao.rules.terms import Level, Mechanism, Scope, Situation

BILL = Bill(total_fen=Fen(5_000_000))


@pytest.fixture
def terms() -> Terms:
    return terms_of(
        (
            a_row(Deductible, nth_from=1, nth_to=1, amount_fen=Fen(80_000)),
            a_row(Deductible, nth_from=2, amount_fen=Fen(40_000)),
            a_row(PaymentBand, level=Level.TERTIARY, ratio_bp=BasisPoints(8000)),
            a_row(PaymentBand, level=Level.SECONDARY, ratio_bp=BasisPoints(9000)),
            a_row(PaymentCap, unlimited=True),
            a_row(
                AwayAdjustment,
                situations=frozenset({Situation.REFERRAL}),
                mechanism=Mechanism.NONE,
            ),
            a_row(
                AwayAdjustment,
                situations=frozenset({Situation.UNFILED}),
                mechanism=Mechanism.PERCENTAGE_POINTS,
                value_bp=BasisPoints(2000),
            ),
        )
    )


@pytest.fixture
def facts() -> CaseFacts:
    return facts_of(
        scope=Scope.CROSS_PROVINCE,
        situation=Situation.REFERRAL,
        level=Level.TERTIARY,
        admission=1,
    )


def sheet(facts: CaseFacts, terms: Terms, *lines: str) -> dict[str, Fen]:
    figures = settle(BILL, facts, terms).figures
    assert figures is not None
    return {line: getattr(figures, line) for line in lines or SHEET_LINES if
            getattr(figures, line) is not None}  # fmt: skip


def test_a_sheet_that_agrees_needs_no_explanation(facts, terms):
    assert explain(BILL, facts, terms, sheet(facts, terms)) == ()


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"situation": Situation.UNFILED}, (("filing", "unfiled"),)),
        ({"admission": 2}, (("admission", "2"),)),
        ({"level": Level.SECONDARY}, (("level", "secondary"),)),
        (
            {"situation": Situation.UNFILED, "admission": 2},
            (("filing", "unfiled"), ("admission", "2")),
        ),
    ],
)
def test_what_was_settled_otherwise_is_found(facts, terms, change, expected):
    printed = sheet(replace(facts, **change), terms)

    found = explain(BILL, facts, terms, printed)

    assert expected in [each.changed for each in found]
    assert {len(each.changed) for each in found} == {len(expected)}


def test_nothing_is_claimed_where_nothing_fits(facts, terms):
    assert explain(BILL, facts, terms, {"deductible": Fen(12_345)}) == ()


def test_a_few_fen_of_rounding_are_no_difference(facts, terms):
    printed = sheet(facts, terms, "fund_total")
    near = {"fund_total": Fen(printed["fund_total"] + ROUNDING_FEN)}
    far = {"fund_total": Fen(printed["fund_total"] + ROUNDING_FEN + 1)}
    settlement = settle(BILL, facts, terms)

    assert [each.agrees for each in differences(settlement, near)] == [True]
    assert [each.agrees for each in differences(settlement, far)] == [False]


def test_where_the_rules_give_no_figure_nothing_agrees_or_differs(facts):
    settlement = settle(BILL, facts, terms_of(()))

    assert settlement.outcome is SettlementOutcome.UNKNOWN
    assert [each.agrees for each in differences(settlement, {"cash": Fen(1)})] == [None]


@given(settled_cases(), st.sampled_from(SHEET_LINES), st.integers(0, 10_000_000))
def test_every_explanation_gives_the_sheet(
    case: tuple[Bill, CaseFacts, Terms], line: str, amount: int
) -> None:
    bill, facts, terms = case

    for found in explain(bill, facts, terms, {line: Fen(amount)}):
        assert all(each.agrees for each in differences(found.settlement, {line: Fen(amount)}))
