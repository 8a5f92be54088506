"""Villages, hubs and trucks as they go in and out."""

import uuid
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from services.http.fields import (
    CodeText,
    Document,
    Instant,
    NameText,
    Payload,
    PlainText,
    ShownTemperatureC,
    ShownTimeOfDay,
    TemperatureC,
    TimeOfDay,
    example,
)

Latitude = Annotated[float, Field(ge=-90, le=90, description="WGS 84, degrees north.")]
Longitude = Annotated[float, Field(ge=-180, le=180, description="WGS 84, degrees east.")]
Province = Annotated[PlainText, Field(max_length=100)]
Source = Annotated[PlainText, Field(max_length=300, description="Where the place comes from, with its licence.")]
HubKind = Literal["seaport", "airport", "packing_house", "cold_store", "warehouse"]
Satang = Annotated[int, Field(ge=0, le=10**12)]

NOW = "2026-11-23T05:00:00Z"
VILLAGE = {
    "code": "KLG-01",
    "name": "Klaeng collection point",
    "name_th": "จุดรวบรวมแกลง",
    "province": "Rayong",
    "latitude": 12.7797,
    "longitude": 101.6483,
    "opens": "06:00",
    "closes": "18:00",
}
HUB = {
    "code": "LCB",
    "kind": "seaport",
    "name": "Laem Chabang",
    "latitude": 13.0827,
    "longitude": 100.8833,
    "opens": "00:00",
    "closes": "24:00",
}
TRUCK = {
    "code": "TRK-7",
    "home_hub": "LCB",
    "capacity_g": 3_500_000,
    "capacity_crates": 180,
    "min_temperature_c": 2.0,
    "max_temperature_c": 15.0,
    "shift_starts": "05:00",
    "shift_ends": "19:00",
    "fixed_cost_satang": 80_000,
    "cost_per_km_satang": 1_200,
    "cost_per_hour_satang": 15_000,
}


class OpenPlace(Payload):
    """A place with a daily opening in local time."""

    code: CodeText
    name: NameText
    latitude: Latitude
    longitude: Longitude
    opens: TimeOfDay
    closes: TimeOfDay
    source: Source | None = None

    @model_validator(mode="after")
    def _opens_before_it_closes(self) -> Self:
        if self.opens >= self.closes:
            raise ValueError("opens must be before closes; write 26:00 for 02:00 on the next day")
        return self

    def columns(self) -> dict[str, Any]:
        """The table's columns."""
        given = self.model_dump()
        return given | {"opens_s": given.pop("opens"), "closes_s": given.pop("closes")}


class NewVillage(OpenPlace):
    """A collection point."""

    model_config = example(VILLAGE)

    name_th: NameText | None = None
    province: Province | None = None
    synthetic: Annotated[bool, Field(description="Made up for a demo.")] = False


class VillageChange(Payload):
    """What to change of a village; members left out stay as they are."""

    model_config = example({"closes": "20:00"})

    code: CodeText | None = None
    name: NameText | None = None
    name_th: NameText | None = None
    province: Province | None = None
    latitude: Latitude | None = None
    longitude: Longitude | None = None
    opens: TimeOfDay | None = None
    closes: TimeOfDay | None = None
    source: Source | None = None
    synthetic: bool | None = None


class VillageDocument(Document):
    """A collection point."""

    model_config = example(
        {
            "id": "5b1f5fb4-6a54-4e5e-9d3c-0c7c5d1f2a10",
            **VILLAGE,
            "source": "GeoNames, CC BY 4.0",
            "synthetic": False,
            "created_at": NOW,
        }
    )

    id: uuid.UUID
    code: str
    name: str
    name_th: str | None
    province: str | None
    latitude: float
    longitude: float
    opens: Annotated[ShownTimeOfDay, Field(validation_alias="opens_s")]
    closes: Annotated[ShownTimeOfDay, Field(validation_alias="closes_s")]
    source: str | None
    synthetic: bool
    created_at: Annotated[Instant, Field(validation_alias="created_at_ms")]


class NewHub(OpenPlace):
    """An export hub or packing house."""

    model_config = example(HUB)

    kind: HubKind


class HubChange(Payload):
    """What to change of a hub; members left out stay as they are."""

    model_config = example({"opens": "04:00"})

    code: CodeText | None = None
    kind: HubKind | None = None
    name: NameText | None = None
    latitude: Latitude | None = None
    longitude: Longitude | None = None
    opens: TimeOfDay | None = None
    closes: TimeOfDay | None = None
    source: Source | None = None


class HubDocument(Document):
    """An export hub or packing house."""

    model_config = example(
        {"id": "8e0c8b0a-93b5-4b0e-8d11-4a1f3e2b7c21", **HUB, "source": "GeoNames, CC BY 4.0", "created_at": NOW}
    )

    id: uuid.UUID
    code: str
    kind: str
    name: str
    latitude: float
    longitude: float
    opens: Annotated[ShownTimeOfDay, Field(validation_alias="opens_s")]
    closes: Annotated[ShownTimeOfDay, Field(validation_alias="closes_s")]
    source: str | None
    created_at: Annotated[Instant, Field(validation_alias="created_at_ms")]


class NewTruck(Payload):
    """A truck. Without a temperature range it is ambient."""

    model_config = example(TRUCK)

    code: CodeText
    home_hub: Annotated[CodeText, Field(description="Code of the hub where it starts and ends.")]
    capacity_g: Annotated[int, Field(gt=0, le=10**9)]
    capacity_crates: Annotated[int, Field(gt=0, le=100_000)]
    min_temperature_c: TemperatureC | None = None
    max_temperature_c: TemperatureC | None = None
    shift_starts: TimeOfDay
    shift_ends: TimeOfDay
    fixed_cost_satang: Satang
    cost_per_km_satang: Satang
    cost_per_hour_satang: Satang

    @model_validator(mode="after")
    def _ranges_have_two_ends(self) -> Self:
        if self.shift_starts >= self.shift_ends:
            raise ValueError("shift_starts must be before shift_ends; write 26:00 for 02:00 on the next day")
        if (self.min_temperature_c is None) != (self.max_temperature_c is None):
            raise ValueError("give both min_temperature_c and max_temperature_c, or neither for an ambient truck")
        if (self.min_temperature_c or 0) > (self.max_temperature_c or 0):
            raise ValueError("min_temperature_c must not be above max_temperature_c")
        return self

    def columns(self, home_hub_id: uuid.UUID) -> dict[str, Any]:
        """The table's columns."""
        return {
            "code": self.code,
            "home_hub_id": home_hub_id,
            "capacity_g": self.capacity_g,
            "capacity_crates": self.capacity_crates,
            "min_temperature_centi_c": self.min_temperature_c,
            "max_temperature_centi_c": self.max_temperature_c,
            "shift_starts_s": self.shift_starts,
            "shift_ends_s": self.shift_ends,
            "fixed_cost_satang": self.fixed_cost_satang,
            "cost_per_km_satang": self.cost_per_km_satang,
            "cost_per_hour_satang": self.cost_per_hour_satang,
        }


class TruckChange(Payload):
    """What to change of a truck; members left out stay as they are."""

    model_config = example({"shift_ends": "21:00"})

    code: CodeText | None = None
    home_hub: CodeText | None = None
    capacity_g: Annotated[int, Field(gt=0, le=10**9)] | None = None
    capacity_crates: Annotated[int, Field(gt=0, le=100_000)] | None = None
    min_temperature_c: TemperatureC | None = None
    max_temperature_c: TemperatureC | None = None
    shift_starts: TimeOfDay | None = None
    shift_ends: TimeOfDay | None = None
    fixed_cost_satang: Satang | None = None
    cost_per_km_satang: Satang | None = None
    cost_per_hour_satang: Satang | None = None


class TruckDocument(Document):
    """A truck."""

    model_config = example({"id": "c3b7f2de-0f35-4d0b-a1a5-7a6f9c8e4d32", **TRUCK, "created_at": NOW})

    id: uuid.UUID
    code: str
    home_hub: str
    capacity_g: int
    capacity_crates: int
    min_temperature_c: Annotated[ShownTemperatureC | None, Field(validation_alias="min_temperature_centi_c")]
    max_temperature_c: Annotated[ShownTemperatureC | None, Field(validation_alias="max_temperature_centi_c")]
    shift_starts: Annotated[ShownTimeOfDay, Field(validation_alias="shift_starts_s")]
    shift_ends: Annotated[ShownTimeOfDay, Field(validation_alias="shift_ends_s")]
    fixed_cost_satang: int
    cost_per_km_satang: int
    cost_per_hour_satang: int
    created_at: Annotated[Instant, Field(validation_alias="created_at_ms")]
