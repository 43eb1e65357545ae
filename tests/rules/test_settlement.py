"""What the estimate says where a rule is missing, disputed, only bounded or not asked for."""

from dataclasses import replace
from typing import Any

import pytest

from tests.rules.builders import a_row
from tests.rules.worked import facts_of, terms_of
from yibao.rules.compare import compare, differing_figures
from yibao.rules.decision import Certainty, Figures, Settlement, SettlementOutcome
from yibao.rules.facts import Accumulators, Bill
from yibao.rules.money import BasisPoints, Fen
from yibao.rules.policy import (
    AwayAdjustment,
    Deductible,
    LocalClass,
    MedicalAid,
    PaymentBand,
    PaymentCap,
    Provision,
    SecondLayer,
    SecondLayerBand,
    Terms,
)
from yibao.rules.settlement import BillDoesNotAddUp, broken_identities, settle
from yibao.rules.terms import (
    AidGroup,
    CareType,
    FirstPayOrder,
    Group,
    InsuranceType,
    Kind,
    Layer,
    Level,
    Mechanism,
    Scope,
    Situation,
    Standing,
)
from yibao.rules.variants import depends_on

BILL = Bill(total_fen=Fen(2_000_000))


def deductible(amount: int = 80_000, **parts: Any) -> Deductible:
    return a_row(Deductible, amount_fen=Fen(amount), **parts)


def band(ratio: int = 8500, **parts: Any) -> PaymentBand:
    return a_row(PaymentBand, ratio_bp=BasisPoints(ratio), **parts)


def cap(amount: int = 50_000_000, **parts: Any) -> PaymentCap:
    return a_row(PaymentCap, amount_fen=Fen(amount), **parts)


def away(situation: Situation, mechanism: Mechanism, **parts: Any) -> AwayAdjustment:
    return a_row(AwayAdjustment, situations=frozenset({situation}), mechanism=mechanism, **parts)


def basic() -> tuple[Provision, ...]:
    return deductible(), band(), cap()


def away_facts(situation: Situation, **parts: Any) -> Any:
    return facts_of(scope=Scope.CROSS_PROVINCE, situation=situation, **parts)


def fund(settlement: Settlement) -> int:
    assert settlement.figures is not None, settlement
    return settlement.figures.pooled_fund


def missing(settlement: Settlement) -> list[str]:
    return [gap.what for gap in settlement.gaps]


class TestMissingRules:
    @pytest.mark.parametrize("table", [Deductible, PaymentBand, AwayAdjustment])
    def test_gives_no_number_when_any_parameter_is_deleted(self, table: type[Provision]) -> None:
        rows = (*basic(), away(Situation.REFERRAL, Mechanism.NONE))
        kept = tuple(row for row in rows if not isinstance(row, table))
        facts = away_facts(Situation.REFERRAL)

        whole = settle(BILL, facts, terms_of(rows))
        without = settle(BILL, facts, terms_of(kept))

        assert whole.outcome is SettlementOutcome.COMPUTED
        assert without.outcome is SettlementOutcome.UNKNOWN
        assert without.figures is without.low is without.high is None
        assert missing(without) == [table.table]
        assert without.gaps[0].whom_to_ask == "12393"

    def test_names_all_gaps_at_once(self) -> None:
        settlement = settle(BILL, away_facts(Situation.REFERRAL), terms_of(()))

        assert missing(settlement) == ["away_adjustment", "deductible", "payment_band"]

    def test_shows_the_lines_that_are_known_all_the_same(self) -> None:
        settlement = settle(BILL, facts_of(), terms_of((deductible(),)))

        assert [step.code for step in settlement.steps][-2:] == ["in_scope", "deductible"]
        assert "fund_total" not in [step.code for step in settlement.steps]

    def test_says_between_which_ratios_the_bands_lie(self) -> None:
        bands = band(4500, ratio_high_bp=BasisPoints(6000), kind=Kind.BOUND)

        settlement = settle(BILL, facts_of(), terms_of((bands,)))

        assert missing(settlement) == ["deductible"]
        assert [(note.code, note.values) for note in settlement.notes] == [
            ("known_ratios", {"low_bp": 4500, "high_bp": 6000})
        ]

    def test_takes_a_stated_zero_for_a_value(self) -> None:
        settlement = settle(BILL, facts_of(), terms_of((deductible(0), band(0), cap())))

        assert settlement.outcome is SettlementOutcome.COMPUTED
        assert fund(settlement) == 0

    def test_refuses_bands_that_leave_money_without_a_ratio(self) -> None:
        rows = (deductible(), band(from_fen=Fen(1_000_000)), cap())

        settlement = settle(BILL, facts_of(), terms_of(rows))

        assert missing(settlement) == ["payment_band"]

    def test_never_takes_an_unstated_situation_for_care_at_home(self) -> None:
        rows = (*basic(), away(Situation.REFERRAL, Mechanism.NONE))

        settlement = settle(BILL, away_facts(Situation.UNFILED), terms_of(rows))

        assert missing(settlement) == ["away_adjustment"]

    @pytest.mark.parametrize("kind", [Kind.GUIDANCE, Kind.AVERAGE])
    def test_shows_guidance_without_computing_with_it(self, kind: Kind) -> None:
        guidance = away(
            Situation.REFERRAL,
            Mechanism.PERCENTAGE_POINTS,
            value_bp=BasisPoints(1000),
            kind=kind,
        )

        settlement = settle(BILL, away_facts(Situation.REFERRAL), terms_of(basic(), (guidance,)))

        assert missing(settlement) == ["away_adjustment"]
        assert [note.values for note in settlement.notes] == [{"value_bp": 1000}]
        assert settlement.notes[0].citations == (guidance.citation,)

    def test_stops_where_situations_follow_each_other_in_a_circle(self) -> None:
        rows = (
            *basic(),
            away(Situation.EMERGENCY, Mechanism.FOLLOW, follows=Situation.REFERRAL),
            away(Situation.REFERRAL, Mechanism.FOLLOW, follows=Situation.EMERGENCY),
        )

        settlement = settle(BILL, away_facts(Situation.EMERGENCY), terms_of(rows))

        assert settlement.gaps[0].detail == "follow_cycle"

    def test_does_not_guess_a_ratio_that_is_not_known(self) -> None:
        rows = (*basic(), away(Situation.REFERRAL, Mechanism.UNKNOWN_RATIO))

        settlement = settle(BILL, away_facts(Situation.REFERRAL), terms_of(rows))

        assert settlement.gaps[0].detail == "unknown_ratio"

    def test_asks_for_the_order_of_a_first_pay(self) -> None:
        rows = (
            *basic(),
            away(Situation.REFERRAL, Mechanism.FIRST_PAY, value_bp=BasisPoints(1000)),
        )

        settlement = settle(BILL, away_facts(Situation.REFERRAL), terms_of(rows))

        assert settlement.gaps[0].detail == "first_pay_order"


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


class TestFactsNotGiven:
    def test_gives_a_range_over_the_ages_on_which_the_rule_depends(self) -> None:
        rows = (
            deductible(),
            cap(),
            band(8500, age_to=69),
            band(9000, age_from=70),
        )
        terms = terms_of(rows, insurance=InsuranceType.EMPLOYEE)

        open_age = settle(BILL, facts_of(group="retired"), terms)
        known_age = settle(BILL, facts_of(group="retired", age=70), terms)

        assert open_age.outcome is SettlementOutcome.RANGE
        assert [reason.code for reason in open_age.range_reasons] == ["age"]
        assert fund(known_age) == 1_728_000

    def test_leaves_out_ages_that_a_group_cannot_have(self) -> None:
        rows = (deductible(75_000, age_to=44), deductible(65_000, age_from=45), band(), cap())

        settlement = settle(BILL, facts_of(group="retired"), terms_of(rows))

        assert settlement.outcome is SettlementOutcome.COMPUTED
        assert settlement.figures is not None
        assert settlement.figures.deductible == 65_000

    def test_gives_a_range_over_tiers(self) -> None:
        rows = (deductible(), cap(), band(5000, tier="1"), band(6000, tier="2"))

        settlement = settle(BILL, facts_of(), terms_of(rows))

        assert [len(settlement.readings), settlement.outcome] == [2, "range"]

    def test_assumes_no_special_class_and_says_so(self) -> None:
        rows = (*basic(), band(6000, institution_class="tertiary_special"))
        local = LocalClass(slug="tertiary_special", name="三级特等", level=Level.TERTIARY)

        settlement = settle(BILL, facts_of(), terms_of(rows, classes=(local,)))

        assert fund(settlement) == 1_632_000
        assert "class" in settlement.assumptions

    def test_gives_a_range_where_only_classes_are_stated(self) -> None:
        rows = (
            deductible(),
            cap(),
            band(6500, institution_class="tertiary_a"),
            band(7000, institution_class="tertiary_b"),
        )
        classes = tuple(
            LocalClass(slug=slug, name=slug, level=Level.TERTIARY)
            for slug in ("tertiary_a", "tertiary_b")
        )

        settlement = settle(BILL, facts_of(), terms_of(rows, classes=classes))

        assert settlement.low is not None
        assert settlement.high is not None
        assert (settlement.low.pooled_fund, settlement.high.pooled_fund) == (
            1_248_000,
            1_344_000,
        )

    def test_prints_the_assumptions_that_count_and_no_others(self) -> None:
        rows = (deductible(nth_to=1), band(groups=frozenset({Group.ADULT})), cap())
        facts = facts_of(admission=None, assumed=["group", "tier"])

        settlement = settle(BILL, facts, terms_of(rows))

        assert set(settlement.assumptions) == {"admission", "group", "fund_paid"}
        assert settlement.certainty is Certainty.TENTATIVE

    def test_is_firm_when_everything_was_given(self) -> None:
        facts = replace(facts_of(), accumulated=Accumulators(fund_paid_fen=Fen(0)))

        settlement = settle(BILL, facts, terms_of(basic()))

        assert settlement.assumptions == ()
        assert settlement.certainty is Certainty.FIRM

    def test_says_which_facts_a_region_asks_for(self) -> None:
        rows = (*basic(), band(5000, tier="1"), band(9000, age_from=70))
        local = LocalClass(slug="a", name="甲", level=Level.TERTIARY)

        asked = depends_on(facts_of(), terms_of(rows, classes=(local,)))

        assert asked == {"tier", "age"}


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


def test_asks_for_the_rule_of_pharmacies() -> None:
    settlement = settle(BILL, facts_of(care_type=CareType.PHARMACY), terms_of(basic()))

    assert missing(settlement) == ["account_rule"]
