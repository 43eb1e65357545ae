"""One estimate by our engine, by OpenFisca-core and by zen-engine: the same rule, one run.

    make bench        (installs the two into an environment of their own)

The rule: a deductible by level and admission, four marginal bands with the retirees' own
share × 60 %, a yearly cap, and a second layer with four cumulative bands and its own cap.
All sides must agree (OpenFisca reckons in float32: to a yuan) before anything is timed.
"Explained" is a plan that is ready and a bill in, every fund's amount and each line with its
working and sources out, as tuples. "As pages call it" is facts, bill and terms in memory in,
the whole answer out: figures, steps, certainty, gaps, disputes, all as objects.
Round robin, CPU time of the process, median of nine with min and max; ratios only.
"""

import json
import statistics
import sys
import time
from collections.abc import Callable, Iterable
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
from yibao.rules.settlement import settle
from yibao.rules.terms import (
    BandBasis,
    Group,
    GroupOperator,
    InsuranceType,
    Layer,
    Level,
    SecondLayerMode,
)
from yibao.rules.ways import ways_of

ROUNDS = 9
DEDUCTIBLES = {Level.TERTIARY: (1300, 650), Level.SECONDARY: (800, 400), Level.PRIMARY: (300, 150)}
LIMITS = (0, 10_000, 30_000, 40_000)
RATIOS = (8500, 8700, 9000, 9500)
OWN_SHARE = 6000
CAP = 300_000
THRESHOLD, LAYER_CAP = 3_000, 200_000
LAYER_LIMITS = (3_000, 10_000, 50_000, 100_000)
LAYER_RATIOS = (6000, 6500, 7000, 8000)
SETTLED = "yibao, as pages call it"
EXPLAINED = "yibao, explained"
BARE = "yibao, without steps"
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
    """The rule as OpenFisca's documentation writes rules: dated parameters, marginal scales,
    one variable per step, a simulation per case."""
    import numpy as np
    from openfisca_core.entities import build_entity
    from openfisca_core.parameters import ParameterNode
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

    def value(amount: float) -> dict[str, Any]:
        return {"values": {"2023-01-01": {"value": amount}}}

    def scale(limits: Any, ratios: Any) -> dict[str, Any]:
        return {
            "brackets": [
                {
                    "threshold": {"2023-01-01": {"value": low}},
                    "rate": {"2023-01-01": {"value": ratio}},
                }
                for low, ratio in zip(limits, ratios, strict=True)
            ]
        }

    ratios = [ratio / 1e4 for ratio in RATIOS]
    parameters = {
        "first": {level.value: value(first) for level, (first, _) in DEDUCTIBLES.items()},
        "later": {level.value: value(later) for level, (_, later) in DEDUCTIBLES.items()},
        "active": scale(LIMITS, ratios),
        "retired": scale(LIMITS, [1 - (1 - ratio) * OWN_SHARE / 1e4 for ratio in ratios]),
        "cap": value(CAP),
        "large": scale((0, *LAYER_LIMITS), (0, *(ratio / 1e4 for ratio in LAYER_RATIOS))),
        "large_cap": value(LAYER_CAP),
    }

    def deductible(person: Any, period: Any, parameters: Any) -> Any:
        at = parameters(period)
        level = person("level", period)
        amount = np.where(person("nth", period) > 1, at.later[level], at.first[level])
        return np.minimum(amount, person("in_scope", period))

    def pooled(person: Any, period: Any, parameters: Any) -> Any:
        at = parameters(period)
        in_scope, due = person("in_scope", period), person("deductible", period)
        paid = np.where(
            person("retired", period),
            at.retired.calc(in_scope) - at.retired.calc(due),
            at.active.calc(in_scope) - at.active.calc(due),
        )
        return np.minimum(paid, np.maximum(at.cap - person("paid", period), 0))

    def large(person: Any, period: Any, parameters: Any) -> Any:
        at = parameters(period)
        base = person("in_scope", period) - person("pooled", period)
        return np.minimum(at.large.calc(base), at.large_cap)

    system = TaxBenefitSystem([person, household])
    system.parameters = ParameterNode("", data=parameters)
    for name, kind, formula in (
        ("in_scope", float, None),
        ("level", str, None),
        ("nth", int, None),
        ("retired", bool, None),
        ("paid", float, None),
        ("deductible", float, deductible),
        ("pooled", float, pooled),
        ("large", float, large),
    ):
        body: dict[str, Any] = {
            "value_type": kind,
            "entity": person,
            "definition_period": DateUnit.DAY,
            "label": name,
        }
        if formula:
            body["formula"] = formula
        system.add_variable(type(name, (Variable,), body))
    day = "2026-12-01"

    def run(case: Case) -> float:
        amount, level, nth, group, paid = case
        simulation = SimulationBuilder().build_from_entities(
            system,
            {
                "persons": {
                    "one": {
                        "in_scope": {day: amount},
                        "level": {day: level.value},
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
    first, last = amounts[-1]
    pooled = bands("$.deductible", "in_scope", LIMITS, share)
    over = bands(
        str(THRESHOLD), "(in_scope - $.pooled)", LAYER_LIMITS, [f"{r / 1e4}" for r in LAYER_RATIOS]
    )
    expressions = {
        "deductible": f"min([in_scope, {due} : (nth > 1 ? {last} : {first})])",
        "pooled": f"min([{pooled}, max([{CAP} - paid, 0])])",
        "large": f"min([{over}, {LAYER_CAP}])",
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


def installed() -> dict[str, Callable[[Case], float]]:
    """Return the other engines that are there, and say which are not."""
    found = {}
    for name, make in (("OpenFisca-core", openfisca), ("zen-engine", zen)):
        try:
            found[name] = make()
        except ImportError:
            print(f"{name} is not installed. Needed: {NEEDED}.", file=sys.stderr)
    return found


def check_agreement(others: dict[str, Callable[[Case], float]], terms: Terms) -> None:
    for case in cases():
        figures = settle(*ours(case), terms).figures
        assert figures is not None
        for name, run in others.items():
            if abs(figures.fund_total / 100 - run(case)) > 1:
                raise SystemExit(f"{name} disagrees on {case}: {run(case)}, ours {figures}")


def show(times: dict[str, list[float]], others: Iterable[str]) -> None:
    print(f"one estimate, {len(cases())} cases, CPU µs, median of {ROUNDS} [min-max]")
    for name, found in times.items():
        middle = statistics.median(found)
        print(f"  {name:34} {middle:9.2f}  [{min(found):.2f}-{max(found):.2f}]")
    pairs = [(name, side) for name in others for side in (EXPLAINED, SETTLED)]
    for over, under in (*pairs, (EXPLAINED, BARE)):
        ratios = [a / b for a, b in zip(times[over], times[under], strict=True)]
        print(
            f"  {over} ÷ {under}: {statistics.median(ratios):.1f}"
            f"  [{min(ratios):.1f}-{max(ratios):.1f}]"
        )


def main() -> None:
    terms = region()
    mine = [ours(case) for case in cases()]
    planned = [
        (ways_of(bill.total_fen, facts, terms).each[0].plan, bill, facts.accumulated)
        for bill, facts in mine
    ]
    others = installed()
    check_agreement(others, terms)
    sides: dict[str, tuple[Callable[[Any], object], list[Any], int]] = {
        SETTLED: (lambda pair: settle(pair[0], pair[1], terms), mine, 40),
        EXPLAINED: (lambda args: calculate(args[0], args[1], args[2]), planned, 200),
        BARE: (lambda args: calculate(args[0], args[1], args[2], explain=False), planned, 200),
        **{name: (run, cases(), 4) for name, run in others.items()},
    }
    times: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(ROUNDS):
        for name, (work, items, repeats) in sides.items():
            times[name].append(per_call(work, items, repeats))
    show(times, others)


if __name__ == "__main__":
    main()
