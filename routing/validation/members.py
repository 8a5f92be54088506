"""Locations, hubs, trucks and pick-ups, each by itself."""

from collections.abc import Iterator

from routing.faults import Fault, pointer
from routing.problem import Hub, Problem, Truck
from routing.validation.ranges import (
    MAX_AMOUNT,
    MAX_COST_SATANG,
    MAX_TIME_S,
    amount,
    amounts,
    temperature,
    window,
    windows,
)

MAX_TRIPS = 20


def locations(problem: Problem) -> Iterator[Fault]:
    needed = not problem.profiles or any(profile.distance_m is None for profile in problem.profiles)
    for number, location in enumerate(problem.locations):
        latitude, longitude = location.latitude, location.longitude
        place = ("locations", number)
        if (latitude is None) != (longitude is None) or (needed and latitude is None):
            missing = "latitude" if latitude is None else "longitude"
            yield Fault(
                pointer(*place, missing),
                f"location {location.id!r} has no {missing}.",
                "Give both coordinates, or matrices in every travel profile.",
            )
        for name, value, most in (("latitude", latitude, 90), ("longitude", longitude, 180)):
            if value is not None and not -most <= value <= most:
                yield Fault(pointer(*place, name), f"{value} is out of range.", f"Give degrees from {-most} to {most}.")


def hubs(problem: Problem) -> Iterator[Fault]:
    for number, hub in enumerate(problem.hubs):
        place = ("hubs", number)
        yield from windows((*place, "windows"), hub.windows)
        yield from amount((*place, "unload_s"), hub.unload_s, MAX_TIME_S)
        yield from amount((*place, "docks"), hub.docks, MAX_AMOUNT, least=1)
        yield from _cutoffs(place, hub)


def _cutoffs(place: tuple[str | int, ...], hub: Hub) -> Iterator[Fault]:
    for index, cutoff in enumerate(hub.cutoffs):
        at = (*place, "cutoffs", index)
        yield from amount((*at, "at_s"), cutoff.at_s, MAX_TIME_S, least=-MAX_TIME_S)
        yield from amounts(at, cutoff, ("capacity_g", "capacity_crates"), MAX_AMOUNT)
        if index and cutoff.at_s <= hub.cutoffs[index - 1].at_s:
            yield Fault(
                pointer(*at, "at_s"), f"{cutoff.at_s} is not after the one before.", "List them in order of time."
            )
    last = max((cutoff.at_s for cutoff in hub.cutoffs), default=None)
    if last is not None and hub.windows and all(window.opens_s > last for window in hub.windows):
        yield Fault(
            pointer(*place, "cutoffs"),
            f"the last one, at {last}, is before the hub opens.",
            "Move the cut-off or the hub's windows.",
        )


def trucks(problem: Problem) -> Iterator[Fault]:
    on_board: set[str] = {pickup.id for pickup in problem.pickups}
    locked: dict[str, str] = {}
    for number, truck in enumerate(problem.trucks):
        place = ("trucks", number)
        yield from window((*place, "shift"), truck.shift)
        yield from amounts(place, truck, ("capacity_g", "capacity_crates"), MAX_AMOUNT)
        yield from amounts(place, truck, ("max_driving_s", "max_duration_s", "driven_s"), MAX_TIME_S)
        yield from amount((*place, "max_trips"), truck.max_trips, MAX_TRIPS, least=1)
        yield from amounts(
            place, truck, ("fixed_cost_satang", "cost_per_km_satang", "cost_per_h_satang"), MAX_COST_SATANG
        )
        yield from amount((*place, "emission_g_per_km"), truck.emission_g_per_km, MAX_AMOUNT)
        yield from temperature((*place, "temperature"), truck.temperature)
        if truck.overtime:
            yield from amount((*place, "overtime", "limit_s"), truck.overtime.limit_s, MAX_TIME_S)
            yield from amount(
                (*place, "overtime", "cost_per_h_satang"), truck.overtime.cost_per_h_satang, MAX_COST_SATANG
            )
        if truck.rest:
            yield from amounts((*place, "rest"), truck.rest, ("after_driving_s", "rest_s"), MAX_TIME_S, least=1)
        yield from _compartments(place, truck)
        yield from _loaded(place, truck, on_board)
        yield from _locked(problem, place, truck, locked)


def _compartments(place: tuple[str | int, ...], truck: Truck) -> Iterator[Fault]:
    known = {compartment.id for compartment in truck.compartments}
    seen: set[str] = set()
    for index, compartment in enumerate(truck.compartments):
        at = (*place, "compartments", index)
        if not compartment.id.strip():
            yield Fault(pointer(*at, "id"), "the id is empty.", "Give it a name of its own.")
        elif compartment.id in seen:
            yield Fault(pointer(*at, "id"), f"{compartment.id!r} is used twice.", "Give each its own id.")
        seen.add(compartment.id)
        yield from amounts(at, compartment, ("capacity_g", "capacity_crates"), MAX_AMOUNT)
        yield from temperature((*at, "temperature"), compartment.temperature)
    if truck.compartments and truck.temperature:
        remedy = "Give each compartment its own, and none to the truck."
        yield Fault(pointer(*place, "temperature"), "the truck has compartments.", remedy)
    for index, lot in enumerate(truck.loaded):
        if lot.compartment is None and known:
            remedy = f"Name one of {', '.join(sorted(known))}."
            yield Fault(pointer(*place, "loaded", index, "compartment"), f"lot {lot.id!r} is in none.", remedy)
        elif lot.compartment is not None and lot.compartment not in known:
            at = (*place, "loaded", index, "compartment")
            yield Fault(pointer(*at), f"there is no compartment {lot.compartment!r}.", "Name one of this truck's.")
    for index, compartment in enumerate(truck.compartments):
        inside = [lot for lot in truck.loaded if lot.compartment == compartment.id]
        for what, capacity in (("weight_g", compartment.capacity_g), ("crates", compartment.capacity_crates)):
            total = sum(getattr(lot, what) for lot in inside)
            if inside and total > capacity:
                where = pointer(*place, "compartments", index)
                yield Fault(where, f"{what} of what is loaded adds up to {total}, over {capacity}.", "Correct either.")


def _loaded(place: tuple[str | int, ...], truck: Truck, seen: set[str]) -> Iterator[Fault]:
    for index, lot in enumerate(truck.loaded):
        at = (*place, "loaded", index)
        if lot.id in seen:
            yield Fault(pointer(*at, "id"), f"{lot.id!r} is used twice.", "A lot is on one truck or waiting, not both.")
        seen.add(lot.id)
        yield from amounts(at, lot, ("weight_g", "crates"), MAX_AMOUNT)
        yield from amounts(at, lot, ("loaded_at_s", "deadline_s"), MAX_TIME_S, least=-MAX_TIME_S)
        yield from amount((*at, "ride_limit_s"), lot.ride_limit_s, MAX_TIME_S, least=1)
        yield from temperature((*at, "temperature"), lot.temperature)
        if truck.hubs is not None and lot.hubs is not None and not set(truck.hubs) & set(lot.hubs):
            yield Fault(pointer(*at, "hubs"), f"truck {truck.id!r} goes to none of these.", "Allow a hub to both.")
    for what, capacity in (("weight_g", truck.capacity_g), ("crates", truck.capacity_crates)):
        total = sum(getattr(lot, what) for lot in truck.loaded)
        if truck.loaded and total > capacity:
            yield Fault(
                pointer(*place, "loaded"),
                f"{what} adds up to {total}, over the truck's {capacity}.",
                "Correct either.",
            )


def _locked(problem: Problem, place: tuple[str | int, ...], truck: Truck, taken: dict[str, str]) -> Iterator[Fault]:
    pickups = {pickup.id: pickup for pickup in problem.pickups}
    for index, stop in enumerate(truck.locked_stops):
        at = pointer(*place, "locked_stops", index)
        if stop in taken:
            yield Fault(at, f"{stop!r} is locked on truck {taken[stop]!r} too.", "Lock a pick-up on one truck only.")
        taken[stop] = truck.id
        allowed = pickups[stop].trucks
        if allowed is not None and truck.id not in allowed:
            yield Fault(at, f"{stop!r} may not ride on {truck.id!r}.", "Unlock it, or add the truck to its `trucks`.")


def pickups(problem: Problem) -> Iterator[Fault]:
    for number, pickup in enumerate(problem.pickups):
        place = ("pickups", number)
        yield from amounts(place, pickup, ("weight_g", "crates"), MAX_AMOUNT)
        yield from amounts(place, pickup, ("release_s", "deadline_s"), MAX_TIME_S, least=-MAX_TIME_S)
        yield from amount((*place, "service_s"), pickup.service_s, MAX_TIME_S)
        yield from amount((*place, "ride_limit_s"), pickup.ride_limit_s, MAX_TIME_S, least=1)
        yield from amounts(
            place,
            pickup,
            ("penalty_satang", "ambient_cost_per_h_satang", "life_cost_per_h_satang", "change_cost_satang"),
            MAX_COST_SATANG,
        )
        yield from windows((*place, "windows"), pickup.windows)
        yield from temperature((*place, "temperature"), pickup.temperature)
        if pickup.lateness:
            at = (*place, "lateness")
            yield from amount((*at, "due_s"), pickup.lateness.due_s, MAX_TIME_S, least=-MAX_TIME_S)
            yield from amount((*at, "cost_per_h_satang"), pickup.lateness.cost_per_h_satang, MAX_COST_SATANG)
        release = pickup.release_s
        if release is not None and pickup.windows and all(window.closes_s < release for window in pickup.windows):
            yield Fault(
                pointer(*place, "release_s"),
                f"{release} is after the last window, which closes at {pickup.windows[-1].closes_s}.",
                "Release it earlier, or add a later window.",
            )
        if pickup.ambient_cost_per_h_satang is not None and pickup.temperature is None:
            yield Fault(
                pointer(*place, "ambient_cost_per_h_satang"),
                "a lot without a temperature loses nothing on an ambient truck.",
                "Give its temperature, or leave this out.",
            )
