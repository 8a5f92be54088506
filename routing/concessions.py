"""Rules made a little looser, one at a time: what a dispatcher might concede to take a lot that would stay behind."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from routing.instance import NEVER, Depot, Instance, Lot, Vehicle, Window
from routing.rules import Rule

HOUR_S = 3600

Grant = Callable[[Instance, int, int], Instance]
"""The instance with the concession made to one truck or at one hub."""


@dataclass(frozen=True, slots=True)
class Concession:
    """`words` say it (of which truck or hub), `rules` are those that it may lift, `grant` makes it."""

    words: str
    rules: tuple[Rule, ...]
    grant: Grant


def _for_truck(change: Callable[[Vehicle], Vehicle]) -> Grant:
    def grant(instance: Instance, truck: int, hub: int) -> Instance:
        vehicles = (change(v) if number == truck else v for number, v in enumerate(instance.vehicles))
        return replace(instance, vehicles=tuple(vehicles))

    return grant


def _for_hub(change: Callable[[Depot], Depot]) -> Grant:
    def grant(instance: Instance, truck: int, hub: int) -> Instance:
        depots = (change(d) if number == hub else d for number, d in enumerate(instance.depots))
        return replace(instance, depots=tuple(depots))

    return grant


def _for_lots(change: Callable[[Lot], Lot]) -> Grant:
    return lambda instance, truck, hub: replace(instance, lots=tuple(change(lot) for lot in instance.lots))


def _longer_day(vehicle: Vehicle) -> Vehicle:
    def longer(limit_s: int) -> int:
        return limit_s if limit_s >= NEVER else limit_s + HOUR_S

    return replace(
        vehicle,
        latest_s=vehicle.latest_s + HOUR_S,
        driving_s=longer(vehicle.driving_s),
        duration_s=longer(vehicle.duration_s),
    )


def _later(windows: tuple[Window, ...]) -> tuple[Window, ...]:
    return tuple((opens, closes + HOUR_S) for opens, closes in windows)


def _roomier(vehicle: Vehicle) -> Vehicle:
    bays = tuple(replace(bay, weight_g=bay.weight_g * 5 // 4, crates=bay.crates * 5 // 4) for bay in vehicle.bays)
    return replace(vehicle, weight_g=vehicle.weight_g * 5 // 4, crates=vehicle.crates * 5 // 4, bays=bays)


EVERYWHERE = (1 << 64) - 1

CONCESSIONS = (
    Concession(
        "one more hour of work for truck {truck}",
        (Rule.SHIFT, Rule.DRIVING_TIME, Rule.DURATION),
        _for_truck(_longer_day),
    ),
    Concession(
        "one more hour at hub {hub}",
        (Rule.HUB_HOURS,),
        _for_hub(lambda depot: replace(depot, windows=_later(depot.windows))),
    ),
    Concession(
        "time windows that close an hour later",
        (Rule.TIME_WINDOW,),
        _for_lots(lambda lot: replace(lot, windows=_later(lot.windows))),
    ),
    Concession(
        "ride limits an hour longer",
        (Rule.RIDE_LIMIT,),
        _for_lots(lambda lot: replace(lot, ride_limit_s=lot.ride_limit_s + HOUR_S)),
    ),
    Concession(
        "deadlines an hour later",
        (Rule.DEADLINE,),
        _for_lots(lambda lot: replace(lot, deadline_s=lot.deadline_s + HOUR_S)),
    ),
    Concession(
        "a quarter more room on truck {truck}",
        (Rule.WEIGHT, Rule.CRATES, Rule.COMPARTMENT),
        _for_truck(_roomier),
    ),
    Concession(
        "one more trip of truck {truck}",
        (Rule.WEIGHT, Rule.CRATES, Rule.COMPARTMENT, Rule.EXCLUSION, Rule.TRIPS),
        _for_truck(lambda vehicle: replace(vehicle, trips=vehicle.trips + 1)),
    ),
    Concession(
        "leave to ride with what is excluded now",
        (Rule.EXCLUSION,),
        _for_lots(lambda lot: replace(lot, clash=0, cold_clash=0)),
    ),
    Concession(
        "one more dock at hub {hub}",
        (Rule.DOCKS,),
        _for_hub(lambda depot: replace(depot, docks=min(NEVER, depot.docks + 1))),
    ),
    Concession(
        "unlimited room on the departures from hub {hub}",
        (Rule.CUTOFF,),
        _for_hub(lambda depot: replace(depot, departures=())),
    ),
    Concession(
        "no relations between lots",
        (Rule.RELATION,),
        lambda instance, truck, hub: replace(instance, relations=()),
    ),
    Concession("leave to go to any hub", (Rule.ALLOWED_HUB,), _for_lots(lambda lot: replace(lot, hubs=EVERYWHERE))),
)
