"""A problem with its ids resolved to indices and its rules to bit masks: what greedy, model and timetable work on.

The independent check does not use it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol, cast

import numpy as np

from routing.carrying import Carriers, ProductClasses
from routing.problem import (
    Compartment,
    Cutoff,
    LoadedLot,
    Pickup,
    Problem,
    RelationKind,
    TimeWindow,
    Truck,
)
from routing.traffic import Traffic, at_the_slowest, traffic_of
from routing.travel import Matrices, Matrix

NEVER = 1 << 40

Window = tuple[int, int]


class LegTable(Protocol):
    def __getitem__(self, leg: tuple[int, int], /) -> int: ...


@dataclass(frozen=True, slots=True)
class Lot:
    """A pick-up, resolved. `hubs` and `trucks` are bit masks; `kind` is the bit of its product class.

    `clash` are the product classes it can't share an ambient truck with; `cold_clash` adds those whose temperature
    ranges have nothing in common with its own, which matters where there is one temperature for all. `uncooled` lots
    may ride where nothing is cooled.
    """

    location: int
    weight_g: int
    crates: int
    service_s: int
    windows: tuple[Window, ...]
    deadline_s: int
    ride_limit_s: int
    hubs: int
    trucks: int
    kind: int
    clash: int
    cold_clash: int
    penalty: int
    uncooled: bool
    due_s: int
    late_cost_per_h: int
    life_cost_per_h: int
    ambient_cost_per_h: int
    planned_truck: int = -1
    change_cost: int = 0


@dataclass(frozen=True, slots=True)
class Departure:
    """A departure from a hub, resolved: `NEVER` where its room has no limit."""

    at_s: int
    room_g: int
    room_crates: int


@dataclass(frozen=True, slots=True)
class Depot:
    """A hub, resolved; `windows` end with the last departure where there are cut-offs.

    `departures` are given only where one of them has limited room, `docks` are `NEVER` where they have no limit.
    """

    location: int
    windows: tuple[Window, ...]
    unload_s: int
    docks: int = NEVER
    departures: tuple[Departure, ...] = ()


@dataclass(frozen=True, slots=True)
class Bay:
    """A compartment, resolved; `suits` are the product classes whose temperature it can be set to.

    What is in it at the start is summed up.
    """

    weight_g: int
    crates: int
    cold: bool
    suits: int
    loaded_g: int
    loaded_crates: int
    loaded_kinds: int
    loaded_clash: int


@dataclass(frozen=True, slots=True)
class Vehicle:
    """A truck, resolved; `end` is a location or -1. What is on board at the start is summed up.

    A truck with compartments (`bays`) looks at product classes there. `loaded_due_s` is the latest start of unloading
    that all of it allows, `loaded_hubs` where all of it may go.
    """

    start: int
    end: int
    hubs: int
    cold: bool
    weight_g: int
    crates: int
    opens_s: int
    closes_s: int
    latest_s: int
    driving_s: int
    duration_s: int
    trips: int
    rest_after_s: int
    rest_s: int
    driven_s: int
    loaded_g: int
    loaded_crates: int
    loaded_kinds: int
    loaded_clash: int
    loaded_due_s: int
    loaded_hubs: int
    locked: tuple[int, ...]
    bays: tuple[Bay, ...] = ()

    @property
    def has_load(self) -> bool:
        return self.loaded_due_s < NEVER or self.loaded_g > 0 or self.loaded_crates > 0 or self.loaded_kinds > 0


@dataclass(frozen=True, slots=True)
class Bond:
    """A relation, resolved to indices of lots."""

    kind: RelationKind
    lots: tuple[int, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Instance:
    """`distance_m[truck][a, b]` and `duration_s[truck][a, b]` give plain integers, without a copy of the matrices.

    `traffic[truck]` makes driving times depend on the time of day; None where they don't.
    """

    problem: Problem
    matrices: Matrices
    lots: tuple[Lot, ...]
    depots: tuple[Depot, ...]
    vehicles: tuple[Vehicle, ...]
    distance_m: tuple[LegTable, ...]
    duration_s: tuple[LegTable, ...]
    mandatory_penalty: int
    relations: tuple[Bond, ...] = ()
    traffic: tuple[Traffic | None, ...] = ()

    @property
    def shares(self) -> bool:
        """Whether trucks depend on each other: through docks, room on departures or relations between lots."""
        return bool(self.relations) or any(depot.docks < NEVER or depot.departures for depot in self.depots)


def index(problem: Problem, matrices: Matrices) -> Instance:
    """Resolve a validated problem."""
    place = {location.id: number for number, location in enumerate(problem.locations)}
    hub_bit = {hub.id: 1 << number for number, hub in enumerate(problem.hubs)}
    truck_index = {truck.id: number for number, truck in enumerate(problem.trucks)}
    pickup_index = {pickup.id: number for number, pickup in enumerate(problem.pickups)}
    classes = ProductClasses(problem)
    mandatory = mandatory_penalty(problem)
    carriers = Carriers(problem)
    all_hubs = (1 << len(problem.hubs)) - 1
    depots = tuple(
        Depot(
            place[hub.location],
            _hub_windows(hub.windows, [c.at_s for c in hub.cutoffs]),
            hub.unload_s,
            NEVER if hub.docks is None else hub.docks,
            _departures(hub.cutoffs),
        )
        for hub in problem.hubs
    )

    def vehicle(truck: Truck) -> Vehicle:
        on_board = truck.loaded
        cold = truck.temperature is not None
        limits = [_loaded_due(lot) for lot in on_board]
        kinds, clash = 0, 0
        hubs = _mask(truck.hubs, hub_bit, all_hubs)
        loaded_hubs = hubs
        for lot in on_board:
            kinds |= classes.bit(lot)
            clash |= classes.clash(lot, cold=cold)
            loaded_hubs &= _mask(lot.hubs, hub_bit, all_hubs)
        return Vehicle(
            start=place[truck.start],
            end=-1 if truck.end is None else place[truck.end],
            hubs=hubs,
            cold=cold,
            weight_g=truck.capacity_g,
            crates=truck.capacity_crates,
            opens_s=truck.shift.opens_s,
            closes_s=truck.shift.closes_s,
            latest_s=truck.shift.closes_s + (truck.overtime.limit_s if truck.overtime else 0),
            driving_s=NEVER if truck.max_driving_s is None else truck.max_driving_s,
            duration_s=NEVER if truck.max_duration_s is None else truck.max_duration_s,
            trips=truck.max_trips,
            rest_after_s=truck.rest.after_driving_s if truck.rest else NEVER,
            rest_s=truck.rest.rest_s if truck.rest else 0,
            driven_s=truck.driven_s,
            loaded_g=sum(lot.weight_g for lot in on_board),
            loaded_crates=sum(lot.crates for lot in on_board),
            loaded_kinds=kinds,
            loaded_clash=clash,
            loaded_due_s=min(limits, default=NEVER),
            loaded_hubs=loaded_hubs,
            locked=tuple(pickup_index[stop] for stop in truck.locked_stops),
            bays=tuple(_bay(truck, compartment, classes) for compartment in truck.compartments),
        )

    def lot(pickup: Pickup) -> Lot:
        return Lot(
            location=place[pickup.location],
            weight_g=pickup.weight_g,
            crates=pickup.crates,
            service_s=pickup.service_s,
            windows=_clip(pickup.windows, pickup.release_s),
            deadline_s=NEVER if pickup.deadline_s is None else pickup.deadline_s,
            ride_limit_s=NEVER if pickup.ride_limit_s is None else pickup.ride_limit_s,
            hubs=_mask(pickup.hubs, hub_bit, all_hubs),
            trucks=carriers.of(pickup),
            kind=classes.bit(pickup),
            clash=classes.clash(pickup, cold=False),
            cold_clash=classes.clash(pickup, cold=True),
            uncooled=pickup.temperature is None or pickup.ambient_cost_per_h_satang is not None,
            penalty=mandatory if pickup.penalty_satang is None else pickup.penalty_satang,
            due_s=NEVER if pickup.lateness is None else pickup.lateness.due_s,
            late_cost_per_h=0 if pickup.lateness is None else pickup.lateness.cost_per_h_satang,
            life_cost_per_h=pickup.life_cost_per_h_satang,
            ambient_cost_per_h=pickup.ambient_cost_per_h_satang or 0,
            planned_truck=-1 if pickup.planned_truck is None else truck_index[pickup.planned_truck],
            change_cost=0 if pickup.planned_truck is None else pickup.change_cost_satang,
        )

    views = [(_view(table.distance_m), _view(table.duration_s)) for table in matrices.tables]
    return Instance(
        problem=problem,
        matrices=matrices,
        lots=tuple(lot(pickup) for pickup in problem.pickups),
        depots=depots,
        vehicles=tuple(vehicle(truck) for truck in problem.trucks),
        distance_m=tuple(views[profile][0] for profile in matrices.profile_of_truck),
        duration_s=tuple(views[profile][1] for profile in matrices.profile_of_truck),
        mandatory_penalty=mandatory,
        traffic=traffic_of(problem, matrices.profile_of_truck),
        relations=tuple(Bond(r.kind, tuple(pickup_index[name] for name in r.pickups)) for r in problem.relations),
    )


def slowed(instance: Instance) -> Instance:
    """The instance for what can't tell the hours apart: every leg takes as long as at the slowest of them."""
    return index(*at_the_slowest(instance.problem, instance.matrices)) if any(instance.traffic) else instance


def _bay(truck: Truck, compartment: Compartment, classes: ProductClasses) -> Bay:
    inside = [lot for lot in truck.loaded if lot.compartment == compartment.id]
    cold = compartment.temperature is not None
    kinds, clash = 0, 0
    for lot in inside:
        kinds |= classes.bit(lot)
        clash |= classes.clash(lot, cold=cold)
    return Bay(
        weight_g=compartment.capacity_g,
        crates=compartment.capacity_crates,
        cold=cold,
        suits=classes.within(compartment.temperature),
        loaded_g=sum(lot.weight_g for lot in inside),
        loaded_crates=sum(lot.crates for lot in inside),
        loaded_kinds=kinds,
        loaded_clash=clash,
    )


def mandatory_penalty(problem: Problem) -> int:
    """What leaving a mandatory pick-up behind costs inside a search (satang): more than any plan that takes it.

    Ten times the dearest truck working its whole day, and above every optional penalty.
    """
    day_cost = 0
    for truck in problem.trucks:
        hours = (truck.shift.closes_s - truck.shift.opens_s) // 3600 + 1
        overtime = truck.overtime.cost_per_h_satang if truck.overtime else 0
        day_cost = max(
            day_cost,
            truck.fixed_cost_satang + hours * (100 * truck.cost_per_km_satang + truck.cost_per_h_satang + overtime),
        )
    optional = max((pickup.penalty_satang or 0 for pickup in problem.pickups), default=0)
    return 10 * max(day_cost, optional, 100_000)


def _view(matrix: Matrix) -> LegTable:
    # A memoryview answers single cells twice as fast as NumPy, and without the boxed integers of a list of lists.
    return cast("LegTable", memoryview(np.ascontiguousarray(matrix)))  # type: ignore[arg-type]


def _clip(windows: tuple[TimeWindow, ...], release_s: int | None) -> tuple[Window, ...]:
    floor = -NEVER if release_s is None else release_s
    spans = sorted((w.opens_s, w.closes_s) for w in windows) or [(-NEVER, NEVER)]
    return tuple((max(opens, floor), closes) for opens, closes in spans if closes >= floor)


def _hub_windows(windows: tuple[TimeWindow, ...], cutoffs: list[int]) -> tuple[Window, ...]:
    last = max(cutoffs, default=NEVER)
    spans = sorted((w.opens_s, w.closes_s) for w in windows) or [(-NEVER, NEVER)]
    return tuple((opens, min(closes, last)) for opens, closes in spans if opens <= last)


def _departures(cutoffs: tuple[Cutoff, ...]) -> tuple[Departure, ...]:
    if all(cutoff.capacity_g is None and cutoff.capacity_crates is None for cutoff in cutoffs):
        return ()
    return tuple(
        Departure(
            cutoff.at_s,
            NEVER if cutoff.capacity_g is None else cutoff.capacity_g,
            NEVER if cutoff.capacity_crates is None else cutoff.capacity_crates,
        )
        for cutoff in cutoffs
    )


def _mask(names: Iterable[str] | None, bits: dict[str, int], everything: int) -> int:
    return everything if names is None else sum({bits[name] for name in names})


def _loaded_due(lot: LoadedLot) -> int:
    deadline = NEVER if lot.deadline_s is None else lot.deadline_s
    return deadline if lot.ride_limit_s is None else min(deadline, lot.loaded_at_s + lot.ride_limit_s)
