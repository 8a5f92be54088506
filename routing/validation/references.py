"""Ids: used once, and only where they exist."""

from collections import Counter
from collections.abc import Iterator, Sequence

from routing.faults import Fault, pointer
from routing.problem import Problem

MAX_LOCATIONS = 20_000


def references(problem: Problem) -> Iterator[Fault]:
    yield from _ids("locations", [location.id for location in problem.locations])
    yield from _ids("hubs", [hub.id for hub in problem.hubs])
    yield from _ids("trucks", [truck.id for truck in problem.trucks])
    yield from _ids("pickups", [pickup.id for pickup in problem.pickups])
    yield from _ids("profiles", [profile.id for profile in problem.profiles])
    if len(problem.locations) > MAX_LOCATIONS:
        yield Fault("/locations", f"{len(problem.locations)} are too many.", f"At most {MAX_LOCATIONS}; split the day.")
    for what, things in (("hub", problem.hubs), ("truck", problem.trucks)):
        if not things:
            yield Fault(f"/{what}s", f"there is no {what}.", f"Add at least one {what}.")
    places = {location.id for location in problem.locations}
    hubs = {hub.id for hub in problem.hubs}
    trucks = {truck.id for truck in problem.trucks}
    pickups = {pickup.id for pickup in problem.pickups}
    profiles = {profile.id for profile in problem.profiles}
    for number, hub in enumerate(problem.hubs):
        yield from _known(("hubs", number, "location"), [hub.location], places, "location")
    for number, truck in enumerate(problem.trucks):
        at: tuple[str | int, ...] = ("trucks", number)
        yield from _known((*at, "start"), [truck.start], places, "location")
        yield from _known((*at, "end"), [truck.end], places, "location")
        yield from _known((*at, "profile"), [truck.profile], profiles, "travel profile")
        yield from _listed((*at, "hubs"), truck.hubs, hubs, "hub")
        yield from _listed((*at, "locked_stops"), truck.locked_stops or None, pickups, "pick-up")
        for index, lot in enumerate(truck.loaded):
            yield from _listed((*at, "loaded", index, "hubs"), lot.hubs, hubs, "hub")
    for number, pickup in enumerate(problem.pickups):
        yield from _known(("pickups", number, "location"), [pickup.location], places, "location")
        yield from _listed(("pickups", number, "hubs"), pickup.hubs, hubs, "hub")
        yield from _listed(("pickups", number, "trucks"), pickup.trucks, trucks, "truck")
        yield from _known(("pickups", number, "planned_truck"), [pickup.planned_truck], trucks, "truck")
    for number, relation in enumerate(problem.relations):
        yield from _listed(("relations", number, "pickups"), relation.pickups, pickups, "pick-up")


def _ids(section: str, ids: Sequence[str]) -> Iterator[Fault]:
    seen: set[str] = set()
    for number, identity in enumerate(ids):
        place = pointer(section, number, "id")
        if not identity.strip():
            yield Fault(place, "the id is empty.", "Give it a name of its own.")
        elif identity in seen:
            yield Fault(place, f"{identity!r} is used twice.", "Give each its own id.")
        seen.add(identity)


def _known(place: tuple[str | int, ...], names: Sequence[str | None], known: set[str], what: str) -> Iterator[Fault]:
    for name in names:
        if name is not None and name not in known:
            yield Fault(pointer(*place), f"there is no {what} {name!r}.", f"Name a {what} of this problem.")


def _listed(place: tuple[str | int, ...], names: Sequence[str] | None, known: set[str], what: str) -> Iterator[Fault]:
    if names is None:
        return
    if not names:
        yield Fault(pointer(*place), f"the list allows no {what}.", "Leave it out (or null) to allow all of them.")
    for number, name in enumerate(names):
        yield from _known((*place, number), [name], known, what)
    for name, times in Counter(names).items():
        if times > 1:
            yield Fault(pointer(*place), f"{name!r} is listed {times} times.", "List it once.")
