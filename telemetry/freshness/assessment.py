"""The answer about one lot or shipment, and why: frozen values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from telemetry.freshness.excursions import Alarm, Event
from telemetry.freshness.figures import Confidence

MODEL_VERSION = "3"
"""Raised with every change that can alter an assessment of the same readings."""


class Condition(StrEnum):
    """What the newest trusted temperature means for the commodity."""

    IN_RANGE = "in_range"
    ABOVE_RANGE = "above_range"
    BELOW_RANGE = "below_range"
    CHILLING_RISK = "chilling_risk"
    FREEZING_RISK = "freezing_risk"
    NO_DATA = "no_data"


class Verdict(StrEnum):
    """What to do about it. Advice, never a release: `unknown` wherever the evidence is missing."""

    ON_TRACK = "on_track"
    WATCH = "watch"
    AT_RISK = "at_risk"
    USE_FIRST = "use_first"
    INSPECT_ON_ARRIVAL = "inspect_on_arrival"
    UNKNOWN = "unknown"


class ReasonCode(StrEnum):
    """Stable codes for machines; the sentence beside each is for people."""

    NO_READINGS = "no_readings"
    SILENT = "silent"
    THIN_COVERAGE = "thin_coverage"
    BOUNDS_DISAGREE = "bounds_disagree"
    NOT_SUPPORTED = "not_supported"
    NO_BAND = "no_band"
    FREEZING = "freezing"
    CHILLING = "chilling"
    CHILLING_INJURY = "chilling_injury"
    ABOVE_RANGE = "above_range"
    SEVERE_ABOVE = "severe_above"
    BELOW_RANGE = "below_range"
    WAS_ABOVE_RANGE = "was_above_range"
    WAS_BELOW_RANGE = "was_below_range"
    LIFE_SPENT = "life_spent"
    LIFE_LOST_EARLY = "life_lost_early"
    REQUIRED_LIFE_SHORT = "required_life_short"
    REQUIRED_LIFE_TIGHT = "required_life_tight"
    FIELD_HEAT_ASSUMED = "field_heat_assumed"
    GAPS_BOUNDED = "gaps_bounded"
    DOUBTED_VALUES = "doubted_values"
    DOUBTED_CLOCK = "doubted_clock"
    CONFLICTING_READINGS = "conflicting_readings"
    DRY_AIR = "dry_air"
    HEAT_TREATED = "heat_treated"


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason for a verdict: a code, the sentence for people, and the figures in it by name."""

    code: ReasonCode
    sentence: str
    parameters: Mapping[str, float | str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Remaining:
    """Remaining life in seconds: a tenth of such lots end before `p10_s`, half before `p50_s`, nine tenths
    before `p90_s`."""

    p10_s: int
    p50_s: int
    p90_s: int


@dataclass(frozen=True, slots=True)
class Assessment:
    """How fresh a lot is at one instant, from the readings up to the watermark.

    `life_used` is the share of the reference life that is gone, with what gaps and doubts leave open between
    `life_used_low` and `life_used_high`; `injury_dose` is the share of the time to chilling injury. All None
    where the commodity is not supported or nothing was measured. Times in ms are UTC epoch; `above_s`,
    `below_s`, `degree_hours_*` and `mkt_c` speak of the observed time, `coverage` of how much of the time since
    the first reading that is. Equal readings give equal assessments, whatever their order, repeats and batches;
    `watermark_ms` is the newest reading known.
    """

    commodity_id: str
    stage: str
    condition: Condition
    verdict: Verdict
    confidence: Confidence
    life_used: float | None
    life_used_low: float | None
    life_used_high: float | None
    injury_dose: float
    remaining_at_reference: Remaining | None
    remaining_at_recent: Remaining | None
    recent_c: float | None
    last_reading_at_ms: int | None
    mkt_c: float | None
    above_s: int
    below_s: int
    degree_hours_above: float
    degree_hours_below: float
    coldest_c: float | None
    warmest_c: float | None
    coverage: float
    trusted_readings: int
    doubted_readings: int
    reasons: tuple[Reason, ...]
    raised: tuple[Alarm, ...]
    events: tuple[Event, ...]
    model_version: str
    catalogue_sha256: str
    watermark_ms: int | None
    assessed_at_ms: int
