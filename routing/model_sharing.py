"""What trucks share, stated in the OR-Tools model: docks, room on departures, relations between lots.

Search filters don't see these constraints; the solver looks at them before it accepts a move.
"""

from itertools import combinations
from typing import Any

from routing.instance import NEVER, Instance
from routing.model_vehicles import ModelVehicle


def is_used(instance: Instance, routing: Any, vehicle: ModelVehicle, number: int) -> Any:
    """A variable of the model, 1 where a vehicle drives: with lots to pick up, or because it has some on board."""
    if vehicle.trip == 0 and instance.vehicles[vehicle.truck].has_load:
        return routing.solver().IntConst(1)
    return routing.ActiveVehicleVar(number)


class SharedRules:
    """Adds to a routing model (`pywrapcp.RoutingModel`); `index` are the model's indices of lots."""

    def __init__(
        self, instance: Instance, routing: Any, vehicles: list[ModelVehicle], index: dict[int, int], origin_s: int
    ) -> None:
        self._instance = instance
        self._routing = routing
        self._vehicles = vehicles
        self._index = index
        self._origin_s = origin_s
        self._time = routing.GetDimensionOrDie("time")
        self._ranked = False

    def add_docks(self) -> None:
        solver = self._routing.solver()
        for hub, depot in enumerate(self._instance.depots):
            numbers = [number for number, vehicle in enumerate(self._vehicles) if vehicle.hub == hub]
            if depot.docks >= len(numbers) or not depot.unload_s:
                continue
            unloadings = [
                solver.FixedDurationIntervalVar(
                    self._time.CumulVar(self._routing.End(number)),
                    depot.unload_s,
                    is_used(self._instance, self._routing, self._vehicles[number], number),
                    f"unloading {number}",
                )
                for number in numbers
            ]
            solver.Add(solver.Cumulative(unloadings, [1] * len(numbers), depot.docks, f"docks {hub}"))

    def add_departures(self) -> None:
        """What begins to unload after a departure fits into those that follow."""
        solver = self._routing.solver()
        dimensions = [self._routing.GetDimensionOrDie(name) for name in ("weight", "crates")]
        for hub, depot in enumerate(self._instance.depots):
            numbers = [number for number, vehicle in enumerate(self._vehicles) if vehicle.hub == hub]
            for place in range(len(depot.departures)):
                after = depot.departures[place - 1].at_s - self._origin_s if place else -1
                rest = depot.departures[place:]
                rooms = (sum(d.room_g for d in rest), sum(d.room_crates for d in rest))
                for kind, (dimension, room) in enumerate(zip(dimensions, rooms, strict=True)):
                    if room >= NEVER:
                        continue
                    late = []
                    for number in numbers:
                        end = self._routing.End(number)
                        comes = solver.IsGreaterCstVar(self._time.CumulVar(end), after)
                        truck = self._instance.vehicles[self._vehicles[number].truck]
                        aboard = (truck.loaded_g, truck.loaded_crates)[kind] if self._vehicles[number].trip == 0 else 0
                        used = is_used(self._instance, self._routing, self._vehicles[number], number)
                        late.append((dimension.CumulVar(end) + aboard) * comes * used)
                    solver.Add(solver.Sum(late) <= room)

    def add_relations(self) -> None:
        solver = self._routing.solver()
        trucks = [solver.IntConst(-1), *(solver.IntConst(vehicle.truck) for vehicle in self._vehicles)]

        def truck_of(index: int) -> Any:
            return solver.Element(trucks, (self._routing.VehicleVar(index) + 1).Var())

        lots = set(self._index.values())
        for bond in self._instance.relations:
            indices = [self._index[lot] for lot in bond.lots]
            for one, other in combinations(indices, 2):
                both = self._routing.ActiveVar(one) * self._routing.ActiveVar(other)
                if bond.kind == "same_truck":
                    solver.Add(both * (truck_of(one) - truck_of(other)) == 0)
                elif bond.kind == "different_truck":
                    solver.Add((truck_of(one) != truck_of(other)) + (1 - both) >= 1)
                elif bond.kind == "before":
                    self._add_order(one, other, both)
            for index in indices:
                if bond.kind == "first":
                    for before in lots - {index}:
                        self._routing.NextVar(before).RemoveValue(index)
                elif bond.kind == "last":
                    for after in lots - {index}:
                        self._routing.NextVar(index).RemoveValue(after)

    def _add_order(self, one: int, other: int, both: Any) -> None:
        """One lot before another in one trip: in order of time, and of position where loading takes no time."""
        solver = self._routing.solver()
        if not self._ranked:
            self._routing.AddConstantDimension(1, len(self._index) + 1, True, "position")
            self._ranked = True
        rank = self._routing.GetDimensionOrDie("position")
        solver.Add(both * (self._routing.VehicleVar(one) - self._routing.VehicleVar(other)) == 0)
        most = len(self._index) + 1
        solver.Add(rank.CumulVar(one) + both * (1 + most) <= rank.CumulVar(other) + most)
