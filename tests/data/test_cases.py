"""What the shipped data answer: the cases that the project promises, to the fen."""

from dataclasses import replace
from datetime import date

import pytest

from tests.data.shipped import shipped_terms
from yibao.rules.decision import Settlement, SettlementOutcome
from yibao.rules.facts import Accumulators, Bill, CaseFacts
from yibao.rules.money import Fen
from yibao.rules.settlement import settle
from yibao.rules.terms import CareType, Group, InsuranceType, Level, Scope, Situation

ON = date(2026, 12, 1)
EMPLOYEE, RESIDENT = InsuranceType.EMPLOYEE, InsuranceType.RESIDENT
LOCAL, IN_PROVINCE, CROSS = Scope.LOCAL, Scope.IN_PROVINCE, Scope.CROSS_PROVINCE
REFERRAL = CaseFacts(
    insurance=RESIDENT,
    care_type=CareType.INPATIENT,
    scope=CROSS,
    on=ON,
    situation=Situation.REFERRAL,
    group=Group.ADULT,
    level=Level.TERTIARY,
)
WORKER = replace(REFERRAL, insurance=EMPLOYEE, group=Group.ACTIVE)
OTHER = replace(REFERRAL, situation=Situation.OTHER_TEMPORARY)
AT_HOME = replace(WORKER, scope=LOCAL, situation=None)
OUTPATIENT = replace(AT_HOME, care_type=CareType.OUTPATIENT)
LATER_IN_THE_YEAR = replace(
    OUTPATIENT,
    accumulated=Accumulators(
        deductible_paid_fen=Fen(180_000),
        cost_so_far_fen=Fen(1_800_000),
        fund_paid_fen=Fen(1_134_000),
    ),
)
STUDENT = replace(OUTPATIENT, insurance=RESIDENT, group=Group.STUDENT)
CANCER = replace(
    AT_HOME, care_type=CareType.CHRONIC, disease="M00500", treatment="radio_chemo"
)  # fmt: skip


def answer(code: str, facts: CaseFacts, yuan: int) -> Settlement:
    bill = Bill(total_fen=Fen(yuan * 100))
    return settle(bill, facts, shipped_terms(code, facts.insurance, facts.on))


@pytest.mark.parametrize(
    ("code", "facts", "yuan", "pooled"),
    [
        # 南昌 → 上海: 20 % (10 %) first, then 600, then 60 %
        ("360100", OTHER, 45_000, "21240.00"),
        ("360100", REFERRAL, 45_000, "23940.00"),
        ("360100", replace(OTHER, situation=Situation.LONG_TERM_RESIDENT), 45_000, "26640.00"),
        ("360100", replace(OTHER, scope=IN_PROVINCE), 45_000, "26640.00"),
        # 江西省本级 → 北京: 10 % first, then 800, then 85 %
        ("369900", WORKER, 45_000, "33745.00"),
        # 长期备案 back in the province: the same first pay
        (
            "369900",
            replace(WORKER, situation=Situation.HOME_RETURN, scope=LOCAL),
            45_000,
            "33745.00",
        ),
        # 商洛 → 北京: 10 (15) points
        ("611000", REFERRAL, 20_000, "11700.00"),
        ("611000", OTHER, 20_000, "10725.00"),
        # 杨凌 → 西安: own table outside the pool
        ("610403", replace(OTHER, scope=IN_PROVINCE), 20_000, "12600.00"),
        # 乌兰察布 → 北京: 20 % first; employees: deductible 2,000
        ("150900", REFERRAL, 50_000, "25720.00"),
        ("150900", WORKER, 100_000, "85800.00"),
        ("150900", replace(REFERRAL, situation=Situation.UNFILED), 50_000, "0.00"),
        # 铜川: own table in the province; deductibles by age
        ("610200", replace(REFERRAL, scope=IN_PROVINCE), 20_000, "10560.00"),
        ("610200", replace(AT_HOME, age=40), 10_000, "8232.50"),
        ("610200", replace(AT_HOME, age=60, group=Group.RETIRED), 10_000, "8508.50"),
        # 杨凌 employees by the number of the stay
        ("610403", AT_HOME, 20_000, "16469.00"),
        ("610403", replace(AT_HOME, admission=2), 20_000, "16641.00"),
        ("610403", replace(AT_HOME, admission=4), 20_000, "17200.00"),
        # 北京: bands that include the deductible; retired pay 60 % of the active's share
        ("110000", AT_HOME, 60_000, "52395.00"),
        ("110000", replace(AT_HOME, group=Group.RETIRED), 45_000, "40367.00"),
        ("110000", OUTPATIENT, 25_000, "15740.00"),
        ("110000", LATER_IN_THE_YEAR, 5_000, "3200.00"),
        # 杭州 students
        ("330100", STUDENT, 1_000, "280.00"),
        ("330100", replace(STUDENT, institution_class="school_clinic"), 1_000, "730.00"),
        # 南京: a disease with a cap of its own
        ("320100", CANCER, 100_000, "92000.00"),
        ("320100", CANCER, 200_000, "150000.00"),
    ],
)
def test_promised_case_is_computed(code: str, facts: CaseFacts, yuan: int, pooled: str) -> None:
    settlement = answer(code, facts, yuan)
    assert settlement.outcome is SettlementOutcome.COMPUTED
    assert settlement.figures is not None
    assert f"{settlement.figures.pooled_fund / 100:.2f}" == pooled


@pytest.mark.parametrize(
    ("code", "facts", "yuan", "low", "high"),
    [
        # 佛山: 30 % of the local ratio, or 70 % of it
        ("440600", replace(OUTPATIENT, scope=CROSS, situation=Situation.REFERRAL), 1_000, 150, 350),
        # 西安 三级特等: 10 % less as points or as a factor
        ("610100", replace(REFERRAL, institution_class="tertiary_special"), 20_000, 7_200, 8_100),
        # 汉中: deductible × 1.2 and 10 % less
        ("610700", replace(REFERRAL, situation=Situation.UNFILED), 20_000, 8_800, 9_504),
    ],
)
def test_disputed_rule_gives_a_range(
    code: str, facts: CaseFacts, yuan: int, low: int, high: int
) -> None:
    settlement = answer(code, facts, yuan)
    assert settlement.outcome is SettlementOutcome.RANGE
    assert "away_adjustment" in {dispute.what for dispute in settlement.disputes}
    assert settlement.low is not None
    assert settlement.high is not None
    assert (settlement.low.pooled_fund, settlement.high.pooled_fund) == (low * 100, high * 100)


@pytest.mark.parametrize(
    ("code", "facts", "gaps"),
    [
        ("370600", replace(WORKER, situation=Situation.OTHER_TEMPORARY), {"deductible"}),
        ("440300", replace(WORKER, situation=Situation.EMERGENCY), {"deductible", "payment_band"}),
        ("140100", OTHER, {"deductible", "payment_band", "away_adjustment"}),
        ("510100", REFERRAL, {"deductible", "payment_band", "away_adjustment"}),
    ],
)
def test_unknown_parameter_is_named_and_nothing_is_guessed(
    code: str, facts: CaseFacts, gaps: set[str]
) -> None:
    settlement = answer(code, facts, 50_000)
    assert settlement.outcome is SettlementOutcome.UNKNOWN
    assert settlement.figures is None
    assert {gap.what for gap in settlement.gaps} == gaps


def test_another_years_threshold_is_never_used() -> None:
    stay = replace(OTHER, situation=Situation.LONG_TERM_RESIDENT)
    in_2025 = answer("360100", replace(stay, on=date(2025, 12, 31)), 200_000)
    in_2026 = answer("360100", replace(stay, on=date(2026, 1, 1)), 200_000)
    assert in_2025.figures is not None
    assert in_2025.figures.critical_illness
    assert in_2026.figures is not None
    assert in_2026.figures.critical_illness is None
    assert "second_layer" in {gap.what for gap in in_2026.not_included}
