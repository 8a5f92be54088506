"""Plan again during the day: what is driven stays, what is published changes only where it pays, and says how."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from routing.faults import Fault, Refused
from routing.greedy import StuckTruck, opening
from routing.insertion import Candidate, Draft, apply, draft_of
from routing.insertion import fault as broken_rule
from routing.instance import Instance, index, mandatory_penalty
from routing.moments import clock
from routing.plan import Engine, Plan, Stop, Tours
from routing.problem import Overtime, Problem, Truck
from routing.rules import Rule
from routing.search import Progress, never, solve
from routing.travel import TravelProvider, matrices
from routing.under_way import TruckState, by_the_clock, remaining
from routing.validate import validate, why_no_truck

CHANGE_COST_SATANG = 20_000
"""What giving a lot to another driver costs unless told otherwise: 200 baht, a dispatcher's call and some goodwill."""

SHIFTED_S = 600
"""A pick-up that moves by less than this is not worth telling a village about."""

LONGEST_S = 24 * 3600


@dataclass(frozen=True, slots=True)
class Change:
    """One line of the difference to the published plan: `kind` is moved, added, left, dropped, earlier or later."""

    kind: str
    pickup: str
    detail: str

    def __str__(self) -> str:
        return f"{self.pickup}: {self.detail}"


@dataclass(frozen=True, slots=True)
class Repair:
    """`plan` is of `problem`, the rest of the day, and passes its check; `driven` are the stops made before, by truck.

    `concessions` are limits that could not be kept any more whatever was done, and were lifted for this plan.
    """

    problem: Problem
    plan: Plan
    driven: dict[str, tuple[Stop, ...]]
    changes: tuple[Change, ...]
    concessions: tuple[str, ...]


def repair(
    problem: Problem,
    published: Plan,
    *,
    now_s: int,
    states: Iterable[TruckState] | None = None,
    change_cost_satang: int = CHANGE_COST_SATANG,
    seconds: float = 5,
    seed: int = 0,
    engine: Engine = "auto",
    travel: TravelProvider | None = None,
    on_progress: Callable[[Progress], None] | None = None,
    stop: Callable[[], bool] = never,
) -> Repair:
    """The best plan for the rest of the day from `now_s` (seconds after time zero).

    `problem` is the day as it is known now: with new lots, without cancelled ones, with deadlines as they have become.
    `states` say where trucks are; without them they are where the plan has them.

    Raises:
        Refused: the problem has faults, or a truck that is out can't finish whatever is lifted.
        NothingLeft: no truck can go out again.
    """
    validate(problem)
    known = by_the_clock(published, now_s) if states is None else states
    rest = remaining(problem, published, known, now_s=now_s, change_cost_satang=change_cost_satang)
    if not rest.problem.trucks:
        raise NothingLeft("every truck has made all its trips")
    day, concessions = _possible(_optional(rest.problem), travel)
    tables = matrices(day, travel)
    plan = solve(
        day,
        seconds=seconds,
        seed=seed,
        engine=engine,
        start=_as_published(index(day, tables), published),
        tables=tables,
        on_progress=on_progress,
        stop=stop,
    )
    return Repair(day, plan, dict(rest.driven), tuple(_changes(problem, published, rest.driven, plan)), concessions)


class NothingLeft(ValueError):
    """No truck can go out again today."""


def _possible(day: Problem, travel: TravelProvider | None) -> tuple[Problem, tuple[str, ...]]:
    """Lift, truck by truck, the limits that can't be kept any more: a late delivery is better than no plan."""
    lifted: list[str] = []
    while True:
        try:
            opening(index(day, matrices(day, travel)))
        except StuckTruck as stuck:
            truck, words = _lift(day.trucks[stuck.truck], stuck.rule)
            lifted.append(words)
            trucks = tuple(truck if number == stuck.truck else other for number, other in enumerate(day.trucks))
            day = replace(day, trucks=trucks)
        else:
            return day, tuple(lifted)


def _optional(day: Problem) -> Problem:
    """Mandatory lots that no truck left could carry become optional at the same price, so that the rest is planned."""
    price = mandatory_penalty(day)
    return replace(
        day,
        pickups=tuple(
            replace(pickup, penalty_satang=price)
            if pickup.penalty_satang is None and why_no_truck(day, pickup)
            else pickup
            for pickup in day.pickups
        ),
    )


def _lift(truck: Truck, rule: Rule) -> tuple[Truck, str]:
    """The truck without one limit, the least harmful first, and a sentence about it.

    Raises:
        Refused: there is nothing left to lift.
    """
    if rule is Rule.LOADED_LOTS:
        names = ", ".join(lot.id for lot in truck.loaded)
        free = tuple(replace(lot, deadline_s=None, ride_limit_s=None) for lot in truck.loaded)
        return replace(truck, loaded=free), f"{names} on {truck.id} can't be delivered in time any more"
    if truck.locked_stops:
        return (
            replace(truck, locked_stops=truck.locked_stops[:-1]),
            f"{truck.id} can't go to {truck.locked_stops[-1]} first any more ({rule.value})",
        )
    if rule in (Rule.SHIFT, Rule.DURATION, Rule.DRIVING_TIME) and truck.overtime != _ENDLESS:
        longer = replace(truck, overtime=_ENDLESS, max_duration_s=None, max_driving_s=None)
        return longer, f"{truck.id} can't come in within its limits any more ({rule.value})"
    fault = Fault(
        "/trucks", f"truck {truck.id!r} can't finish its day: it breaks {rule.value}.", "Open its hub longer."
    )
    raise Refused("problem", [fault])


_ENDLESS = Overtime(limit_s=LONGEST_S, cost_per_h_satang=0)


def _as_published(instance: Instance, published: Plan) -> Tours:
    """The published tours as far as they can still be driven; what no longer fits waits to be inserted elsewhere."""
    draft = draft_of(instance, opening(instance))
    lots = {pickup.id: number for number, pickup in enumerate(instance.problem.pickups)}
    hubs = {hub.id: number for number, hub in enumerate(instance.problem.hubs)}
    numbers = {truck.id: number for number, truck in enumerate(instance.problem.trucks)}
    for route in published.routes:
        truck = numbers.get(route.truck)
        if truck is None:
            continue
        trip = 0
        waiting: list[int] = []
        for stop in route.stops:
            if stop.pickup is not None and stop.pickup in lots:
                waiting.append(lots[stop.pickup])
            elif stop.kind == "unload":
                trip += bool(_append(instance, draft, truck, trip, waiting, hubs[str(stop.hub)]))
                waiting = []
    return tuple(tour for tour in draft.tours if tour.trips)


def _append(instance: Instance, draft: Draft, truck: int, trip: int, waiting: list[int], hub: int) -> bool:
    """Put lots at the end of a trip in their published order, where that is still feasible; is there the trip then?"""
    for lot in waiting:
        if draft.place[lot] is not None:
            continue
        tour = draft.tours[truck]
        exists = trip < len(tour.trips)
        at = (
            Candidate(0, truck, trip, len(tour.trips[trip].pickups), hub) if exists else Candidate(0, truck, -1, 0, hub)
        )
        changed = apply(tour, lot, at)
        if broken_rule(instance, draft, changed) is None:
            draft.take(changed, instance.vehicles[truck].trips)
    return trip < len(draft.tours[truck].trips)


def _changes(problem: Problem, published: Plan, driven: Mapping[str, tuple[Stop, ...]], plan: Plan) -> Iterator[Change]:
    """What is different for drivers and villages, in the order of the published plan."""
    done = {stop.pickup for stops in driven.values() for stop in stops}
    before, after = _starts(published), _starts(plan)
    left = {item.pickup: item.reason for item in plan.unserved}
    known = {pickup.id for pickup in problem.pickups}
    for lot, (truck, start) in before.items():
        if lot in done:
            continue
        if lot in left:
            yield Change("left", lot, f"stays behind: {left[lot]}")
        elif lot not in known:
            yield Change("dropped", lot, f"is cancelled, {truck} leaves it out")
        elif lot in after:
            now_truck, now_start = after[lot]
            when = f"at {clock(now_start)} instead of {clock(start)}"
            if now_truck != truck:
                yield Change("moved", lot, f"moves from {truck} to {now_truck}, {when}")
            elif abs(now_start - start) >= SHIFTED_S:
                yield Change("later" if now_start > start else "earlier", lot, f"{truck} comes {when}")
    for lot, (truck, start) in after.items():
        if lot not in before:
            yield Change("added", lot, f"is picked up by {truck} at {clock(start)}")


def _starts(plan: Plan) -> dict[str, tuple[str, int]]:
    return {
        stop.pickup: (route.truck, stop.start_s)
        for route in plan.routes
        for stop in route.stops
        if stop.pickup is not None
    }
