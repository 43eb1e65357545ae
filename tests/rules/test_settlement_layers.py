"""Caps and the layers above the basic one."""

from dataclasses import replace
from typing import Any

from tests.rules.builders import a_row
from tests.rules.stays import BILL, away, away_facts, band, basic, cap, deductible, fund
from tests.rules.worked import facts_of, terms_of
from yibao.rules.decision import Certainty, Settlement, SettlementOutcome
from yibao.rules.facts import Accumulators
from yibao.rules.money import BasisPoints, Fen
from yibao.rules.policy import (
    MedicalAid,
    Provision,
    SecondLayer,
    SecondLayerBand,
)
from yibao.rules.settlement import settle
from yibao.rules.terms import (
    AidGroup,
    FirstPayOrder,
    Layer,
    Mechanism,
    Situation,
)


class TestCaps:
    def test_says_that_a_missing_cap_is_not_included(self) -> None:
        settlement = settle(BILL, facts_of(), terms_of((deductible(), band())))

        assert settlement.outcome is SettlementOutcome.COMPUTED
        assert settlement.certainty is Certainty.TENTATIVE
        assert "payment_cap" in [gap.what for gap in settlement.not_included]

    def test_does_not_miss_a_cap_that_could_not_bind(self) -> None:
        settlement = settle(BILL, facts_of(), terms_of((deductible(), band(0))))

        assert "payment_cap" not in [gap.what for gap in settlement.not_included]

    def test_applies_the_tighter_of_a_monthly_and_a_yearly_cap(self) -> None:
        rows = (
            deductible(0),
            band(),
            cap(1_000_000),
            cap(30_000, counts_per="month"),
        )
        facts = facts_of(care_type="outpatient")
        used = replace(facts, accumulated=Accumulators(fund_paid_month_fen=Fen(10_000)))

        settlement = settle(BILL, used, terms_of(rows))

        assert fund(settlement) == 20_000


class TestFurtherLayers:
    def critical(self, **parts: Any) -> tuple[Provision, ...]:
        return (
            a_row(
                SecondLayer,
                layer=Layer.CRITICAL_ILLNESS,
                **{"threshold_fen": Fen(100_000), "cap_fen": Fen(30_000_000), **parts},
            ),
            a_row(SecondLayerBand, layer=Layer.CRITICAL_ILLNESS, ratio_bp=BasisPoints(6000)),
        )

    def layer(self, *rows: Provision, **facts: Any) -> Settlement:
        return settle(BILL, facts_of(**facts), terms_of((*basic(), *rows)))

    def test_leaves_out_a_layer_of_which_nothing_is_stated(self) -> None:
        settlement = self.layer()

        assert settlement.figures is not None
        assert settlement.outcome is SettlementOutcome.COMPUTED
        assert settlement.figures.critical_illness is None
        assert settlement.figures.large_expense == 0
        assert settlement.figures.fund_total == settlement.figures.pooled_fund
        assert ("second_layer", "threshold") in [
            (gap.what, gap.detail) for gap in settlement.not_included
        ]

    def test_inherits_the_threshold_from_the_province(self) -> None:
        city, bands = self.critical(threshold_fen=None)
        province = a_row(SecondLayer, layer=Layer.CRITICAL_ILLNESS, threshold_fen=Fen(200_000))

        settlement = settle(BILL, facts_of(), terms_of((*basic(), city), (province, bands)))

        assert settlement.figures is not None
        assert settlement.figures.critical_illness == (2_000_000 - 1_632_000 - 200_000) * 6 // 10

    def test_does_not_guess_whether_the_first_pay_counts(self) -> None:
        first_pay = away(
            Situation.REFERRAL,
            Mechanism.FIRST_PAY,
            value_bp=BasisPoints(2000),
            order=FirstPayOrder.BEFORE_DEDUCTIBLE,
        )
        facts = away_facts(Situation.REFERRAL)

        telling = settle(BILL, facts, terms_of((*basic(), *self.critical(), first_pay)))
        below = settle(
            BILL,
            facts,
            terms_of((*basic(), *self.critical(threshold_fen=Fen(9_000_000)), first_pay)),
        )

        assert telling.figures is not None
        assert below.figures is not None
        assert telling.figures.critical_illness is None
        assert "base_excludes" in [gap.detail for gap in telling.not_included]
        assert below.figures.critical_illness == 0

    def test_leaves_out_a_layer_whose_bands_have_no_known_limits(self) -> None:
        bands = [
            a_row(
                SecondLayerBand,
                layer=Layer.CRITICAL_ILLNESS,
                ratio_bp=BasisPoints(ratio),
                limits_known=False,
                from_fen=Fen(index),
                to_fen=Fen(index + 1),
            )
            for index, ratio in enumerate((6000, 7000, 8000))
        ]

        reached = self.layer(self.critical()[0], *bands)
        not_reached = self.layer(self.critical(threshold_fen=Fen(900_000))[0], *bands)

        assert reached.outcome is SettlementOutcome.COMPUTED
        assert reached.figures is not None
        assert reached.figures.critical_illness is None
        assert "second_layer_band" in [gap.detail for gap in reached.not_included]
        assert not_reached.figures is not None
        assert not_reached.figures.critical_illness == 0

    def test_treats_a_minimum_of_medical_aid_as_a_range(self) -> None:
        aid = a_row(
            MedicalAid,
            aid_groups=frozenset({AidGroup.LOW_INCOME}),
            ratio_bp=BasisPoints(7000),
            ratio_is_floor=True,
        )

        settlement = self.layer(aid, aid_group="low_income")

        assert settlement.low is not None
        assert settlement.high is not None
        assert settlement.low.medical_aid == 368_000 * 7 // 10
        assert settlement.high.medical_aid == 368_000

    def test_leaves_out_medical_aid_that_nobody_states(self) -> None:
        settlement = self.layer(aid_group="low_income")

        assert settlement.figures is not None
        assert settlement.figures.medical_aid is None
        assert "medical_aid" in [gap.what for gap in settlement.not_included]

    def test_lowers_the_second_layer_away_by_its_own_points(self) -> None:
        points = away(Situation.REFERRAL, Mechanism.SECOND_LAYER_POINTS, value_bp=BasisPoints(500))

        settlement = settle(
            BILL,
            away_facts(Situation.REFERRAL),
            terms_of((*basic(), *self.critical(), points)),
        )

        assert settlement.figures is not None
        assert settlement.figures.critical_illness == 268_000 * 55 // 100
