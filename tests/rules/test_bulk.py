"""Many bills at once give the fen of one bill at a time, on every generated region."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.rules.strategies import bills, cases, money, regions
from tests.rules.worked import load_cases
from yibao.rules.bulk import Amounts, settle_all
from yibao.rules.bulk.columns import BALANCE, BILL_PARTS, TOTALS_OF_THE_YEAR
from yibao.rules.facts import Accumulators, Bill, CaseFacts
from yibao.rules.policy import Terms
from yibao.rules.settlement import settle

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
