"""The collection problem as an OR-Tools routing model, searched by iterated local search from a given answer.

A model vehicle is one trip of one truck to one hub, so that choosing hubs and driving several trips are choices between
vehicles. What the model states loosely for speed (rests, the cost of waiting, lateness beyond what is certain) the
timetable decides on: only tours that it accepts are reported.

The only importer of ortools.
"""

import random
import time
from collections.abc import Callable
from itertools import pairwise, product

from google.protobuf import text_format  # type: ignore[import-untyped]
from ortools.constraint_solver import pywrapcp

from routing.engines import Budget, Offered, Report, nothing
from routing.incumbent import Incumbent
from routing.instance import NEVER, Instance, Lot, Vehicle, Window, slowed
from routing.model_frame import Frame, can_go, frame_of, unloading, way_home
from routing.model_parameters import PARAMETERS
from routing.model_sharing import SharedRules, is_used
from routing.model_vehicles import ModelVehicle, model_vehicles
from routing.parts import part_of
from routing.plan import Tour, Tours, Trip
from routing.travel import UNREACHABLE

# Model costs are in satang times this, so that a rate per hour becomes a whole number for each second.
SCALE = 3600
REPORT_EVERY_S = 0.05
# From more lots on, parts of the day are searched one after the other, each for so long.
WHOLE_TO = 150
PART_S = 0.5
SECONDS_PER_LOT = 0.015
SOLUTIONS_PER_PART = 200


class OrTools:
    """The `ortools` engine: the whole day in one model, or part after part of a large one."""

    def search(
        self, instance: Instance, start: Tours, budget: Budget, report: Report, offered: Offered = nothing
    ) -> Tours:
        """See `routing.engines.Engine`."""
        deadline = time.monotonic() + budget.seconds
        incumbent = Incumbent(instance, start, report, steady=budget.iterations is not None)
        chance = random.Random(budget.seed)  # noqa: S311
        if len(instance.lots) <= WHOLE_TO:
            self._improve(instance, incumbent, chance, deadline, budget.iterations)
        else:
            self._improve_parts(instance, incumbent, chance, deadline, budget.iterations, offered)
        return incumbent.tours

    def _improve(
        self, instance: Instance, incumbent: Incumbent, chance: random.Random, deadline: float, iterations: int | None
    ) -> None:
        """Search one model from the incumbent's tours until the deadline, or for so many solutions."""
        model = modelled(slowed(instance), incumbent.tours, chance)
        if model is not None and deadline > time.monotonic():
            model.search(deadline, iterations, incumbent)

    def _improve_parts(
        self,
        instance: Instance,
        incumbent: Incumbent,
        chance: random.Random,
        deadline: float,
        iterations: int | None,
        offered: Offered,
    ) -> None:
        """Draw parts of the day and search each by itself; what improves the whole day is kept."""
        while time.monotonic() < deadline:
            better = offered()
            if better is not None:
                incumbent.offer(better)
            part = part_of(instance, incumbent.tours, chance)
            by = min(deadline, time.monotonic() + SECONDS_PER_LOT * len(part.lots) + PART_S)
            tours = part.tours_inside(incumbent.tours)
            inside = Incumbent(part.instance, tours, lambda tours: None, steady=iterations is not None)
            solutions = None if iterations is None else min(iterations, SOLUTIONS_PER_PART)
            self._improve(part.instance, inside, chance, deadline if solutions else by, solutions)
            incumbent.offer(part.put_back(incumbent.tours, inside.tours))
            if iterations is not None and solutions is not None:
                iterations -= solutions
                if iterations <= 0:
                    return


def accepts(instance: Instance, tours: Tours) -> bool:
    """Whether the OR-Tools model takes feasible tours: it must state no rule more strictly than the timetable.

    Where driving times depend on the hour it does, since it knows the slowest only.
    """
    model = modelled(slowed(instance), tours, random.Random(0))  # noqa: S311
    return model is None or model.accepts(tours)


def modelled(instance: Instance, start: Tours, chance: random.Random) -> "_Model | None":
    """The model of an instance that has the vehicles of some tours; None where there is nothing to search."""
    frame = frame_of(instance)
    vehicles = [vehicle for vehicle in model_vehicles(instance, start) if can_go(instance, vehicle, frame)]
    # A model without vehicles makes OR-Tools crash.
    if not instance.lots or not vehicles:
        return None
    return _Model(instance, start, frame, vehicles, chance)


engine = OrTools()


class _Model:
    """A routing model of one instance; built once, searched once."""

    def __init__(
        self, instance: Instance, start: Tours, frame: Frame, vehicles: list[ModelVehicle], chance: random.Random
    ) -> None:
        self._instance = instance
        self._start = start
        self._frame = frame
        self._vehicles = vehicles
        # Node order breaks ties inside the search: shuffling it is how a seed takes effect.
        self._order = list(range(len(instance.lots)))
        chance.shuffle(self._order)
        self._places = [instance.lots[lot].location for lot in self._order]
        starts = [self._place(vehicle.start) for vehicle in self._vehicles]
        ends = [self._place(instance.depots[vehicle.hub].location) for vehicle in self._vehicles]
        self._manager = pywrapcp.RoutingIndexManager(len(self._places), len(self._vehicles), starts, ends)
        self._routing = pywrapcp.RoutingModel(self._manager)
        self._index = {lot: self._manager.NodeToIndex(node) for node, lot in enumerate(self._order)}
        self._matrices: dict[tuple[int, int, int, int], int] = {}
        self._mean_arc = 1.0
        self._add_costs()
        self._add_time()
        self._add_lateness()
        self._add_rides()
        self._add_driving()
        self._add_loads()
        self._add_changes()
        self._add_lots()
        self._add_exclusions()
        self._add_trips()
        self._add_locks()
        shared = SharedRules(self._instance, self._routing, self._vehicles, self._index, self._frame.origin_s)
        shared.add_docks()
        shared.add_departures()
        shared.add_relations()

    def _place(self, location: int) -> int:
        """The node of a start or a hub; nodes of places are shared by vehicles, never with lots."""
        lots = len(self._order)
        for node in range(lots, len(self._places)):
            if self._places[node] == location:
                return node
        self._places.append(location)
        return len(self._places) - 1

    def _matrix(self, truck: int, per_m: int, per_s: int, service: int) -> int:
        """Register per_m * metres + per_s * (seconds + service * service time of the row's lot); once for each kind."""
        profile = self._instance.matrices.profile_of_truck[truck]
        key = (profile, per_m, per_s, service)
        if key not in self._matrices:
            table = self._instance.matrices.tables[profile]
            places = self._places
            grid = table.distance_m[places][:, places].astype("int64") * per_m
            seconds = table.duration_s[places][:, places].astype("int64")
            for node, lot in enumerate(self._order):
                seconds[node] += service * self._instance.lots[lot].service_s
            grid += per_s * seconds
            blocked = table.duration_s[places][:, places] >= UNREACHABLE
            grid[blocked] = self._frame.horizon_s * max(1, per_s) * 2 + int(grid[~blocked].max(initial=0))
            if per_m:
                self._mean_arc = max(1.0, float(grid[~blocked].mean()))
            self._matrices[key] = self._routing.RegisterTransitMatrix(grid.tolist())
        return self._matrices[key]

    def _add_costs(self) -> None:
        """Distance and time on the arcs; what a truck costs once, and its way home, on its vehicles."""
        for number, vehicle in enumerate(self._vehicles):
            truck = self._instance.problem.trucks[vehicle.truck]
            per_m, per_s = truck.cost_per_km_satang * SCALE // 1000, truck.cost_per_h_satang * SCALE // 3600
            self._routing.SetArcCostEvaluatorOfVehicle(self._matrix(vehicle.truck, per_m, per_s, 1), number)
            metres, seconds = way_home(self._instance, vehicle)
            unload = self._instance.depots[vehicle.hub].unload_s
            once = per_m * metres + per_s * (seconds + unload)
            if vehicle.trip == 0:
                once += truck.fixed_cost_satang * SCALE
            self._routing.SetFixedCostOfVehicle(once, number)

    def _add_time(self) -> None:
        horizon = self._frame.horizon_s
        transits = [self._matrix(vehicle.truck, 0, 1, 1) for vehicle in self._vehicles]
        self._routing.AddDimensionWithVehicleTransits(transits, horizon, horizon, False, "time")
        self._time = self._routing.GetDimensionOrDie("time")
        for lot, index in self._index.items():
            self._confine(index, self._lot_windows(lot))
        for number, vehicle in enumerate(self._vehicles):
            truck = self._instance.vehicles[vehicle.truck]
            self._confine(self._routing.End(number), self._frame.clip(*unloading(self._instance, vehicle)))
            opens = truck.opens_s - self._frame.origin_s
            self._time.CumulVar(self._routing.Start(number)).SetMin(opens)
            self._routing.AddVariableMinimizedByFinalizer(self._time.CumulVar(self._routing.End(number)))
            unload = self._instance.depots[vehicle.hub].unload_s
            late_by = truck.closes_s - self._frame.origin_s - unload - way_home(self._instance, vehicle)[1]
            overtime = self._instance.problem.trucks[vehicle.truck].overtime
            if overtime is not None and overtime.cost_per_h_satang:
                rate = overtime.cost_per_h_satang * SCALE // 3600
                self._time.SetCumulVarSoftUpperBound(self._routing.End(number), max(0, late_by), rate)
            if truck.duration_s < NEVER:
                span = truck.duration_s - unload - way_home(self._instance, vehicle)[1]
                self._time.SetSpanUpperBoundForVehicle(max(0, min(span, horizon)), number)

    def _quickest(self, lot: int) -> int:
        """Seconds from the start of loading to a hub at least."""
        wanted = self._instance.lots[lot]
        return wanted.service_s + min(
            int(table.duration_s[wanted.location, depot.location])
            for table in self._instance.matrices.tables
            for hub, depot in enumerate(self._instance.depots)
            if wanted.hubs >> hub & 1
        )

    def _lot_windows(self, lot: int) -> list[Window]:
        """Windows of a lot, ended where even the quickest way to a hub would miss its deadline."""
        wanted = self._instance.lots[lot]
        return self._frame.clip(wanted.windows, wanted.deadline_s - self._quickest(lot))

    def _add_lateness(self) -> None:
        """Loading later than the quickest way to a hub allows costs at least the lateness that follows from it."""
        for lot, index in self._index.items():
            wanted = self._instance.lots[lot]
            if wanted.late_cost_per_h and wanted.due_s < NEVER:
                by = wanted.due_s - self._quickest(lot) - self._frame.origin_s
                self._time.SetCumulVarSoftUpperBound(index, max(0, by), wanted.late_cost_per_h * SCALE // 3600)

    def _confine(self, index: int, spans: list[Window]) -> None:
        """A cumul variable inside one of several spans; without any, the visit is switched off."""
        if not spans:
            self._routing.VehicleVar(index).SetValue(-1)
            return
        cumul = self._time.CumulVar(index)
        cumul.SetRange(spans[0][0], spans[-1][1])
        for before, after in pairwise(spans):
            if before[1] + 1 < after[0]:
                cumul.RemoveInterval(before[1] + 1, after[0] - 1)

    def _add_rides(self) -> None:
        """Ride limits twice: a dimension without slack that local search sees, and the exact rule with waiting.

        In the dimension everything is pushed to the end of a route: with capacity C, C minus the cumul of a lot bounds
        its driving and service time to the hub. Life lost on board is charged for that time.
        """
        horizon = self._frame.horizon_s
        lots = self._instance.lots
        limited = {number: lot.ride_limit_s for number, lot in enumerate(lots) if lot.ride_limit_s < horizon}
        costly = {number: rate for number, lot in enumerate(lots) if (rate := _life_cost(lot))}
        if limited or costly:
            transits = [self._matrix(vehicle.truck, 0, 1, 1) for vehicle in self._vehicles]
            self._routing.AddDimensionWithVehicleTransits(transits, 0, horizon, False, "ride")
            ride = self._routing.GetDimensionOrDie("ride")
            for lot, limit in limited.items():
                ride.CumulVar(self._index[lot]).SetMin(horizon - limit)
            for lot, rate in costly.items():
                ride.SetCumulVarSoftLowerBound(self._index[lot], horizon, rate * SCALE // 3600)
        dated = {i: lot.deadline_s for i, lot in enumerate(self._instance.lots) if lot.deadline_s < NEVER}
        solver = self._routing.solver()
        ends = [self._time.CumulVar(self._routing.End(number)) for number in range(len(self._vehicles))]
        unloads = [solver.IntConst(0), *ends]
        for lot in sorted(limited.keys() | dated.keys()):
            index = self._index[lot]
            unloaded = solver.Element(unloads, (self._routing.VehicleVar(index) + 1).Var())
            if lot in dated:
                solver.Add(unloaded <= max(0, dated[lot] - self._frame.origin_s))
            if lot in limited:
                solver.Add(unloaded - self._time.CumulVar(index) <= limited[lot])

    def _add_driving(self) -> None:
        limits = [self._instance.vehicles[vehicle.truck].driving_s for vehicle in self._vehicles]
        if min(limits) >= NEVER:
            return
        capacities = [
            max(0, min(limit - way_home(self._instance, vehicle)[1], self._frame.horizon_s))
            for limit, vehicle in zip(limits, self._vehicles, strict=True)
        ]
        transits = [self._matrix(vehicle.truck, 0, 1, 0) for vehicle in self._vehicles]
        self._routing.AddDimensionWithVehicleTransitAndCapacity(transits, 0, capacities, True, "driving")

    def _add_loads(self) -> None:
        lots, trucks = self._instance.lots, [self._instance.vehicles[v.truck] for v in self._vehicles]
        free = [1 if vehicle.trip == 0 else 0 for vehicle in self._vehicles]
        pad = [0] * (len(self._places) - len(self._order))
        weights = [lots[lot].weight_g for lot in self._order] + pad
        crates = [lots[lot].crates for lot in self._order] + pad
        weight_room = [t.weight_g - first * t.loaded_g for t, first in zip(trucks, free, strict=True)]
        crate_room = [t.crates - first * t.loaded_crates for t, first in zip(trucks, free, strict=True)]
        for name, amounts, room in (("weight", weights, weight_room), ("crates", crates, crate_room)):
            evaluator = self._routing.RegisterUnaryTransitVector(amounts)
            self._routing.AddDimensionWithVehicleCapacity(evaluator, 0, room, True, name)
        self._add_bays(free, len(pad))

    def _add_bays(self, free: list[int], pad: int) -> None:
        """Room in compartments: lots that only some of them suit fit into those together (Hall's condition).

        One evaluator for all vehicles: with one for each, unused lots bind those that are used.
        """
        trucks = [self._instance.vehicles[vehicle.truck] for vehicle in self._vehicles]
        lots = [self._instance.lots[lot] for lot in self._order]
        crowds: dict[tuple[bool, ...], None] = {}
        for truck in dict.fromkeys(truck for truck in trucks if truck.bays):
            suiting = [_suiting(truck, lot) for lot in lots]
            crowds |= dict.fromkeys(tuple(one <= group for one in suiting) for group in suiting)
        for number, crowd in enumerate(crowds):
            inside = [lot for lot, among in zip(lots, crowd, strict=True) if among]
            for kind in ("weight_g", "crates"):
                amounts = [getattr(lot, kind) * among for lot, among in zip(lots, crowd, strict=True)]
                room = [
                    _room_for(truck, inside, kind, first=bool(first)) if truck.bays else sum(amounts)
                    for truck, first in zip(trucks, free, strict=True)
                ]
                evaluator = self._routing.RegisterUnaryTransitVector(amounts + [0] * pad)
                self._routing.AddDimensionWithVehicleCapacity(evaluator, 0, room, True, f"{kind} {number}")

    def _add_changes(self) -> None:
        """What it costs to move lots from the trucks of a published plan: a dimension whose span is that cost."""
        lots = self._instance.lots
        if not any(lot.change_cost for lot in lots):
            return
        pad = [0] * (len(self._places) - len(self._order))
        of_truck: dict[int, int] = {}
        for truck in {vehicle.truck for vehicle in self._vehicles}:
            costs = [0 if lots[n].planned_truck == truck else lots[n].change_cost for n in self._order]
            of_truck[truck] = self._routing.RegisterUnaryTransitVector(costs + pad)
        transits = [of_truck[vehicle.truck] for vehicle in self._vehicles]
        most = sum(lot.change_cost for lot in lots)
        self._routing.AddDimensionWithVehicleTransits(transits, 0, most, True, "changes")
        self._routing.GetDimensionOrDie("changes").SetSpanCostCoefficientForAllVehicles(SCALE)

    def _add_lots(self) -> None:
        """Every lot is optional at a price, and has the vehicles that may carry it."""
        for lot, index in self._index.items():
            wanted = self._instance.lots[lot]
            self._routing.AddDisjunction([index], wanted.penalty * SCALE)
            allowed = [-1]
            for number, vehicle in enumerate(self._vehicles):
                truck = self._instance.vehicles[vehicle.truck]
                clash = wanted.cold_clash if truck.cold else wanted.clash
                loaded = truck.loaded_kinds if vehicle.trip == 0 else 0
                if (
                    wanted.trucks >> vehicle.truck & 1
                    and wanted.hubs >> vehicle.hub & 1
                    and (truck.bays or not clash & loaded)
                ):
                    allowed.append(number)
            if len(allowed) <= len(self._vehicles):
                self._routing.VehicleVar(index).SetValues(allowed)

    def _add_exclusions(self) -> None:
        """Product classes as visit types: the pairs that no truck may carry together.

        A type knows nothing of its truck. Lots that have no temperature in common may share a truck that isn't cooled,
        or one with compartments; pairs of which a truck could take both are left to the timetable.
        """
        lots = self._instance.lots
        if any(vehicle.bays for vehicle in self._instance.vehicles):
            return
        uncooled = sum(1 << truck for truck, vehicle in enumerate(self._instance.vehicles) if not vehicle.cold)
        members: dict[tuple[int, bool], list[int]] = {}
        for lot in self._index:
            members.setdefault((lots[lot].kind, not lots[lot].trucks & uncooled), []).append(lot)
        apart = {
            (one, other)
            for one, other in product(members, repeat=2)
            if (lots[members[one][0]].cold_clash if one[1] or other[1] else lots[members[one][0]].clash) & other[0]
        }
        if not apart:
            return
        types: dict[tuple[int, bool], list[int]] = {}
        number = 0
        for group, among in members.items():
            known = types.setdefault(group, [])
            for lot in among:
                if not known or (group, group) in apart:
                    known.append(number)
                    number += 1
                kind = pywrapcp.RoutingModel.TYPE_ADDED_TO_VEHICLE
                self._routing.SetVisitType(self._index[lot], known[-1], kind)
        for one, other in apart:
            for first, second in product(types[one], types[other]):
                if first < second:
                    self._routing.AddHardTypeIncompatibility(first, second)

    def _add_trips(self) -> None:
        """One choice for each trip of a truck, each trip from where and when the one before unloaded."""
        solver = self._routing.solver()
        slots: dict[tuple[int, int], list[int]] = {}
        for number, vehicle in enumerate(self._vehicles):
            slots.setdefault((vehicle.truck, vehicle.trip), []).append(number)
        used = [is_used(self._instance, self._routing, v, number) for number, v in enumerate(self._vehicles)]
        for (truck, trip), choices in slots.items():
            if len(choices) > 1:
                solver.Add(solver.Sum([used[number] for number in choices]) <= 1)
            if trip == 0:
                continue
            before = slots.get((truck, trip - 1), [])
            for number in choices:
                hub = self._vehicles[number].from_hub
                feeders = [feeder for feeder in before if self._vehicles[feeder].hub == hub]
                solver.Add(solver.Sum([used[feeder] for feeder in feeders]) >= used[number])
                unload = self._instance.depots[hub].unload_s
                leaves = self._time.CumulVar(self._routing.Start(number))
                for feeder in feeders:
                    # With one of the two unused, the wait may be negative: the horizon lifts the rule.
                    both = used[number] + used[feeder]
                    back = self._time.CumulVar(self._routing.End(feeder))
                    solver.Add(leaves + 2 * self._frame.horizon_s * (2 - both) >= back + unload)
            self._add_day_limits(truck, trip, slots, used)

    def _add_day_limits(
        self, truck: int, trip: int, slots: dict[tuple[int, int], list[int]], used: list[object]
    ) -> None:
        """Driving time over all trips. The longest day is looked at by the timetable."""
        limit = self._instance.vehicles[truck].driving_s
        if limit >= NEVER or (truck, trip + 1) in slots:
            return
        driving = self._routing.GetDimensionOrDie("driving")
        numbers = [number for earlier in range(trip + 1) for number in slots[truck, earlier]]
        solver = self._routing.solver()
        driven = solver.Sum([driving.CumulVar(self._routing.End(number)) * used[number] for number in numbers])
        solver.Add(driven <= limit)

    def _add_locks(self) -> None:
        for number, vehicle in enumerate(self._vehicles):
            truck = self._instance.vehicles[vehicle.truck]
            if vehicle.trip or not (truck.locked or truck.has_load):
                continue
            self._routing.SetVehicleUsedWhenEmpty(True, number)
            index = self._routing.Start(number)
            for lot in truck.locked:
                self._routing.NextVar(index).SetValue(self._index[lot])
                index = self._index[lot]

    def search(self, deadline: float, solutions: int | None, incumbent: Incumbent) -> None:
        """Search from the start tours; what the timetable accepts and is better goes to the incumbent.

        With a number of solutions the clock only ends the search; nothing else depends on it.
        """
        self._routing.SetFirstSolutionEvaluator(self._evaluator())
        last = time.monotonic()

        def take() -> None:
            nonlocal last
            now = time.monotonic()
            if solutions is not None and now > deadline:
                self._routing.solver().FinishCurrentSearch()
            elif solutions is not None or now - last >= REPORT_EVERY_S:
                incumbent.offer(self._tours(lambda index: self._routing.NextVar(index).Value()))
                last = time.monotonic()

        self._routing.AddAtSolutionCallback(take)
        parameters = pywrapcp.DefaultRoutingSearchParameters()
        text = PARAMETERS.format(hot=0.03 * self._mean_arc, cold=0.0006 * self._mean_arc)
        text_format.Merge(text, parameters)
        # also with a number of solutions: a search that finds no more of them would never end
        parameters.time_limit.FromMilliseconds(max(1, int((deadline - time.monotonic()) * 1000)))
        if solutions is not None:
            parameters.solution_limit = solutions
        self._routing.CloseModelWithParameters(parameters)
        solution = self._routing.SolveWithIteratedLocalSearch(parameters)
        if solution is not None:
            incumbent.offer(self._tours(lambda index: solution.Value(self._routing.NextVar(index))))

    def accepts(self, tours: Tours) -> bool:
        """Whether the model as it is stated takes tours whole."""
        number_of = {(v.truck, v.trip, v.from_hub, v.hub): number for number, v in enumerate(self._vehicles)}
        routes: list[list[int]] = [[] for _ in self._vehicles]
        for tour in tours:
            from_hub = -1
            for number, trip in enumerate(tour.trips):
                vehicle = number_of.get((tour.truck, number, from_hub, trip.hub))
                if vehicle is None:
                    return False
                routes[vehicle] = [self._index[lot] for lot in trip.pickups]
                from_hub = trip.hub
        self._routing.CloseModelWithParameters(pywrapcp.DefaultRoutingSearchParameters())
        return self._routing.ReadAssignmentFromRoutes(routes, True) is not None

    def _evaluator(self) -> Callable[[int, int], int]:
        """Arc costs that make the first solution rebuild the start tours: iterated local search takes none itself."""
        arcs: set[tuple[int, int]] = set()
        trips = {(tour.truck, number, trip.hub): trip for tour in self._start for number, trip in enumerate(tour.trips)}
        before = {(tour.truck, number): tour for tour in self._start for number in range(len(tour.trips))}
        for number, vehicle in enumerate(self._vehicles):
            trip = trips.get((vehicle.truck, vehicle.trip, vehicle.hub))
            if trip is None:
                continue
            tour = before[vehicle.truck, vehicle.trip]
            if vehicle.trip and tour.trips[vehicle.trip - 1].hub != vehicle.from_hub:
                continue
            path = [self._routing.Start(number), *(self._index[lot] for lot in trip.pickups), self._routing.End(number)]
            arcs |= set(pairwise(path))
        return lambda one, other: 0 if (one, other) in arcs else 1_000_000

    def _tours(self, following: Callable[[int], int]) -> Tours:
        """Tours from successors; a truck's trips in their order."""
        found: dict[int, list[tuple[int, Trip]]] = {}
        lots = len(self._order)
        for number, vehicle in enumerate(self._vehicles):
            index, picked = self._routing.Start(number), []
            while True:
                index = following(index)
                if self._routing.IsEnd(index):
                    break
                node = self._manager.IndexToNode(index)
                if node < lots:
                    picked.append(self._order[node])
            truck = self._instance.vehicles[vehicle.truck]
            if picked or (vehicle.trip == 0 and truck.has_load):
                found.setdefault(vehicle.truck, []).append((vehicle.trip, Trip(tuple(picked), vehicle.hub)))
        return tuple(
            Tour(truck, tuple(trip for _, trip in sorted(trips, key=lambda item: item[0])))
            for truck, trips in sorted(found.items())
        )


def _life_cost(lot: Lot) -> int:
    """Satang for each hour of riding at least, on whatever truck."""
    return min(lot.life_cost_per_h, lot.ambient_cost_per_h) if lot.uncooled else lot.life_cost_per_h


def _suiting(truck: Vehicle, lot: Lot) -> frozenset[int]:
    """The compartments of a truck that suit a lot."""
    return frozenset(n for n, bay in enumerate(truck.bays) if bay.suits & lot.kind and (bay.cold or lot.uncooled))


def _room_for(truck: Vehicle, lots: list[Lot], kind: str, *, first: bool) -> int:
    """What the compartments that suit any of some lots take on a trip, in grams or crates."""
    loaded = "loaded_g" if kind == "weight_g" else "loaded_crates"
    numbers = frozenset().union(*(_suiting(truck, lot) for lot in lots))
    bays = [truck.bays[number] for number in numbers]
    return sum(getattr(bay, kind) - first * getattr(bay, loaded) for bay in bays)
