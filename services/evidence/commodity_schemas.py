"""Commodities, their figures and a tenant's own, as they go in and out."""

import uuid
from typing import Annotated

from pydantic import Field

from services.http.fields import Document, Instant, Payload, PlainText, example
from telemetry.freshness import Confidence
from telemetry.freshness.overrides import Parameter


class CommodityDocument(Document):
    """What is known of a commodity at its export stage, with the tenant's own figures where it has any."""

    commodity_id: str
    name_en: str
    name_th: str
    scientific: str
    stage: str
    supported: Annotated[bool, Field(description="Whether a life is published; else a temperature record only.")]
    confidence: Confidence
    reference_temperature_c: float | None
    reference_life_days: Annotated[float | None, Field(description="The low end of what is published: to plan with.")]
    median_life_days: float | None
    band_c: tuple[float, float] | None
    humidity_band_pct: tuple[float, float] | None
    chilling_threshold_c: float | None
    injury_days_at_threshold: float | None
    freezing_point_c: float
    freezing_point_assumed: bool
    moisture_limits: bool
    ethylene_production: str
    ethylene_sensitivity: str
    compatibility_group: str
    precooling: str
    override_version: Annotated[int | None, Field(description="Newest own figure that it rests on; null: none.")]
    catalogue_sha256: str


class CommodityList(Document):
    """The whole catalogue."""

    items: list[CommodityDocument]
    catalogue_sha256: str


class SourceDocument(Document):
    """Where a figure was read."""

    source_id: str
    citation: str
    url: str


class FigureDocument(Document):
    """One published figure; `set_aside` says why it is kept in sight but not used."""

    stage: str
    kind: str
    temperature_c: float | None
    low: float | None
    high: float | None
    bound: str
    unit: str
    text: str
    note: str
    evidence: str
    set_aside: str
    source: SourceDocument


class CommodityDetail(CommodityDocument):
    """A commodity with every published figure, its source, and how each parameter was chosen."""

    stages: list[str]
    life_range_days: tuple[float, float] | None
    decisions: list[str]
    figures: list[FigureDocument]


OVERRIDE = {
    "parameter": "reference_life_days",
    "value": 24.0,
    "why": "Our own store trial of November 2026, lots A to F, at 13 °C.",
}


class NewOverride(Payload):
    """A figure of one's own, or none, to go back to the published one."""

    model_config = example(OVERRIDE)

    parameter: Parameter
    value: Annotated[float | None, Field(description="In the unit that the parameter's name ends in; null: give back.")]
    why: Annotated[PlainText, Field(max_length=1000, description="What it rests on: a trial, a buyer's protocol.")]


class OverrideDocument(Document):
    """One version of one figure: who, when, why."""

    model_config = example(
        OVERRIDE
        | {
            "id": "5d0c43c8-0a0e-4d70-9a5b-3a6df3b0b1de",
            "version": 3,
            "commodity_id": "mangosteen",
            "stage": "",
            "by": "Somchai",
            "at": "2026-11-23T05:00:00Z",
        }
    )

    id: uuid.UUID
    version: int
    commodity_id: str
    stage: str
    parameter: Parameter
    value: float | None
    by: str
    at: Annotated[Instant, Field(validation_alias="at_ms")]
    why: str


class OverrideList(Document):
    """All versions, the newest last."""

    items: list[OverrideDocument]
