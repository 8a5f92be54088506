"""Heat treatments, inspections and what they say about the model, as they go in and out."""

import uuid
from typing import Annotated, Self

from pydantic import Field, model_validator

from services.evidence.forecast_schemas import Life
from services.http.fields import (
    CodeText,
    Document,
    Instant,
    NameText,
    Payload,
    PlainText,
    ShownTemperatureC,
    TemperatureC,
    example,
)
from telemetry.freshness.inspection import Quality
from telemetry.freshness.treatment import TreatmentKind

HOUR_MS = 3_600_000
LONGEST_TREATMENT_MS = 24 * HOUR_MS

TREATMENT = {
    "kind": "vapour_heat",
    "from": "2026-11-23T03:00:00Z",
    "to": "2026-11-23T04:10:00Z",
    "note": "46.5 °C pulp for 20 min",
}


class NewTreatment(Payload):
    """A heat treatment, cooling down included: readings within it are part of the process."""

    model_config = example(TREATMENT)

    kind: TreatmentKind
    from_at: Annotated[Instant, Field(alias="from")]
    to_at: Annotated[Instant, Field(alias="to")]
    note: Annotated[PlainText | None, Field(max_length=400)] = None

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if not 0 < self.to_at - self.from_at <= LONGEST_TREATMENT_MS:
            raise ValueError("to must be after from, by a day at most")
        return self


class TreatmentDocument(Document):
    """A heat treatment of a lot."""

    id: uuid.UUID
    kind: TreatmentKind
    from_at: Annotated[Instant, Field(validation_alias="from_ms", serialization_alias="from")]
    to_at: Annotated[Instant, Field(validation_alias="to_ms", serialization_alias="to")]
    note: str | None
    by: str


class TreatmentList(Document):
    """A lot's heat treatments, by time."""

    items: list[TreatmentDocument]


FINDING = {
    "lot": "LOT-20261123-017",
    "quality": "marketable",
    "score": 7,
    "defects": {"browning": 0.04},
    "pulp_temperature_c": 13.4,
    "kept_days": 6.0,
    "chilling_injury": False,
}


class Finding(Payload):
    """What was found of one lot."""

    model_config = example(FINDING)

    lot: CodeText
    quality: Quality
    score: Annotated[int | None, Field(ge=1, le=9, description="Visual quality, 9 as harvested, 1 unusable.")] = None
    defects: Annotated[
        dict[Annotated[str, Field(pattern=r"^[a-z_]{1,40}$")], Annotated[float, Field(ge=0, le=1)]],
        Field(default_factory=dict, max_length=20, description="Share of the fruits with each defect."),
    ]
    pulp_temperature_c: TemperatureC | None = None
    kept_days: Annotated[
        float | None,
        Field(ge=0, le=730, description="Days it kept (or is estimated to) after the inspection, at the reference."),
    ] = None
    chilling_injury: Annotated[bool | None, Field(description="null: nobody looked for it.")] = None
    note: Annotated[PlainText | None, Field(max_length=1000)] = None


class NewInspection(Payload):
    """Somebody looked at lots of a shipment."""

    model_config = example({"inspected_at": "2026-11-29T23:00:00Z", "findings": [FINDING]})

    inspected_at: Annotated[Instant | None, Field(description="Default: now.")] = None
    findings: Annotated[list[Finding], Field(min_length=1, max_length=2000)]

    @model_validator(mode="after")
    def _each_lot_once(self) -> Self:
        if len({finding.lot for finding in self.findings}) < len(self.findings):
            raise ValueError("findings name a lot more than once")
        return self


class InspectionDocument(Document):
    """What was found of one lot, beside what had been forecast for that instant."""

    id: uuid.UUID
    lot: str
    inspected_at: Instant
    by: str
    quality: Quality
    score: int | None
    defects: dict[str, float]
    pulp_temperature_c: ShownTemperatureC | None
    kept_days: float | None
    chilling_injury: bool | None
    note: str | None
    forecast: Annotated[Life | None, Field(description="Remaining life as the model had it then; null: unknown.")]
    injury_dose: float | None
    fold: Annotated[float | None, Field(description="Forecast over observed life: 1 is right, 2 twice too much.")]
    within_80: Annotated[bool | None, Field(description="Whether the observed life lies between p10 and p90.")]
    surprise: Annotated[bool, Field(description="Unmarketable, where nine in ten were forecast to have life left.")]
    model_version: str


class InspectionList(Document):
    """A shipment's inspections, by time and lot."""

    items: list[InspectionDocument]


class Followed(Payload):
    """What became of an inspected lot."""

    model_config = example({"kept_days": 6.5})

    kept_days: Annotated[float, Field(ge=0, le=730, description="Days it kept after the inspection.")]


class CalibrationDocument(Document):
    """How the model did for one commodity and exporter; shares are of the inspections that can say something."""

    commodity_id: str
    exporter: str
    inspections: int
    followed: int
    median_fold: float | None
    coverage_80: Annotated[float | None, Field(description="Should be 0.75 to 0.9.")]
    over_predicted: Annotated[float | None, Field(description="Share forecast to keep more than 1.5 times as long.")]
    surprises: int
    injuries_foreseen: int
    injuries_missed: int
    injuries_not_found: int
    suggested_factor: Annotated[
        float | None, Field(description="What `coldchain freshness refit` would multiply the reference life by.")
    ]


class CalibrationReport(Document):
    """One line for each commodity and exporter. A report changes nothing."""

    items: list[CalibrationDocument]


class CalibrationQuery(Payload):
    """Which lines to show."""

    commodity: Annotated[str | None, Field(pattern=r"^[a-z0-9_]{1,32}$")] = None
    exporter: NameText | None = None
