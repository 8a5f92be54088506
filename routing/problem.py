"""A collection day as the router sees it: lots to pick up, trucks to carry them, hubs to bring them to.

Every quantity is an integer: grams, metres, seconds, satang (1/100 baht). Times are seconds after the problem's
time zero. Temperatures, which are only ever compared, are degrees Celsius. Things refer to one another by id; travel
matrices are in the order of `Problem.locations`.

A truck leaves its start, makes one or more trips, each collecting pick-ups and unloading everything at one hub, and
goes to its end (or stays at the last hub, when it has none).
"""

from dataclasses import dataclass
from typing import Any, ClassVar, Literal

VERSION: Literal[1] = 1
STRICT: dict[str, Any] = {"extra": "forbid", "strict": True, "allow_inf_nan": False}

RelationKind = Literal["same_truck", "different_truck", "before", "first", "last"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeWindow:
    """From `opens_s` to `closes_s`, both included, in seconds after time zero. Starts of service must fall inside."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    opens_s: int
    closes_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TemperatureRange:
    """Degrees Celsius, both ends included: what a lot needs, or what a truck's unit can be set to."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    min_c: float
    max_c: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """A place that can be driven to. Coordinates (WGS 84 degrees) are needed where no matrix is given, and for maps."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    id: str
    latitude: float | None = None
    longitude: float | None = None
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cutoff:
    """A departure from a hub: what is to leave with it has begun to unload by `at_s`.

    Capacities are of this departure; a lot that misses one may leave with a later one. No capacity means no limit.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    at_s: int
    capacity_g: int | None = None
    capacity_crates: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hub:
    """Where lots are delivered.

    Unloading must begin inside one of `windows` (none given: always open) and takes `unload_s` for each visit.
    At most `docks` trucks unload at a time. Where there are `cutoffs`, every lot must leave with one of them.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    id: str
    location: str
    windows: tuple[TimeWindow, ...] = ()
    unload_s: int = 0
    docks: int | None = None
    cutoffs: tuple[Cutoff, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rest:
    """After at most `after_driving_s` of driving the driver rests for `rest_s` on end, neither driving nor loading.

    Waiting counts as rest when it is long enough; so does nothing else.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    after_driving_s: int
    rest_s: int


THAI_REST = Rest(after_driving_s=4 * 3600, rest_s=1800)
"""Land Transport Act B.E. 2522 (1979), section 103 bis: after four hours of driving on end, half an hour of rest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Overtime:
    """The truck may come in up to `limit_s` after its shift, at `cost_per_h_satang` on top of its cost per hour."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    limit_s: int
    cost_per_h_satang: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Compartment:
    """A closed part of a truck's box with a temperature of its own (None: not cooled).

    A lot rides in one compartment. Temperatures and exclusions are a matter of what shares a compartment.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    id: str
    capacity_g: int
    capacity_crates: int
    temperature: TemperatureRange | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedLot:
    """A lot already on board when the truck starts: it is delivered at the end of the truck's first trip.

    The ride limit counts from `loaded_at_s`, which may lie before time zero. `compartment` is where it rides, on a
    truck that has some.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    id: str
    weight_g: int
    crates: int
    loaded_at_s: int
    compartment: str | None = None
    temperature: TemperatureRange | None = None
    ride_limit_s: int | None = None
    deadline_s: int | None = None
    hubs: tuple[str, ...] | None = None
    groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Truck:
    """One truck with its driver for the day.

    `start` and `end` are locations; without `end` the truck stays at the hub where it last unloads, which the solver
    chooses. `hubs` limits where it may unload (None: anywhere). `temperature` is what its unit can be set to (None: an
    ambient truck); where there are `compartments`, each has its own instead. It leaves its start and reaches its end
    within `shift`; `max_driving_s` bounds driving, and `max_duration_s` the whole time from leaving to coming in.
    `rest` is the rule for its driver's rests (Thai law where none is given, None for no rule). `fixed_cost_satang` is
    paid when the truck is used at all. `offers` are the properties that pick-ups may require (a small truck, a tail
    lift, a driver's licence for a port). `locked_stops` are the pick-ups it makes first, in this order; `driven_s` is
    what it has driven since its last rest when the problem begins. `emission_g_per_km` is CO2e, for the indicators
    only.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    id: str
    start: str
    capacity_g: int
    capacity_crates: int
    shift: TimeWindow
    end: str | None = None
    hubs: tuple[str, ...] | None = None
    temperature: TemperatureRange | None = None
    compartments: tuple[Compartment, ...] = ()
    max_driving_s: int | None = None
    max_duration_s: int | None = None
    max_trips: int = 1
    fixed_cost_satang: int = 0
    cost_per_km_satang: int = 0
    cost_per_h_satang: int = 0
    overtime: Overtime | None = None
    rest: Rest | None = THAI_REST
    offers: tuple[str, ...] = ()
    profile: str | None = None
    loaded: tuple[LoadedLot, ...] = ()
    locked_stops: tuple[str, ...] = ()
    driven_s: int = 0
    emission_g_per_km: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lateness:
    """Delivery after `due_s` costs `cost_per_h_satang` for each hour late: the value of the life a lot loses by it."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    due_s: int
    cost_per_h_satang: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Pickup:
    """A lot waiting at a location.

    Loading starts inside one of `windows` (none given: any time), not before `release_s`, and takes `service_s`.
    Unloading at the hub starts by `deadline_s`, and at most `ride_limit_s` after loading started, waiting included.
    `penalty_satang` is what leaving it behind costs; None makes it mandatory. `hubs` are where it may go (None: any).
    A lot with a `temperature` rides in a truck that can be set inside that range together with all it carries; on an
    ambient truck only where `ambient_cost_per_h_satang` says what each hour on it costs. `life_cost_per_h_satang` is
    the value of life lost for each hour on a refrigerated truck. `groups` are the names exclusions speak of, `requires`
    what the truck must offer, `trucks` the only trucks it may ride on (None: any). Where a plan has been published,
    `planned_truck` is the lot's truck in it, and riding on another costs `change_cost_satang`.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    id: str
    location: str
    weight_g: int
    crates: int
    windows: tuple[TimeWindow, ...] = ()
    release_s: int | None = None
    deadline_s: int | None = None
    service_s: int = 0
    ride_limit_s: int | None = None
    penalty_satang: int | None = None
    hubs: tuple[str, ...] | None = None
    temperature: TemperatureRange | None = None
    ambient_cost_per_h_satang: int | None = None
    life_cost_per_h_satang: int = 0
    lateness: Lateness | None = None
    groups: tuple[str, ...] = ()
    requires: tuple[str, ...] = ()
    trucks: tuple[str, ...] | None = None
    planned_truck: str | None = None
    change_cost_satang: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Exclusion:
    """Lots of one group never ride with lots of the other: the ethylene of ripe fruit, an odour, a raw product."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    group: str
    other: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """What must hold between pick-ups that are served.

    `same_truck` and `different_truck` speak of all of them; `before` of each and the next one, on one truck in one
    trip; `first` and `last` pin each to the head or tail of its trip.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    kind: RelationKind
    pickups: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeedBand:
    """The part of a leg up to `up_to_m` (None: the rest) is driven at `speed_km_h`: lanes first, then larger roads."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    up_to_m: int | None
    speed_km_h: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeFactor:
    """From `from_s` on, driving takes `percent` of the usual time, until the next factor; before the first, 100.

    What is on the road when a factor changes goes on at the new pace: who leaves later never arrives sooner.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    from_s: int
    percent: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TravelProfile:
    """How one kind of truck travels.

    Either both matrices are given (row: from, column: to, in the order of the locations; null where there is no road),
    or neither, and legs are estimated: great circle times `circuity_percent`, at the speeds of `speeds`.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    id: str
    distance_m: tuple[tuple[int | None, ...], ...] | None = None
    duration_s: tuple[tuple[int | None, ...], ...] | None = None
    circuity_percent: int | None = None
    speeds: tuple[SpeedBand, ...] | None = None
    time_factors: tuple[TimeFactor, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """All that a plan depends on. Immutable; two equal problems have the same feasible plans at the same costs.

    `time_zero_ms` says when zero is (epoch milliseconds), for showing only. A truck without a `profile` uses the first
    of `profiles`; with none given, travel is estimated. `balance_cost_per_h_satang` is charged on the longest duration.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    version: Literal[1]
    locations: tuple[Location, ...]
    hubs: tuple[Hub, ...]
    trucks: tuple[Truck, ...]
    pickups: tuple[Pickup, ...]
    name: str = ""
    time_zero_ms: int | None = None
    exclusions: tuple[Exclusion, ...] = ()
    relations: tuple[Relation, ...] = ()
    profiles: tuple[TravelProfile, ...] = ()
    balance_cost_per_h_satang: int = 0
