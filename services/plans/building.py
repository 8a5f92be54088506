"""From what waits in villages to a routing problem: deadlines from remaining life, penalties from value. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from routing.problem import (
    Exclusion,
    Hub,
    Lateness,
    Location,
    Pickup,
    Problem,
    TemperatureRange,
    TimeWindow,
    Truck,
)
from services.fleet import tables as fleet

ZONE = ZoneInfo("Asia/Bangkok")

HANDOVER_S = 20 * 60
"""Unloading and weighing at a hub, per visit: our assumption until a hub has recorded its own."""

LOADING_BASE_S = 5 * 60
LOADING_PER_CRATE_S = 6
"""Greeting and papers, then each crate: our assumption until runs have recorded their own."""

RIDE_LIFE_SHARE = 0.10
"""No more than this share of a lot's remaining life may pass on a truck at the day's temperature."""

RIDE_MIN_S = 2 * 3600
RIDE_MAX_S = 10 * 3600
DAY_S = 24 * 3600

LEFT_BEHIND_MIN_SHARE = 0.5
"""Leaving a lot behind costs at least this share of its value: a grower who was promised a truck is let down."""

ETHYLENE_SOURCE = "ethylene_source"
ETHYLENE_SENSITIVE = "ethylene_sensitive"


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingLot:
    """A lot to collect. Lives are low estimates (p10) in seconds; ``assumed`` when no sensor speaks for the lot.

    A lot that was accepted for a programme goes to its ``hub`` and must have ``required_life_s`` there; ``truck`` is
    the one that it is pinned to.
    """

    id: UUID
    code: str
    village_id: UUID
    weight_g: int
    crates: int
    value_satang: int
    ready_at_ms: int
    ride_band_c: tuple[float, float] | None
    life_at_reference_s: int | None
    life_at_ambient_s: int | None
    ambient_c: float
    assumed: bool = True
    groups: tuple[str, ...] = ()
    required_life_s: int | None = None
    hub: str | None = None
    wanted_by: str = ""
    truck: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """By when a lot must start to unload at a hub, and why. ``past``: the life needed is gone already."""

    at_ms: int | None
    past: bool
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanningDay:
    """When planning starts and which local day's openings and shifts count; what a scenario adds to their ends."""

    now_ms: int
    later_cutoff_s: int = 0
    longer_shift_s: int = 0

    @property
    def midnight_ms(self) -> int:
        """Local midnight before ``now_ms``."""
        local = datetime.fromtimestamp(self.now_ms / 1000, ZONE)
        return int(local.replace(hour=0, minute=0, second=0, microsecond=0).timestamp() * 1000)

    @property
    def date(self) -> str:
        return datetime.fromtimestamp(self.now_ms / 1000, ZONE).date().isoformat()

    def seconds(self, at_ms: int) -> int:
        """Seconds after local midnight, the problem's time zero."""
        return (at_ms - self.midnight_ms) // 1000

    def windows(self, opens_s: int, closes_s: int) -> tuple[TimeWindow, ...]:
        """Today's and tomorrow's opening, without what has passed; none for a place that never closes."""
        now_s = self.seconds(self.now_ms)
        if closes_s - opens_s >= DAY_S:
            return ()
        days = ((opens_s + day * DAY_S, closes_s + day * DAY_S) for day in (0, 1))
        return tuple(
            TimeWindow(opens_s=max(opens, now_s), closes_s=closes) for opens, closes in days if closes >= now_s
        )


def deadline_of(lot: WaitingLot, required_life_s: int, now_ms: int) -> Deadline:
    """When the life left over the required one will have been spent by waiting at the day's temperature.

    What the lot itself requires goes before ``required_life_s``.

    Both lives shrink together along the same curve, so that of the life at ambient temperature the share
    1 - required / remaining may pass before the hub.
    """
    if lot.life_at_reference_s is None or lot.life_at_ambient_s is None:
        return Deadline(
            at_ms=None, past=False, reason="No published life for this commodity: no deadline from freshness."
        )
    required_life_s = required_life_s if lot.required_life_s is None else lot.required_life_s
    left_d, needed_d = lot.life_at_reference_s / DAY_S, required_life_s / DAY_S
    basis = "assumed from harvest, no sensor" if lot.assumed else "measured"
    share = 1 - required_life_s / lot.life_at_reference_s if lot.life_at_reference_s else -1.0
    sentence = (
        f"{left_d:.1f} days left at its reference temperature ({basis}), {needed_d:.1f} needed at the hub; "
        f"at {lot.ambient_c:.0f} °C it keeps {lot.life_at_ambient_s / 3600:.0f} h."
        f"{f' For {lot.wanted_by}.' if lot.wanted_by else ''}"
    )
    if share <= 0:
        return Deadline(at_ms=now_ms, past=True, reason=f"Already short: {sentence}")
    at_ms = now_ms + int(lot.life_at_ambient_s * share) * 1000
    local = datetime.fromtimestamp(at_ms / 1000, ZONE)
    return Deadline(at_ms=at_ms, past=False, reason=f"At a hub by {local:%d %b %H:%M}: {sentence}")


def ride_limit_s(lot: WaitingLot) -> int | None:
    """How long a lot may be on board: a tenth of its life at the day's temperature, between 2 and 10 hours."""
    if lot.life_at_ambient_s is None:
        return None
    return max(RIDE_MIN_S, min(RIDE_MAX_S, int(lot.life_at_ambient_s * RIDE_LIFE_SHARE)))


def left_behind_satang(lot: WaitingLot) -> int:
    """What leaving a lot for a day costs: the share of its value that the day takes, at least half of it."""
    share = 1.0 if not lot.life_at_ambient_s else min(1.0, DAY_S / lot.life_at_ambient_s)
    return int(lot.value_satang * max(LEFT_BEHIND_MIN_SHARE, share))


def ambient_cost_per_h_satang(lot: WaitingLot) -> int:
    """Value lost for each hour on a truck without refrigeration."""
    if not lot.life_at_ambient_s:
        return lot.value_satang // 24
    return int(lot.value_satang * 3600 / max(3600, lot.life_at_ambient_s))


def build_problem(
    day: PlanningDay,
    lots: Sequence[WaitingLot],
    villages: Sequence[fleet.Village],
    hubs: Sequence[fleet.Hub],
    trucks: Sequence[fleet.Truck],
    deadlines: dict[UUID, Deadline],
) -> Problem:
    """The routing problem of one day; ids in it are the codes that people know. Time zero is local midnight."""
    places = {village.id: village for village in villages}
    hub_codes = {hub.id: hub.code for hub in hubs}
    used = {lot.village_id for lot in lots}
    home_hubs = {truck.home_hub_id for truck in trucks}
    return Problem(
        version=1,
        name=f"Collection of {day.date}",
        time_zero_ms=day.midnight_ms,
        locations=(
            *(_location("hub", hub) for hub in hubs if hub.id in hub_codes or hub.id in home_hubs),
            *(_location("village", village) for village in villages if village.id in used),
        ),
        hubs=tuple(
            Hub(
                id=hub.code,
                location=f"hub:{hub.code}",
                windows=day.windows(hub.opens_s, max(hub.opens_s + 1, hub.closes_s + day.later_cutoff_s)),
                unload_s=HANDOVER_S,
            )
            for hub in hubs
        ),
        trucks=tuple(_truck(day, truck, hub_codes[truck.home_hub_id]) for truck in trucks),
        pickups=tuple(_pickup(day, lot, places[lot.village_id], deadlines[lot.id]) for lot in lots),
        exclusions=(Exclusion(group=ETHYLENE_SOURCE, other=ETHYLENE_SENSITIVE),),
    )


def _location(kind: str, place: fleet.Village | fleet.Hub) -> Location:
    return Location(id=f"{kind}:{place.code}", latitude=place.latitude, longitude=place.longitude, name=place.name)


def _truck(day: PlanningDay, truck: fleet.Truck, home: str) -> Truck:
    now_s = day.seconds(day.now_ms)
    starts_s = truck.shift_starts_s
    ends_s = max(starts_s + 1, truck.shift_ends_s + day.longer_shift_s)
    if ends_s <= now_s:
        starts_s, ends_s = starts_s + DAY_S, ends_s + DAY_S
    cold = truck.min_temperature_centi_c is not None and truck.max_temperature_centi_c is not None
    return Truck(
        id=truck.code,
        start=f"hub:{home}",
        end=f"hub:{home}",
        capacity_g=truck.capacity_g,
        capacity_crates=truck.capacity_crates,
        shift=TimeWindow(opens_s=max(starts_s, now_s), closes_s=ends_s),
        temperature=TemperatureRange(
            min_c=(truck.min_temperature_centi_c or 0) / 100, max_c=(truck.max_temperature_centi_c or 0) / 100
        )
        if cold
        else None,
        fixed_cost_satang=truck.fixed_cost_satang,
        cost_per_km_satang=truck.cost_per_km_satang,
        cost_per_h_satang=truck.cost_per_hour_satang,
    )


def _pickup(day: PlanningDay, lot: WaitingLot, village: fleet.Village, deadline: Deadline) -> Pickup:
    return Pickup(
        id=lot.code,
        location=f"village:{village.code}",
        weight_g=lot.weight_g,
        crates=lot.crates,
        windows=day.windows(village.opens_s, village.closes_s),
        release_s=max(day.seconds(lot.ready_at_ms), 0),
        deadline_s=None if deadline.at_ms is None or deadline.past else day.seconds(deadline.at_ms),
        lateness=Lateness(due_s=day.seconds(day.now_ms), cost_per_h_satang=ambient_cost_per_h_satang(lot))
        if deadline.past
        else None,
        service_s=LOADING_BASE_S + LOADING_PER_CRATE_S * lot.crates,
        ride_limit_s=ride_limit_s(lot),
        penalty_satang=left_behind_satang(lot),
        temperature=TemperatureRange(min_c=lot.ride_band_c[0], max_c=lot.ride_band_c[1]) if lot.ride_band_c else None,
        ambient_cost_per_h_satang=ambient_cost_per_h_satang(lot),
        groups=lot.groups,
        hubs=None if lot.hub is None else (lot.hub,),
        trucks=None if lot.truck is None else (lot.truck,),
    )


def next_planning_instant(now_ms: int, lead: timedelta = timedelta(minutes=10)) -> int:
    """Plans start a little after they are asked for: drivers must read them first."""
    return now_ms + int(lead.total_seconds() * 1000)
