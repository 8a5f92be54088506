"""What the router answers: tours (who takes what, in which order) and the timed, costed plan made of them."""

from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

from routing.problem import STRICT

StopKind = Literal["start", "pickup", "unload", "rest", "end"]
Engine = Literal["greedy", "ortools", "kernel", "auto"]


@dataclass(frozen=True, slots=True)
class Trip:
    """Pick-ups in driving order, then everything is unloaded at one hub. Indices into `Problem.pickups` and `.hubs`."""

    pickups: tuple[int, ...]
    hub: int


@dataclass(frozen=True, slots=True)
class Tour:
    """One truck's trips of the day; `truck` indexes `Problem.trucks`. What search engines pass to each other."""

    truck: int
    trips: tuple[Trip, ...]


Tours = tuple[Tour, ...]


def encode_tours(tours: Tours) -> list[Any]:
    """Tours as plain lists: [truck, [[hub, pick-ups], ...]]."""
    return [[tour.truck, [[trip.hub, list(trip.pickups)] for trip in tour.trips]] for tour in tours]


def decode_tours(message: list[Any]) -> Tours:
    return tuple(Tour(truck, tuple(Trip(tuple(pickups), hub) for hub, pickups in trips)) for truck, trips in message)


@dataclass(frozen=True, slots=True, kw_only=True)
class Costs:
    """Satang. `unserved` is what is left behind; mandatory pick-ups left behind are counted apart, in the plan."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    fixed: int = 0
    distance: int = 0
    time: int = 0
    overtime: int = 0
    lateness: int = 0
    life: int = 0
    changes: int = 0
    unserved: int = 0
    balance: int = 0

    @property
    def total(self) -> int:
        return (
            self.fixed
            + self.distance
            + self.time
            + self.overtime
            + self.lateness
            + self.life
            + self.changes
            + self.unserved
            + self.balance
        )

    def __add__(self, other: "Costs") -> "Costs":
        return Costs(
            fixed=self.fixed + other.fixed,
            distance=self.distance + other.distance,
            time=self.time + other.time,
            overtime=self.overtime + other.overtime,
            lateness=self.lateness + other.lateness,
            life=self.life + other.life,
            changes=self.changes + other.changes,
            unserved=self.unserved + other.unserved,
            balance=self.balance + other.balance,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """One stop: the truck arrives, waits until `start_s`, is busy until `depart_s`. Loads are those on leaving.

    `distance_m` and `driving_s` are of the leg that led here. A rest on the road has no location. `compartment` is
    where a lot rides, on a truck that has some.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    kind: StopKind
    location: str | None
    arrival_s: int
    start_s: int
    depart_s: int
    distance_m: int = 0
    driving_s: int = 0
    pickup: str | None = None
    hub: str | None = None
    compartment: str | None = None
    load_g: int = 0
    load_crates: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """What one truck does, from leaving its start to coming in."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    truck: str
    stops: tuple[Stop, ...]
    distance_m: int
    driving_s: int
    duration_s: int
    costs: Costs


@dataclass(frozen=True, slots=True, kw_only=True)
class Unserved:
    """A pick-up that stays behind, the rule that binds, and a sentence that says so to a person."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    pickup: str
    rule: str
    reason: str
    mandatory: bool = False
    relaxation: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LateLot:
    """A lot that comes after its due time: by how much, what that costs, and the rule that keeps it from being sooner.

    The rules: `release`, `time_window`, `distance`, `shift`, `hub_hours`, `docks`, `max_trips` (its truck is out on the
    trip before), `previous_service` (stops on its trip, and waiting for them).
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    pickup: str
    truck: str
    late_s: int
    cost_satang: int
    rule: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Relaxation:
    """One concession and all the lots, now unserved, that it would take in today's tours."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    concession: str
    pickups: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PinCost:
    """At least `saving_satang` would be saved without a pin, by taking the lot on `truck`, all else left as it is."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    pickup: str
    truck: str
    saving_satang: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanations:
    """Why the plan is as it is: late lots, what would take lots that stay behind, what pins cost.

    Why each lot stays behind stands with it, in `unserved`.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    late: tuple[LateLot, ...] = ()
    relaxations: tuple[Relaxation, ...] = ()
    pins: tuple[PinCost, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicators:
    """What a coordinator compares plans by."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    trucks: int = 0
    served: int = 0
    unserved: int = 0
    distance_m: int = 0
    driving_s: int = 0
    duration_s: int = 0
    waiting_s: int = 0
    collected_g: int = 0
    collected_crates: int = 0
    weight_utilisation_pct: float = 0.0
    crate_utilisation_pct: float = 0.0
    cost_per_kg_satang: int | None = None
    co2e_g: int | None = None
    longest_ride_s: int = 0
    mean_ride_s: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """How a plan came about: which engine, from which problem, with which travel times, and what went wrong."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    engine: Engine
    problem_digest: str
    travel: str
    seconds: float | None = None
    seed: int | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Routes, what stays behind and why, and what it costs (satang); `advice` says the `explanations` in sentences."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    version: Literal[1]
    routes: tuple[Route, ...]
    unserved: tuple[Unserved, ...]
    costs: Costs
    provenance: Provenance
    indicators: Indicators = field(default_factory=Indicators)
    explanations: Explanations = field(default_factory=Explanations)
    advice: tuple[str, ...] = ()
