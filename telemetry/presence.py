"""Who has gone silent: a sensor against its own interval, and a dead gateway once instead of each of its sensors."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

MISSED_INTERVALS = 3
"""A sensor may miss two readings in a row, as radio does, before it counts as silent."""

LEAST_MS = 120_000
"""However short the interval, silence shorter than this is no silence."""


class Absent(StrEnum):
    """What is absent."""

    GATEWAY = "gateway"
    SENSOR = "sensor"


@dataclass(frozen=True, slots=True)
class GatewaySeen:
    """A gateway and its last words. ``offline`` is its own word or its last will."""

    name: str
    offline: bool
    last_seen_at_ms: int | None


@dataclass(frozen=True, slots=True)
class SensorSeen:
    """A sensor, the gateway it was last heard through, and its newest reading."""

    name: str
    gateway: str | None
    expected_interval_s: int
    last_reading_at_ms: int


@dataclass(frozen=True, slots=True)
class Absence:
    """One thing to tell a person: what is absent since when, and which sensors are silent because of it."""

    what: Absent
    name: str
    since_ms: int
    sensors: tuple[str, ...]


def is_silent(sensor: SensorSeen, now_ms: int) -> bool:
    """Whether a sensor's newest reading is older than its own interval allows."""
    return now_ms - sensor.last_reading_at_ms > max(LEAST_MS, MISSED_INTERVALS * sensor.expected_interval_s * 1000)


def absences(gateways: Sequence[GatewaySeen], sensors: Iterable[SensorSeen], now_ms: int) -> list[Absence]:
    """What is absent at ``now_ms``, gateways first.

    A gateway is absent when every sensor that it has is silent, and it has said that it is offline, or has not been
    heard for as long as the shortest of their intervals allows, or has two sensors or more. Its sensors then have no
    absence of their own.
    """
    by_gateway: dict[str | None, list[SensorSeen]] = {}
    for sensor in sensors:
        by_gateway.setdefault(sensor.gateway, []).append(sensor)
    found: list[Absence] = []
    for gateway in gateways:
        mine = by_gateway.get(gateway.name, [])
        if mine and all(is_silent(sensor, now_ms) for sensor in mine) and _is_dead(gateway, mine, now_ms):
            since_ms = max(sensor.last_reading_at_ms for sensor in mine)
            names = tuple(sorted(sensor.name for sensor in mine))
            found.append(Absence(Absent.GATEWAY, gateway.name, since_ms, names))
            del by_gateway[gateway.name]
    for rest in by_gateway.values():
        found += [
            Absence(Absent.SENSOR, sensor.name, sensor.last_reading_at_ms, (sensor.name,))
            for sensor in rest
            if is_silent(sensor, now_ms)
        ]
    return found


def _is_dead(gateway: GatewaySeen, sensors: Sequence[SensorSeen], now_ms: int) -> bool:
    if gateway.offline or gateway.last_seen_at_ms is None or len(sensors) > 1:
        return True
    shortest_ms = min(sensor.expected_interval_s for sensor in sensors) * 1000
    return now_ms - gateway.last_seen_at_ms > max(LEAST_MS, MISSED_INTERVALS * shortest_ms)


LOW_BATTERY_PCT, ENOUGH_BATTERY_PCT = 10, 15
LOW_BATTERY_MV, ENOUGH_BATTERY_MV = 2300, 2400
"""A lithium coin cell of 3 V is at its end below 2.3 V; between low and enough it stays what it was called before."""


@dataclass(frozen=True, slots=True)
class BatterySeen:
    """What a sensor last said of its battery. Mains-powered devices say 0 mV, or nothing."""

    name: str
    pct: int | None
    mv: int | None


def is_low(battery: BatterySeen, *, was_low: bool) -> bool:
    """Whether a battery is to be changed; one that was low is so until it clearly is not."""
    pct_limit = ENOUGH_BATTERY_PCT if was_low else LOW_BATTERY_PCT
    mv_limit = ENOUGH_BATTERY_MV if was_low else LOW_BATTERY_MV
    if battery.pct is not None:
        return battery.pct <= pct_limit
    return battery.mv is not None and 0 < battery.mv <= mv_limit
