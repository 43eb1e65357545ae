"""A million generated bills: the columns and the single path must agree to the fen."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.rules.strategies import cases, regions
from yibao.rules.bulk import Amounts, settle_all
from yibao.rules.facts import CaseFacts
from yibao.rules.policy import Terms
from yibao.rules.settlement import settle

pytestmark = pytest.mark.bench

REGIONS, BILLS = 1_000, 1_000


def amounts_of(seed: int, limits: list[int]) -> Amounts:
    """Bills spread over four sizes, some exactly at a round limit, with what the year used."""
    random = np.random.default_rng(seed)
    parts = [random.integers(0, 300_000, BILLS) * random.integers(0, 2, BILLS) for _ in range(3)]
    size = 10 ** random.integers(3, 9, BILLS)
    in_scope = random.integers(0, size)
    at_limit = random.random(BILLS) < 0.1
    in_scope = np.where(at_limit, random.choice(limits, BILLS), in_scope)
    names = ("off_catalog_fen", "over_limit_fen", "upfront_self_pay_fen")
    used = ("deductible_paid_fen", "fund_paid_fen", "cost_so_far_fen", "self_pay_accumulated_fen")
    columns = dict(zip(names, parts, strict=True)) | {"total_fen": in_scope + sum(parts)}
    for name in used:
        if random.random() < 0.5:
            columns[name] = random.integers(0, 10 ** random.integers(1, 8)) * np.ones(
                BILLS, np.int64
            )
    return Amounts({name: column.astype(np.int64) for name, column in columns.items()})


def test_a_million_generated_bills_agree_to_the_fen() -> None:
    seen = {"bills": 0, "alone": 0, "differ": 0}

    @settings(
        max_examples=REGIONS,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(regions(), cases(), st.integers(0, 1 << 32))
    def run(terms: Terms, facts: CaseFacts, seed: int) -> None:
        limits = [row.to_fen or 0 for row in terms.levels[0] if hasattr(row, "to_fen")] or [0]
        amounts = amounts_of(seed, limits)
        sheets = settle_all(facts, amounts, terms)
        for row in range(BILLS):
            known = replace(facts, accumulated=amounts.accumulated(row), account_balance_fen=None)
            one = settle(amounts.bill(row), known, terms)
            is_same = (
                sheets.apart[row].low == one.low
                if row in sheets.apart
                else sheets.figures(row) == one.figures
            )
            seen["differ"] += not is_same
        seen["bills"] += BILLS
        seen["alone"] += len(sheets.apart)

    run()

    print(
        f"\n{seen['bills']:,} generated bills of {REGIONS:,} regions: {seen['differ']} differ from"
        f" the single path; {seen['alone']:,} were settled alone (ranges)"
    )
    assert seen["bills"] >= REGIONS * BILLS
    assert seen["differ"] == 0
