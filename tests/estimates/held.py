"""Policies in memory for page tests: the shipped ones, and a city whose text reads two ways."""

from collections.abc import Iterator
from datetime import date

from tests.data.shipped import shipped_provisions
from tests.factories.regions import shipped_memory
from tests.rules.builders import a_row
from yibao.policies.store import STORE, Store, Stored
from yibao.regions.queries import MEMORY
from yibao.rules.money import BasisPoints, Fen
from yibao.rules.policy import (
    AwayAdjustment,
    Deductible,
    PaymentBand,
    PaymentCap,
    Provision,
)
from yibao.rules.terms import CareType, Mechanism, Situation, Standing

TWO_WAYS = "630100"
"""Xining: no shipped file speaks of it. Here it says “按30%报销” as Foshan's text does."""


def two_ways() -> Iterator[Provision]:
    """The rules of features.md V1: 800 yuan, 85 %, and 30 % that is a factor or a reduction."""
    head = {"region_code": TWO_WAYS, "care_types": frozenset({CareType.INPATIENT})}
    yield a_row(Deductible, amount_fen=Fen(80_000), **head)
    yield a_row(PaymentBand, ratio_bp=BasisPoints(8500), **head)
    yield a_row(PaymentCap, amount_fen=Fen(40_000_000), **head)
    for factor in (3000, 7000):
        yield a_row(
            AwayAdjustment,
            standing=Standing.DISPUTED,
            situations=frozenset({Situation.OTHER_TEMPORARY}),
            mechanism=Mechanism.FACTOR,
            value_bp=BasisPoints(factor),
            **head,
        )


def hold_policies() -> None:
    """Hold regions and policies as the queries read them, without their rows in the database."""
    MEMORY.hold(shipped_memory())
    shipped = (row for rows in shipped_provisions().values() for row in rows)
    STORE.hold(Store(Stored(row, date.max, 0, None) for row in (*shipped, *two_ways())))
