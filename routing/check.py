"""Is a plan feasible, and does it cost what it says? Shares nothing with the engines: problem, travel tables and plan.

Every route is driven again from the plan's own times (`routing.replay`), then what concerns several trucks
(`routing.fleet_check`).
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from routing.fleet_check import fleet_violations
from routing.plan import Costs, Plan
from routing.problem import Problem
from routing.replay import Violation, directory, per_hour, replay
from routing.rules import Rule
from routing.travel import Matrices


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the check found. `costs` are recomputed from the stops, whatever the plan says.

    Mandatory lots may be left behind where they must; they are listed in `mandatory_left`, not as violations.
    """

    violations: tuple[Violation, ...]
    costs: Costs
    mandatory_left: tuple[str, ...]

    @property
    def feasible(self) -> bool:
        return not self.violations


def check(problem: Problem, plan: Plan, matrices: Matrices) -> Verdict:
    """Look at every rule of a valid problem; the tables are in the order of its locations."""
    violations: list[Violation] = []
    costs, longest = Costs(), 0
    known = directory(problem)
    numbers = {truck.id: number for number, truck in enumerate(problem.trucks)}
    for route in plan.routes:
        number = numbers.get(route.truck)
        if number is None:
            violations.append(Violation(Rule.UNKNOWN_ID, f"there is no truck {route.truck!r}", route.truck))
            continue
        faults, its_costs = replay(known, number, matrices.of_truck(number), route)
        violations += faults
        costs += its_costs
        if route.stops:
            longest = max(longest, route.stops[-1].depart_s - route.stops[0].depart_s)
    violations += _once(problem, plan)
    if not violations:
        violations += fleet_violations(problem, plan)
    penalties = {pickup.id: pickup.penalty_satang for pickup in problem.pickups}
    left = [item.pickup for item in plan.unserved if item.pickup in penalties]
    costs += Costs(
        unserved=sum(penalties[name] or 0 for name in left),
        balance=per_hour(longest, problem.balance_cost_per_h_satang),
    )
    if costs != plan.costs and not violations:
        violations.append(Violation(Rule.COST, f"the plan says {plan.costs}, its stops cost {costs}"))
    return Verdict(tuple(violations), costs, tuple(name for name in left if penalties[name] is None))


def _once(problem: Problem, plan: Plan) -> Iterator[Violation]:
    """Each truck has one route, each lot is picked up or left behind; trucks with work to do have a route."""
    for name, times in Counter(route.truck for route in plan.routes).items():
        if times > 1:
            yield Violation(Rule.SEQUENCE, f"has {times} routes", name)
    picked = Counter(stop.pickup for route in plan.routes for stop in route.stops if stop.kind == "pickup")
    left = Counter(item.pickup for item in plan.unserved)
    known = {pickup.id for pickup in problem.pickups}
    for unknown in sorted(name for name in {*picked, *left} - known if name is not None):
        yield Violation(Rule.UNKNOWN_ID, f"there is no pick-up {unknown!r}", pickup=unknown)
    for pickup in problem.pickups:
        times = picked[pickup.id] + left[pickup.id]
        if times != 1:
            detail = f"is picked up {picked[pickup.id]} times and listed as unserved {left[pickup.id]} times"
            yield Violation(Rule.SERVED_ONCE, detail, pickup=pickup.id)
    driven = {route.truck for route in plan.routes}
    for truck in problem.trucks:
        if truck.id not in driven and (truck.loaded or truck.locked_stops):
            rule = Rule.LOADED_LOTS if truck.loaded else Rule.LOCKED_STOPS
            yield Violation(rule, "has work that it must do, and no route", truck.id)
