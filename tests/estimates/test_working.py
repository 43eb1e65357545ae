"""The formulas under the steps."""

import pytest

from yibao.estimates.working import amounts_of, formula
from yibao.rules.decision import Step
from yibao.rules.money import Fen


def a_step(code: str, amount: int, **working: int) -> Step:
    return Step(code, Fen(amount), names=tuple(working), values=tuple(working.values()))


BILL = [
    a_step("total", 5_000_000),
    a_step("off_catalog", 300_000),
    a_step("over_limit", 0),
    a_step("upfront_self_pay", 0),
    a_step("in_scope", 4_700_000),
]


def test_leaves_out_parts_that_are_nothing() -> None:
    assert formula(BILL[-1], amounts_of(BILL)) == "50,000.00 − 3,000.00"


def test_writes_one_band_with_what_was_taken_off_before() -> None:
    steps = [
        *BILL,
        a_step("deductible", 80_000),
        a_step("band", 3_927_000, amount_fen=4_620_000, ratio_bp=8500),
    ]

    assert formula(steps[-1], amounts_of(steps)) == "(47,000.00 − 800.00) × 85%"


def test_writes_one_of_several_bands_alone_and_says_what_the_text_states() -> None:
    step = a_step("band", 680_000, amount_fen=1_000_000, ratio_bp=6800, stated_bp=8500)

    text = formula(step, amounts_of([*BILL, step]))

    assert text.startswith("10,000.00 × 68%")
    assert "85%" in text


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        (
            a_step("deductible", 30_000, stated_fen=80_000, paid_fen=50_000, base_fen=10**6),
            "800.00 − 500.00",
        ),
        (a_step("deductible", 5_000, stated_fen=80_000, paid_fen=0, base_fen=5_000), "50.00"),
        (a_step("pooled_fund", 100, uncapped_fen=300, room_fen=100), "1.00"),
        (a_step("medical_aid", 70, base_fen=300, threshold_fen=200, ratio_bp=7000), "× 70%"),
        (a_step("medical_aid", 0, base_fen=100, threshold_fen=200, ratio_bp=7000), "没有超过"),
        (
            a_step("critical_illness", 0, base_fen=100, accumulated_fen=0, threshold_fen=1_700_000),
            "没有超过起付线 17,000.00",
        ),
    ],
)
def test_says_what_limited_a_step(step: Step, expected: str) -> None:
    assert expected in formula(step, amounts_of([step]))
