"""What the estimate says where a rule is missing or nobody was asked for a fact."""

from dataclasses import replace

import pytest

from tests.rules.stays import BILL, away, away_facts, band, basic, cap, deductible, fund, missing
from tests.rules.worked import facts_of, terms_of
from yibao.rules.decision import Certainty, SettlementOutcome
from yibao.rules.facts import Accumulators
from yibao.rules.money import BasisPoints, Fen
from yibao.rules.policy import (
    AwayAdjustment,
    Deductible,
    LocalClass,
    PaymentBand,
    Provision,
)
from yibao.rules.settlement import settle
from yibao.rules.terms import (
    CareType,
    Group,
    InsuranceType,
    Kind,
    Level,
    Mechanism,
    Situation,
)
from yibao.rules.variants import depends_on


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


def test_asks_for_the_rule_of_pharmacies() -> None:
    settlement = settle(BILL, facts_of(care_type=CareType.PHARMACY), terms_of(basic()))

    assert missing(settlement) == ["account_rule"]
