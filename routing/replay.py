"""Drives one route of a plan again, from the problem and the plan's own times, and names every rule it breaks."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import combinations, pairwise

from routing.plan import Costs, Route, Stop
from routing.problem import LoadedLot, Pickup, Problem, TemperatureRange, TimeFactor, TimeWindow, Truck
from routing.rules import Rule
from routing.travel import UNREACHABLE, Table

Lot = Pickup | LoadedLot


@dataclass(frozen=True, slots=True)
class Violation:
    """A rule that the plan breaks; `stop` is the index in the truck's stops, -1 where no single stop is to blame."""

    rule: Rule
    detail: str
    truck: str = ""
    stop: int = -1
    pickup: str = ""

    def __str__(self) -> str:
        where = [f"truck {self.truck}"] if self.truck else []
        where += [f"stop {self.stop}"] if self.stop >= 0 else []
        where += [f"lot {self.pickup}"] if self.pickup else []
        return f"{', '.join(where) or 'plan'}: {self.rule.value}: {self.detail}"


@dataclass(slots=True)
class _Drive:
    problem: Problem
    truck: Truck
    route: Route
    table: Table
    place: dict[str, int]
    pickups: dict[str, Pickup]
    factors: tuple[TimeFactor, ...]
    hubs_seen: int = 0
    aboard: list[tuple[Lot, int, str | None]] = field(default_factory=list)
    driving_s: int = 0
    distance_m: int = 0
    since_rest_s: int = 0
    late: int = 0
    life: int = 0
    changes: int = 0

    def fault(self, rule: Rule, detail: str, stop: int = -1, pickup: str = "") -> Violation:
        return Violation(rule, detail, self.truck.id, stop, pickup)


@dataclass(frozen=True, slots=True)
class Directory:
    """The places and lots of a problem by their ids, made once for all routes."""

    problem: Problem
    place: dict[str, int]
    pickups: dict[str, Pickup]


def directory(problem: Problem) -> Directory:
    return Directory(
        problem,
        {location.id: index for index, location in enumerate(problem.locations)},
        {pickup.id: pickup for pickup in problem.pickups},
    )


def replay(known: Directory, number: int, table: Table, route: Route) -> tuple[list[Violation], Costs]:
    """The violations of a route of truck `number`, and what its stops cost (nothing where they make no route)."""
    truck = known.problem.trucks[number]
    drive = _Drive(known.problem, truck, route, table, known.place, known.pickups, _factors(known.problem, truck))
    faults = list(_shape(drive))
    if faults:
        return faults, Costs()
    drive.aboard = [(lot, lot.loaded_at_s, lot.compartment) for lot in truck.loaded]
    drive.since_rest_s = truck.driven_s
    faults += _stops(drive)
    faults += _day(drive)
    costs = _costs(drive)
    if not faults and costs != route.costs:
        faults.append(drive.fault(Rule.COST, f"the route says {route.costs}, its stops cost {costs}"))
    return faults, costs


def _factors(problem: Problem, truck: Truck) -> tuple[TimeFactor, ...]:
    profiles = [p for p in problem.profiles if truck.profile in (None, p.id)]
    return profiles[0].time_factors if profiles else ()


def per_hour(seconds: int, satang: int) -> int:
    return (seconds * satang + 1800) // 3600


def _shape(drive: _Drive) -> Iterator[Violation]:
    """Kinds of stops in an order that can be driven, with ids that exist and belong together."""
    truck, stops = drive.truck, drive.route.stops
    kinds = [stop.kind for stop in stops if stop.kind != "rest"]
    body = kinds[1:] if truck.end is None else kinds[1:-1]
    ends_well = truck.end is None or (kinds and kinds[-1] == "end" and stops[-1].kind == "end")
    if (
        not body
        or stops[0].kind != "start"
        or stops[-1].kind == "rest"
        or not ends_well
        or body[-1] != "unload"
        or not set(body) <= {"pickup", "unload"}
    ):
        yield drive.fault(Rule.SEQUENCE, "doesn't go from its start through pick-ups and unloading to its end")
        return
    if stops[0].location != truck.start:
        yield drive.fault(Rule.SEQUENCE, f"doesn't start at {truck.start!r}", 0)
    if truck.end is not None and stops[-1].location != truck.end:
        yield drive.fault(Rule.SEQUENCE, f"doesn't end at {truck.end!r}", len(stops) - 1)
    yield from _names(drive)


def _names(drive: _Drive) -> Iterator[Violation]:
    hubs = {hub.id: hub for hub in drive.problem.hubs}
    for number, stop in enumerate(drive.route.stops):
        if stop.location is None and stop.kind != "rest":
            yield drive.fault(Rule.SEQUENCE, f"a stop of kind {stop.kind} has no location", number)
        if stop.location is not None and stop.location not in drive.place:
            yield drive.fault(Rule.UNKNOWN_ID, f"there is no location {stop.location!r}", number)
        if (stop.pickup is not None) != (stop.kind == "pickup") or (stop.hub is not None) != (stop.kind == "unload"):
            yield drive.fault(Rule.SEQUENCE, "names a pick-up or hub that doesn't go with its kind", number)
        elif stop.pickup is not None:
            lot = drive.pickups.get(stop.pickup)
            if lot is None:
                yield drive.fault(Rule.UNKNOWN_ID, f"there is no pick-up {stop.pickup!r}", number)
            elif lot.location != stop.location:
                yield drive.fault(Rule.SEQUENCE, f"waits at {lot.location!r}, not here", number, lot.id)
        elif stop.hub is not None:
            hub = hubs.get(stop.hub)
            if hub is None:
                yield drive.fault(Rule.UNKNOWN_ID, f"there is no hub {stop.hub!r}", number)
            elif hub.location != stop.location:
                yield drive.fault(Rule.SEQUENCE, f"hub {hub.id!r} is at {hub.location!r}, not here", number)


def _stops(drive: _Drive) -> Iterator[Violation]:
    stops = drive.route.stops
    if stops[0].arrival_s < drive.truck.shift.opens_s:
        yield drive.fault(Rule.SHIFT, f"leaves at {stops[0].arrival_s}, before {drive.truck.shift.opens_s}", 0)
    yield from _order_of_times(drive, 0, stops[0])
    yield from _load(drive, 0, stops[0])
    from_place, leg_m = drive.place[drive.truck.start], 0
    spells: list[tuple[int, int]] = []
    for number, stop in enumerate(stops[1:], start=1):
        spells.append((stops[number - 1].depart_s, stop.driving_s))
        leg_m += stop.distance_m
        if stop.location is not None:
            here = drive.place[stop.location]
            yield from _leg(drive, number, (from_place, here), spells, leg_m)
            from_place, leg_m, spells = here, 0, []
        earliest = stops[number - 1].depart_s + stop.driving_s
        if stop.arrival_s < earliest:
            yield drive.fault(Rule.TIMES, f"arrives at {stop.arrival_s}, can't before {earliest}", number)
        yield from _order_of_times(drive, number, stop)
        yield from _rested(drive, number, stop)
        if stop.pickup is not None:
            yield from _pick_up(drive, number, stop, drive.pickups[stop.pickup])
        elif stop.hub is not None:
            yield from _unload(drive, number, stop)
        yield from _load(drive, number, stop)


def _order_of_times(drive: _Drive, number: int, stop: Stop) -> Iterator[Violation]:
    if not stop.arrival_s <= stop.start_s <= stop.depart_s:
        yield drive.fault(Rule.TIMES, "arrival, start and departure are out of order", number)


def _leg(
    drive: _Drive, number: int, leg: tuple[int, int], spells: Sequence[tuple[int, int]], said_m: int
) -> Iterator[Violation]:
    """A leg driven in spells of (start, seconds), between which the driver rests."""
    seconds, metres = int(drive.table.duration_s[leg]), int(drive.table.distance_m[leg])
    said_s = sum(spell for _, spell in spells)
    if seconds >= UNREACHABLE or metres >= UNREACHABLE:
        yield drive.fault(Rule.NO_ROAD, "there is no road to this stop from the one before", number)
    elif said_m != metres or not _takes(drive.factors, spells, seconds):
        detail = f"the leg is given as {said_s} s and {said_m} m, it is {seconds} s and {metres} m"
        detail += " before the time of day counts" if drive.factors else ""
        yield drive.fault(Rule.TIMES, detail, number)
    drive.driving_s += said_s
    drive.distance_m += metres


def _takes(factors: Sequence[TimeFactor], spells: Sequence[tuple[int, int]], seconds: int) -> bool:
    """Whether spells of driving are what a leg of so many usual seconds takes, to the second."""
    if not factors:
        return sum(spell for _, spell in spells) == seconds
    driven = sum((_usual(factors, start, start + spell) for start, spell in spells), Fraction(0))
    start, spell = spells[-1]
    return driven >= seconds and (spell == 0 or driven - _usual(factors, start + spell - 1, start + spell) < seconds)


def _usual(factors: Sequence[TimeFactor], start: int, end: int) -> Fraction:
    """The usual seconds of driving that are done between two moments."""
    marks = [start, *(f.from_s for f in factors if start < f.from_s < end), end]
    total = Fraction(0)
    for one, other in pairwise(marks):
        percent = next((f.percent for f in reversed(factors) if f.from_s <= one), 100)
        total += Fraction(100 * (other - one), percent)
    return total


def _rested(drive: _Drive, number: int, stop: Stop) -> Iterator[Violation]:
    """Driving since the last rest; waiting and standing idle count as rest when they are long enough."""
    rest = drive.truck.rest
    if rest is None:
        return
    before = drive.route.stops[number - 1]
    slack = stop.arrival_s - before.depart_s - stop.driving_s
    if slack >= rest.rest_s or _idle_after(drive, before) >= rest.rest_s:
        drive.since_rest_s = 0
    drive.since_rest_s += stop.driving_s
    if drive.since_rest_s > rest.after_driving_s:
        detail = (
            f"{drive.since_rest_s} s driven without a rest of {rest.rest_s} s, allowed are {rest.after_driving_s} s"
        )
        yield drive.fault(Rule.REST, detail, number)
    resting = stop.depart_s - stop.start_s if stop.kind == "rest" else 0
    if max(resting, stop.start_s - stop.arrival_s) >= rest.rest_s:
        drive.since_rest_s = 0


def _idle_after(drive: _Drive, stop: Stop) -> int:
    if stop.pickup is not None:
        return stop.depart_s - stop.start_s - drive.pickups[stop.pickup].service_s
    if stop.hub is not None:
        hub = next(hub for hub in drive.problem.hubs if hub.id == stop.hub)
        return stop.depart_s - stop.start_s - hub.unload_s
    return 0


def _pick_up(drive: _Drive, number: int, stop: Stop, lot: Pickup) -> Iterator[Violation]:
    truck = drive.truck
    if lot.windows and not _inside(lot.windows, stop.start_s):
        yield drive.fault(Rule.TIME_WINDOW, f"starts at {stop.start_s}, outside its windows", number, lot.id)
    if lot.release_s is not None and stop.start_s < lot.release_s:
        yield drive.fault(
            Rule.TIME_WINDOW, f"starts at {stop.start_s}, before its release {lot.release_s}", number, lot.id
        )
    if stop.depart_s - stop.start_s < lot.service_s:
        yield drive.fault(Rule.TIMES, f"loading takes {lot.service_s} s", number, lot.id)
    if lot.trucks is not None and truck.id not in lot.trucks:
        yield drive.fault(Rule.PINNED_TRUCK, f"may ride on {', '.join(lot.trucks)} only", number, lot.id)
    missing = sorted(set(lot.requires) - set(truck.offers))
    if missing:
        yield drive.fault(Rule.REQUIREMENT, f"the truck doesn't offer {', '.join(missing)}", number, lot.id)
    if (stop.compartment is not None or truck.compartments) and stop.compartment not in _insides(truck):
        detail = f"there is no compartment {stop.compartment!r}" if truck.compartments else "there are no compartments"
        yield drive.fault(Rule.COMPARTMENT, detail, number, lot.id)
    if lot.temperature is not None and lot.ambient_cost_per_h_satang is None and not _cooling(truck, stop.compartment):
        yield drive.fault(Rule.TEMPERATURE, "may not ride where nothing is cooled", number, lot.id)
    if lot.planned_truck not in (None, truck.id):
        drive.changes += lot.change_cost_satang
    drive.aboard.append((lot, stop.start_s, stop.compartment))


def _unload(drive: _Drive, number: int, stop: Stop) -> Iterator[Violation]:
    truck = drive.truck
    hub = next(hub for hub in drive.problem.hubs if hub.id == stop.hub)
    drive.hubs_seen += 1
    if hub.windows and not _inside(hub.windows, stop.start_s):
        yield drive.fault(Rule.HUB_HOURS, f"unloading starts at {stop.start_s}, {hub.id} is closed", number)
    if hub.cutoffs and stop.start_s > hub.cutoffs[-1].at_s:
        detail = f"unloading starts at {stop.start_s}, the last departure is at {hub.cutoffs[-1].at_s}"
        yield drive.fault(Rule.CUTOFF, detail, number)
    if stop.depart_s - stop.start_s < hub.unload_s:
        yield drive.fault(Rule.TIMES, f"unloading takes {hub.unload_s} s", number)
    if truck.hubs is not None and hub.id not in truck.hubs:
        yield drive.fault(Rule.ALLOWED_HUB, f"the truck doesn't unload at {hub.id}", number)
    yield from _together(drive, number)
    for lot, since, inside in drive.aboard:
        if lot.hubs is not None and hub.id not in lot.hubs:
            yield drive.fault(Rule.ALLOWED_HUB, f"may not go to {hub.id}", number, lot.id)
        if lot.deadline_s is not None and stop.start_s > lot.deadline_s:
            yield drive.fault(Rule.DEADLINE, f"delivered at {stop.start_s}, due by {lot.deadline_s}", number, lot.id)
        if lot.ride_limit_s is not None and stop.start_s - since > lot.ride_limit_s:
            detail = f"rides {stop.start_s - since} s, allowed are {lot.ride_limit_s} s"
            yield drive.fault(Rule.RIDE_LIMIT, detail, number, lot.id)
        if isinstance(lot, Pickup):
            if lot.lateness is not None:
                late_s = max(0, stop.start_s - lot.lateness.due_s)
                drive.late += per_hour(late_s, lot.lateness.cost_per_h_satang)
            ambient = lot.ambient_cost_per_h_satang or 0
            rate = lot.life_cost_per_h_satang if _cooling(truck, inside) else ambient
            drive.life += per_hour(stop.start_s - since, rate)
    drive.aboard = []


def _insides(truck: Truck) -> tuple[str | None, ...]:
    """The names of what lots ride in: compartments, or the truck itself (None)."""
    return tuple(compartment.id for compartment in truck.compartments) or (None,)


def _cooling(truck: Truck, inside: str | None) -> TemperatureRange | None:
    """What a compartment, or a truck without any, can be set to."""
    return next((c.temperature for c in truck.compartments if c.id == inside), truck.temperature)


def _together(drive: _Drive, number: int) -> Iterator[Violation]:
    """What rides together at the end of a trip: one temperature for all, and no excluded neighbours."""
    for inside in _insides(drive.truck):
        lots = [lot for lot, _, where in drive.aboard if where == inside]
        unit = _cooling(drive.truck, inside)
        if unit is not None:
            ranges = [unit, *(lot.temperature for lot in lots if lot.temperature is not None)]
            if not _common(ranges):
                ids = ", ".join(lot.id for lot in lots)
                detail = f"no one temperature suits {inside or 'the truck'} and all of {ids}"
                yield drive.fault(Rule.TEMPERATURE, detail, number)
        yield from _excluded(drive, number, lots)


def _excluded(drive: _Drive, number: int, lots: Sequence[Lot]) -> Iterator[Violation]:
    for exclusion in drive.problem.exclusions:
        for one, other in combinations(lots, 2):
            for a, b in ((one, other), (other, one)):
                if exclusion.group in a.groups and exclusion.other in b.groups:
                    detail = f"rides with {b.id}: {exclusion.group} excludes {exclusion.other}"
                    yield drive.fault(Rule.EXCLUSION, detail, number, a.id)
                    break


def _common(ranges: Sequence[TemperatureRange]) -> bool:
    return max(span.min_c for span in ranges) <= min(span.max_c for span in ranges)


def _load(drive: _Drive, number: int, stop: Stop) -> Iterator[Violation]:
    weight, crates = sum(lot.weight_g for lot, *_ in drive.aboard), sum(lot.crates for lot, *_ in drive.aboard)
    if (weight, crates) != (stop.load_g, stop.load_crates):
        yield drive.fault(Rule.LOAD, f"the load is {weight} g in {crates} crates, not what the stop says", number)
    if weight > drive.truck.capacity_g:
        yield drive.fault(Rule.WEIGHT, f"{weight} g on board, the truck takes {drive.truck.capacity_g} g", number)
    if crates > drive.truck.capacity_crates:
        yield drive.fault(
            Rule.CRATES, f"{crates} crates on board, the truck takes {drive.truck.capacity_crates}", number
        )
    for space in drive.truck.compartments:
        inside = [lot for lot, _, where in drive.aboard if where == space.id]
        filled = (sum(lot.weight_g for lot in inside), sum(lot.crates for lot in inside))
        if filled[0] > space.capacity_g or filled[1] > space.capacity_crates:
            detail = f"{filled[0]} g in {filled[1]} crates are in {space.id}"
            detail += f", it takes {space.capacity_g} g in {space.capacity_crates} crates"
            yield drive.fault(Rule.COMPARTMENT, detail, number)


def _day(drive: _Drive) -> Iterator[Violation]:
    """What concerns the truck's whole day."""
    truck, route = drive.truck, drive.route
    leaves, ends = route.stops[0].depart_s, route.stops[-1].depart_s
    latest = truck.shift.closes_s + (truck.overtime.limit_s if truck.overtime else 0)
    if ends > latest:
        yield drive.fault(Rule.SHIFT, f"comes in at {ends}, after {latest}", len(route.stops) - 1)
    if truck.max_duration_s is not None and ends - leaves > truck.max_duration_s:
        yield drive.fault(Rule.DURATION, f"is out for {ends - leaves} s, allowed are {truck.max_duration_s} s")
    if truck.max_driving_s is not None and drive.driving_s > truck.max_driving_s:
        yield drive.fault(Rule.DRIVING_TIME, f"drives {drive.driving_s} s, allowed are {truck.max_driving_s} s")
    if drive.hubs_seen > truck.max_trips:
        yield drive.fault(Rule.TRIPS, f"makes {drive.hubs_seen} trips, allowed are {truck.max_trips}")
    picked = [stop.pickup for stop in route.stops if stop.pickup is not None]
    if tuple(picked[: len(truck.locked_stops)]) != truck.locked_stops:
        yield drive.fault(Rule.LOCKED_STOPS, f"doesn't begin with {', '.join(truck.locked_stops)}")
    said = (route.distance_m, route.driving_s, route.duration_s)
    found = (drive.distance_m, drive.driving_s, ends - leaves)
    if said != found:
        yield drive.fault(Rule.TIMES, f"says {said} (m, s driving, s in all), its stops add up to {found}")


def _costs(drive: _Drive) -> Costs:
    truck, stops = drive.truck, drive.route.stops
    over = max(0, stops[-1].depart_s - truck.shift.closes_s)
    return Costs(
        fixed=truck.fixed_cost_satang,
        distance=(drive.distance_m * truck.cost_per_km_satang + 500) // 1000,
        time=per_hour(stops[-1].depart_s - stops[0].depart_s, truck.cost_per_h_satang),
        overtime=per_hour(over, truck.overtime.cost_per_h_satang) if truck.overtime else 0,
        lateness=drive.late,
        life=drive.life,
        changes=drive.changes,
    )


def _inside(windows: Sequence[TimeWindow], moment: int) -> bool:
    return any(window.opens_s <= moment <= window.closes_s for window in windows)
