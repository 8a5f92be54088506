"""Refuses a problem that no engine should see: each fault with its JSON pointer, the value and the remedy.

The OR-Tools routing model aborts the process on an empty fleet, a negative capacity or a short matrix, and answers
"optimal" on overflowing costs, so nothing reaches it that has not passed here.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from routing.faults import Fault, Refused, pointer
from routing.instance import mandatory_penalty, overlap, temperature_fits
from routing.problem import (
    Hub,
    LoadedLot,
    Pickup,
    Problem,
    TemperatureRange,
    TimeWindow,
    TravelProfile,
    Truck,
)

MAX_TIME_S = 100_000_000
MAX_AMOUNT = 1_000_000_000
MAX_LEG = 100_000_000
MAX_COST_SATANG = 1_000_000_000_000
MAX_LOCATIONS = 20_000
MAX_TRIPS = 20
# Models count in 1/3600 satang: sums stay within 64 bits, which overflow silently.
MAX_TOTAL_SATANG = 1 << 50


def validate(problem: Problem) -> None:
    """Check all that can be known before a search.

    Raises:
        Refused: with every fault found.
    """
    faults = list(_references(problem))
    if not faults:
        faults = [*_locations(problem), *_hubs(problem), *_trucks(problem), *_pickups(problem), *_rules(problem)]
        faults += _profiles(problem)
        faults += _unsupported(problem)
    if not faults:
        faults += _feasibility(problem)
    if faults:
        raise Refused("problem", faults)


def _references(problem: Problem) -> Iterator[Fault]:
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


def _amount(place: tuple[str | int, ...], value: int | None, most: int, *, least: int = 0) -> Iterator[Fault]:
    if value is not None and not least <= value <= most:
        yield Fault(pointer(*place), f"{value} is out of range.", f"Give a value from {least} to {most}.")


def _amounts(
    place: tuple[str | int, ...], owner: object, names: Iterable[str], most: int, *, least: int = 0
) -> Iterator[Fault]:
    for name in names:
        yield from _amount((*place, name), getattr(owner, name), most, least=least)


def _windows(place: tuple[str | int, ...], windows: Sequence[TimeWindow]) -> Iterator[Fault]:
    for number, window in enumerate(windows):
        yield from _window((*place, number), window)
    for number, (one, other) in enumerate(pairwise(windows)):
        if other.opens_s <= one.closes_s:
            yield Fault(
                pointer(*place, number + 1, "opens_s"),
                f"{other.opens_s} is not after the window before it, which closes at {one.closes_s}.",
                "List windows in order of time, without overlaps.",
            )


def _window(place: tuple[str | int, ...], window: TimeWindow) -> Iterator[Fault]:
    yield from _amounts(place, window, ("opens_s", "closes_s"), MAX_TIME_S, least=-MAX_TIME_S)
    if window.closes_s < window.opens_s:
        yield Fault(
            pointer(*place, "closes_s"),
            f"{window.closes_s} is before opens_s {window.opens_s}.",
            "A window closes at or after it opens.",
        )


def _temperature(place: tuple[str | int, ...], span: TemperatureRange | None) -> Iterator[Fault]:
    if span is None:
        return
    for name, value in (("min_c", span.min_c), ("max_c", span.max_c)):
        if not -60 <= value <= 60:
            yield Fault(pointer(*place, name), f"{value} is out of range.", "Give degrees Celsius from -60 to 60.")
    if span.max_c < span.min_c:
        yield Fault(pointer(*place, "max_c"), f"{span.max_c} is below min_c {span.min_c}.", "Swap the two.")


def _locations(problem: Problem) -> Iterator[Fault]:
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


def _hubs(problem: Problem) -> Iterator[Fault]:
    for number, hub in enumerate(problem.hubs):
        place = ("hubs", number)
        yield from _windows((*place, "windows"), hub.windows)
        yield from _amount((*place, "unload_s"), hub.unload_s, MAX_TIME_S)
        yield from _amount((*place, "docks"), hub.docks, MAX_AMOUNT, least=1)
        yield from _cutoffs(place, hub)


def _cutoffs(place: tuple[str | int, ...], hub: Hub) -> Iterator[Fault]:
    for index, cutoff in enumerate(hub.cutoffs):
        at = (*place, "cutoffs", index)
        yield from _amount((*at, "at_s"), cutoff.at_s, MAX_TIME_S, least=-MAX_TIME_S)
        yield from _amounts(at, cutoff, ("capacity_g", "capacity_crates"), MAX_AMOUNT)
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


def _trucks(problem: Problem) -> Iterator[Fault]:
    on_board: set[str] = {pickup.id for pickup in problem.pickups}
    locked: dict[str, str] = {}
    for number, truck in enumerate(problem.trucks):
        place = ("trucks", number)
        yield from _window((*place, "shift"), truck.shift)
        yield from _amounts(place, truck, ("capacity_g", "capacity_crates"), MAX_AMOUNT)
        yield from _amounts(place, truck, ("max_driving_s", "max_duration_s"), MAX_TIME_S)
        yield from _amount((*place, "max_trips"), truck.max_trips, MAX_TRIPS, least=1)
        yield from _amounts(
            place, truck, ("fixed_cost_satang", "cost_per_km_satang", "cost_per_h_satang"), MAX_COST_SATANG
        )
        yield from _amount((*place, "emission_g_per_km"), truck.emission_g_per_km, MAX_AMOUNT)
        yield from _temperature((*place, "temperature"), truck.temperature)
        if truck.overtime:
            yield from _amount((*place, "overtime", "limit_s"), truck.overtime.limit_s, MAX_TIME_S)
            yield from _amount(
                (*place, "overtime", "cost_per_h_satang"), truck.overtime.cost_per_h_satang, MAX_COST_SATANG
            )
        if truck.rest:
            yield from _amounts((*place, "rest"), truck.rest, ("after_driving_s", "rest_s"), MAX_TIME_S, least=1)
        yield from _loaded(place, truck, on_board)
        yield from _locked(problem, place, truck, locked)


def _loaded(place: tuple[str | int, ...], truck: Truck, seen: set[str]) -> Iterator[Fault]:
    for index, lot in enumerate(truck.loaded):
        at = (*place, "loaded", index)
        if lot.id in seen:
            yield Fault(pointer(*at, "id"), f"{lot.id!r} is used twice.", "A lot is on one truck or waiting, not both.")
        seen.add(lot.id)
        yield from _amounts(at, lot, ("weight_g", "crates"), MAX_AMOUNT)
        yield from _amounts(at, lot, ("loaded_at_s", "deadline_s"), MAX_TIME_S, least=-MAX_TIME_S)
        yield from _amount((*at, "ride_limit_s"), lot.ride_limit_s, MAX_TIME_S, least=1)
        yield from _temperature((*at, "temperature"), lot.temperature)
        if truck.hubs is not None and lot.hubs is not None and not set(truck.hubs) & set(lot.hubs):
            yield Fault(pointer(*at, "hubs"), f"truck {truck.id!r} goes to none of these.", "Allow a hub to both.")
    for amount, capacity in (("weight_g", truck.capacity_g), ("crates", truck.capacity_crates)):
        total = sum(getattr(lot, amount) for lot in truck.loaded)
        if truck.loaded and total > capacity:
            yield Fault(
                pointer(*place, "loaded"),
                f"{amount} adds up to {total}, over the truck's {capacity}.",
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


def _pickups(problem: Problem) -> Iterator[Fault]:
    for number, pickup in enumerate(problem.pickups):
        place = ("pickups", number)
        yield from _amounts(place, pickup, ("weight_g", "crates"), MAX_AMOUNT)
        yield from _amounts(place, pickup, ("release_s", "deadline_s"), MAX_TIME_S, least=-MAX_TIME_S)
        yield from _amount((*place, "service_s"), pickup.service_s, MAX_TIME_S)
        yield from _amount((*place, "ride_limit_s"), pickup.ride_limit_s, MAX_TIME_S, least=1)
        yield from _amounts(
            place,
            pickup,
            ("penalty_satang", "ambient_cost_per_h_satang", "life_cost_per_h_satang"),
            MAX_COST_SATANG,
        )
        yield from _windows((*place, "windows"), pickup.windows)
        yield from _temperature((*place, "temperature"), pickup.temperature)
        if pickup.lateness:
            at = (*place, "lateness")
            yield from _amount((*at, "due_s"), pickup.lateness.due_s, MAX_TIME_S, least=-MAX_TIME_S)
            yield from _amount((*at, "cost_per_h_satang"), pickup.lateness.cost_per_h_satang, MAX_COST_SATANG)
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


def _rules(problem: Problem) -> Iterator[Fault]:
    groups = {group for pickup in problem.pickups for group in pickup.groups}
    groups |= {group for truck in problem.trucks for lot in truck.loaded for group in lot.groups}
    for number, exclusion in enumerate(problem.exclusions):
        for name in ("group", "other"):
            if not getattr(exclusion, name).strip():
                yield Fault(pointer("exclusions", number, name), "the group is empty.", "Name a group.")
    yield from _amount(("balance_cost_per_h_satang",), problem.balance_cost_per_h_satang, MAX_COST_SATANG)
    dearest = max((truck.fixed_cost_satang for truck in problem.trucks), default=0) * len(problem.trucks)
    total = dearest + (len(problem.pickups) + 1) * mandatory_penalty(problem)
    if total > MAX_TOTAL_SATANG:
        yield Fault("", f"costs may add up to {total} satang.", f"Keep their sum below {MAX_TOTAL_SATANG}.")


def _profiles(problem: Problem) -> Iterator[Fault]:
    size = len(problem.locations)
    for number, profile in enumerate(problem.profiles):
        place = ("profiles", number)
        if (profile.distance_m is None) != (profile.duration_s is None):
            missing = "distance_m" if profile.distance_m is None else "duration_s"
            yield Fault(pointer(*place, missing), "only one of the two matrices is given.", "Give both, or neither.")
        for name, rows in (("distance_m", profile.distance_m), ("duration_s", profile.duration_s)):
            if rows is not None:
                yield from _matrix((*place, name), rows, size)
        yield from _speeds(place, profile)


def _matrix(place: tuple[str | int, ...], rows: tuple[tuple[int | None, ...], ...], size: int) -> Iterator[Fault]:
    if len(rows) != size:
        yield Fault(pointer(*place), f"{len(rows)} rows for {size} locations.", "Give one row for each location.")
    for index, row in enumerate(rows):
        if len(row) != size:
            yield Fault(
                pointer(*place, index), f"{len(row)} columns for {size} locations.", "Give one for each location."
            )
        if index < len(row) and row[index] != 0:
            yield Fault(pointer(*place, index, index), f"{row[index]} from a place to itself.", "Write 0.")
        wrong = next((col for col, cell in enumerate(row) if cell is not None and not 0 <= cell <= MAX_LEG), None)
        if wrong is not None:
            yield Fault(
                pointer(*place, index, wrong),
                f"{row[wrong]} is out of range.",
                f"Give a value from 0 to {MAX_LEG}, or null where there is no road.",
            )


def _speeds(place: tuple[str | int, ...], profile: TravelProfile) -> Iterator[Fault]:
    yield from _amount((*place, "circuity_percent"), profile.circuity_percent, 1000, least=100)
    if profile.speeds is not None:
        if not profile.speeds or profile.speeds[-1].up_to_m is not None:
            yield Fault(
                pointer(*place, "speeds"), "the last band has an end.", "End with a band whose up_to_m is null."
            )
        before = 0
        for index, band in enumerate(profile.speeds):
            yield from _amount((*place, "speeds", index, "speed_km_h"), band.speed_km_h, 200, least=1)
            if index < len(profile.speeds) - 1 and (band.up_to_m is None or band.up_to_m <= before):
                yield Fault(
                    pointer(*place, "speeds", index, "up_to_m"),
                    f"{band.up_to_m} does not follow {before}.",
                    "List bands by growing length.",
                )
            before = band.up_to_m or before


def _unsupported(problem: Problem) -> Iterator[Fault]:
    """What the problem can say and no engine evaluates yet: refused, never ignored."""
    remedy = "It is not supported yet by any engine; leave it out."
    for number, truck in enumerate(problem.trucks):
        if truck.compartments:
            yield Fault(pointer("trucks", number, "compartments"), "compartments are given.", remedy)
    for number, hub in enumerate(problem.hubs):
        if hub.docks is not None:
            yield Fault(pointer("hubs", number, "docks"), f"a limit of {hub.docks} docks is given.", remedy)
        for index, cutoff in enumerate(hub.cutoffs):
            if cutoff.capacity_g is not None or cutoff.capacity_crates is not None:
                yield Fault(pointer("hubs", number, "cutoffs", index), "the departure has a capacity.", remedy)
    for number, relation in enumerate(problem.relations):
        yield Fault(pointer("relations", number), f"a relation {relation.kind!r} is given.", remedy)
    for number, profile in enumerate(problem.profiles):
        if profile.time_factors:
            yield Fault(pointer("profiles", number, "time_factors"), "time-of-day factors are given.", remedy)


def _feasibility(problem: Problem) -> Iterator[Fault]:
    yield from _reachable_hubs(problem)
    for number, pickup in enumerate(problem.pickups):
        if pickup.penalty_satang is None:
            reason = _why_no_truck(problem, pickup)
            if reason:
                yield Fault(
                    pointer("pickups", number),
                    f"mandatory lot {pickup.id!r} can ride on no truck: {reason}.",
                    "Split the lot, add a truck that can carry it, or give it a penalty_satang to make it optional.",
                )
    for number, truck in enumerate(problem.trucks):
        for index, lot in enumerate(truck.loaded):
            if truck.temperature and not overlap(truck.temperature, lot.temperature):
                yield _loaded_fault(number, index, lot, "the truck can't be set to its temperature range.")


def _loaded_fault(number: int, index: int, lot: LoadedLot, why: str) -> Fault:
    return Fault(pointer("trucks", number, "loaded", index), f"lot {lot.id!r}: {why}", "Correct the lot or the truck.")


def _reachable_hubs(problem: Problem) -> Iterator[Fault]:
    place = {location.id: number for number, location in enumerate(problem.locations)}
    tables = [profile.duration_s for profile in problem.profiles]
    if not problem.pickups or not tables or any(table is None for table in tables):
        return
    rows = {place[pickup.location] for pickup in problem.pickups} | {place[truck.start] for truck in problem.trucks}
    for number, hub in enumerate(problem.hubs):
        column = place[hub.location]
        if all(table is not None and table[row][column] is None for table in tables for row in rows):
            yield Fault(
                pointer("hubs", number, "location"),
                f"there is no road from any pick-up or truck to hub {hub.id!r}.",
                "Correct the matrices, or leave the hub out.",
            )


def _why_no_truck(problem: Problem, pickup: Pickup) -> str:
    """Empty where some truck can carry the lot; otherwise what rules the trucks out, one rule after the other."""
    trucks: Sequence[Truck] = problem.trucks
    heaviest = max(truck.capacity_g for truck in trucks)
    most_crates = max(truck.capacity_crates for truck in trucks)
    steps = (
        (f"it weighs {pickup.weight_g} g, the largest takes {heaviest} g", lambda t: pickup.weight_g <= t.capacity_g),
        (
            f"it has {pickup.crates} crates, the largest takes {most_crates}",
            lambda t: pickup.crates <= t.capacity_crates,
        ),
        ("its `trucks` leave none that is large enough", lambda t: pickup.trucks is None or t.id in pickup.trucks),
        (f"none of those offers {list(pickup.requires)}", lambda t: set(pickup.requires) <= set(t.offers)),
        ("none of those keeps its temperature range", lambda t: temperature_fits(t.temperature, pickup)),
        (
            "none of those goes to a hub it may go to",
            lambda t: pickup.hubs is None or t.hubs is None or bool(set(pickup.hubs) & set(t.hubs)),
        ),
    )
    for reason, keeps in steps:
        trucks = [truck for truck in trucks if keeps(truck)]
        if not trucks:
            return reason
    return ""
