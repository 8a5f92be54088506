"""From an indexed problem to the arrays of the kernel, and between tours and the kernel's solutions."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from routing.instance import Instance, Vehicle
from routing.kernel.given import (
    COST_UNITS_PER_SATANG,
    METRE_COST_PER_SATANG_PER_KM,
    NEVER,
    Chains,
    Crates,
    Eligibility,
    Given,
    HubChoice,
    Hubs,
    Int32,
    Int64,
    Kinds,
    Locks,
    Products,
    Rides,
    Slots,
    Trucks,
)
from routing.kernel.neighbours import nearest
from routing.kernel.recreate import FIXED_SHARE
from routing.kernel.state import Solution
from routing.plan import Tour, Tours, Trip
from routing.travel import UNREACHABLE

RUIN_SPREAD = 200
"""How many of a stop's neighbours ruin may walk through."""

REACH_PLAIN, REACH_RICH = 60, 100
"""How many of them are looked at for a position: more where rules other than time windows exclude many."""


@dataclass(frozen=True, slots=True)
class Numbering:
    """Which node is which: node `anchors + i` is pick-up i, and from `loaded_from` on trucks' loads at the start."""

    anchors: int
    loaded_from: int
    loaded_trucks: tuple[int, ...]

    def stop(self, lot: int) -> int:
        return self.anchors + lot

    def load_of(self, truck: int) -> int:
        return self.loaded_from + self.loaded_trucks.index(truck)


def numbering(instance: Instance) -> Numbering:
    """Nodes in the order hubs, other anchors, pick-ups, loads."""
    anchors = len(instance.depots) + len(_other_anchors(instance))
    loaded = tuple(number for number, vehicle in enumerate(instance.vehicles) if vehicle.has_load)
    return Numbering(anchors, anchors + len(instance.lots), loaded)


def _other_anchors(instance: Instance) -> list[int]:
    places = {vehicle.start for vehicle in instance.vehicles} | {v.end for v in instance.vehicles if v.end >= 0}
    return sorted(places)


def given(instance: Instance) -> Given:
    """The arrays of a problem."""
    vehicles, lots, depots = instance.vehicles, instance.lots, instance.depots
    names = numbering(instance)
    others = _other_anchors(instance)
    anchor_at = {place: len(depots) + number for number, place in enumerate(others)}
    places = np.array(
        [depot.location for depot in depots]
        + others
        + [lot.location for lot in lots]
        + [vehicles[truck].start for truck in names.loaded_trucks],
        np.int64,
    )
    distance_m, arriving_m, duration_s = _matrices(instance, places)
    loaded = [vehicles[truck] for truck in names.loaded_trucks]
    anchors, nodes = names.anchors, len(places)

    def of_stops(of_lots: list[int], of_loads: list[int], anchor_value: int = 0) -> Int32:
        return np.clip(np.array([anchor_value] * anchors + of_lots + of_loads), -NEVER, NEVER).astype(np.int32)

    service_s = of_stops([lot.service_s for lot in lots], [0] * len(loaded))
    opens = of_stops([_first(lot.windows) for lot in lots], [-NEVER] * len(loaded), -NEVER)
    closes = of_stops([_last(lot.windows) for lot in lots], [NEVER] * len(loaded), NEVER)
    weight_g = of_stops([lot.weight_g for lot in lots], [vehicle.loaded_g for vehicle in loaded])
    penalty = np.zeros(nodes, np.int64)
    penalty[anchors:] = [lot.penalty for lot in lots] + [instance.mandatory_penalty] * len(loaded)
    penalty *= COST_UNITS_PER_SATANG
    slots, trucks = _slots(instance), _trucks(instance, anchor_at)
    kinds, kind_heads = _kinds(instance, trucks)
    hubs = Hubs(
        opens=_clipped([_first(depot.windows) for depot in depots]),
        closes=_clipped([_last(depot.windows) for depot in depots]),
        unload_s=_clipped([depot.unload_s for depot in depots]),
    )
    many_profiles = len(set(instance.matrices.profile_of_truck)) > 1
    crates = _crates(instance, of_stops([lot.crates for lot in lots], [v.loaded_crates for v in loaded]), slots)
    rides = _rides(
        of_stops([lot.ride_limit_s for lot in lots], [NEVER] * len(loaded), NEVER),
        of_stops([lot.deadline_s for lot in lots], [vehicle.loaded_due_s for vehicle in loaded], NEVER),
    )
    products = _products(instance, names, slots)
    eligibility = _eligibility(instance, names, kind_heads)
    hub_choice = _hub_choice(instance, names)
    locks = _locks(instance, names)
    chains = _chains(instance)
    rules = (crates, rides, products, eligibility, hub_choice, locks, chains)
    plain = all(rule is None for rule in rules)
    near = nearest(duration_s[0], opens, closes, service_s, anchors, RUIN_SPREAD)
    return Given(
        anchors=anchors,
        hub_count=len(depots),
        distance_m=distance_m,
        arriving_m=arriving_m,
        duration_s=duration_s,
        service_s=service_s,
        opens=opens,
        closes=closes,
        weight_g=weight_g,
        penalty=penalty,
        near=near,
        reach=min(near.shape[1], REACH_PLAIN if plain else REACH_RICH),
        opening_floor=_opening_floor(instance, distance_m, slots, trucks, kind_heads, chains),
        sort_keys=_sort_keys(distance_m[0], len(depots), opens, closes, weight_g, crates),
        slots=slots,
        trucks=trucks,
        kinds=kinds,
        hubs=hubs,
        profiles=slots.profile if many_profiles else None,
        crates=crates,
        rides=rides,
        products=products,
        eligibility=eligibility,
        hub_choice=hub_choice,
        locks=locks,
        chains=chains,
    )


def _first(windows: tuple[tuple[int, int], ...]) -> int:
    return windows[0][0] if windows else NEVER


def _last(windows: tuple[tuple[int, int], ...]) -> int:
    return windows[-1][1] if windows else -NEVER


def _clipped(values: list[int]) -> Int32:
    return np.clip(np.array(values, dtype=np.int64), -NEVER, NEVER).astype(np.int32)


def _matrices(instance: Instance, places: NDArray[np.int64]) -> tuple[Int32, Int32, Int32]:
    """Distances, distances by target, and durations between nodes; one array where they are equal, to save memory."""
    tables = instance.matrices.tables
    in_order = len(places) == len(tables[0].distance_m) and bool((places == np.arange(len(places))).all())

    def stacked(matrices: list[Int32]) -> Int32:
        if in_order and len(matrices) == 1:
            return np.ascontiguousarray(matrices[0], np.int32)[None]
        return np.stack([matrix[np.ix_(places, places)] for matrix in matrices]).astype(np.int32, copy=False)

    distance_m = stacked([table.distance_m for table in tables])
    if all(np.array_equal(table.distance_m, table.duration_s) for table in tables):
        duration_s = distance_m
    else:
        duration_s = stacked([table.duration_s for table in tables])
    symmetric = all(np.array_equal(matrix, matrix.T) for matrix in distance_m)
    arriving_m = distance_m if symmetric else np.ascontiguousarray(distance_m.transpose(0, 2, 1))
    return distance_m, arriving_m, duration_s


def _slots(instance: Instance) -> Slots:
    vehicles = instance.vehicles
    truck = np.array([number for number, vehicle in enumerate(vehicles) for _ in range(vehicle.trips)], np.int32)
    wanted = instance.problem.trucks
    return Slots(
        truck=truck,
        profile=np.array(instance.matrices.profile_of_truck, np.int32)[truck],
        capacity_g=_clipped([vehicle.weight_g for vehicle in vehicles])[truck],
        metre_cost=np.array([t.cost_per_km_satang * METRE_COST_PER_SATANG_PER_KM for t in wanted], np.int64)[truck],
    )


def _trucks(instance: Instance, anchor_at: dict[int, int]) -> Trucks:
    vehicles = instance.vehicles
    return Trucks(
        start=np.array([anchor_at[vehicle.start] for vehicle in vehicles], np.int32),
        end=np.array([anchor_at[v.end] if v.end >= 0 else -1 for v in vehicles], np.int32),
        opens=_clipped([vehicle.opens_s for vehicle in vehicles]),
        closes=_clipped([vehicle.latest_s for vehicle in vehicles]),
        fixed_cost=np.array([t.fixed_cost_satang for t in instance.problem.trucks], np.int64) * COST_UNITS_PER_SATANG,
        kind=np.zeros(len(vehicles), np.int32),
        first_slot=np.concatenate([[0], np.cumsum([vehicle.trips for vehicle in vehicles])]).astype(np.int32),
        hubs=np.array([vehicle.hubs for vehicle in vehicles], np.int64),
    )


def _kinds(instance: Instance, trucks: Trucks) -> tuple[Kinds, list[int]]:
    """Group trucks that are alike, fill in `trucks.kind`; also the first truck of each kind."""
    groups: dict[tuple[object, ...], list[int]] = {}
    permits = sorted({lot.trucks for lot in instance.lots})
    for number, vehicle in enumerate(instance.vehicles):
        wanted = instance.problem.trucks[number]
        alike: Vehicle | int = number if vehicle.has_load or vehicle.locked else vehicle
        costs = (wanted.fixed_cost_satang, wanted.cost_per_km_satang, wanted.cost_per_h_satang, wanted.overtime)
        profile = instance.matrices.profile_of_truck[number]
        carries = tuple(permit >> number & 1 for permit in permits)
        groups.setdefault((alike, costs, profile, carries), []).append(number)
    for kind, members in enumerate(groups.values()):
        trucks.kind[members] = kind
    sizes = [len(members) for members in groups.values()]
    order = [truck for members in groups.values() for truck in members]
    kinds = Kinds(np.concatenate([[0], np.cumsum(sizes)]).astype(np.int32), np.array(order, np.int32))
    return kinds, [members[0] for members in groups.values()]


def _crates(instance: Instance, count: Int32, slots: Slots) -> Crates | None:
    if not count.any():
        return None
    return Crates(count, _clipped([vehicle.crates for vehicle in instance.vehicles])[slots.truck])


def _rides(limit_s: Int32, deadline: Int32) -> Rides | None:
    if (limit_s >= NEVER).all() and (deadline >= NEVER).all():
        return None
    return Rides(limit_s, deadline)


def _products(instance: Instance, names: Numbering, slots: Slots) -> Products | None:
    if not any(lot.clash or lot.cold_clash for lot in instance.lots):
        return None
    vehicles = instance.vehicles
    loads = [vehicles[truck] for truck in names.loaded_trucks]

    def bits(of_lots: list[int], of_loads: list[int]) -> Int64:
        return np.array([0] * names.anchors + of_lots + of_loads, np.int64)

    return Products(
        kind=bits([lot.kind for lot in instance.lots], [load.loaded_kinds for load in loads]),
        clash=bits([lot.clash for lot in instance.lots], [load.loaded_clash for load in loads]),
        cold_clash=bits([lot.cold_clash for lot in instance.lots], [load.loaded_clash for load in loads]),
        cold=np.array([vehicle.cold for vehicle in vehicles], np.uint8)[slots.truck],
    )


def _eligibility(instance: Instance, names: Numbering, heads: list[int]) -> Eligibility | None:
    everybody = (1 << len(instance.vehicles)) - 1
    if not names.loaded_trucks and all(lot.trucks == everybody for lot in instance.lots):
        return None
    allowed = np.zeros((names.loaded_from + len(names.loaded_trucks), len(heads)), np.uint8)
    for number, lot in enumerate(instance.lots):
        allowed[names.stop(number)] = [lot.trucks >> head & 1 for head in heads]
    for truck in names.loaded_trucks:
        allowed[names.load_of(truck), heads.index(truck)] = 1
    return Eligibility(allowed)


def _hub_choice(instance: Instance, names: Numbering) -> HubChoice | None:
    everywhere = (1 << len(instance.depots)) - 1
    one_hub_each = all(vehicle.hubs.bit_count() == 1 for vehicle in instance.vehicles)
    if one_hub_each and all(lot.hubs == everywhere for lot in instance.lots) and not names.loaded_trucks:
        return None
    loads = [instance.vehicles[truck].loaded_hubs for truck in names.loaded_trucks]
    return HubChoice(np.array([-1] * names.anchors + [lot.hubs for lot in instance.lots] + loads, np.int64))


def _locks(instance: Instance, names: Numbering) -> Locks | None:
    if not names.loaded_trucks and not any(vehicle.locked for vehicle in instance.vehicles):
        return None
    locked = np.zeros(names.loaded_from + len(names.loaded_trucks), np.uint8)
    locked[names.loaded_from :] = 1
    for vehicle in instance.vehicles:
        locked[[names.stop(lot) for lot in vehicle.locked]] = 1
    return Locks(locked)


def _chains(instance: Instance) -> Chains | None:
    most = max(vehicle.trips for vehicle in instance.vehicles)
    home_is_hub = all(
        vehicle.end < 0
        or all(
            depot.location == vehicle.end for hub, depot in enumerate(instance.depots) if vehicle.hubs >> hub & 1
        )
        for vehicle in instance.vehicles
    )
    return None if most == 1 and home_is_hub else Chains(most)


def _opening_floor(
    instance: Instance, distance_m: Int32, slots: Slots, trucks: Trucks, heads: list[int], chains: Chains | None
) -> Int64:
    """The least that a new trip for each node alone can score: out and back, and the share of the fixed cost."""
    nodes, hubs = distance_m.shape[1], len(instance.depots)
    if chains is not None and chains.most_trips > 1:
        return np.zeros(nodes, np.int64)
    floor = np.full(nodes, np.iinfo(np.int64).max // 4, np.int64)
    for head in heads:
        slot = trucks.first_slot[head]
        table = distance_m[slots.profile[slot]]
        allowed = [hub for hub in range(hubs) if instance.vehicles[head].hubs >> hub & 1]
        back = table[:, allowed].min(axis=1).astype(np.int64)
        out = table[trucks.start[head]].astype(np.int64)
        fixed = int(trucks.fixed_cost[head] * FIXED_SHARE)
        floor = np.minimum(floor, (out + back) * slots.metre_cost[slot] + fixed)
    return floor


def _sort_keys(
    distance_m: Int32, hubs: int, opens: Int32, closes: Int32, weight_g: Int32, crates: Crates | None
) -> NDArray[np.float64]:
    """Orders of insertion: heavy, far, near, narrow window, early, late; and many crates first."""
    from_hub = np.minimum(distance_m[:hubs].min(axis=0), UNREACHABLE).astype(np.float64)
    length = closes.astype(np.float64) - opens
    keys = [-weight_g.astype(np.float64), -from_hub, from_hub, length, opens.astype(np.float64), -closes.astype(np.float64)]
    if crates is not None:
        keys.append(-crates.count.astype(np.float64))
    return np.stack(keys)


def tours_of(instance: Instance, arrays: Given, solution: Solution) -> Tours:
    """The tours that a solution stands for."""
    names = numbering(instance)
    tours = []
    for truck in range(len(instance.vehicles)):
        trips = []
        for route in range(arrays.trucks.first_slot[truck], arrays.trucks.first_slot[truck + 1]):
            if solution.routes.size[route] == 0:
                continue
            lots = []
            stop = int(solution.routes.first[route])
            while stop >= names.anchors:
                if stop < names.loaded_from:
                    lots.append(stop - names.anchors)
                stop = int(solution.stops.next[stop])
            trips.append(Trip(tuple(lots), int(solution.routes.hub[route])))
        if trips:
            tours.append(Tour(truck, tuple(trips)))
    return tuple(tours)
