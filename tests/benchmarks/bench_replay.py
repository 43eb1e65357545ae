"""A million settlements by our columns, by a loop in C and by OpenFisca-core: one rule, one run.

    make bench        (installs OpenFisca-core into an environment of its own)

The rule is that of `bench_engine`. Bills are spread evenly from 1 to 600,000 yuan, so that
every band and both caps are reached; they stand grouped by kind of case (level, admission,
group), as a replay holds them, and every side reads the same columns and writes deductible,
both funds and their sum. "As documented" is OpenFisca with its own parameters and scales,
"tuned" the same formulas over NumPy tables. The C loop is compiled with -O3 where there is a
compiler. All sides must agree (OpenFisca reckons in float32: to five yuan) before anything
is timed. Round robin, CPU time of the process, median of five with min and max; ratios only.
"""

import ctypes
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np

from tests.benchmarks.bench_engine import (
    CAP,
    DEDUCTIBLES,
    LAYER_CAP,
    LAYER_LIMITS,
    LAYER_RATIOS,
    LIMITS,
    NEEDED,
    OWN_SHARE,
    RATIOS,
    THRESHOLD,
    ours,
    region,
)
from yibao.rules.bulk import Amounts, settle_all
from yibao.rules.calculation import calculate
from yibao.rules.money import multiply_ratios
from yibao.rules.terms import Group
from yibao.rules.ways import ways_of

ROWS = 1_000_000
ROUNDS = 5
DAY = "2026-12-01"
LINES = ("deductible", "pooled_fund", "large_expense", "fund_total")
KINDS = list(product(DEDUCTIBLES, (1, 2), (Group.ACTIVE, Group.RETIRED)))
OURS, LOOP = "yibao, in columns", "C loop, -O3"
DOCUMENTED, TUNED = "OpenFisca-core, as documented", "OpenFisca-core, tuned"
SINGLE = "yibao, one by one"

type Columns = dict[str, Any]


@dataclass(frozen=True)
class Bills:
    """The bills in fen, grouped by kind; `first` is where each kind begins."""

    total: Any
    paid: Any
    kind: Any
    first: list[int]

    @classmethod
    def make(cls) -> "Bills":
        random = np.random.default_rng(2026)
        kind = np.sort(random.integers(0, len(KINDS), ROWS)).astype(np.uint8)
        return cls(
            total=random.integers(100, 60_000_000, ROWS),
            paid=random.integers(0, 20_000_000, ROWS),
            kind=kind,
            first=[int(place) for place in np.searchsorted(kind, np.arange(len(KINDS) + 1))],
        )


def ratios_of(group: Group) -> list[int]:
    if group is Group.ACTIVE:
        return list(RATIOS)
    return [10_000 - multiply_ratios(10_000 - ratio, OWN_SHARE) for ratio in RATIOS]


# --- Ours -----------------------------------------------------------------------


def in_columns(bills: Bills) -> Callable[[], Columns]:
    terms = region()
    into = {name: np.zeros(ROWS, np.int64) for name in LINES}
    kinds = []
    for place, (level, nth, group) in enumerate(KINDS):
        part = slice(bills.first[place], bills.first[place + 1])
        amounts = Amounts({"total_fen": bills.total[part], "fund_paid_fen": bills.paid[part]})
        facts = ours((1_000, level, nth, group, 0))[1]
        kinds.append((facts, amounts, {name: column[part] for name, column in into.items()}))

    def run() -> Columns:
        for facts, amounts, columns in kinds:
            settle_all(facts, amounts, terms, columns)
        return into

    return run


def one_by_one(bills: Bills, number: int) -> Callable[[], None]:
    """The engine's bare calculation of some of the bills, without steps."""
    terms = region()
    cases = []
    for row in range(0, ROWS, ROWS // number):
        level, nth, group = KINDS[bills.kind[row]]
        bill, facts = ours((int(bills.total[row]) // 100, level, nth, group, 0))
        cases.append((ways_of(bill.total_fen, facts, terms).each[0].plan, bill, facts.accumulated))

    def run() -> None:
        for plan, bill, accumulated in cases:
            calculate(plan, bill, accumulated, explain=False)

    return run


# --- C ----------------------------------------------------------------------------

SOURCE = """
#include <stdint.h>
typedef int64_t i64;
static inline i64 share(i64 amount, i64 ratio) { return (amount * ratio + 5000) / 10000; }
static inline i64 bands(const i64 *limits, const i64 *ratios, i64 start, i64 end) {
  i64 sum = 0;
  for (int band = 0; band < 4; band++) {
    i64 low = limits[band], high = end;
    if (low >= end) break;
    if (band < 3 && limits[band + 1] < end) high = limits[band + 1];
    if (low < start) low = start;
    if (high > low) sum += share(high - low, ratios[band]);
  }
  return sum;
}
void settle(i64 rows, const uint8_t *kind, const i64 *total, const i64 *used,
            const i64 *due, const i64 *limits, const i64 *ratios, i64 cap,
            const i64 *layer_limits, const i64 *layer_ratios, i64 threshold, i64 layer_cap,
            i64 *deductible, i64 *pooled, i64 *large, i64 *sum) {
  for (i64 row = 0; row < rows; row++) {
    int which = kind[row];
    i64 whole = total[row], first = due[which] < whole ? due[which] : whole;
    i64 paid = bands(limits, ratios + 4 * which, first, whole), room = cap - used[row];
    if (room < 0) room = 0;
    if (paid > room) paid = room;
    i64 more = bands(layer_limits, layer_ratios, threshold, whole - paid);
    if (more > layer_cap) more = layer_cap;
    deductible[row] = first; pooled[row] = paid; large[row] = more; sum[row] = paid + more;
  }
}
"""


def c_loop(bills: Bills) -> Callable[[], Columns] | None:
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if compiler is None:
        print("No C compiler here: the loop in C is not measured.", file=sys.stderr)
        return None
    folder = Path(tempfile.mkdtemp(prefix="yibao-bench-"))
    (folder / "loop.c").write_text(SOURCE)
    command = [compiler, "-O3", "-shared", "-fPIC", "-o", str(folder / "loop.so")]
    subprocess.run([*command, str(folder / "loop.c")], check=True)
    settle = ctypes.CDLL(str(folder / "loop.so")).settle
    shutil.rmtree(folder)

    def fen(yuan: Any) -> Any:
        return np.array(yuan, np.int64) * 100

    due = fen([DEDUCTIBLES[level][min(nth, 2) - 1] for level, nth, _group in KINDS])
    ratios = np.array([ratios_of(group) for _level, _nth, group in KINDS], np.int64)
    layer_ratios = np.array(LAYER_RATIOS, np.int64)
    limits, layer_limits = fen(LIMITS), fen(LAYER_LIMITS)
    into = {name: np.zeros(ROWS, np.int64) for name in LINES}

    def at(column: Any) -> ctypes.c_void_p:
        return ctypes.c_void_p(column.ctypes.data)

    def run() -> Columns:
        settle(
            ctypes.c_int64(ROWS),
            *map(at, (bills.kind, bills.total, bills.paid, due, limits, ratios)),
            ctypes.c_int64(CAP * 100),
            *map(at, (layer_limits, layer_ratios)),
            ctypes.c_int64(THRESHOLD * 100),
            ctypes.c_int64(LAYER_CAP * 100),
            *(at(into[name]) for name in LINES),
        )
        return into

    return run


# --- OpenFisca ------------------------------------------------------------------------


def parameters() -> dict[str, Any]:
    """The rule's figures as dated parameters and marginal scales."""

    def value(amount: float) -> dict[str, Any]:
        return {"values": {"2023-01-01": {"value": amount}}}

    def scale(limits: Any, ratios: Any) -> dict[str, Any]:
        return {
            "brackets": [
                {
                    "threshold": {"2023-01-01": {"value": low}},
                    "rate": {"2023-01-01": {"value": ratio / 1e4}},
                }
                for low, ratio in zip(limits, ratios, strict=True)
            ]
        }

    return {
        "first": {level.value: value(first) for level, (first, _) in DEDUCTIBLES.items()},
        "later": {level.value: value(later) for level, (_, later) in DEDUCTIBLES.items()},
        "active": scale(LIMITS, ratios_of(Group.ACTIVE)),
        "retired": scale(LIMITS, ratios_of(Group.RETIRED)),
        "large": scale((0, *LAYER_LIMITS), (0, *LAYER_RATIOS)),
        "cap": value(CAP),
        "large_cap": value(LAYER_CAP),
    }


def documented_formulas() -> dict[str, Callable[[Any, Any, Any], Any]]:
    def deductible(person: Any, period: Any, parameters: Any) -> Any:
        at, level = parameters(period), person("level", period)
        amount = np.where(person("nth", period) > 1, at.later[level], at.first[level])
        return np.minimum(amount, person("in_scope", period))

    def pooled(person: Any, period: Any, parameters: Any) -> Any:
        at = parameters(period)
        whole, due = person("in_scope", period), person("deductible", period)
        paid = np.where(
            person("retired", period),
            at.retired.calc(whole) - at.retired.calc(due),
            at.active.calc(whole) - at.active.calc(due),
        )
        return np.minimum(paid, np.maximum(at.cap - person("paid", period), 0))

    def large(person: Any, period: Any, parameters: Any) -> Any:
        at = parameters(period)
        base = person("in_scope", period) - person("pooled", period)
        return np.minimum(at.large.calc(base), at.large_cap)

    return {"deductible": deductible, "pooled": pooled, "large": large}


def tuned_formulas() -> dict[str, Callable[[Any, Any, Any], Any]]:
    first, later = (
        np.array(column, np.float32) for column in zip(*DEDUCTIBLES.values(), strict=True)
    )
    active, retired = (
        np.array(ratios_of(group), np.float32) / np.float32(1e4)
        for group in (Group.ACTIVE, Group.RETIRED)
    )
    shares = np.array(LAYER_RATIOS, np.float32) / np.float32(1e4)

    def marginal(end: Any, limits: Any, ratios: Any) -> Any:
        paid = np.zeros_like(end)
        for low, high, ratio in zip(limits, (*limits[1:], np.inf), ratios, strict=True):
            paid += np.clip(end - np.float32(low), 0, np.float32(high - low)) * ratio
        return paid

    def deductible(person: Any, period: Any, parameters: Any) -> Any:
        level = person("level", period)
        amount = np.where(person("nth", period) > 1, later[level], first[level])
        return np.minimum(amount, person("in_scope", period))

    def pooled(person: Any, period: Any, parameters: Any) -> Any:
        whole, due = person("in_scope", period), person("deductible", period)
        is_retired = person("retired", period)
        ratios = [np.where(is_retired, r, a) for a, r in zip(active, retired, strict=True)]
        paid = marginal(whole, LIMITS, ratios) - marginal(due, LIMITS, ratios)
        return np.minimum(paid, np.maximum(CAP - person("paid", period), 0))

    def large(person: Any, period: Any, parameters: Any) -> Any:
        base = person("in_scope", period) - person("pooled", period)
        return np.minimum(marginal(base, LAYER_LIMITS, shares), LAYER_CAP)

    return {"deductible": deductible, "pooled": pooled, "large": large}


def openfisca(bills: Bills, *, is_tuned: bool) -> Callable[[], Columns]:
    """The rule over whole columns, the way OpenFisca's documentation writes formulas (levels
    are an enumeration that picks a parameter), or with NumPy tables in their place."""
    from openfisca_core.entities import build_entity
    from openfisca_core.indexed_enums import Enum
    from openfisca_core.parameters import ParameterNode
    from openfisca_core.periods import DateUnit
    from openfisca_core.simulations import SimulationBuilder
    from openfisca_core.taxbenefitsystems import TaxBenefitSystem
    from openfisca_core.variables import Variable

    person = build_entity(key="person", plural="persons", label="insured", is_person=True)
    system = TaxBenefitSystem([person])
    system.parameters = ParameterNode("", data=parameters())
    formulas = tuned_formulas() if is_tuned else documented_formulas()
    level_names = Enum("Levels", {each.value: each.value for each in DEDUCTIBLES})
    kinds = {"in_scope": float, "level": int if is_tuned else Enum, "nth": int, "retired": bool}
    for name, kind in (kinds | dict.fromkeys(("paid", *formulas), float)).items():
        body: dict[str, Any] = {
            "value_type": kind,
            "entity": person,
            "definition_period": DateUnit.DAY,
            "label": name,
        }
        if kind is Enum:
            body |= {"possible_values": level_names, "default_value": next(iter(level_names))}
        if name in formulas:
            body["formula"] = formulas[name]
        system.add_variable(type(name, (Variable,), body))
    levels = list(DEDUCTIBLES)
    of_kind = [(levels.index(level), nth, group is Group.RETIRED) for level, nth, group in KINDS]
    level, nth, retired = (np.array(column)[bills.kind] for column in zip(*of_kind, strict=True))
    names = np.array([each.value for each in levels])[level]
    inputs = {
        "in_scope": (bills.total / 100).astype(np.float32),
        "level": level if is_tuned else names,
        "nth": nth,
        "retired": retired,
        "paid": (bills.paid / 100).astype(np.float32),
    }

    def run() -> Columns:
        simulation = SimulationBuilder().build_default_simulation(system, len(bills.total))
        for name, column in inputs.items():
            simulation.set_input(name, DAY, column)
        found = {name: simulation.calculate(name, DAY) for name in formulas}
        return {"fund_total": found["pooled"] + found["large"]}

    return run


# --- Timing -----------------------------------------------------------------------------


def check_agreement(sides: dict[str, Callable[[], Any]]) -> None:
    ours = sides[OURS]()
    for name, run in sides.items():
        if name == SINGLE:
            continue
        theirs = run()
        if name == LOOP:
            for line in LINES:
                if not np.array_equal(ours[line], theirs[line]):
                    raise SystemExit(f"{name} disagrees on {line}")
        elif name != OURS:
            furthest = np.abs(ours["fund_total"] / 100 - theirs["fund_total"]).max()
            if furthest > 5:
                raise SystemExit(f"{name} disagrees by {furthest:.2f} yuan")
            off = np.round(theirs["fund_total"].astype(np.float64) * 100) != ours["fund_total"]
            print(f"  {name}: {off.mean():.1%} of the sums off by a fen or more", flush=True)


def main() -> None:
    bills = Bills.make()
    sides: dict[str, Callable[[], Any]] = {OURS: in_columns(bills)}
    loop = c_loop(bills)
    if loop is not None:
        sides[LOOP] = loop
    try:
        sides[TUNED] = openfisca(bills, is_tuned=True)
        sides[DOCUMENTED] = openfisca(bills, is_tuned=False)
    except ImportError:
        print(f"OpenFisca-core is not installed. Needed: {NEEDED}.", file=sys.stderr)
    few = ROWS // 50
    sides[SINGLE] = one_by_one(bills, few)
    print(f"{ROWS:,} settlements, CPU, median of {ROUNDS} [min-max]", flush=True)
    check_agreement(sides)
    times: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(ROUNDS):
        for name, run in sides.items():
            started = time.process_time_ns()
            run()
            taken = (time.process_time_ns() - started) / 1e9
            times[name].append(taken * (ROWS / few if name == SINGLE else 1))
    for name, found in times.items():
        rates = [ROWS / seconds / 1e6 for seconds in found]
        print(
            f"  {name:32} {statistics.median(rates):8.2f} million a second"
            f"  [{min(rates):.2f}-{max(rates):.2f}]"
        )
    for name in sides:
        if name != OURS:
            ratios = [theirs / mine for theirs, mine in zip(times[name], times[OURS], strict=True)]
            print(
                f"  {OURS} ÷ {name}: {statistics.median(ratios):.2f}"
                f"  [{min(ratios):.2f}-{max(ratios):.2f}]"
            )


if __name__ == "__main__":
    main()
