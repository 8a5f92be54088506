"""What will be left along the way ahead: from a lot's stored standing and the planned legs. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from services.shipments.tables import ItineraryLeg
from telemetry.freshness import Commodity, Leg
from telemetry.freshness.forecast import Forecast, Standing, forecast_from

FAN_POINTS = 40
"""About how many points a fan has."""


@dataclass(frozen=True, slots=True)
class Way:
    """The legs from an instant on. `asked` names, by the number of legs gone, the life in seconds that whoever takes
    over there asks for."""

    from_ms: int
    legs: tuple[Leg, ...]
    asked: tuple[tuple[int, str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class HandOver:
    """The end of a leg at which somebody asks for a remaining life."""

    place: str
    forecast: Forecast


@dataclass(frozen=True, slots=True)
class Outlook:
    """A lot now and at the end of the way, with the points of the fan between and the hand-overs on the way."""

    now: Forecast
    arrival: Forecast
    fan: tuple[Forecast, ...]
    hand_overs: tuple[HandOver, ...]


def way_ahead(planned: Sequence[ItineraryLeg], from_ms: int, resting_c: float) -> Way:
    """What of the plan lies ahead of an instant; until a leg begins the lot rests at its recent temperature."""
    legs: list[Leg] = []
    asked: list[tuple[int, str, int]] = []
    reached_ms = from_ms
    for one in planned:
        if one.ends_at_ms <= reached_ms:
            continue
        custodian = one.custodian or one.mode
        if one.starts_at_ms > reached_ms:
            waits_s = (one.starts_at_ms - reached_ms) // 1000
            legs.append(
                Leg(f"wait at {one.from_place}", custodian, waits_s, resting_c, early_s=waits_s, late_s=waits_s)
            )
            reached_ms = one.starts_at_ms
        left_s = (one.ends_at_ms - reached_ms) // 1000
        wait_s = min(one.border_wait_s, left_s)
        set_point_c = one.set_point_centi_c / 100
        if left_s > wait_s:
            legs.append(Leg(f"{one.from_place} to {one.to_place}", custodian, left_s - wait_s, set_point_c))
        if wait_s or one.border_wait_late_s:
            late_s = max(wait_s, one.border_wait_late_s)
            legs.append(Leg(f"border at {one.to_place}", custodian, wait_s, set_point_c, early_s=0, late_s=late_s))
        if one.required_life_s is not None:
            asked.append((len(legs), one.to_place, one.required_life_s))
        reached_ms = one.ends_at_ms
    return Way(from_ms, tuple(legs), tuple(asked))


def straight(from_ms: int, until_ms: int, name: str, set_point_c: float) -> Way:
    """The way where nothing but the end is planned."""
    left_s = max(0, until_ms - from_ms) // 1000
    return Way(from_ms, (Leg(name, "", left_s, set_point_c),) if left_s else ())


def later(way: Way, wait: Leg) -> Way:
    """The same way after a wait."""
    return Way(way.from_ms, (wait, *way.legs), tuple((gone + 1, place, life_s) for gone, place, life_s in way.asked))


def standing_of(assessment: dict[str, Any]) -> Standing | None:
    """Where a stored assessment stands; None where it knows too little to look ahead."""
    known = assessment.get("standing")
    return None if known is None else Standing(*known)


def look_ahead(commodity: Commodity, standing: Standing, way: Way) -> Outlook | None:
    """The outlook of a lot; None without a published life."""

    def at(legs: Sequence[Leg], required_s: int | None = None) -> Forecast | None:
        return forecast_from(commodity, standing, legs, now_ms=way.from_ms, required_s=required_s)

    last = way.asked[-1] if way.asked and way.asked[-1][0] == len(way.legs) else None
    now, arrival = at(()), at(way.legs, last[2] if last else None)
    if now is None or arrival is None:
        return None
    fan = [at(part) for part in _parts(way.legs)]
    handed = [HandOver(place, there) for gone, place, life_s in way.asked if (there := at(way.legs[:gone], life_s))]
    return Outlook(now, arrival, tuple(one for one in fan if one is not None), tuple(handed))


def _parts(legs: Sequence[Leg]) -> list[tuple[Leg, ...]]:
    """The way cut at the ends of its legs and at some points within them."""
    whole_s = sum(leg.duration_s for leg in legs)
    parts: list[tuple[Leg, ...]] = [()]
    for place, leg in enumerate(legs):
        steps = max(1, round(FAN_POINTS * leg.duration_s / whole_s)) if whole_s else 1
        for step in range(1, steps):
            parts.append((*legs[:place], _begun(leg, step, steps)))
        parts.append(tuple(legs[: place + 1]))
    return parts


def _begun(leg: Leg, step: int, steps: int) -> Leg:
    return Leg(
        leg.name,
        leg.custodian,
        leg.duration_s * step // steps,
        leg.set_point_c,
        leg.swing_c,
        early_s=leg.earliest_s * step // steps,
        late_s=max(leg.latest_s * step // steps, leg.duration_s * step // steps),
    )
