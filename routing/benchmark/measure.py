"""One solver on one problem: what it answers, judged by the independent check."""

import time
from dataclasses import dataclass

from routing import search
from routing.assemble import assemble, left_behind
from routing.benchmark.peers import PEERS, beyond_core, several_trips
from routing.check import check
from routing.instance import Instance, index
from routing.kernel import engine as kernel
from routing.plan import Engine, Plan, Provenance, Tours, Unserved
from routing.problem import Problem
from routing.travel import matrices
from routing.validate import validate


@dataclass(frozen=True, slots=True)
class Measured:
    """What one solver made of one instance. `cost` is in satang, recomputed; None where there is no feasible plan.

    `first_solution_s` is when the first complete answer stood; peers don't say.
    """

    instance: str
    solver: str
    seed: int
    cost: int | None
    feasible: bool
    routes: int
    served: int
    seconds: float
    first_solution_s: float | None = None
    gap_pct: float | None = None
    iterations: int | None = None
    note: str = ""


def measure(problem: Problem, solver: str, seconds: float, seed: int, best: int | None = None) -> Measured:
    """Run one solver, ours or a peer, within `seconds` of wall time on one core.

    Raises:
        Refused: the problem has faults.
    """
    validate(problem)
    instance = index(problem, matrices(problem))
    if solver in PEERS:
        return _peer(instance, solver, seconds, seed, best)
    if solver == "kernel":
        outcome = kernel.search(instance, seconds=seconds, seed=seed)
        return _judged(
            instance,
            planned(instance, outcome.tours),
            solver,
            seed,
            best,
            outcome.seconds,
            first_solution_s=outcome.first_solution_s,
            iterations=outcome.iterations,
        )
    return _ours(problem, instance, solver, seconds, seed, best)


def _ours(problem: Problem, instance: Instance, name: str, seconds: float, seed: int, best: int | None) -> Measured:
    engine: Engine = "auto" if name == "auto" else "ortools" if name == "ortools" else "greedy"
    first: list[float] = []
    began = time.perf_counter()
    plan = search.solve(
        problem, seconds=seconds, seed=seed, engine=engine, on_progress=lambda better: first.append(better.seconds)
    )
    took = time.perf_counter() - began
    return _judged(instance, plan, name, seed, best, took, first_solution_s=first[0] if first else None)


def _peer(instance: Instance, name: str, seconds: float, seed: int, best: int | None) -> Measured:
    missing = beyond_core(instance)
    if name == "vroom" and several_trips(instance):
        missing = ", ".join(filter(None, [missing, "several trips"]))
    if missing:
        return Measured(instance.problem.name, name, seed, None, False, 0, 0, 0.0, note=f"can't state {missing}")
    answer = PEERS[name](instance, seconds, seed)
    if left_behind(instance, answer.tours):
        note = f"leaves {len(left_behind(instance, answer.tours))} behind"
        return Measured(instance.problem.name, name, seed, None, False, 0, 0, answer.seconds, note=note)
    return _judged(instance, planned(instance, answer.tours), name, seed, best, answer.seconds)


def planned(instance: Instance, tours: Tours) -> Plan:
    """The plan of tours, with what they leave listed but not explained."""
    left = [instance.problem.pickups[lot] for lot in left_behind(instance, tours)]
    unserved = [
        Unserved(pickup=pickup.id, rule="search", reason="not planned", mandatory=pickup.penalty_satang is None)
        for pickup in left
    ]
    return assemble(instance, tours, unserved, Provenance(engine="kernel", problem_digest="", travel=""))


def _judged(
    instance: Instance,
    plan: Plan,
    solver: str,
    seed: int,
    best: int | None,
    seconds: float,
    *,
    first_solution_s: float | None = None,
    iterations: int | None = None,
) -> Measured:
    verdict = check(instance.problem, plan, instance.matrices)
    feasible = verdict.feasible and not verdict.mandatory_left
    cost = verdict.costs.total if feasible else None
    note = str(verdict.violations[0]) if verdict.violations else ""
    if verdict.mandatory_left:
        note = f"leaves {len(verdict.mandatory_left)} mandatory pick-ups behind"
    return Measured(
        instance=instance.problem.name,
        solver=solver,
        seed=seed,
        cost=cost,
        feasible=feasible,
        routes=len(plan.routes),
        served=len(instance.lots) - len(plan.unserved),
        seconds=round(seconds, 3),
        first_solution_s=None if first_solution_s is None else round(first_solution_s, 4),
        gap_pct=round(100 * (cost / best - 1), 3) if best and cost is not None else None,
        iterations=iterations,
        note=note,
    )
