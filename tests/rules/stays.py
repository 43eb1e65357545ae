"""A stay at home or away and the few rows that settle it, for the tests of the estimate."""

from typing import Any

from tests.rules.builders import a_row
from tests.rules.worked import facts_of
from yibao.rules.decision import Settlement
from yibao.rules.facts import Bill
from yibao.rules.money import BasisPoints, Fen
from yibao.rules.policy import (
    AwayAdjustment,
    Deductible,
    PaymentBand,
    PaymentCap,
    Provision,
)
from yibao.rules.terms import (
    Mechanism,
    Scope,
    Situation,
)

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
