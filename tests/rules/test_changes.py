"""Suggestions are within a person's power, worth it, and true."""

from dataclasses import replace

from hypothesis import given

from tests.rules.builders import a_row
from tests.rules.strategies import settled_cases
from tests.rules.worked import facts_of, terms_of
from yibao.rules.changes import WORTH_SAYING_FEN, what_would_change
from yibao.rules.facts import Bill, CaseFacts
from yibao.rules.money import BasisPoints, Fen
from yibao.rules.policy import AwayAdjustment, Deductible, PaymentBand, PaymentCap, Terms
from yibao.rules.settlement import settle
from yibao.rules.terms import Level, Mechanism, Scope, Situation


@given(settled_cases())
def test_promises_only_what_asking_again_gives(case: tuple[Bill, CaseFacts, Terms]) -> None:
    bill, facts, terms = case

    for change in what_would_change(bill, facts, terms):
        if change.field == "filing":
            changed = replace(facts, situation=Situation(change.value))
        else:
            changed = replace(facts, level=Level(change.value), institution_class="")
        then = settle(bill, changed, terms)
        figures = then.figures or then.low

        assert figures is not None
        assert figures.fund_total == change.effect["fund_total_fen"]
        assert then.outcome == change.effect["outcome"]
        if "gain_fen" in change.effect:
            before = settle(bill, facts, terms)
            now = before.figures or before.high
            assert now is not None
            gain = figures.fund_total - now.fund_total
            assert gain == change.effect["gain_fen"]
            assert gain >= WORTH_SAYING_FEN


def two_level_region() -> Terms:
    return terms_of(
        (
            a_row(Deductible, amount_fen=Fen(80_000)),
            a_row(PaymentBand, level=Level.TERTIARY, ratio_bp=BasisPoints(6000)),
            a_row(PaymentBand, level=Level.SECONDARY, ratio_bp=BasisPoints(8000)),
            a_row(PaymentCap, unlimited=True),
            a_row(
                AwayAdjustment,
                situations=frozenset({Situation.UNFILED}),
                mechanism=Mechanism.PERCENTAGE_POINTS,
                value_bp=BasisPoints(2000),
            ),
            a_row(
                AwayAdjustment,
                situations=frozenset({Situation.OTHER_TEMPORARY}),
                mechanism=Mechanism.PERCENTAGE_POINTS,
                value_bp=BasisPoints(1500),
            ),
        )
    )


def suggestions(total: int, situation: Situation) -> list[tuple[str, str, object]]:
    facts = facts_of(scope=Scope.CROSS_PROVINCE, situation=situation)
    found = what_would_change(Bill(total_fen=Fen(total)), facts, two_level_region())
    return [(change.field, change.value, change.effect.get("gain_fen")) for change in found]


def test_names_the_largest_gain_first() -> None:
    assert suggestions(2_080_000, Situation.UNFILED) == [
        ("level", "secondary", 400_000),
        ("filing", "other_temporary", 100_000),
    ]


def test_leaves_out_what_is_worth_less_than_200_yuan() -> None:
    assert suggestions(80_000 + 399_980, Situation.UNFILED) == [("level", "secondary", 79_996)]


def test_never_suggests_another_hospital_in_an_emergency() -> None:
    assert suggestions(2_080_000, Situation.EMERGENCY) == []


def test_suggests_a_filing_that_gives_an_answer_where_there_is_none() -> None:
    assert suggestions(2_080_000, Situation.LATE) == [("filing", "other_temporary", None)]
