"""The time frame of the OR-Tools model: its horizon, and when its vehicles may unload and come home."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from routing.instance import NEVER, Instance, Window
from routing.model_vehicles import ModelVehicle


@dataclass(frozen=True, slots=True)
class Frame:
    """The model's horizon: its second 0 is `origin_s`, and nothing happens after `horizon_s`."""

    origin_s: int
    horizon_s: int

    def clip(self, windows: Iterable[Window], by: int = NEVER) -> list[Window]:
        """Windows in model seconds, those outside the horizon left out."""
        spans = []
        for opens, closes in windows:
            span = (max(0, opens - self.origin_s), min(self.horizon_s, closes - self.origin_s, by - self.origin_s))
            if span[0] <= span[1]:
                spans.append(span)
        return spans


def frame_of(instance: Instance) -> Frame:
    origin = min(vehicle.opens_s for vehicle in instance.vehicles)
    return Frame(origin, max(vehicle.latest_s for vehicle in instance.vehicles) - origin)


def unloading(instance: Instance, vehicle: ModelVehicle) -> tuple[Sequence[Window], int]:
    """When a vehicle may begin to unload: hub windows, and early enough to come home."""
    truck, depot = instance.vehicles[vehicle.truck], instance.depots[vehicle.hub]
    by = truck.latest_s - depot.unload_s - way_home(instance, vehicle)[1]
    if vehicle.trip == 0 and truck.has_load:
        by = min(by, truck.loaded_due_s)
    return depot.windows, by


def can_go(instance: Instance, vehicle: ModelVehicle, frame: Frame) -> bool:
    """Whether a vehicle could drive from its start to its hub with nothing in between.

    Dimensions bound a vehicle that stays at home as if it did: one that could not would leave the model no solution.
    """
    truck = instance.vehicles[vehicle.truck]
    straight_s = instance.duration_s[vehicle.truck][vehicle.start, instance.depots[vehicle.hub].location]
    home_s = way_home(instance, vehicle)[1]
    spans = frame.clip(*unloading(instance, vehicle))
    return (
        bool(spans)
        and truck.opens_s - frame.origin_s + straight_s <= spans[-1][1]
        and straight_s + home_s <= truck.driving_s
        and straight_s + home_s + instance.depots[vehicle.hub].unload_s <= truck.duration_s
    )


def way_home(instance: Instance, vehicle: ModelVehicle) -> tuple[int, int]:
    """Metres and seconds from the hub to the truck's end."""
    end = instance.vehicles[vehicle.truck].end
    if end < 0:
        return 0, 0
    leg = (instance.depots[vehicle.hub].location, end)
    return instance.distance_m[vehicle.truck][leg], instance.duration_s[vehicle.truck][leg]
