"""What the estimate says where sources disagree, give only a bound, or state a rule twice."""

from tests.rules.stays import BILL, away, away_facts, band, basic, cap, deductible, fund
from tests.rules.worked import facts_of, terms_of
from yibao.rules.decision import Certainty, SettlementOutcome
from yibao.rules.facts import Bill
from yibao.rules.money import BasisPoints, Fen
from yibao.rules.settlement import settle
from yibao.rules.terms import (
    Kind,
    Level,
    Mechanism,
    Situation,
    Standing,
)


class TestInheritance:
    def test_prefers_the_nearest_level(self) -> None:
        province = (deductible(), band(6000), cap())

        settlement = settle(BILL, facts_of(), terms_of((band(7000),), province))

        assert fund(settlement) == 1_344_000

    def test_prefers_a_row_for_the_level_to_a_row_for_all(self) -> None:
        rows = (
            deductible(),
            band(5000),
            band(6000, level=Level.OTHER),
            band(7000, level=Level.TERTIARY),
            cap(),
        )
        terms = terms_of(rows)

        found = [
            fund(settle(BILL, facts_of(level=level), terms)) for level in Level if level != "other"
        ]

        assert found == [1_344_000, 1_152_000, 1_152_000, 1_152_000]


class TestDisputes:
    def test_settles_each_reading_alone(self) -> None:
        readings = [
            away(
                Situation.UNFILED,
                Mechanism.FACTOR,
                value_bp=BasisPoints(factor),
                standing=Standing.DISPUTED,
            )
            for factor in (3000, 7000)
        ]

        settlement = settle(BILL, away_facts(Situation.UNFILED), terms_of((*basic(), *readings)))

        assert settlement.outcome is SettlementOutcome.RANGE
        assert settlement.low is not None
        assert settlement.high is not None
        assert settlement.low.fund_total == 489_600
        assert settlement.high.fund_total == 1_142_400
        assert [citations for citations, _ in settlement.readings] == [
            (row.citation,) for row in readings
        ]

    def test_computes_with_a_rule_beside_a_dispute_and_lists_it(self) -> None:
        doubtful = band(3000, standing=Standing.DISPUTED)

        settlement = settle(BILL, facts_of(), terms_of((*basic(), doubtful)))

        assert fund(settlement) == 1_632_000
        assert [dispute.what for dispute in settlement.disputes] == ["payment_band"]
        assert doubtful.citation in [r.citation for r in settlement.disputes[0].readings]
        assert settlement.certainty is Certainty.TENTATIVE

    def test_does_not_let_one_doubtful_source_displace_the_provinces_rule(self) -> None:
        doubtful = band(3000, standing=Standing.DISPUTED)

        settlement = settle(BILL, facts_of(), terms_of((doubtful,), basic()))

        assert fund(settlement) == 1_632_000

    def test_gives_a_range_where_only_one_doubtful_source_speaks(self) -> None:
        doubtful = band(3000, standing=Standing.DISPUTED)

        settlement = settle(BILL, facts_of(), terms_of((deductible(), doubtful, cap())))

        assert settlement.outcome is SettlementOutcome.RANGE
        assert settlement.low == settlement.high

    def test_computes_where_the_readings_come_to_the_same(self) -> None:
        readings = [
            deductible(amount, standing=Standing.DISPUTED, nth_from=3)
            for amount in (100_000, 110_000)
        ]
        rows = (*readings, deductible(nth_to=2), band(0), cap())

        settlement = settle(Bill(total_fen=Fen(50_000)), facts_of(admission=3), terms_of(rows))

        assert settlement.outcome is SettlementOutcome.COMPUTED
        assert len(settlement.disputes[0].readings) == 2


class TestBounds:
    def test_takes_a_bound_only_where_no_rule_of_that_level_stands(self) -> None:
        bound = band(4500, ratio_high_bp=BasisPoints(6000), kind=Kind.BOUND)

        ranged = settle(BILL, facts_of(), terms_of((deductible(), bound, cap()), basic()))
        ruled = settle(BILL, facts_of(), terms_of((*basic(), bound)))

        assert ranged.low is not None
        assert ranged.high is not None
        assert (ranged.low.pooled_fund, ranged.high.pooled_fund) == (864_000, 1_152_000)
        assert [reason.code for reason in ranged.range_reasons] == ["bound"]
        assert fund(ruled) == 1_632_000
