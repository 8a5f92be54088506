"""Freshness and readings as they go in and out."""

import uuid
from typing import Annotated, Any

from pydantic import Field

from services.http.fields import Document, Instant, example
from services.readings.status import Shown
from telemetry.freshness import Condition, Confidence, Verdict

HOUR_S = 3600
DAY_S = 86_400

SUMMARY = {
    "condition": "in_range",
    "verdict": "on_track",
    "confidence": "medium",
    "life_used": 0.12,
    "remaining_days_p10": 15.2,
    "remaining_days_p50": 18.4,
    "remaining_days_p90": 23.0,
    "keeps_until": "2026-12-08T09:48:00Z",
    "last_reading_at": "2026-11-23T04:58:00Z",
    "assessed_at": "2026-11-23T05:00:00Z",
}


class FreshnessSummary(Document):
    """How fresh, in short. Lives are at the commodity's reference temperature."""

    model_config = example(SUMMARY)

    condition: Condition
    verdict: Verdict
    confidence: Confidence
    life_used: float | None
    remaining_days_p10: float | None
    remaining_days_p50: float | None
    remaining_days_p90: float | None
    keeps_until: Annotated[Instant | None, Field(description="Nine lots in ten keep at least until then.")]
    last_reading_at: Instant | None
    assessed_at: Instant | None


class RemainingLife(Document):
    """A life still to come."""

    hours: float
    days: float
    until: Instant


class Remaining(Document):
    """A tenth of such lots end before p10, half before p50, nine tenths before p90."""

    temperature_c: Annotated[float | None, Field(description="If it is kept at this temperature from now on.")]
    p10: RemainingLife
    p50: RemainingLife
    p90: RemainingLife


class ReasonDocument(Document):
    """One reason for a verdict: a stable code, a sentence with the figures, and the figures by name.

    Figures end in their unit: `_s` seconds, `_ms` UTC epoch milliseconds, `_c` °C; shares are of 1, lives in days.
    """

    code: str
    sentence: str
    parameters: dict[str, float | str] = Field(default_factory=dict)


class FreshnessDocument(Document):
    """How fresh, on which evidence, and why. We advise what to inspect; we never release anything."""

    id: uuid.UUID
    code: str
    condition: Condition
    verdict: Verdict
    confidence: Confidence
    life_used: Annotated[float | None, Field(description="Share of the reference life that is gone.")]
    remaining_at_reference: Remaining | None
    remaining_at_current: Remaining | None
    keeps_until: Annotated[
        Instant | None, Field(description="Nine lots in ten keep at least until then, if it stays as it is now.")
    ]
    reasons: list[ReasonDocument]
    last_reading_at: Instant | None
    watermark: Annotated[Instant | None, Field(description="The newest reading that the assessment knows.")]
    assessed_at: Instant | None
    model_version: str | None
    catalogue_sha256: str | None
    override_version: Annotated[
        int | None, Field(description="Version of the tenant's own figures that it rests on, if it does.")
    ] = None
    raised: Annotated[list[str], Field(default_factory=list, description="The alarms that stand.")]


class Measured(Document):
    """What the readings show, over the time that was observed."""

    sensors: list[str]
    trusted_readings: int
    doubted_readings: int
    coverage: Annotated[float, Field(description="Share of the time since the first reading that was observed.")]
    mean_kinetic_temperature_c: float | None
    coldest_c: float | None
    warmest_c: float | None
    above_s: int
    below_s: int
    degree_hours_above: float
    degree_hours_below: float


class LotFreshnessDocument(FreshnessDocument):
    """How fresh a lot is."""

    commodity_id: str
    measured: Measured | None


class LotInShipment(FreshnessSummary):
    """One lot's part in a shipment."""

    model_config = example(
        {
            "id": "0b9a7a52-6c1d-4d3e-a8a4-2f6f7a5f9b11",
            "code": "LOT-20261123-017",
            "commodity_id": "durian",
            "reasons": [],
            **SUMMARY,
        }
    )

    id: uuid.UUID
    code: str
    commodity_id: str
    reasons: list[ReasonDocument]


class ShipmentFreshnessDocument(FreshnessDocument):
    """How fresh a shipment is: as its worst lot."""

    lots: list[LotInShipment]


def summary(shown: Shown) -> dict[str, Any]:
    """The members of a summary."""
    status = shown.status
    return {
        "condition": shown.condition,
        "verdict": shown.verdict,
        "confidence": shown.confidence,
        "life_used": status.life_used if status else None,
        "remaining_days_p10": _days(status.remaining_p10_s) if status else None,
        "remaining_days_p50": _days(status.remaining_p50_s) if status else None,
        "remaining_days_p90": _days(status.remaining_p90_s) if status else None,
        "keeps_until": status.keeps_until_ms if status else None,
        "last_reading_at": status.last_reading_at_ms if status else None,
        "assessed_at": status.assessed_at_ms if status and shown.assessed else None,
    }


def summary_of(shown: Shown) -> FreshnessSummary:
    """A summary of what is stored, which needs no second check: lists hold many."""
    return FreshnessSummary.model_construct(**summary(shown))


def freshness(shown: Shown, identity: uuid.UUID, code: str) -> dict[str, Any]:
    """The members of a freshness document."""
    status = shown.status
    members: dict[str, Any] = {
        "id": identity,
        "code": code,
        "condition": shown.condition,
        "verdict": shown.verdict,
        "confidence": shown.confidence,
        "reasons": shown.reasons,
        "life_used": None,
        "remaining_at_reference": None,
        "remaining_at_current": None,
        "keeps_until": None,
        "last_reading_at": None,
        "watermark": None,
        "assessed_at": None,
        "model_version": None,
        "catalogue_sha256": None,
    }
    if status is None or not shown.assessed:
        return members
    detail = status.assessment
    reference = {
        "p10_s": status.remaining_p10_s,
        "p50_s": status.remaining_p50_s,
        "p90_s": status.remaining_p90_s,
    }
    return members | {
        "life_used": status.life_used,
        "remaining_at_reference": _remaining(reference, detail.get("reference_c"), status.assessed_at_ms),
        "remaining_at_current": _remaining(
            detail.get("remaining_at_recent"), detail.get("recent_c"), status.assessed_at_ms
        ),
        "keeps_until": status.keeps_until_ms,
        "last_reading_at": status.last_reading_at_ms,
        "watermark": status.watermark_ms,
        "assessed_at": status.assessed_at_ms,
        "model_version": status.model_version,
        "catalogue_sha256": status.catalogue_sha256,
        "override_version": detail.get("override_version"),
        "raised": status.raised.split(),
    }


def measured(shown: Shown) -> Measured | None:
    """What the readings of a lot show; None before its first assessment."""
    detail = shown.status.assessment if shown.status and shown.assessed else {}
    if "trusted_readings" not in detail:
        return None
    return Measured.model_validate(detail | {"mean_kinetic_temperature_c": detail["mkt_c"]})


def _days(seconds: int | None) -> float | None:
    return None if seconds is None else round(seconds / DAY_S, 2)


def _remaining(lives: dict[str, Any] | None, temperature_c: float | None, from_ms: int) -> Remaining | None:
    if lives is None or any(lives[name] is None for name in ("p10_s", "p50_s", "p90_s")):
        return None
    parts = {
        name: RemainingLife(
            hours=round(lives[f"{name}_s"] / HOUR_S, 1),
            days=round(lives[f"{name}_s"] / DAY_S, 2),
            until=from_ms + lives[f"{name}_s"] * 1000,
        )
        for name in ("p10", "p50", "p90")
    }
    return Remaining(temperature_c=temperature_c, **parts)
