"""Bills, reversals, and one bill in several situations."""

import pytest

from tests.rules.builders import a_row
from tests.rules.stays import BILL, away, away_facts, basic, fund
from tests.rules.worked import facts_of, terms_of
from yibao.rules.compare import compare, differing_figures
from yibao.rules.decision import Figures, SettlementOutcome
from yibao.rules.facts import Bill
from yibao.rules.money import BasisPoints, Fen
from yibao.rules.policy import (
    AwayAdjustment,
    Terms,
)
from yibao.rules.settlement import BillDoesNotAddUp, broken_identities, settle
from yibao.rules.terms import (
    Mechanism,
    Situation,
)


class TestBills:
    def test_mirrors_the_bill_that_a_reversal_undoes(self) -> None:
        terms = terms_of(basic())

        charge = settle(Bill(total_fen=Fen(123_457)), facts_of(), terms)
        reversal = settle(Bill(total_fen=Fen(-123_457)), facts_of(), terms)

        assert charge.figures is not None
        assert reversal.figures is not None
        assert reversal.figures.fund_total == -charge.figures.fund_total
        assert broken_identities(reversal.figures) == ()
        assert [step.amount_fen for step in reversal.steps] == [
            -step.amount_fen for step in charge.steps
        ]

    @pytest.mark.parametrize(
        "bill",
        [
            Bill(total_fen=Fen(100), off_catalog_fen=Fen(101)),
            Bill(total_fen=Fen(100), over_limit_fen=Fen(-1)),
            Bill(total_fen=Fen(-100), upfront_self_pay_fen=Fen(1)),
        ],
    )
    def test_refuses_a_bill_that_does_not_add_up(self, bill: Bill) -> None:
        with pytest.raises(BillDoesNotAddUp):
            settle(bill, facts_of(), terms_of(basic()))

    def test_rejects_the_published_sheet_whose_parts_exceed_its_total(self) -> None:
        """Worked example bj-mixed-fixture-inconsistent: 52,112.67 of parts in 50,000."""
        sheet = Figures(
            total=Fen(5_000_000),
            off_catalog=Fen(0),
            over_limit=Fen(0),
            upfront_self_pay=Fen(0),
            in_scope=Fen(5_000_000),
            away_self_pay=Fen(0),
            deductible=Fen(65_000),
            pooled_fund=Fen(3_500_000),
            large_expense=Fen(1_000_000),
            critical_illness=Fen(0),
            medical_aid=Fen(0),
            supplement=Fen(0),
            government_subsidy=Fen(0),
            fund_total=Fen(4_500_000),
            personal_total=Fen(711_267),
            personal_account=Fen(0),
            cash=Fen(711_267),
            effective_ratio_bp=9000,
        )

        assert broken_identities(sheet) == ("I2",)


class TestComparison:
    def terms(self) -> Terms:
        return terms_of(
            (
                *basic(),
                away(Situation.LONG_TERM_RESIDENT, Mechanism.NONE),
                away(Situation.REFERRAL, Mechanism.PERCENTAGE_POINTS, value_bp=BasisPoints(1000)),
                away(Situation.UNFILED, Mechanism.REFUSED),
            )
        )

    def test_settles_one_bill_in_each_situation(self) -> None:
        columns = compare(BILL, away_facts(Situation.UNFILED), self.terms())

        assert [
            None if c.settlement.figures is None else c.settlement.figures.fund_total
            for c in columns
        ] == [1_632_000, 1_632_000, 1_440_000, None, None, 0]
        assert columns[3].settlement.outcome is SettlementOutcome.UNKNOWN

    def test_names_the_figures_that_differ(self) -> None:
        columns = compare(BILL, away_facts(Situation.UNFILED), self.terms())

        differing = differing_figures(columns)

        assert "fund_total" in differing
        assert "total" not in differing
        assert "in_scope" not in differing


def test_never_reduces_care_at_home_by_an_away_rule() -> None:
    everywhere = a_row(AwayAdjustment, mechanism=Mechanism.REFUSED)

    settlement = settle(BILL, facts_of(), terms_of((*basic(), everywhere)))

    assert fund(settlement) == 1_632_000
