"""Many bills at once give the fen of one bill at a time, on every generated region."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.rules.builders import a_row
from tests.rules.strategies import bills, cases, money, regions
from tests.rules.worked import facts_of, load_cases, terms_of
from yibao.rules.bulk import Amounts, settle_all
from yibao.rules.bulk.columns import BALANCE, BILL_PARTS, TOTALS_OF_THE_YEAR
from yibao.rules.bulk.settling import BLOCK, MOST
from yibao.rules.facts import Accumulators, Bill, CaseFacts
from yibao.rules.money import BasisPoints, Fen
from yibao.rules.policy import (
    Deductible,
    PaymentBand,
    PaymentCap,
    SecondLayer,
    SecondLayerBand,
    Supplement,
    Terms,
)
from yibao.rules.settlement import BillDoesNotAddUp, settle
from yibao.rules.terms import Layer, SecondLayerMode, Standing, SupplementKind

ROWS = 24
type Row = tuple[Bill, Accumulators, int | None]


def amounts_of(rows: list[Row]) -> Amounts:
    """Columns of the amounts that any of the rows holds."""
    found: dict[str, Any] = {
        name: [getattr(bill, name) for bill, _, _ in rows] for name in BILL_PARTS
    }
    for name in TOTALS_OF_THE_YEAR:
        if any(getattr(row[1], name) is not None for row in rows):
            found[name] = [getattr(row[1], name) or 0 for row in rows]
    if any(balance is not None for _, _, balance in rows):
        found[BALANCE] = [balance or 0 for _, _, balance in rows]
    return Amounts({name: np.array(values, np.int64) for name, values in found.items()})


def assert_same(rows: list[Row], facts: CaseFacts, terms: Terms) -> int:
    """Compare every row with the single path; return how many were settled alone."""
    sheets = settle_all(facts, amounts_of(rows), terms)
    for place, (bill, accumulated, balance) in enumerate(rows):
        one = settle(
            bill, replace(facts, accumulated=accumulated, account_balance_fen=balance), terms
        )
        if place in sheets.apart:
            assert sheets.apart[place].outcome == one.outcome
            assert (sheets.apart[place].low, sheets.apart[place].high) == (one.low, one.high)
        else:
            assert sheets.outcome[place] == (0 if one.outcome == "computed" else 1)
        assert sheets.figures(place) == one.figures
    return len(sheets.apart)


@st.composite
def accumulators(draw: st.DrawFn) -> Accumulators:
    names = draw(st.sets(st.sampled_from(TOTALS_OF_THE_YEAR)))
    return Accumulators(**{name: draw(money(5_000_000)) for name in sorted(names)})


rows = st.tuples(bills(), accumulators(), st.one_of(st.none(), money(1_000_000)))


@settings(max_examples=150, deadline=None)
@given(st.lists(rows, min_size=1, max_size=ROWS), cases(), regions())
def test_gives_the_fen_of_one_bill_at_a_time(
    rows: list[Row], facts: CaseFacts, terms: Terms
) -> None:
    assert_same(rows, facts, terms)


@pytest.mark.parametrize("case", load_cases(), ids=lambda case: case.id)
def test_gives_the_figures_of_every_worked_case(case: Any) -> None:
    row = (case.bill, case.facts.accumulated, case.facts.account_balance_fen)
    assert_same([row] * 3, case.facts, case.terms)


# --- What generated regions seldom hold -------------------------------------------


def some_rows(*totals: int) -> list[Row]:
    return [(Bill(total_fen=Fen(total)), Accumulators(), None) for total in totals]


BASIC = (
    a_row(Deductible, amount_fen=Fen(100_000)),
    a_row(PaymentBand, ratio_bp=BasisPoints(8_000), to_fen=Fen(5_000_000)),
    a_row(PaymentBand, ratio_bp=BasisPoints(9_000), from_fen=Fen(5_000_000)),
    a_row(PaymentCap, amount_fen=Fen(10_000_000)),
)
LAYER = (
    a_row(
        SecondLayer,
        layer=Layer.CRITICAL_ILLNESS,
        mode=SecondLayerMode.THRESHOLD,
        threshold_fen=Fen(200_000),
    ),
    a_row(SecondLayerBand, layer=Layer.CRITICAL_ILLNESS, ratio_bp=BasisPoints(6_000)),
)
CONTINUED = (
    a_row(SecondLayer, layer=Layer.CRITICAL_ILLNESS, mode=SecondLayerMode.CONTINUATION),
    a_row(
        SecondLayerBand,
        layer=Layer.CRITICAL_ILLNESS,
        ratio_bp=BasisPoints(7_777),
        to_fen=Fen(20_000_000),
    ),
)
ALL_FUNDS = a_row(PaymentCap, layer=Layer.ALL, share_bp=BasisPoints(6_500))
TOTALS = (0, 1, 99_999, 100_000, 100_001, 777_777, 5_100_000, 9_999_999, 25_000_000, 90_000_000)


@pytest.mark.parametrize(
    "terms",
    [
        pytest.param(terms_of((*BASIC, *LAYER)), id="a layer without a cap"),
        pytest.param(terms_of((*BASIC, *LAYER, ALL_FUNDS)), id="all funds cut together"),
        pytest.param(terms_of((*BASIC, *CONTINUED)), id="a layer beyond the cap, with an end"),
        pytest.param(terms_of((*BASIC[:3], *CONTINUED)), id="a layer beyond a cap that is missing"),
        pytest.param(terms_of((BASIC[0], BASIC[1], BASIC[3])), id="bands that end"),
        pytest.param(terms_of((BASIC[0], BASIC[2], BASIC[3])), id="bands that begin late"),
        pytest.param(terms_of(BASIC[1:]), id="no deductible"),
        pytest.param(
            terms_of((*BASIC, a_row(Supplement, supplement=SupplementKind.GOVERNMENT,
                ratio_bp=BasisPoints(5_000), total_over_fen=Fen(5_000_000), cap_fen=Fen(30_000)))),
            id="help above a total",
        ),
    ],
)  # fmt: skip
def test_layers_ends_and_totals(terms: Terms) -> None:
    assert assert_same(some_rows(*TOTALS), facts_of(), terms) == 0


def test_reversals_and_huge_bills_are_settled_alone_and_counted() -> None:
    rows = some_rows(-777_777, 777_777, MOST - 1, MOST, 1 << 60)

    assert assert_same(rows, facts_of(), terms_of((*BASIC, *LAYER))) == 3


def test_a_bill_that_does_not_add_up_is_refused() -> None:
    bill = Bill(total_fen=Fen(100), off_catalog_fen=Fen(101))
    rows: list[Row] = [(bill, Accumulators(), None), *some_rows(5)]

    with pytest.raises(BillDoesNotAddUp):
        settle_all(facts_of(), amounts_of(rows), terms_of(BASIC))


def test_a_disputed_rule_is_settled_alone() -> None:
    readings = tuple(
        a_row(PaymentBand, ratio_bp=BasisPoints(ratio), standing=Standing.DISPUTED)
        for ratio in (7_000, 8_000)
    )

    assert assert_same(some_rows(*TOTALS), facts_of(), terms_of((BASIC[0], *readings))) == 10


def test_blocks_join_and_given_columns_are_filled() -> None:
    totals = np.arange(0, 3 * BLOCK * 500, 500, dtype=np.int64)
    terms = terms_of((*BASIC, *LAYER))
    whole = settle_all(facts_of(), Amounts({"total_fen": totals}), terms)
    into = {name: np.zeros(len(totals), np.int64) for name in ("pooled_fund", "fund_total")}
    filled = settle_all(facts_of(), Amounts({"total_fen": totals}), terms, into)

    for row in (0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK, len(totals) - 1):
        one = settle(Bill(total_fen=Fen(int(totals[row]))), facts_of(), terms)
        assert whole.figures(row) == filled.figures(row) == one.figures
    assert filled.line("pooled_fund") is into["pooled_fund"]


@pytest.mark.parametrize(
    "columns",
    [
        {"total": np.zeros(1, np.int64)},
        {"off_catalog_fen": np.zeros(1, np.int64)},
        {"total_fen": np.zeros(2, np.int64), "fund_paid_fen": np.zeros(1, np.int64)},
        {"total_fen": np.zeros(1, np.float64)},
    ],
)
def test_columns_that_do_not_fit_are_refused(columns: Any) -> None:
    with pytest.raises(ValueError, match=r"fen|total"):
        Amounts(columns)
