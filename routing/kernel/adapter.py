"""From an indexed problem to the arrays of the kernel, and between tours and the kernel's solutions."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from routing.instance import Instance, Vehicle
from routing.kernel.given import (
    COST_UNITS_PER_SATANG,
    HUB,
    METRE_COST_PER_SATANG_PER_KM,
    NEVER,
    NODE,
    SECOND_COST_PER_SATANG_PER_H,
    SLOT,
    TRUCK,
    WINDOW,
    Given,
    Int32,
    Rules,
    Table,
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
    """The tables of a problem."""
    vehicles, depots = instance.vehicles, instance.depots
    names = numbering(instance)
    others = _other_anchors(instance)
    anchor_at = {place: len(depots) + number for number, place in enumerate(others)}
    places = np.array(
        [depot.location for depot in depots]
        + others
        + [lot.location for lot in instance.lots]
        + [vehicles[truck].start for truck in names.loaded_trucks],
        np.int64,
    )
    distance_m, arriving_m, duration_s = _matrices(instance, places)
    nodes, hubs, windows = node_table(instance, names), _hubs(instance), window_table(instance)
    trucks, slots = _trucks(instance, anchor_at), _slots(instance)
    kind_begin, kind_members = _kinds(instance, trucks)
    heads = [int(kind_members[begin]) for begin in kind_begin[:-1]]
    rules = _rules(instance, names, heads)
    nodes["opening_floor"] = _opening_floor(instance, distance_m, slots, trucks, heads)
    near = nearest(duration_s[0], names.anchors, RUIN_SPREAD)
    return Given(
        anchors=names.anchors,
        hub_count=len(depots),
        distance_m=distance_m,
        arriving_m=arriving_m,
        duration_s=duration_s,
        near=near,
        reach=min(near.shape[1], REACH_PLAIN if rules is None else REACH_RICH),
        sort_keys=_sort_keys(distance_m[0], len(depots), nodes),
        nodes=nodes,
        slots=slots,
        trucks=trucks,
        hubs=hubs,
        windows=windows,
        kind_begin=kind_begin,
        kind_members=kind_members,
        rules=rules,
    )


def node_table(instance: Instance, names: Numbering) -> Table:
    """Lots, and the loads that trucks start with, as rows of NODE."""
    nodes = np.zeros(names.loaded_from + len(names.loaded_trucks), NODE)
    nodes["opens"], nodes["closes"] = -NEVER, NEVER
    nodes["ride_limit_s"] = nodes["deadline"] = nodes["due"] = NEVER
    nodes["hubs"] = -1
    row, end = 0, 0
    for row, lot in enumerate(instance.lots, names.anchors):
        end += len(lot.windows)
        node = nodes[row]
        node["service_s"] = _within(lot.service_s)
        node["opens"], node["closes"] = _first(lot.windows), _last(lot.windows)
        node["weight_g"], node["crates"] = _within(lot.weight_g), _within(lot.crates)
        node["penalty"] = lot.penalty * COST_UNITS_PER_SATANG
        node["ride_limit_s"], node["deadline"] = _within(lot.ride_limit_s), _within(lot.deadline_s)
        node["kind"], node["clash"], node["cold_clash"] = lot.kind, lot.clash, lot.cold_clash
        node["hubs"] = lot.hubs
        node["first_window"], node["last_window"] = end - len(lot.windows), end - 1
        node["due"] = _within(lot.due_s)
        node["planned_truck"] = lot.planned_truck
        node["change_cost"] = lot.change_cost * COST_UNITS_PER_SATANG
        node["late_cost"] = lot.late_cost_per_h * SECOND_COST_PER_SATANG_PER_H
        node["life_cost"] = lot.life_cost_per_h * SECOND_COST_PER_SATANG_PER_H
        node["ambient_cost"] = lot.ambient_cost_per_h * SECOND_COST_PER_SATANG_PER_H
    for row, truck in enumerate(names.loaded_trucks, names.loaded_from):
        vehicle, node = instance.vehicles[truck], nodes[row]
        node["weight_g"], node["crates"] = vehicle.loaded_g, vehicle.loaded_crates
        node["deadline"] = _within(vehicle.loaded_due_s)
        node["penalty"] = instance.mandatory_penalty * COST_UNITS_PER_SATANG
        node["kind"], node["hubs"] = vehicle.loaded_kinds, vehicle.loaded_hubs
        node["clash"] = node["cold_clash"] = vehicle.loaded_clash
        node["locked"] = 1
        node["first_window"], node["last_window"] = end, end
    for vehicle in instance.vehicles:
        nodes["locked"][[names.stop(lot) for lot in vehicle.locked]] = 1
    return nodes


def window_table(instance: Instance) -> Table:
    """The windows of all lots, one that is always open, then those of the hubs: rows of WINDOW."""
    spans = [span for lot in instance.lots for span in lot.windows]
    spans += [(-NEVER, NEVER), *(span for depot in instance.depots for span in depot.windows)]
    windows = np.zeros(len(spans), WINDOW)
    windows["opens"] = [_within(opens) for opens, _ in spans]
    windows["closes"] = [_within(closes) for _, closes in spans]
    return windows


def _first(windows: tuple[tuple[int, int], ...]) -> int:
    return _within(windows[0][0]) if windows else NEVER


def _last(windows: tuple[tuple[int, int], ...]) -> int:
    return _within(windows[-1][1]) if windows else -NEVER


def _within(value: int) -> int:
    return max(-NEVER, min(NEVER, value))


def _matrices(instance: Instance, places: NDArray[np.int64]) -> tuple[Int32, Int32, Int32]:
    """Distances, distances by target, and durations between nodes; one array where they are equal, to save memory."""
    tables = instance.matrices.tables
    in_order = len(places) == len(tables[0].distance_m) and bool((places == np.arange(len(places))).all())

    def stacked(matrices: list[Int32]) -> Int32:
        if in_order and len(matrices) == 1:
            # Matrices mapped from a file are read-only, which is another type to Numba.
            return np.require(np.asarray(matrices[0]), np.int32, ["C_CONTIGUOUS", "WRITEABLE"])[None]
        chosen = [np.asarray(matrix[np.ix_(places, places)], np.int32) for matrix in matrices]
        return chosen[0][None] if len(chosen) == 1 else np.stack(chosen)

    distance_m = stacked([table.distance_m for table in tables])
    if all(np.array_equal(table.distance_m, table.duration_s) for table in tables):
        duration_s = distance_m
    else:
        duration_s = stacked([table.duration_s for table in tables])
    symmetric = all(np.array_equal(matrix, matrix.T) for matrix in distance_m)
    arriving_m = distance_m if symmetric else np.ascontiguousarray(distance_m.transpose(0, 2, 1))
    return distance_m, arriving_m, duration_s


def _slots(instance: Instance) -> Table:
    vehicles, wanted = instance.vehicles, instance.problem.trucks
    truck = np.array([number for number, vehicle in enumerate(vehicles) for _ in range(vehicle.trips)], np.int32)
    slots = np.zeros(len(truck), SLOT)
    slots["truck"] = truck
    slots["profile"] = np.array(instance.matrices.profile_of_truck, np.int32)[truck]
    slots["capacity_g"] = np.array([_within(vehicle.weight_g) for vehicle in vehicles], np.int32)[truck]
    slots["crates"] = np.array([_within(vehicle.crates) for vehicle in vehicles], np.int32)[truck]
    slots["metre_cost"] = np.array([t.cost_per_km_satang * METRE_COST_PER_SATANG_PER_KM for t in wanted], np.int64)[
        truck
    ]
    return slots


def _trucks(instance: Instance, anchor_at: dict[int, int]) -> Table:
    trucks = np.zeros(len(instance.vehicles), TRUCK)
    slot = 0
    for row, (vehicle, wanted) in enumerate(zip(instance.vehicles, instance.problem.trucks, strict=True)):
        truck = trucks[row]
        truck["start"] = anchor_at[vehicle.start]
        truck["end"] = anchor_at[vehicle.end] if vehicle.end >= 0 else -1
        truck["opens"], truck["closes"] = _within(vehicle.opens_s), _within(vehicle.latest_s)
        truck["first_slot"], truck["slots"] = slot, vehicle.trips
        truck["cold"], truck["hubs"] = vehicle.cold, vehicle.hubs
        truck["fixed_cost"] = wanted.fixed_cost_satang * COST_UNITS_PER_SATANG
        truck["second_cost"] = wanted.cost_per_h_satang * SECOND_COST_PER_SATANG_PER_H
        overtime = wanted.overtime.cost_per_h_satang if wanted.overtime else 0
        truck["overtime_cost"] = overtime * SECOND_COST_PER_SATANG_PER_H
        truck["shift_closes"] = _within(vehicle.closes_s)
        truck["driving_s"], truck["duration_s"] = _within(vehicle.driving_s), _within(vehicle.duration_s)
        truck["rest_after_s"], truck["rest_s"] = _within(vehicle.rest_after_s), vehicle.rest_s
        truck["driven_s"] = vehicle.driven_s
        slot += vehicle.trips
    return trucks


def _hubs(instance: Instance) -> Table:
    hubs = np.zeros(len(instance.depots), HUB)
    window = sum(len(lot.windows) for lot in instance.lots) + 1
    for row, depot in enumerate(instance.depots):
        hub = hubs[row]
        hub["opens"], hub["closes"] = _first(depot.windows), _last(depot.windows)
        hub["unload_s"] = depot.unload_s
        hub["first_window"], hub["last_window"] = window, window + len(depot.windows) - 1
        window += len(depot.windows)
    return hubs


def _kinds(instance: Instance, trucks: Table) -> tuple[Int32, Int32]:
    """Group trucks that are alike and fill in their kind: (where each kind begins, the trucks in that order)."""
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
        trucks["kind"][members] = kind
    sizes = [len(members) for members in groups.values()]
    order = [truck for members in groups.values() for truck in members]
    return np.concatenate([[0], np.cumsum(sizes)]).astype(np.int32), np.array(order, np.int32)


def is_rich(instance: Instance) -> bool:
    """Whether there is more to an instance than time windows, one load and one trip a truck."""
    vehicles = instance.vehicles
    everybody, everywhere = (1 << len(vehicles)) - 1, (1 << len(instance.depots)) - 1
    return not (
        all(vehicle.trips == 1 for vehicle in vehicles)
        and not any(vehicle.has_load for vehicle in vehicles)
        and not any(vehicle.locked for vehicle in vehicles)
        and all(_goes_home_to_its_hub(instance, vehicle) for vehicle in vehicles)
        and len(set(instance.matrices.profile_of_truck)) == 1
        and not is_timed(instance)
        and all(lot.trucks == everybody and lot.hubs == everywhere and not lot.crates for lot in instance.lots)
        and not any(lot.change_cost for lot in instance.lots)
        and not any(lot.clash or lot.cold_clash for lot in instance.lots)
        and all(lot.ride_limit_s >= NEVER and lot.deadline_s >= NEVER for lot in instance.lots)
    )


def _rules(instance: Instance, names: Numbering, heads: list[int]) -> Rules | None:
    """What goes beyond time windows and one load, or None."""
    if not is_rich(instance):
        return None
    most_trips = max(vehicle.trips for vehicle in instance.vehicles)
    allowed = np.zeros((names.loaded_from + len(names.loaded_trucks), len(heads)), np.uint8)
    for number, lot in enumerate(instance.lots):
        allowed[names.stop(number)] = [lot.trucks >> head & 1 for head in heads]
    for truck in names.loaded_trucks:
        allowed[names.load_of(truck), heads.index(truck)] = 1
    changes = any(lot.change_cost for lot in instance.lots)
    return Rules(allowed, most_trips, int(is_timed(instance)), int(changes))


def _goes_home_to_its_hub(instance: Instance, vehicle: Vehicle) -> bool:
    hubs = [depot for number, depot in enumerate(instance.depots) if vehicle.hubs >> number & 1]
    return len(hubs) == 1 and vehicle.end in (-1, hubs[0].location)


def is_timed(instance: Instance) -> bool:
    """Whether days must be driven through: rules and costs that the labels of a trip don't carry."""
    return (
        any(len(lot.windows) > 1 for lot in instance.lots)
        or any(len(depot.windows) > 1 for depot in instance.depots)
        or any(lot.late_cost_per_h or lot.life_cost_per_h or lot.ambient_cost_per_h for lot in instance.lots)
        or any(v.rest_s or v.driving_s < NEVER or v.duration_s < NEVER for v in instance.vehicles)
        or any(truck.cost_per_h_satang or truck.overtime for truck in instance.problem.trucks)
    )


def _opening_floor(
    instance: Instance, distance_m: Int32, slots: Table, trucks: Table, heads: list[int]
) -> NDArray[np.int64]:
    """The least that a new trip for each node alone can score: out and back, and the share of the fixed cost."""
    nodes = distance_m.shape[1]
    if (trucks["slots"] > 1).any():
        return np.zeros(nodes, np.int64)
    floor = np.full(nodes, np.iinfo(np.int64).max // 4, np.int64)
    for head in heads:
        slot = slots[trucks["first_slot"][head]]
        table = distance_m[slot["profile"]]
        allowed = [hub for hub in range(len(instance.depots)) if instance.vehicles[head].hubs >> hub & 1]
        back = table[:, allowed].min(axis=1).astype(np.int64)
        out = table[trucks["start"][head]].astype(np.int64)
        fixed = int(trucks["fixed_cost"][head] * FIXED_SHARE)
        floor = np.minimum(floor, (out + back) * slot["metre_cost"] + fixed)
    return floor


def _sort_keys(distance_m: Int32, hubs: int, nodes: Table) -> NDArray[np.float64]:
    """Orders of insertion: heavy, far, near, narrow window, early, late, many crates."""
    from_hub = np.minimum(distance_m[:hubs].min(axis=0), UNREACHABLE)
    opens, closes = nodes["opens"].astype(np.float64), nodes["closes"].astype(np.float64)
    keys = [-nodes["weight_g"], -from_hub, from_hub, closes - opens, opens, -closes, -nodes["crates"]]
    return np.stack([np.asarray(key, np.float64) for key in keys])


def tours_of(instance: Instance, arrays: Given, solution: Solution) -> Tours:
    """The tours that a solution stands for."""
    names = numbering(instance)
    tours = []
    for truck in range(len(instance.vehicles)):
        trips = []
        begin = arrays.trucks["first_slot"][truck]
        for route in solution.routes[begin : begin + arrays.trucks["slots"][truck]]:
            if route["size"] == 0:
                continue
            lots = []
            stop = int(route["first"])
            while stop >= names.anchors:
                if stop < names.loaded_from:
                    lots.append(stop - names.anchors)
                stop = int(solution.stops["next"][stop])
            trips.append(Trip(tuple(lots), int(route["hub"])))
        if trips:
            tours.append(Tour(truck, tuple(trips)))
    return tuple(tours)


def load_tours(instance: Instance, arrays: Given, solution: Solution, tours: Tours) -> None:
    """Link the stops of tours into an empty solution; labels are left to `search_loop.adopt`."""
    names = numbering(instance)
    for tour in tours:
        load = [names.load_of(tour.truck)] if tour.truck in names.loaded_trucks else []
        begin = int(arrays.trucks["first_slot"][tour.truck])
        for number, trip in enumerate(tour.trips):
            stops = (load if number == 0 else []) + [names.stop(lot) for lot in trip.pickups]
            if not stops:
                continue
            route = begin + number
            solution.stops["route"][stops] = route
            solution.stops["next"][stops] = [*stops[1:], trip.hub]
            solution.stops["previous"][stops] = [arrays.trucks["start"][tour.truck], *stops[:-1]]
            row = solution.routes[route]
            row["first"], row["last"], row["size"], row["hub"] = stops[0], stops[-1], len(stops), trip.hub
