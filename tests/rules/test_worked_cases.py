"""Every worked case of the shipped examples, and one golden case per mechanism."""

from itertools import chain

import pytest

from tests.rules.worked import Case, load_cases
from yibao.rules.decision import Figures, Settlement, SettlementOutcome
from yibao.rules.settlement import broken_identities, settle

CASES = load_cases()


def _amounts(settlement: Settlement, code: str) -> list[int]:
    return [step.amount_fen for step in settlement.steps if step.code == code]


def _working(settlement: Settlement, name: str) -> list[int]:
    return [step.working[name] for step in settlement.steps if name in step.working]


def _figure(settlement: Settlement, name: str) -> object:
    assert settlement.figures is not None
    return getattr(settlement.figures, name)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_gives_the_figures_of_the_case(case: Case) -> None:
    expected = dict(case.expected)

    settlement = settle(case.bill, case.facts, case.terms)

    assert settlement.outcome == expected.pop("outcome", "computed"), settlement.gaps
    if "readings" in expected:
        found = [_figure(reading, "pooled_fund") for _, reading in settlement.readings]
        assert sorted(found) == expected.pop("readings")
    for name in ("band", "layer_band"):
        if name in expected:
            assert _amounts(settlement, name) == expected.pop(name)
    if "band_own_share" in expected:
        shares = [
            step.working["amount_fen"] - step.amount_fen
            for step in settlement.steps
            if step.code == "band"
        ]
        assert shares == expected.pop("band_own_share")
    if "layer_base" in expected:
        bases = [
            step.working["base_fen"]
            for step in settlement.steps
            if step.code in ("critical_illness", "large_expense")
        ]
        assert bases == [expected.pop("layer_base")]
    if "over_cap" in expected:
        assert sum(_working(settlement, "over_cap_fen")) == expected.pop("over_cap")
    for name, amount in expected.items():
        assert _figure(settlement, name) == amount, name


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_keeps_the_identities_of_the_sheet(case: Case) -> None:
    settlement = settle(case.bill, case.facts, case.terms)

    answers = [settlement, *(reading for _, reading in settlement.readings)]
    sheets = list(chain.from_iterable((a.figures, a.low, a.high) for a in answers))
    figures = [sheet for sheet in sheets if sheet is not None]

    assert figures
    assert all(isinstance(sheet, Figures) for sheet in figures)
    assert [broken_identities(sheet) for sheet in figures] == [()] * len(figures)


def test_has_a_range_only_where_a_case_says_so() -> None:
    ranged = [
        case.id
        for case in CASES
        if settle(case.bill, case.facts, case.terms).outcome is SettlementOutcome.RANGE
    ]

    assert ranged == [case.id for case in CASES if case.expected.get("outcome") == "range"]
