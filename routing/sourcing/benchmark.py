"""A market of any size to measure with, and the same match as a linear program and by CP-SAT.

Generated: villages in a square of 200 km with lots that wait and harvests declared for the coming days, programmes of
each commodity by day and by week. `docs/demand-and-sourcing.md` has the figures.
"""

import random
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from ortools.linear_solver.python import model_builder
from ortools.sat.python import cp_model

from routing.sourcing.flow import Network, Solution, solve
from routing.sourcing.market import FairShare, Haul, Market, Need, Rules, Supply

DAY_S = 86_400
DAYS = 7
HUBS = ("H1", "H2", "H3")
GRADES = ("AA", "A", "B", "C")


def generated(lots: int, demands: int, *, commodities: int = 8, seed: int = 1) -> Market:
    """A market of a week: so many lots and declarations in all, and so many programmes."""
    chance = random.Random(seed)  # noqa: S311  # a benchmark, no secret
    villages = {
        f"V{number:03}": (chance.uniform(0, 200), chance.uniform(0, 200)) for number in range(max(5, lots // 20))
    }
    hubs = {hub: (chance.uniform(60, 140), chance.uniform(60, 140)) for hub in HUBS}
    names = [f"c{number}" for number in range(commodities)]
    supplies = tuple(_supply(chance, number, list(villages), names) for number in range(lots))
    needs = tuple(need for number in range(demands) for need in _needs(chance, number, names))
    hauls = tuple(
        Haul(village=village, hub=hub, distance_m=int(km * 1000), satang_per_kg=50 + int(km * 2))
        for village, place in villages.items()
        for hub, there in hubs.items()
        for km in (((place[0] - there[0]) ** 2 + (place[1] - there[1]) ** 2) ** 0.5,)
    )
    history = tuple(
        FairShare(village=village, commodity=name, history_g=chance.randrange(0, 3_000) * 1000)
        for village in villages
        for name in names
        if chance.random() < 0.5
    )
    return Market(supplies=supplies, needs=needs, hauls=hauls, history=history, rules=Rules())


def _supply(chance: random.Random, number: int, villages: list[str], names: list[str]) -> Supply:
    declared = number % 2 == 1
    return Supply(
        id=f"S{number:05}",
        village=chance.choice(villages),
        commodity=chance.choice(names),
        available_g=chance.randrange(80, 900) * 1000,
        ready_day=chance.randrange(1, DAYS) if declared else 0,
        grade=chance.choice(GRADES),
        life_s=chance.randrange(5, 15) * DAY_S,
        hold_loss_s=DAY_S // 2,
        certificates=tuple(word for word in ("gap", "packing_house") if chance.random() < 0.8),
        confidence_pct=chance.choice((60, 80, 95)) if declared else 100,
        unused_satang_per_kg=0 if declared else 500,
    )


def _needs(chance: random.Random, number: int, names: list[str]) -> list[Need]:
    weekly = chance.random() < 0.3
    commodity, grade = chance.choice(names), chance.choice((*GRADES[1:], None))
    hub, price = chance.choice(HUBS), chance.randrange(3_000, 20_000)
    kg = chance.randrange(200, 1_500)
    asked = ("gap",) if chance.random() < 0.5 else ()
    way_s, left_s = chance.randrange(1, 5) * DAY_S, chance.randrange(1, 4) * DAY_S
    spans = [(0, DAYS - 1)] if weekly else [(day, day) for day in range(DAYS)]
    return [
        Need(
            id=f"D{number:04}/{first}",
            demand=f"D{number:04}",
            commodity=commodity,
            quantity_g=kg * (5 if weekly else 1) * 1000,
            from_day=first,
            to_day=last,
            hub=hub,
            price_satang_per_kg=price,
            grade=grade,
            way_loss_s=way_s,
            min_life_s=left_s,
            certificates=asked,
        )
        for first, last in spans
    ]


def by_linear_program(net: Network, seconds: float) -> Solution | None:
    """The same match by GLOP, OR-Tools' simplex; None when it is not done in time."""
    model = model_builder.Model()  # type: ignore[no-untyped-call]
    pairs = [model.new_num_var(0, float(cap), "") for cap in _capacity(net)]
    bands = [[model.new_num_var(0, float(cap), "") for cap in row] for row in net.band_capacity]
    unmet = [model.new_num_var(0, float(wanted), "") for wanted in net.wanted]
    used: list[list[object]] = [[] for _ in net.available]
    met: list[list[object]] = [[short] for short in unmet]
    for number, pair in enumerate(pairs):
        used[net.pair_supply[number]].append(pair)
        met[net.pair_need[number]].append(pair)
    of_village: list[list[object]] = [[] for _ in range(net.villages)]
    for supply, terms in enumerate(used):
        of_village[net.owner[supply]] += terms
        model.add(model_builder.LinearExpr.sum(terms) <= float(net.available[supply]))
    for village, terms in enumerate(of_village):
        model.add(model_builder.LinearExpr.sum([*terms]) == model_builder.LinearExpr.sum(bands[village]))
    for need, terms in enumerate(met):
        model.add(model_builder.LinearExpr.sum(terms) == float(net.wanted[need]))
    costs = [float(c) for c in net.pair_cost + net.use_cost[net.pair_supply]]
    model.minimize(
        model_builder.LinearExpr.weighted_sum(
            [*pairs, *unmet, *(band for row in bands for band in row)],
            [*costs, *(float(c) for c in net.unmet_cost), *(float(c) for c in net.band_cost.ravel())],
        )
    )
    solver = model_builder.Solver("glop")
    solver.set_time_limit_in_seconds(seconds)
    if solver.solve(model) != model_builder.SolveStatus.OPTIMAL:
        return None
    return Solution(np.array([round(solver.value(pair)) for pair in pairs], np.int64), round(solver.objective_value))


def by_cp_sat(net: Network, seconds: float) -> Solution | None:
    """The same match by CP-SAT; None when it has nothing in time."""
    model = cp_model.CpModel()
    pairs = [model.new_int_var(0, int(cap), "") for cap in _capacity(net)]
    bands = [[model.new_int_var(0, int(cap), "") for cap in row] for row in net.band_capacity]
    unmet = [model.new_int_var(0, int(wanted), "") for wanted in net.wanted]
    used: list[list[cp_model.IntVar]] = [[] for _ in net.available]
    met: list[list[cp_model.IntVar]] = [[short] for short in unmet]
    for number, pair in enumerate(pairs):
        used[net.pair_supply[number]].append(pair)
        met[net.pair_need[number]].append(pair)
    of_village: list[list[cp_model.IntVar]] = [[] for _ in range(net.villages)]
    for supply, terms in enumerate(used):
        of_village[net.owner[supply]] += terms
        model.add(cp_model.LinearExpr.sum(terms) <= int(net.available[supply]))
    for village, terms in enumerate(of_village):
        model.add(cp_model.LinearExpr.sum(terms) == cp_model.LinearExpr.sum(bands[village]))
    for need, terms in enumerate(met):
        model.add(cp_model.LinearExpr.sum(terms) == int(net.wanted[need]))
    costs = [int(c) for c in net.pair_cost + net.use_cost[net.pair_supply]]
    model.minimize(
        cp_model.LinearExpr.weighted_sum(
            [*pairs, *unmet, *(band for row in bands for band in row)],
            [*costs, *(int(c) for c in net.unmet_cost), *(int(c) for c in net.band_cost.ravel())],
        )
    )
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = seconds
    solver.parameters.num_workers = 2
    if solver.solve(model) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return None
    return Solution(np.array([solver.value(pair) for pair in pairs], np.int64), int(solver.objective_value))


def by_flow(net: Network, _seconds: float) -> Solution:
    """The match as it is done."""
    return solve(net, np.ones(len(net.pair_supply), bool))


SOLVERS: dict[str, Callable[[Network, float], Solution | None]] = {
    "flow": by_flow,
    "linear": by_linear_program,
    "cp-sat": by_cp_sat,
}


def _capacity(net: Network) -> NDArray[np.int64]:
    return np.minimum(net.available[net.pair_supply], net.wanted[net.pair_need])
