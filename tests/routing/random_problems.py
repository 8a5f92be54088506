"""Hypothesis strategies of small collection days that use every rule of the problem."""

from hypothesis import strategies as st

from routing.problem import (
    Compartment,
    Cutoff,
    Exclusion,
    Hub,
    Lateness,
    LoadedLot,
    Location,
    Overtime,
    Pickup,
    Problem,
    Relation,
    RelationKind,
    Rest,
    TemperatureRange,
    TimeFactor,
    TimeWindow,
    TravelProfile,
    Truck,
)

HOUR = 3600
GROUPS = ("ethylene", "sensitive", "odour")
EXCLUSIONS = (Exclusion(group="ethylene", other="sensitive"), Exclusion(group="odour", other="odour"))


def _time_windows(earliest: int, latest: int) -> st.SearchStrategy[tuple[TimeWindow, ...]]:
    """None, one or two windows between two hours."""
    marks = st.lists(st.integers(earliest * 4, latest * 4), min_size=4, max_size=4, unique=True).map(sorted)
    two = marks.map(lambda m: tuple(TimeWindow(opens_s=a * 900, closes_s=b * 900) for a, b in ((m[0], m[1]), m[2:])))
    return st.one_of(st.just(()), two.map(lambda windows: windows[:1]), two)


TEMPERATURES = st.sampled_from(
    (
        None,
        TemperatureRange(min_c=0, max_c=4),
        TemperatureRange(min_c=2, max_c=12),
        TemperatureRange(min_c=10, max_c=15),
    )
)


@st.composite
def _pickups(draw: st.DrawFn, number: int, hubs: int, trucks: int) -> Pickup:
    temperature = draw(TEMPERATURES)
    hub_names = tuple(f"h{hub}" for hub in range(hubs))
    truck_names = tuple(f"t{truck}" for truck in range(trucks))
    return Pickup(
        id=f"p{number}",
        location=f"v{number}",
        weight_g=draw(st.integers(0, 500_000)),
        crates=draw(st.integers(0, 40)),
        windows=draw(_time_windows(4, 14)),
        release_s=draw(st.one_of(st.none(), st.integers(0, 4 * HOUR))),
        deadline_s=draw(st.one_of(st.none(), st.integers(6 * HOUR, 18 * HOUR))),
        service_s=draw(st.integers(0, 1800)),
        ride_limit_s=draw(st.one_of(st.none(), st.integers(HOUR // 2, 6 * HOUR))),
        penalty_satang=draw(st.integers(1_000, 2_000_000)),
        hubs=draw(st.one_of(st.none(), st.just((draw(st.sampled_from(hub_names)),)))),
        temperature=temperature,
        ambient_cost_per_h_satang=None if temperature is None else draw(st.sampled_from((None, 0, 5_000))),
        life_cost_per_h_satang=draw(st.sampled_from((0, 2_000))),
        lateness=draw(st.one_of(st.none(), st.builds(_lateness, st.integers(5, 14)))),
        groups=draw(st.sampled_from(((), *((group,) for group in GROUPS)))),
        requires=draw(st.sampled_from(((), (), ("tail lift",)))),
        trucks=draw(st.one_of(st.none(), st.none(), st.just((draw(st.sampled_from(truck_names)),)))),
    )


def _lateness(hour: int) -> Lateness:
    return Lateness(due_s=hour * HOUR, cost_per_h_satang=20_000)


@st.composite
def _compartments(draw: st.DrawFn) -> tuple[Compartment, ...]:
    """None, or two or three, one of them perhaps not cooled."""
    ranges = draw(st.lists(TEMPERATURES, min_size=2, max_size=3)) if draw(st.booleans()) else []
    return tuple(
        Compartment(
            id=f"c{number}",
            capacity_g=draw(st.integers(100_000, 900_000)),
            capacity_crates=draw(st.integers(10, 60)),
            temperature=temperature,
        )
        for number, temperature in enumerate(ranges)
    )


def _factors() -> st.SearchStrategy[tuple[TimeFactor, ...]]:
    """None, or a morning rush, an ordinary day and a quick evening."""
    rush = st.integers(105, 250)
    hours = st.integers(4, 8)
    return st.one_of(
        st.just(()),
        st.builds(
            lambda hour, percent: (
                TimeFactor(from_s=hour * HOUR, percent=percent),
                TimeFactor(from_s=(hour + 2) * HOUR + 17, percent=100),
                TimeFactor(from_s=(hour + 9) * HOUR, percent=70),
            ),
            hours,
            rush,
        ),
    )


@st.composite
def _trucks(draw: st.DrawFn, number: int, hubs: int, *, split: bool) -> Truck:
    opens = draw(st.integers(3, 7)) * HOUR
    compartments = draw(_compartments()) if split else ()
    loaded = ()
    if draw(st.integers(0, 5)) == 0:
        inside = compartments[0].id if compartments else None
        loaded = (
            LoadedLot(
                id=f"on{number}",
                weight_g=1_000,
                crates=1,
                loaded_at_s=opens,
                ride_limit_s=12 * HOUR,
                compartment=inside,
            ),
        )
    cooling = None if compartments else draw(st.sampled_from((None, TemperatureRange(min_c=0, max_c=15))))
    return Truck(
        id=f"t{number}",
        start=f"h{draw(st.integers(0, hubs - 1))}",
        end=draw(st.one_of(st.none(), st.just("yard"), st.just("h0"))),
        capacity_g=draw(st.integers(300_000, 1_500_000)),
        capacity_crates=draw(st.integers(20, 120)),
        shift=TimeWindow(opens_s=opens, closes_s=opens + draw(st.integers(4, 14)) * HOUR),
        temperature=cooling,
        compartments=compartments,
        max_driving_s=draw(st.one_of(st.none(), st.integers(2 * HOUR, 8 * HOUR))),
        max_duration_s=draw(st.one_of(st.none(), st.integers(3 * HOUR, 12 * HOUR))),
        max_trips=draw(st.integers(1, 2)),
        fixed_cost_satang=draw(st.integers(0, 100_000)),
        cost_per_km_satang=draw(st.integers(0, 1_500)),
        cost_per_h_satang=draw(st.integers(0, 15_000)),
        overtime=draw(st.one_of(st.none(), st.just(Overtime(limit_s=HOUR, cost_per_h_satang=10_000)))),
        rest=draw(st.one_of(st.none(), st.just(Rest(after_driving_s=HOUR, rest_s=1200)))),
        offers=draw(st.sampled_from(((), ("tail lift",)))),
        loaded=loaded,
    )


def _cutoffs() -> st.SearchStrategy[tuple[Cutoff, ...]]:
    """None, a last departure, or two with limited room; all after the hub has opened."""
    room = st.one_of(st.none(), st.integers(100_000, 1_500_000))
    crates = st.one_of(st.none(), st.integers(10, 100))
    first = st.builds(Cutoff, at_s=st.integers(19 * HOUR, 20 * HOUR), capacity_g=room, capacity_crates=crates)
    last = st.builds(Cutoff, at_s=st.integers(21 * HOUR, 22 * HOUR), capacity_g=room, capacity_crates=crates)
    return st.one_of(st.just(()), st.just((Cutoff(at_s=21 * HOUR),)), st.tuples(first, last))


@st.composite
def _relations(draw: st.DrawFn, lots: int) -> tuple[Relation, ...]:
    if lots < 2 or draw(st.booleans()):
        return ()
    kind: RelationKind = draw(st.sampled_from(("same_truck", "different_truck", "before", "first", "last")))
    names = draw(st.permutations([f"p{number}" for number in range(lots)]))
    return (Relation(kind=kind, pickups=tuple(names[: draw(st.integers(2, min(3, lots)))])),)


@st.composite
def problems(draw: st.DrawFn, most_pickups: int = 8, *, shared: bool = True) -> Problem:
    """A day of up to `most_pickups` lots, three trucks and two hubs with asymmetric travel times.

    Valid but for pins that contradict relations. `shared` adds what the kernel can't state: docks, room on departures,
    relations between lots, compartments and driving times that depend on the hour.
    """
    hubs, trucks = draw(st.integers(1, 2)), draw(st.integers(1, 3))
    lots = draw(st.integers(1, most_pickups))
    names = [*(f"h{hub}" for hub in range(hubs)), "yard", *(f"v{lot}" for lot in range(lots))]
    x = [draw(st.integers(0, 60)) for _ in names]
    y = [draw(st.integers(0, 60)) for _ in names]
    metres = [[1000 * (abs(x[a] - x[b]) + abs(y[a] - y[b])) for b in range(len(names))] for a in range(len(names))]
    uphill = draw(st.integers(0, 20))
    seconds = [
        [cell * 6 // 100 + (uphill * 6 if a < b else 0) for b, cell in enumerate(row)] for a, row in enumerate(metres)
    ]
    return Problem(
        version=1,
        locations=tuple(Location(id=name) for name in names),
        hubs=tuple(
            Hub(
                id=f"h{hub}",
                location=f"h{hub}",
                windows=draw(_time_windows(6, 20)),
                unload_s=draw(st.integers(0, 1800)),
                docks=draw(st.sampled_from((None, None, 1))) if shared else None,
                cutoffs=draw(_cutoffs()) if shared else (),
            )
            for hub in range(hubs)
        ),
        trucks=tuple(draw(_trucks(number, hubs, split=shared)) for number in range(trucks)),
        pickups=tuple(draw(_pickups(number, hubs, trucks)) for number in range(lots)),
        exclusions=EXCLUSIONS,
        relations=draw(_relations(lots)) if shared else (),
        profiles=(
            TravelProfile(
                id="road",
                distance_m=tuple(tuple(row) for row in metres),
                duration_s=tuple(tuple(row) for row in seconds),
                time_factors=draw(_factors()) if shared else (),
            ),
        ),
        balance_cost_per_h_satang=draw(st.sampled_from((0, 3_000))),
    )
