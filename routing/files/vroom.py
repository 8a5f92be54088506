"""VROOM's JSON problem format in and out (its docs/API.md, version 1), so that its users can switch and compare.

What carries over: jobs that are collected (`pickup` amounts), vehicles with an `end`, time windows, skills, costs,
`max_travel_time` and matrices. The first amount is taken for kilograms, the second for crates. A vehicle's end becomes
the hub where it unloads. VROOM's hourly cost is of travel time; ours is of the whole time from leaving to coming in.
"""

from dataclasses import dataclass, field
from typing import Any, ClassVar

from pydantic import TypeAdapter, ValidationError

from routing.faults import Fault, Refused, pointer
from routing.problem import Hub, Location, Pickup, Problem, TimeWindow, TravelProfile, Truck

GRAMS_PER_KG = 1_000
SATANG_PER_UNIT = 100
WHOLE_DAY = (0, 7 * 86_400)
UNLIMITED = 1_000_000_000
DEFAULT_PROFILE = "car"
AMOUNTS = 2

Coordinate = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Costs:
    fixed: int = 0
    per_hour: int = 3600
    per_km: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid"}

    id: int
    description: str = ""
    location: Coordinate | None = None
    location_index: int | None = None
    setup: int = 0
    service: int = 0
    pickup: tuple[int, ...] = ()
    skills: tuple[int, ...] = ()
    priority: int = 0
    time_windows: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Vehicle:
    __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid"}

    id: int
    description: str = ""
    profile: str = DEFAULT_PROFILE
    start: Coordinate | None = None
    start_index: int | None = None
    end: Coordinate | None = None
    end_index: int | None = None
    capacity: tuple[int, ...] = ()
    skills: tuple[int, ...] = ()
    time_window: tuple[int, int] | None = None
    costs: Costs = field(default_factory=Costs)
    max_travel_time: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix:
    __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid"}

    durations: tuple[tuple[int, ...], ...]
    distances: tuple[tuple[int, ...], ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid"}

    jobs: tuple[Job, ...]
    vehicles: tuple[Vehicle, ...]
    matrices: dict[str, Matrix] = field(default_factory=dict)


REMEDIES = {
    "missing": "Add it.",
    "unexpected_keyword_argument": "Take it out: it has no counterpart in collection planning here.",
}


def read_vroom(content: bytes | str) -> Problem:
    """The problem in a VROOM document. Its jobs are mandatory; `priority` is not read.

    Raises:
        Refused: with a JSON pointer to everything that has no counterpart or is wrong.
    """
    try:
        document = TypeAdapter(Document).validate_json(content)
    except ValidationError as error:
        faults = [
            Fault(pointer(*at["loc"]), f"{at['msg']}.", REMEDIES.get(at["type"], "Correct the value."))
            for at in error.errors()
        ]
        raise Refused("VROOM problem", faults) from None
    places = _Places(document)
    faults = [*_amount_faults(document), *places.faults()]
    if faults:
        raise Refused("VROOM problem", faults)
    return _problem(document, places)


def _amount_faults(document: Document) -> list[Fault]:
    rows = [(("jobs", number, "pickup"), job.pickup) for number, job in enumerate(document.jobs)]
    rows += [(("vehicles", number, "capacity"), vehicle.capacity) for number, vehicle in enumerate(document.vehicles)]
    faults = [
        Fault(pointer(*place), f"has {len(amounts)} amounts.", "Give at most two: kilograms and crates.")
        for place, amounts in rows
        if len(amounts) > AMOUNTS
    ]
    for number, vehicle in enumerate(document.vehicles):
        matrix = document.matrices.get(vehicle.profile)
        if vehicle.costs.per_km and matrix is not None and matrix.distances is None:
            faults.append(
                Fault(
                    pointer("vehicles", number, "costs", "per_km"),
                    f"{vehicle.costs.per_km} can't be charged: profile {vehicle.profile!r} has no distances.",
                    "Add the matrix of distances.",
                )
            )
    return faults


class _Places:
    """Locations: rows of the matrices where there are any, otherwise the distinct coordinates."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.by_index = bool(document.matrices)
        self.coordinates: dict[str, Coordinate] = {}
        self._missing: list[Fault] = []
        self.of_job = [
            self._place(("jobs", number, "location"), job.location, job.location_index)
            for number, job in enumerate(document.jobs)
        ]
        self.starts = [
            self._place(("vehicles", number, "start"), vehicle.start, vehicle.start_index)
            for number, vehicle in enumerate(document.vehicles)
        ]
        self.ends = [
            self._place(("vehicles", number, "end"), vehicle.end, vehicle.end_index)
            for number, vehicle in enumerate(document.vehicles)
        ]

    def _place(self, at: tuple[str | int, ...], coordinate: Coordinate | None, index: int | None) -> str:
        if self.by_index and index is not None:
            name = str(index)
        elif not self.by_index and coordinate is not None:
            name = f"{coordinate[0]},{coordinate[1]}"
        else:
            wanted = "an index into the matrices" if self.by_index else "[longitude, latitude]"
            self._missing.append(Fault(pointer(*at), "is not given.", f"Give {wanted}."))
            return ""
        if coordinate is not None:
            self.coordinates[name] = coordinate
        return name

    def faults(self) -> list[Fault]:
        faults = list(self._missing)
        size = len(next(iter(self.document.matrices.values())).durations) if self.by_index else 0
        for name in (*self.of_job, *self.starts, *self.ends):
            if self.by_index and name and not 0 <= int(name) < size:
                faults.append(Fault("/matrices", f"there is no row {name}.", f"Give indices from 0 to {size - 1}."))
        for number, vehicle in enumerate(self.document.vehicles):
            if self.by_index and vehicle.profile not in self.document.matrices:
                at = pointer("vehicles", number, "profile")
                faults.append(Fault(at, f"{vehicle.profile!r} has no matrix.", "Add it, or correct the name."))
        return faults

    def names(self) -> list[str]:
        if self.by_index:
            size = len(next(iter(self.document.matrices.values())).durations)
            return [str(number) for number in range(size)]
        return list(dict.fromkeys((*self.ends, *self.starts, *self.of_job)))


def _problem(document: Document, places: _Places) -> Problem:
    hubs = list(dict.fromkeys(places.ends))
    return Problem(
        version=1,
        locations=tuple(
            Location(id=name, longitude=at[0], latitude=at[1])
            if (at := places.coordinates.get(name)) is not None
            else Location(id=name)
            for name in places.names()
        ),
        hubs=tuple(Hub(id=f"hub {name}", location=name) for name in hubs),
        trucks=tuple(_truck(vehicle, places, number) for number, vehicle in enumerate(document.vehicles)),
        pickups=tuple(_pickup(job, places.of_job[number]) for number, job in enumerate(document.jobs)),
        profiles=tuple(_profile(name, matrix) for name, matrix in document.matrices.items()),
    )


def _truck(vehicle: Vehicle, places: _Places, number: int) -> Truck:
    kilograms, crates = (*vehicle.capacity, *(UNLIMITED // GRAMS_PER_KG,) * AMOUNTS)[:AMOUNTS]
    opens_s, closes_s = vehicle.time_window or WHOLE_DAY
    end = places.ends[number]
    return Truck(
        id=str(vehicle.id),
        start=places.starts[number],
        end=end,
        hubs=(f"hub {end}",),
        capacity_g=kilograms * GRAMS_PER_KG,
        capacity_crates=crates,
        shift=TimeWindow(opens_s=opens_s, closes_s=closes_s),
        max_driving_s=vehicle.max_travel_time,
        fixed_cost_satang=vehicle.costs.fixed * SATANG_PER_UNIT,
        cost_per_km_satang=vehicle.costs.per_km * SATANG_PER_UNIT,
        cost_per_h_satang=vehicle.costs.per_hour * SATANG_PER_UNIT,
        offers=tuple(f"skill {skill}" for skill in vehicle.skills),
        profile=vehicle.profile if places.by_index else None,
        rest=None,
    )


def _pickup(job: Job, place: str) -> Pickup:
    kilograms, crates = (*job.pickup, 0, 0)[:AMOUNTS]
    return Pickup(
        id=str(job.id),
        location=place,
        weight_g=kilograms * GRAMS_PER_KG,
        crates=crates,
        windows=tuple(TimeWindow(opens_s=opens, closes_s=closes) for opens, closes in job.time_windows),
        service_s=job.setup + job.service,
        requires=tuple(f"skill {skill}" for skill in job.skills),
    )


def _profile(name: str, matrix: Matrix) -> TravelProfile:
    distances = matrix.distances or tuple((0,) * len(row) for row in matrix.durations)
    return TravelProfile(id=name, distance_m=distances, duration_s=matrix.durations)
