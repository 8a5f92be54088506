"""Forecasts as they go out, and what may be asked of them."""

import uuid
from typing import Annotated, Self

from pydantic import Field, model_validator

from services.http.fields import Document, Instant, Payload, TemperatureC, example
from services.readings.schemas import ShipmentFreshnessDocument
from services.shipments.itinerary import Leg, demand_order

LIFE = {"p10_days": 6.1, "p50_days": 9.4, "p90_days": 14.8}


class Life(Document):
    """Remaining life at the reference temperature: a tenth of such lots end before p10, half before p50."""

    p10_days: float
    p50_days: float
    p90_days: float


class FanPoint(Life):
    """What will be left at an instant of the way."""

    at: Instant


class LegLossDocument(Document):
    """Days of life at the reference temperature that a leg will cost."""

    name: str
    custodian: str
    days_lost: float


class HandOverDocument(Life):
    """What will be left where somebody takes over who asks for a remaining life."""

    place: str
    at: Instant
    required_days: float | None
    chance: Annotated[float | None, Field(description="Share of such lots that will have the required life then.")]


class CustodyLossDocument(Document):
    """Days lost so far in one custody, and how many of them beyond what the reference temperature would have cost."""

    custodian: str
    from_at: Annotated[Instant, Field(serialization_alias="from")]
    to_at: Annotated[Instant, Field(serialization_alias="to")]
    days_lost: float
    days_lost_early: float
    observed_share: float


class ForecastDocument(Document):
    """The way ahead of the lot that will have the least life on arrival: it decides for the shipment."""

    model_config = example(
        {
            "lot": "LOT-20261123-017",
            "commodity_id": "durian",
            "from": "2026-11-23T05:00:00Z",
            "eta": "2026-11-26T02:00:00Z",
            "eta_early": "2026-11-25T20:00:00Z",
            "eta_late": "2026-11-27T06:00:00Z",
            "now": LIFE,
            "arrival": LIFE,
            "injury_dose": 0.0,
            "legs": [{"name": "Laem Chabang to Mohan border", "custodian": "Mekong Reefer", "days_lost": 1.9}],
            "hand_overs": [],
            "fan": [LIFE | {"at": "2026-11-23T05:00:00Z"}],
        }
    )

    lot: str
    commodity_id: str
    from_at: Annotated[Instant, Field(serialization_alias="from")]
    eta: Instant
    eta_early: Instant
    eta_late: Instant
    now: Life
    arrival: Life
    injury_dose: Annotated[float, Field(description="Share of the time to chilling injury that will be over.")]
    legs: list[LegLossDocument]
    hand_overs: list[HandOverDocument]
    fan: list[FanPoint]


class LotArrival(Life):
    """What one lot will have left on arrival."""

    lot: str
    commodity_id: str


class ShipmentOutlookDocument(ShipmentFreshnessDocument):
    """How fresh a shipment is, what will be left of it on arrival, and who lost the days."""

    forecast: Annotated[
        ForecastDocument | None, Field(description="None where a lot is unknown, or no way ahead is planned.")
    ]
    forecast_missing: Annotated[str | None, Field(description="Why there is no forecast.")]
    arrivals: list[LotArrival]
    custodies: Annotated[list[CustodyLossDocument], Field(description="Of the lot that decides, so far.")]


class LotCustodyDocument(Document):
    """Who lost a lot's days so far."""

    id: uuid.UUID
    code: str
    custodies: list[CustodyLossDocument]


WHAT_IF = {"set_point_c": 12.0, "wait_hours": 72, "wait_at_c": 25.0}


class WhatIf(Payload):
    """Another way: colder or warmer, later, or along other legs; all that is given holds together."""

    model_config = example(WHAT_IF)

    set_point_c: Annotated[TemperatureC | None, Field(description="On every leg ahead.")] = None
    wait_hours: Annotated[float, Field(ge=0, le=24 * 60, description="Before the way ahead begins.")] = 0.0
    wait_at_c: Annotated[
        TemperatureC | None, Field(description="Temperature while it waits; default: as it is now.")
    ] = None
    legs: Annotated[
        list[Leg] | None, Field(min_length=1, max_length=50, description="Another way in place of the planned one.")
    ] = None
    required_days: Annotated[
        float | None, Field(gt=0, le=730, description="Remaining life that is asked for at the end.")
    ] = None

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if self.legs is not None:
            demand_order(self.legs)
        if self.set_point_c is None and self.legs is None and not self.wait_hours:
            raise ValueError("changes nothing; give set_point_c, wait_hours or legs")
        return self


class WhatIfDocument(Document):
    """The way as it is planned and as it was asked for; nothing is stored."""

    before: ForecastDocument
    after: ForecastDocument
    days_gained: Annotated[float, Field(description="Median days on arrival, after less before.")]
