"""Which (truck, trip, from hub, to hub) choices the OR-Tools model gets as vehicles."""

from collections.abc import Iterator
from dataclasses import dataclass

from routing.instance import Instance
from routing.plan import Tours
from routing.travel import UNREACHABLE

# Local search slows down with every vehicle; what the start tours use comes first.
MOST_VEHICLES = 240


@dataclass(frozen=True, slots=True)
class ModelVehicle:
    """Trip number `trip` of a truck: from location `start` (its own, or hub `from_hub`) to unload at `hub`."""

    truck: int
    trip: int
    from_hub: int
    start: int
    hub: int


def model_vehicles(instance: Instance, start: Tours) -> list[ModelVehicle]:
    """The choices of the start tours, then first trips, then one more trip for trucks that may make one."""
    chosen: dict[ModelVehicle, None] = {}
    for vehicle in (*_used(instance, start), *_first_trips(instance, start), *_more_trips(instance, start)):
        if len(chosen) >= MOST_VEHICLES:
            break
        if _has_road(instance, vehicle):
            chosen[vehicle] = None
    return list(chosen)


def _used(instance: Instance, start: Tours) -> Iterator[ModelVehicle]:
    for tour in start:
        for number, trip in enumerate(tour.trips):
            yield _vehicle(instance, tour.truck, number, tour.trips[number - 1].hub if number else -1, trip.hub)


def _first_trips(instance: Instance, start: Tours) -> Iterator[ModelVehicle]:
    """Every hub for every truck's first trip; a truck with work that it must do keeps the hub it has."""
    for hub in range(len(instance.depots)):
        for truck, vehicle in enumerate(instance.vehicles):
            if vehicle.hubs >> hub & 1 and not vehicle.locked and not vehicle.has_load:
                yield _vehicle(instance, truck, 0, -1, hub)


def _more_trips(instance: Instance, start: Tours) -> Iterator[ModelVehicle]:
    """Other hubs for later trips, and one trip more than now."""
    tours = {tour.truck: tour.trips for tour in start}
    for truck, vehicle in enumerate(instance.vehicles):
        trips = tours.get(truck, ())
        for number in range(1, min(vehicle.trips, len(trips) + 1)):
            for hub in range(len(instance.depots)):
                if vehicle.hubs >> hub & 1:
                    yield _vehicle(instance, truck, number, trips[number - 1].hub, hub)


def _vehicle(instance: Instance, truck: int, trip: int, from_hub: int, hub: int) -> ModelVehicle:
    start = instance.vehicles[truck].start if trip == 0 else instance.depots[from_hub].location
    return ModelVehicle(truck, trip, from_hub, start, hub)


def _has_road(instance: Instance, vehicle: ModelVehicle) -> bool:
    end = instance.vehicles[vehicle.truck].end
    return end < 0 or instance.duration_s[vehicle.truck][instance.depots[vehicle.hub].location, end] < UNREACHABLE
