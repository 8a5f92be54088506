"""The demo's day before anyone plans it: lots, their probes, the gateways that hear them, and what will go wrong.

Pure and seeded: the same seed and day give the same scenario, bit for bit.
"""

import math
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, timezone
from random import Random

from services.demo.places import Place, Produce, produce, villages
from services.demo.signals import Fault

LOCAL = timezone(timedelta(hours=7), "ICT")
"""Thailand has one time zone, and no summer time."""

STARTS_S = 5 * 3600
SOURCES_AT_S = 8 * 3600 + 5 * 60
PLANS_AT_S = 8 * 3600 + 15 * 60
SUN_FROM_S = 8 * 3600 + 40 * 60
EVENING_S = 20 * 3600
ENDS_S = 35 * 3600
"""Eleven on the next morning, when the first buyers have looked at what came."""

INTERVAL_S = 300

TOO_MUCH_CRATES, TOO_MUCH_VILLAGE, TOO_MUCH_OF = 620, "CTI-05", "durian"
"""One lot is more than any truck holds, so that the plan has to say why it stays behind."""

VILLAGES_PER_GATEWAY = 3
LOTS = 90


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoLot:
    """A lot harvested on the day, and the probe put into one of its crates."""

    code: str
    village: str
    commodity_id: str
    weight_g: int
    crates: int
    value_satang: int
    harvested_at_ms: int
    ready_at_ms: int
    sensor: str
    gateway: str
    fault: Fault = Fault.NONE
    fault_from_ms: int = 0


@dataclass(frozen=True, slots=True)
class Outage:
    """From when to when a gateway is cut off; it keeps what it hears and sends it on its return."""

    gateway: str
    from_ms: int
    to_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """All that is settled before the day starts."""

    seed: int
    midnight_ms: int
    lots: tuple[DemoLot, ...]
    gateways: tuple[str, ...]
    outages: tuple[Outage, ...]
    malformed_gateway: str
    malformed_at_ms: int

    def at(self, time_of_day_s: int) -> int:
        """UTC epoch milliseconds of a local time of the demo's day."""
        return self.midnight_ms + time_of_day_s * 1000


def last_whole_day(now_ms: int) -> date:
    """The latest local day whose demo hours lie in the past, so that no reading is ahead of the real clock."""
    return datetime.fromtimestamp(now_ms / 1000 - ENDS_S, LOCAL).date()


def midnight_ms(day: date) -> int:
    """UTC epoch milliseconds of the local midnight on which the day starts."""
    return round(datetime(day.year, day.month, day.day, tzinfo=LOCAL).astimezone(UTC).timestamp() * 1000)


def make_scenario(seed: int, day: date, lots: int = LOTS) -> Scenario:
    """The day's lots and mishaps."""
    random = Random(f"day-{seed}")  # noqa: S311  # a made-up day, not a secret
    start_ms = midnight_ms(day)
    gateway_of = village_gateways(villages())
    harvested = _harvest(random, day, start_ms, lots, gateway_of)
    in_use = tuple(sorted({lot.gateway for lot in harvested}))
    cut_off = random.sample(in_use, 3)
    return Scenario(
        seed=seed,
        midnight_ms=start_ms,
        lots=_with_faults(random, harvested),
        gateways=in_use,
        outages=(
            Outage(cut_off[0], start_ms + 6 * 3_600_000, start_ms + 6 * 3_600_000 + 2_700_000),
            Outage(cut_off[1], start_ms + 7 * 3_600_000, start_ms + 8 * 3_600_000),
            # back only after the trucks have left: days-late back-fill in small
            Outage(cut_off[2], start_ms + 6 * 3_600_000 + 1_800_000, start_ms + 11 * 3_600_000),
        ),
        malformed_gateway=random.choice([name for name in in_use if name not in cut_off]),
        malformed_at_ms=start_ms + 7 * 3_600_000 + 600_000,
    )


def village_gateways(places: tuple[Place, ...]) -> dict[str, str]:
    """Which gateway hears which village: each takes the nearest villages that have none yet."""
    left = {place.code: place for place in places}
    heard: dict[str, str] = {}
    while left:
        first = next(iter(left.values()))
        near = sorted(left.values(), key=lambda place: _squared_degrees(first, place))[:VILLAGES_PER_GATEWAY]
        for place in near:
            heard[place.code] = f"gw-{first.code.lower()}"
            del left[place.code]
    return heard


def _squared_degrees(one: Place, other: Place) -> float:
    stretch = math.cos(math.radians(one.latitude))
    return (one.latitude - other.latitude) ** 2 + ((one.longitude - other.longitude) * stretch) ** 2


def _harvest(random: Random, day: date, start_ms: int, count: int, gateway_of: dict[str, str]) -> tuple[DemoLot, ...]:
    crops = produce()
    picked = random.choices(crops, [crop.share for crop in crops], k=count)
    lots = [
        _lot(random, crop, number, day=day, start_ms=start_ms, gateway_of=gateway_of)
        for number, crop in enumerate(picked, 1)
    ]
    lots[-1] = _too_much(lots[-1], gateway_of)
    return tuple(lots)


def _too_much(lot: DemoLot, gateway_of: dict[str, str]) -> DemoLot:
    crop = next(crop for crop in produce() if crop.commodity_id == TOO_MUCH_OF)
    weight_kg = TOO_MUCH_CRATES * crop.kg_per_crate
    return replace(
        lot,
        village=TOO_MUCH_VILLAGE,
        gateway=gateway_of[TOO_MUCH_VILLAGE],
        commodity_id=TOO_MUCH_OF,
        crates=TOO_MUCH_CRATES,
        weight_g=weight_kg * 1000,
        value_satang=weight_kg * crop.satang_per_kg,
    )


def _lot(
    random: Random, crop: Produce, number: int, *, day: date, start_ms: int, gateway_of: dict[str, str]
) -> DemoLot:
    village = random.choice([place for place in villages() if place.province in crop.provinces])
    crates = max(1, round(random.uniform(crop.min_kg, crop.max_kg) / crop.kg_per_crate))
    weight_kg = crates * crop.kg_per_crate
    harvested_ms = start_ms + random.randrange(crop.harvest_from_s, crop.harvest_to_s, INTERVAL_S) * 1000
    return DemoLot(
        code=f"L{day:%y%m%d}-{number:03d}",
        village=village.code,
        commodity_id=crop.commodity_id,
        weight_g=weight_kg * 1000,
        crates=crates,
        value_satang=weight_kg * crop.satang_per_kg,
        harvested_at_ms=harvested_ms,
        ready_at_ms=harvested_ms + random.randrange(2, 7) * 600_000,
        sensor=f"TH-{number:04d}",
        gateway=gateway_of[village.code],
    )


def _with_faults(random: Random, lots: tuple[DemoLot, ...]) -> tuple[DemoLot, ...]:
    """One probe stays on one value, one falls silent, both while their lots wait."""
    stuck, silent = random.sample(range(len(lots)), 2)
    changed = list(lots)
    changed[stuck] = replace(lots[stuck], fault=Fault.STUCK, fault_from_ms=lots[stuck].ready_at_ms)
    changed[silent] = replace(lots[silent], fault=Fault.SILENT, fault_from_ms=lots[silent].ready_at_ms)
    return tuple(changed)
