"""Rules made a little looser, one at a time: what a dispatcher might concede to take a lot that would stay behind."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from routing.instance import NEVER, Instance, Lot, Window
from routing.rules import Rule

HOUR_S = 3600


@dataclass(frozen=True, slots=True)
class Concession:
    """`words` say it (with the truck and hub it is granted for), `rules` are those it may lift, `grant` applies it."""

    words: str
    rules: tuple[Rule, ...]
    grant: Callable[[Instance], Instance]


def _longer_days(instance: Instance) -> Instance:
    def longer(limit_s: int) -> int:
        return limit_s if limit_s >= NEVER else limit_s + HOUR_S

    vehicles = tuple(
        replace(v, latest_s=v.latest_s + HOUR_S, driving_s=longer(v.driving_s), duration_s=longer(v.duration_s))
        for v in instance.vehicles
    )
    return replace(instance, vehicles=vehicles)


def _later_hubs(instance: Instance) -> Instance:
    return replace(instance, depots=tuple(replace(d, windows=_later(d.windows)) for d in instance.depots))


def _later(windows: tuple[Window, ...]) -> tuple[Window, ...]:
    return tuple((opens, closes + HOUR_S) for opens, closes in windows)


def _more_room(instance: Instance) -> Instance:
    vehicles = tuple(replace(v, weight_g=v.weight_g * 5 // 4, crates=v.crates * 5 // 4) for v in instance.vehicles)
    return replace(instance, vehicles=vehicles)


def _one_more_trip(instance: Instance) -> Instance:
    return replace(instance, vehicles=tuple(replace(v, trips=v.trips + 1) for v in instance.vehicles))


def _each_lot(change: Callable[[Lot], Lot]) -> Callable[[Instance], Instance]:
    return lambda instance: replace(instance, lots=tuple(change(lot) for lot in instance.lots))


def _any_hub(instance: Instance) -> Instance:
    everywhere = (1 << len(instance.depots)) - 1
    return replace(instance, lots=tuple(replace(lot, hubs=everywhere) for lot in instance.lots))


def _one_more_dock(instance: Instance) -> Instance:
    return replace(instance, depots=tuple(replace(d, docks=min(NEVER, d.docks + 1)) for d in instance.depots))


def _all_leaves(instance: Instance) -> Instance:
    return replace(instance, depots=tuple(replace(d, departures=()) for d in instance.depots))


CONCESSIONS = (
    Concession("one more hour of work for truck {truck}", (Rule.SHIFT, Rule.DRIVING_TIME, Rule.DURATION), _longer_days),
    Concession("one more hour at hub {hub}", (Rule.HUB_HOURS,), _later_hubs),
    Concession(
        "time windows that close an hour later",
        (Rule.TIME_WINDOW,),
        _each_lot(lambda lot: replace(lot, windows=_later(lot.windows))),
    ),
    Concession(
        "ride limits an hour longer",
        (Rule.RIDE_LIMIT,),
        _each_lot(lambda lot: replace(lot, ride_limit_s=lot.ride_limit_s + HOUR_S)),
    ),
    Concession(
        "deadlines an hour later",
        (Rule.DEADLINE,),
        _each_lot(lambda lot: replace(lot, deadline_s=lot.deadline_s + HOUR_S)),
    ),
    Concession("a quarter more room on truck {truck}", (Rule.WEIGHT, Rule.CRATES), _more_room),
    Concession(
        "one more trip of truck {truck}", (Rule.WEIGHT, Rule.CRATES, Rule.EXCLUSION, Rule.TRIPS), _one_more_trip
    ),
    Concession(
        "leave to ride with what is excluded now",
        (Rule.EXCLUSION,),
        _each_lot(lambda lot: replace(lot, clash=0, cold_clash=0)),
    ),
    Concession("one more dock at hub {hub}", (Rule.DOCKS,), _one_more_dock),
    Concession("unlimited room on the departures from hub {hub}", (Rule.CUTOFF,), _all_leaves),
    Concession("no relations between lots", (Rule.RELATION,), lambda instance: replace(instance, relations=())),
    Concession("leave to go to any hub", (Rule.ALLOWED_HUB,), _any_hub),
)
