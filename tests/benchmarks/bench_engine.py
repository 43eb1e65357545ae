"""One estimate by our engine, by OpenFisca-core and by zen-engine: the same rule, one run.

    make bench        (installs the two into an environment of their own)

The rule: a deductible by level and admission, four marginal bands with the retirees' own
share × 60 %, a yearly cap, and a second layer with four cumulative bands and its own cap.
All sides must agree (OpenFisca reckons in float32: to a yuan) before anything is timed.
Round robin, CPU time of the process, median of nine with min and max; ratios only.
"""

import json
import statistics
import sys
import time
from collections.abc import Callable
from datetime import date
from itertools import product
from typing import Any

from tests.rules.builders import a_row
from tests.rules.worked import facts_of, terms_of
from yibao.rules.calculation import calculate
from yibao.rules.facts import Accumulators, Bill, CaseFacts
from yibao.rules.money import BasisPoints, Fen
from yibao.rules.policy import (
    Deductible,
    GroupAdjustment,
    PaymentBand,
    PaymentCap,
    SecondLayer,
    SecondLayerBand,
    Terms,
)
from yibao.rules.settlement import plans_for, settle
from yibao.rules.terms import (
    BandBasis,
    Group,
    GroupOperator,
    InsuranceType,
    Layer,
    Level,
    SecondLayerMode,
)

ROUNDS = 9
DEDUCTIBLES = {Level.TERTIARY: (1300, 650), Level.SECONDARY: (800, 400), Level.PRIMARY: (300, 150)}
LIMITS = (0, 10_000, 30_000, 40_000)
RATIOS = (8500, 8700, 9000, 9500)
OWN_SHARE = 6000
CAP = 300_000
THRESHOLD, LAYER_CAP = 3_000, 200_000
LAYER_LIMITS = (3_000, 10_000, 50_000, 100_000)
LAYER_RATIOS = (6000, 6500, 7000, 8000)
NEEDED = "openfisca-core and zen-engine (tests/benchmarks/engines.txt): `make bench` installs them"

type Case = tuple[int, Level, int, Group, int]  # yuan in scope, level, admission, group, paid


def cases() -> list[Case]:
    return [
        (amount, level, nth, group, paid)
        for amount, level, nth, group, paid in product(
            (4_000, 18_500, 45_000, 120_000, 420_000),
            DEDUCTIBLES,
            (1, 2),
            (Group.ACTIVE, Group.RETIRED),
            (0, 150_000),
        )
    ]


# --- Ours -----------------------------------------------------------------------


def region() -> Terms:
    yuan = 100
    deductibles = [
        a_row(Deductible, level=level, amount_fen=Fen(amount * yuan), nth_from=nth, nth_to=to)
        for level, amounts in DEDUCTIBLES.items()
        for amount, nth, to in zip(amounts, (1, 2), (1, None), strict=True)
    ]
    bands = [
        a_row(
            PaymentBand,
            groups=frozenset({Group.ACTIVE}),
            from_fen=Fen(low * yuan),
            to_fen=None if high is None else Fen(high * yuan),
            ratio_bp=BasisPoints(ratio),
            basis=BandBasis.INCLUDING_DEDUCTIBLE,
        )
        for low, high, ratio in zip(LIMITS, (*LIMITS[1:], None), RATIOS, strict=True)
    ]
    layer_bands = [
        a_row(
            SecondLayerBand,
            layer=Layer.LARGE_EXPENSE,
            from_fen=Fen(low * yuan),
            to_fen=None if high is None else Fen(high * yuan),
            ratio_bp=BasisPoints(ratio),
        )
        for low, high, ratio in zip(
            LAYER_LIMITS, (*LAYER_LIMITS[1:], None), LAYER_RATIOS, strict=True
        )
    ]
    return terms_of(
        (
            *deductibles,
            *bands,
            a_row(
                GroupAdjustment,
                groups=frozenset({Group.RETIRED}),
                base_group=Group.ACTIVE,
                operator=GroupOperator.OWN_SHARE_FACTOR,
                value_bp=BasisPoints(OWN_SHARE),
            ),
            a_row(PaymentCap, amount_fen=Fen(CAP * yuan)),
            a_row(
                SecondLayer,
                layer=Layer.LARGE_EXPENSE,
                mode=SecondLayerMode.THRESHOLD,
                threshold_fen=Fen(THRESHOLD * yuan),
                cap_fen=Fen(LAYER_CAP * yuan),
            ),
            *layer_bands,
        ),
        insurance=InsuranceType.EMPLOYEE,
    )


def ours(case: Case) -> tuple[Bill, CaseFacts]:
    amount, level, nth, group, paid = case
    facts = facts_of(
        group=group,
        level=level,
        admission=nth,
        accumulated=Accumulators(
            fund_paid_fen=Fen(paid * 100),
            fund_paid_large_fen=Fen(0),
            self_pay_accumulated_fen=Fen(0),
        ),
    )
    return Bill(total_fen=Fen(amount * 100)), facts


# --- OpenFisca ------------------------------------------------------------------


def openfisca() -> Callable[[Case], float]:
    import numpy as np
    from openfisca_core.entities import build_entity
    from openfisca_core.periods import DateUnit
    from openfisca_core.simulations import SimulationBuilder
    from openfisca_core.taxbenefitsystems import TaxBenefitSystem
    from openfisca_core.variables import Variable

    person = build_entity(key="person", plural="persons", label="insured", is_person=True)
    household = build_entity(
        key="household",
        plural="households",
        label="",
        roles=[{"key": "member", "plural": "members"}],
    )
    first = np.array([DEDUCTIBLES[level][0] for level in DEDUCTIBLES], dtype=np.float32)
    later = np.array([DEDUCTIBLES[level][1] for level in DEDUCTIBLES], dtype=np.float32)

    def variable(name: str, kind: type, formula: Any = None) -> type[Any]:
        body = {
            "value_type": kind,
            "entity": person,
            "definition_period": DateUnit.DAY,
            "label": name,
        }
        if formula:
            body["formula"] = formula
        return type(name, (Variable,), body)

    def banded(low_end: Any, high_end: Any, limits: Any, ratios: Any) -> Any:
        total = 0.0
        for low, high, ratio in zip(limits, (*limits[1:], np.inf), ratios, strict=True):
            part = np.minimum(high_end, high) - np.maximum(low_end, low)
            total = total + np.maximum(part, 0) * ratio
        return total

    def deductible(person: Any, period: Any) -> Any:
        level = person("level", period)
        amount = np.where(person("nth", period) > 1, later[level], first[level])
        return np.minimum(amount, person("in_scope", period))

    def pooled(person: Any, period: Any) -> Any:
        retired = person("retired", period)
        ratios = [
            np.where(retired, 1 - (1 - ratio / 1e4) * OWN_SHARE / 1e4, ratio / 1e4)
            for ratio in RATIOS
        ]
        paid = banded(person("deductible", period), person("in_scope", period), LIMITS, ratios)
        return np.minimum(paid, np.maximum(CAP - person("paid", period), 0))

    def large(person: Any, period: Any) -> Any:
        base = person("in_scope", period) - person("pooled", period)
        ratios = [ratio / 1e4 for ratio in LAYER_RATIOS]
        return np.minimum(banded(THRESHOLD, base, LAYER_LIMITS, ratios), LAYER_CAP)

    system = TaxBenefitSystem([person, household])
    for made in (
        variable("in_scope", float),
        variable("level", int),
        variable("nth", int),
        variable("retired", bool),
        variable("paid", float),
        variable("deductible", float, deductible),
        variable("pooled", float, pooled),
        variable("large", float, large),
    ):
        system.add_variable(made)
    levels = list(DEDUCTIBLES)
    day = "2026-12-01"

    def run(case: Case) -> float:
        amount, level, nth, group, paid = case
        simulation = SimulationBuilder().build_from_entities(
            system,
            {
                "persons": {
                    "one": {
                        "in_scope": {day: amount},
                        "level": {day: levels.index(level)},
                        "nth": {day: nth},
                        "retired": {day: group is Group.RETIRED},
                        "paid": {day: paid},
                    }
                },
                "households": {"h": {"members": ["one"]}},
            },
        )
        simulation.calculate("deductible", day)
        fund = simulation.calculate("pooled", day)[0] + simulation.calculate("large", day)[0]
        return float(fund)

    return run


# --- zen ------------------------------------------------------------------------


def zen() -> Callable[[Case], float]:
    import zen as engine_module

    def bands(start: str, end: str, limits: Any, ratios: list[str]) -> str:
        parts = []
        for low, high, ratio in zip(limits, (*limits[1:], 10**12), ratios, strict=True):
            parts.append(f"max([min([{end}, {high}]) - max([{start}, {low}]), 0]) * {ratio}")
        return " + ".join(parts)

    share = [
        f"(retired ? {1 - (1 - ratio / 1e4) * OWN_SHARE / 1e4:.4f} : {ratio / 1e4})"
        for ratio in RATIOS
    ]
    amounts = list(DEDUCTIBLES.values())
    due = " : ".join(
        f"level == {index} ? (nth > 1 ? {later} : {first})"
        for index, (first, later) in enumerate(amounts[:-1])
    )
    expressions = {
        "deductible": f"min([in_scope, {due} : (nth > 1 ? {amounts[-1][1]} : {amounts[-1][0]})])",
        "pooled": f"min([{bands('$.deductible', 'in_scope', LIMITS, share)},"
        f" max([{CAP} - paid, 0])])",
        "large": f"min([{bands(str(THRESHOLD), '(in_scope - $.pooled)', LAYER_LIMITS, [str(r / 1e4) for r in LAYER_RATIOS])},"
        f" {LAYER_CAP}])",
    }
    graph = {
        "nodes": [
            {"id": "in", "name": "in", "type": "inputNode", "position": {"x": 0, "y": 0}},
            {
                "id": "rule",
                "name": "rule",
                "type": "expressionNode",
                "position": {"x": 1, "y": 0},
                "content": {
                    "expressions": [
                        {"id": name, "key": name, "value": value}
                        for name, value in expressions.items()
                    ]
                },
            },
            {"id": "out", "name": "out", "type": "outputNode", "position": {"x": 2, "y": 0}},
        ],
        "edges": [
            {"id": "a", "type": "edge", "sourceId": "in", "targetId": "rule"},
            {"id": "b", "type": "edge", "sourceId": "rule", "targetId": "out"},
        ],
    }
    decision = engine_module.ZenEngine().create_decision(json.dumps(graph))
    levels = list(DEDUCTIBLES)

    def run(case: Case) -> float:
        amount, level, nth, group, paid = case
        result = decision.evaluate(
            {
                "in_scope": amount,
                "level": levels.index(level),
                "nth": nth,
                "retired": group is Group.RETIRED,
                "paid": paid,
            }
        )["result"]
        return float(result["pooled"]) + float(result["large"])

    return run


# --- Timing ---------------------------------------------------------------------


def per_call(work: Callable[[Any], object], inputs: list[Any], repeats: int) -> float:
    """Return microseconds of CPU per call."""
    started = time.process_time_ns()
    for _ in range(repeats):
        for item in inputs:
            work(item)
    return (time.process_time_ns() - started) / 1000 / (repeats * len(inputs))


def main() -> int:
    terms = region()
    inputs = cases()
    mine = [ours(case) for case in inputs]
    planned = [
        (plans_for(bill, facts, terms)[0][0], bill, facts.accumulated) for bill, facts in mine
    ]
    others: dict[str, Callable[[Case], float]] = {}
    for name, make in (("OpenFisca-core", openfisca), ("zen-engine", zen)):
        try:
            others[name] = make()
        except ImportError:
            print(f"{name} is not installed. Needed: {NEEDED}.", file=sys.stderr)
    for name, run in others.items():
        for case, (bill, facts) in zip(inputs, mine, strict=True):
            figures = settle(bill, facts, terms).figures
            if figures is None or abs(figures.fund_total / 100 - run(case)) > 1:
                raise SystemExit(
                    f"{name} and the engine disagree on {case}: {run(case)}, {figures}"
                )
    settled = "yibao: settle, as pages call it"
    explained = "yibao: one explained estimate"
    bare = "yibao: the same without steps"
    sides: dict[str, tuple[Callable[[Any], object], list[Any], int]] = {
        settled: (lambda pair: settle(pair[0], pair[1], terms), mine, 40),
        explained: (lambda args: calculate(args[0], args[1], args[2]), planned, 200),
        bare: (lambda args: calculate(args[0], args[1], args[2], explain=False), planned, 200),
        **{name: (run, inputs, 4) for name, run in others.items()},
    }
    times: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(ROUNDS):
        for name, (work, items, repeats) in sides.items():
            times[name].append(per_call(work, items, repeats))
    middle = {name: statistics.median(found) for name, found in times.items()}
    print(
        f"one estimate, {len(inputs)} cases, {date.today()}, CPU µs, median of {ROUNDS} [min-max]"
    )
    for name, found in times.items():
        print(f"  {name:34} {middle[name]:9.2f}  [{min(found):.2f}-{max(found):.2f}]")
    for name in others:
        for side in (explained, settled):
            pairs = [other / own for other, own in zip(times[name], times[side], strict=True)]
            print(
                f"  {name} / {side}: {statistics.median(pairs):.0f}"
                f"  [{min(pairs):.0f}-{max(pairs):.0f}]"
            )
    print(f"  explanation / bare calculation: {middle[explained] / middle[bare]:.2f}")
    return 0 if others else 1


if __name__ == "__main__":
    raise SystemExit(main())
