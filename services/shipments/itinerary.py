"""A shipment's planned way, leg by leg: stored as a whole, read by the forecast."""

import uuid
from collections.abc import Iterable, Sequence
from enum import StrEnum
from itertools import pairwise
from typing import Annotated, Any, Self

from pydantic import Field, model_validator
from sqlalchemy.orm import Session

from services.devices.subjects import SubjectKind
from services.errors import Conflict
from services.http.fields import Document, Instant, NameText, Payload, ShownTemperatureC, TemperatureC, example
from services.readings.status import assess_soon
from services.shipments import store
from services.shipments.logic import ARRIVED
from services.shipments.tables import ItineraryLeg, Shipment

HOUR_S = 3600
DAY_S = 86_400
LEG = {
    "from": "Laem Chabang",
    "to": "Mohan border",
    "mode": "road",
    "custodian": "Mekong Reefer",
    "starts_at": "2026-11-23T15:30:00Z",
    "ends_at": "2026-11-26T02:00:00Z",
    "set_point_c": 13.0,
    "border_wait_hours": 8.0,
    "border_wait_late_hours": 30.0,
    "required_life_days": 5.0,
}


class Mode(StrEnum):
    """How a leg is covered."""

    ROAD = "road"
    SEA = "sea"
    AIR = "air"
    RAIL = "rail"
    STORE = "store"


class Leg(Payload):
    """One part of the way, in one custody."""

    model_config = example(LEG)

    from_place: Annotated[NameText, Field(alias="from")]
    to_place: Annotated[NameText, Field(alias="to")]
    mode: Mode
    custodian: NameText | None = None
    starts_at: Instant
    ends_at: Instant
    set_point_c: TemperatureC
    border_wait_hours: Annotated[
        float, Field(ge=0, le=24 * 30, description="Of the leg, at its end, for documents and inspections.")
    ] = 0.0
    border_wait_late_hours: Annotated[
        float | None, Field(ge=0, le=24 * 60, description="The same in one case of ten; default: as long again.")
    ] = None
    required_life_days: Annotated[
        float | None, Field(gt=0, le=730, description="Remaining life that whoever takes over at its end asks for.")
    ] = None

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if self.ends_at <= self.starts_at:
            raise ValueError("ends_at must be after starts_at")
        if self.border_wait_hours * HOUR_S * 1000 > self.ends_at - self.starts_at:
            raise ValueError("border_wait_hours must not exceed the leg, of which it is a part")
        if self.border_wait_late_hours is not None and self.border_wait_late_hours < self.border_wait_hours:
            raise ValueError("border_wait_late_hours must not be less than border_wait_hours")
        return self


def demand_order(legs: Sequence[Leg]) -> None:
    """Raises ValueError where a leg begins before the one before it ends."""
    for place, (before, after) in enumerate(pairwise(legs), start=1):
        if after.starts_at < before.ends_at:
            raise ValueError(f"leg {place} starts before leg {place - 1} ends; list them in order of time")


class NewItinerary(Payload):
    """The whole way, in place of what was planned before."""

    model_config = example({"legs": [LEG]})

    legs: Annotated[list[Leg], Field(max_length=50, description="In order of time; none takes the itinerary away.")]

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        demand_order(self.legs)
        return self


class LegDocument(Document):
    """One part of the way."""

    model_config = example(LEG)

    from_place: Annotated[str, Field(serialization_alias="from")]
    to_place: Annotated[str, Field(serialization_alias="to")]
    mode: Mode
    custodian: str | None
    starts_at: Instant
    ends_at: Instant
    set_point_c: ShownTemperatureC
    border_wait_hours: float
    border_wait_late_hours: float
    required_life_days: float | None


class ItineraryDocument(Document):
    """A shipment's planned way."""

    model_config = example({"code": "SHP-1123-04", "legs": [LEG]})

    code: str
    legs: list[LegDocument]


def rows_of(shipment: Shipment, legs: Sequence[Leg]) -> list[ItineraryLeg]:
    """Legs as they are stored."""
    return [
        ItineraryLeg(
            shipment_id=shipment.id,
            position=position,
            tenant_id=shipment.tenant_id,
            custodian=leg.custodian,
            from_place=leg.from_place,
            to_place=leg.to_place,
            mode=leg.mode.value,
            starts_at_ms=leg.starts_at,
            ends_at_ms=leg.ends_at,
            set_point_centi_c=round(leg.set_point_c),
            border_wait_s=round(leg.border_wait_hours * HOUR_S),
            border_wait_late_s=round(_late_hours(leg) * HOUR_S),
            required_life_s=None if leg.required_life_days is None else round(leg.required_life_days * DAY_S),
        )
        for position, leg in enumerate(legs)
    ]


def plan(session: Session, shipment: Shipment, legs: Sequence[Leg], now_ms: int) -> list[ItineraryLeg]:
    """Store the way; the shipment is due when its last leg ends. Raises Conflict for one that has arrived."""
    if shipment.state == ARRIVED:
        raise Conflict(f"The shipment {shipment.code!r} has arrived: there is no way ahead to plan.")
    rows = rows_of(shipment, legs)
    store.replace_legs(session, shipment.tenant_id, shipment.id, rows)
    if rows:
        shipment.eta_at_ms = rows[-1].ends_at_ms
    aboard = [lot.id for _, lot in store.lots(session, shipment.tenant_id, [shipment.id])[shipment.id]]
    assess_soon(session, shipment.tenant_id, SubjectKind.LOT, aboard, now_ms)
    assess_soon(session, shipment.tenant_id, SubjectKind.SHIPMENT, [shipment.id], now_ms)
    return rows


def document(shipment: Shipment, legs: Iterable[ItineraryLeg]) -> ItineraryDocument:
    """A way as it is shown."""
    return ItineraryDocument(code=shipment.code, legs=[LegDocument.model_validate(_shown(leg)) for leg in legs])


def legs_of(
    session: Session, tenant_id: uuid.UUID, shipment_ids: Iterable[uuid.UUID]
) -> dict[uuid.UUID, list[ItineraryLeg]]:
    """The legs of each shipment that has an itinerary, in their order."""
    return store.legs(session, tenant_id, shipment_ids)


def lots_aboard(session: Session, tenant_id: uuid.UUID, shipment_id: uuid.UUID) -> list[tuple[uuid.UUID, str, str]]:
    """Id, code and commodity of the lots in a shipment, by code."""
    return store.lots_aboard(session, tenant_id, shipment_id)


def required_until(session: Session, tenant_id: uuid.UUID, shipments: Iterable[Shipment]) -> dict[uuid.UUID, int]:
    """Until when each shipment is asked to keep: the latest of its hand-overs with the life required there, or its
    ETA."""
    asked = {one.id: one for one in shipments}
    found = {one.id: one.eta_at_ms for one in asked.values() if one.eta_at_ms is not None}
    for shipment_id, legs in legs_of(session, tenant_id, asked).items():
        for leg in legs:
            until_ms = leg.ends_at_ms + 1000 * (leg.required_life_s or 0)
            found[shipment_id] = max(found.get(shipment_id, 0), until_ms)
    return found


def _late_hours(leg: Leg) -> float:
    return 2 * leg.border_wait_hours if leg.border_wait_late_hours is None else leg.border_wait_late_hours


def _shown(leg: ItineraryLeg) -> dict[str, Any]:
    return {
        "from_place": leg.from_place,
        "to_place": leg.to_place,
        "mode": leg.mode,
        "custodian": leg.custodian,
        "starts_at": leg.starts_at_ms,
        "ends_at": leg.ends_at_ms,
        "set_point_c": leg.set_point_centi_c,
        "border_wait_hours": leg.border_wait_s / HOUR_S,
        "border_wait_late_hours": leg.border_wait_late_s / HOUR_S,
        "required_life_days": None if leg.required_life_s is None else leg.required_life_s / DAY_S,
    }
