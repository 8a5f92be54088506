"""From the demand book, lots, declarations and places to a market: what can be at a hub when, and how fresh. Pure."""

import math
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from routing.sourcing import FairShare, Haul, Market, Need, Supply
from services.demand.tables import Demand
from services.fleet.tables import Hub, Village
from services.lots.certificates import held
from services.lots.declarations import local_day
from services.lots.lives import life_left_s
from services.lots.tables import HarvestDeclaration, Lot
from services.readings.tables import FreshnessStatus
from services.sourcing.schemas import SourcingRequest
from telemetry.freshness import Catalogue, Commodity, Ledger, Leg, forecast
from telemetry.freshness.kinetics import loss_per_day

DAY_S = 86_400
EARTH_RADIUS_KM = 6_371.0088
CIRCUITY = 1.35
"""Road over great circle, as the router estimates it."""

UNUSED_SHARE = 0.5
"""A lot that nobody takes loses this share of its value: it is sold on the spot. Our assumption."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reserved:
    """What coordinators have accepted before: grams by lot, by declaration, and by programme and day."""

    lots: Mapping[uuid.UUID, int]
    declarations: Mapping[uuid.UUID, int]
    demands: Mapping[tuple[uuid.UUID, date], int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """All that a market is made of, as read at `now_ms`."""

    now_ms: int
    lots: Sequence[Lot]
    statuses: Mapping[uuid.UUID, FreshnessStatus]
    declarations: Sequence[HarvestDeclaration]
    demands: Sequence[Demand]
    villages: Sequence[Village]
    hubs: Sequence[Hub]
    taken_g: Mapping[tuple[uuid.UUID, str], int]
    reserved: Reserved

    @property
    def today(self) -> date:
        return local_day(self.now_ms)


def build_market(seen: Situation, request: SourcingRequest, catalogue: Catalogue) -> Market:
    """The market of the coming days. Supplies are `lot:CODE` and `declaration:ID`, needs `DEMAND/FIRST-DAY`."""
    villages = {village.id: village.code for village in seen.villages}
    hubs = {hub.id: hub.code for hub in seen.hubs}
    wanted = {demand.commodity_id for demand in seen.demands}
    supplies = (*_lots(seen, request, catalogue, villages), *_declared(seen, request, catalogue, villages))
    used_hubs = {demand.hub_id for demand in seen.demands}
    return Market(
        supplies=tuple(supply for supply in supplies if supply.available_g > 0),
        needs=tuple(need for demand in seen.demands for need in _needs(seen, request, catalogue, demand, hubs)),
        hauls=tuple(
            _haul(village, hub, request) for village in seen.villages for hub in seen.hubs if hub.id in used_hubs
        ),
        history=tuple(
            FairShare(village=villages[village_id], commodity=commodity, history_g=grams)
            for (village_id, commodity), grams in sorted(seen.taken_g.items(), key=str)
            if commodity in wanted
        ),
        rules=request.rules.rules(),
    )


def _lots(
    seen: Situation, request: SourcingRequest, catalogue: Catalogue, villages: Mapping[uuid.UUID, str]
) -> Iterator[Supply]:
    promised = dict(seen.reserved.declarations)
    for lot in seen.lots:
        commodity = catalogue.commodity(lot.commodity_id)
        life, _ = life_left_s(
            lot, seen.statuses.get(lot.id), commodity, ambient_c=request.ambient_c, now_ms=seen.now_ms
        )
        available = lot.weight_g - seen.reserved.lots.get(lot.id, 0)
        if lot.declaration_id in promised:
            # what was accepted of a declaration is owed by the lots that come of it
            owed = min(available, promised[lot.declaration_id])
            promised[lot.declaration_id] -= owed
            available -= owed
        yield Supply(
            id=f"lot:{lot.code}",
            village=villages[lot.village_id],
            commodity=lot.commodity_id,
            available_g=available,
            ready_day=max(0, (local_day(lot.ready_at_ms) - seen.today).days),
            variety=lot.variety,
            grade=lot.grade,
            life_s=_at_hub(life, commodity, request),
            hold_loss_s=DAY_S,
            certificates=held(lot.gap_code, lot.packing_house_code, lot.certificates),
            unused_satang_per_kg=int(lot.value_satang * 1000 // lot.weight_g * UNUSED_SHARE),
        )


def _declared(
    seen: Situation, request: SourcingRequest, catalogue: Catalogue, villages: Mapping[uuid.UUID, str]
) -> Iterator[Supply]:
    for declared in seen.declarations:
        commodity = catalogue.commodity(declared.commodity_id)
        days = commodity.reference_life_days if commodity.supported else None
        counted = declared.expected_g * declared.confidence_pct // 100
        yield Supply(
            id=f"declaration:{declared.id}",
            village=villages[declared.village_id],
            commodity=declared.commodity_id,
            available_g=counted - seen.reserved.declarations.get(declared.id, 0),
            ready_day=(declared.harvest_on - seen.today).days + request.lead_days,
            variety=declared.variety,
            grade=declared.grade,
            life_s=_at_hub(None if days is None else int(days * DAY_S), commodity, request),
            hold_loss_s=DAY_S,
            certificates=held(declared.gap_code, declared.packing_house_code, declared.certificates),
            confidence_pct=declared.confidence_pct,
        )


def _at_hub(life_s: int | None, commodity: Commodity, request: SourcingRequest) -> int | None:
    """What is left after the way to the hub at ambient temperature."""
    if life_s is None or commodity.reference_life_days is None:
        return None
    lost = loss_per_day(commodity, request.ambient_c) * commodity.reference_life_days * request.collection_h / 24
    return max(0, int(life_s - lost * DAY_S))


def _needs(
    seen: Situation, request: SourcingRequest, catalogue: Catalogue, demand: Demand, hubs: Mapping[uuid.UUID, str]
) -> Iterator[Need]:
    way_s = way_loss_s(catalogue.commodity(demand.commodity_id), demand.transit_s, demand.transit_centi_c)
    for days in periods(demand, seen.today, request.days):
        whole_g = demand.quantity_g if demand.per == "day" else demand.quantity_g * len(days) // 7
        quantity_g = whole_g - sum(seen.reserved.demands.get((demand.id, day), 0) for day in days)
        if quantity_g > 0:
            yield Need(
                id=f"{demand.code}/{days[0]}",
                demand=demand.code,
                commodity=demand.commodity_id,
                quantity_g=quantity_g,
                from_day=(days[0] - seen.today).days,
                to_day=(days[-1] - seen.today).days,
                hub=hubs[demand.hub_id],
                price_satang_per_kg=demand.price_satang_per_kg,
                variety=demand.variety,
                grade=demand.grade,
                way_loss_s=way_s,
                min_life_s=demand.min_life_s,
                certificates=tuple(demand.certificates),
            )


def periods(demand: Demand, today: date, days: int) -> list[list[date]]:
    """The days on which a programme is served in the horizon: each alone, or those of a week (Monday on) together."""
    first, last = max(demand.from_on, today), min(demand.to_on, today + timedelta(days=days - 1))
    found: list[list[date]] = []
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        if demand.per == "week" and found and day.weekday() != 0:
            found[-1].append(day)
        else:
            found.append([day])
    return found


def way_loss_s(commodity: Commodity, transit_s: int, transit_centi_c: int | None) -> int:
    """Life at the reference temperature that the way costs, late arrivals and swings included (forecast, p10)."""
    if not transit_s or not commodity.supported or commodity.reference_temperature_c is None:
        return 0
    ledger = Ledger(commodity)
    ledger.add(0, round(commodity.reference_temperature_c * 100))
    set_point_c = commodity.reference_temperature_c if transit_centi_c is None else transit_centi_c / 100
    before = forecast(ledger, (), now_ms=0)
    after = forecast(ledger, (Leg("way", "carrier", transit_s, set_point_c),), now_ms=0)
    if before is None or after is None:
        return 0
    planned_s = int(after.life_used * before.remaining.p50_s)
    return max(before.remaining.p10_s - after.remaining.p10_s, planned_s if after.remaining.p10_s == 0 else 0)


def _haul(village: Village, hub: Hub, request: SourcingRequest) -> Haul:
    km = CIRCUITY * _great_circle_km(village.latitude, village.longitude, hub.latitude, hub.longitude)
    cost = math.ceil(km * request.haul_satang_per_t_km / 1000)
    return Haul(village=village.code, hub=hub.code, distance_m=round(km * 1000), satang_per_kg=cost)


def _great_circle_km(latitude: float, longitude: float, other_latitude: float, other_longitude: float) -> float:
    north, other_north = math.radians(latitude), math.radians(other_latitude)
    across = math.sin(math.radians(other_longitude - longitude) / 2) ** 2
    up = math.sin((other_north - north) / 2) ** 2
    return 2 * EARTH_RADIUS_KM * math.asin(math.sqrt(up + math.cos(north) * math.cos(other_north) * across))
