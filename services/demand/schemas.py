"""The demand book as it goes in and out."""

import uuid
from datetime import date
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, Field, model_validator

from services.http.fields import CodeText, Document, Instant, NameText, Payload, TemperatureC, example
from services.lots.certificates import Certificates

Per = Literal["day", "week"]
DemandState = Literal["open", "withdrawn"]
Word32 = Annotated[NameText, Field(max_length=32)]
Days = Annotated[float, Field(ge=0, le=400)]
Grams = Annotated[int, Field(gt=0, le=10**10)]
Price = Annotated[int, Field(ge=0, le=10**8, description="What the buyer pays, satang per kilogram.")]

LONGEST_DAYS = 800
"""From the first day of a programme to its last at most: two seasons."""

DEMAND = {
    "code": "GZ-2026-DUR-A",
    "exporter": "siam-fruit",
    "buyer": "Guangzhou Fresh Import",
    "commodity_id": "durian",
    "variety": "monthong",
    "grade": "A",
    "quantity_g": 6_000_000,
    "per": "day",
    "from_on": "2026-11-24",
    "to_on": "2026-12-20",
    "hub": "LCB",
    "destination": "Guangzhou",
    "transit_days": 4.5,
    "transit_c": 14.0,
    "min_life_days": 5.0,
    "certificates": ["gap", "packing_house"],
    "price_satang_per_kg": 18_000,
    "note": "no fallen fruit",
}


class NewDemand(Payload):
    """A buyer's programme: so much of what, each day or week, where to, and how fresh at hand-over."""

    model_config = example(DEMAND)

    code: CodeText
    exporter: Annotated[CodeText, Field(description="Code of the exporter who serves it.")]
    buyer: NameText
    commodity_id: Annotated[str, Field(max_length=32, description="As in the catalogue.")]
    variety: Annotated[Word32 | None, Field(description="Left out: any.")] = None
    grade: Annotated[Word32 | None, Field(description="Left out: any. Sourcing may serve it with a better one.")] = None
    quantity_g: Annotated[Grams, Field(description="Each day, or each week from Monday on.")]
    per: Per
    from_on: Annotated[date, Field(description="First local day at the hub.")]
    to_on: Annotated[date, Field(description="Last local day at the hub, included.")]
    hub: Annotated[CodeText, Field(description="Code of the hub where it is put together.")]
    destination: NameText
    transit_days: Annotated[Days, Field(description="From leaving the hub to hand-over, usually.")] = 0.0
    transit_c: Annotated[
        TemperatureC | None, Field(description="Set point on the way; default: the commodity's reference.")
    ] = None
    min_life_days: Annotated[
        Days, Field(description="What must be left at hand-over, at the commodity's reference temperature.")
    ] = 0.0
    certificates: Annotated[
        Certificates, Field(default_factory=list[str], description="All that a lot must have; left out: none.")
    ]
    price_satang_per_kg: Price
    note: NameText | None = None

    @model_validator(mode="after")
    def _days_in_order(self) -> Self:
        if not 0 <= (self.to_on - self.from_on).days <= LONGEST_DAYS:
            raise ValueError(f"to_on must not be before from_on, nor more than {LONGEST_DAYS} days after it")
        return self

    def columns(self, hub_id: uuid.UUID) -> dict[str, Any]:
        """The table's columns."""
        given = self.model_dump(exclude={"hub", "transit_days", "transit_c", "min_life_days"})
        return given | {
            "hub_id": hub_id,
            "transit_s": round(self.transit_days * 86_400),
            "transit_centi_c": self.transit_c,
            "min_life_s": round(self.min_life_days * 86_400),
        }


class DemandChange(Payload):
    """What to change of a programme; members left out stay. Each change is a new version."""

    model_config = example({"quantity_g": 4_500_000, "to_on": "2026-12-31"})

    exporter: CodeText | None = None
    buyer: NameText | None = None
    commodity_id: Annotated[str | None, Field(max_length=32)] = None
    variety: Word32 | None = None
    grade: Word32 | None = None
    quantity_g: Grams | None = None
    per: Per | None = None
    from_on: date | None = None
    to_on: date | None = None
    hub: CodeText | None = None
    destination: NameText | None = None
    transit_days: Days | None = None
    transit_c: TemperatureC | None = None
    min_life_days: Days | None = None
    certificates: Certificates | None = None
    price_satang_per_kg: Price | None = None
    note: NameText | None = None


class DemandDocument(Document):
    """A buyer's programme as it stands."""

    model_config = example(
        {
            "id": "1c8f4a0e-5a4b-4e0f-9c2e-6f0b8a7d3c21",
            **DEMAND,
            "state": "open",
            "withdrawn_reason": "the buyer has cancelled",
            "created_by": "nok",
            "created_at": "2026-11-20T03:00:00Z",
            "changed_at": "2026-11-22T09:30:00Z",
            "version": 3,
        }
    )

    id: uuid.UUID
    code: str
    exporter: str
    buyer: str
    commodity_id: str
    variety: str | None
    grade: str | None
    quantity_g: int
    per: Per
    from_on: date
    to_on: date
    hub: str
    destination: str
    transit_days: float
    transit_c: float | None
    min_life_days: float
    certificates: list[str]
    price_satang_per_kg: int
    note: str | None
    state: DemandState
    withdrawn_reason: str | None
    created_by: str
    created_at: Instant
    changed_at: Instant
    version: int


class DemandVersionDocument(Document):
    """A programme as it stood from one change to the next."""

    model_config = example(
        {
            "version": 2,
            "changed_by": "nok",
            "changed_at": "2026-11-21T04:00:00Z",
            "changed": ["quantity_g"],
            "demand": DEMAND | {"state": "open"},
        }
    )

    version: int
    changed_by: str
    changed_at: Instant
    changed: Annotated[list[str], Field(description="The members that differ from the version before.")]
    demand: dict[str, Any]


class DemandQuery(BaseModel):
    """Which programmes to list."""

    state: DemandState | None = None
    exporter: Annotated[CodeText | None, Field(description="Code of the exporter.")] = None
    commodity_id: Annotated[str | None, Field(max_length=32)] = None
    on: Annotated[date | None, Field(description="Programmes that run on this day.")] = None
    code: CodeText | None = None
