"""One published figure, and what the model knows of a commodity: frozen values."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a figure says."""

    LIFE = "life"
    OPTIMUM_TEMPERATURE = "optimum_temperature"
    OPTIMUM_HUMIDITY = "optimum_humidity"
    RESPIRATION = "respiration"
    CHILLING_THRESHOLD = "chilling_threshold"
    CHILLING_TIME_TO_INJURY = "chilling_time_to_injury"
    FREEZING_POINT = "freezing_point"
    ETHYLENE_PRODUCTION = "ethylene_production_class"
    ETHYLENE_SENSITIVITY = "ethylene_sensitivity_class"
    COMPATIBILITY_GROUP = "compatibility_group"
    PRECOOLING = "precooling"
    Q10_RESPIRATION = "q10_respiration"
    Q10_QUALITY = "q10_quality"
    Q10_GENERIC = "q10_generic"
    NOTE = "note"


class Bound(StrEnum):
    """How a figure's numbers are meant: a range, one value, or only an end of a range ("up to", "at least")."""

    RANGE = "range"
    POINT = "point"
    MAXIMUM = "maximum"
    MINIMUM = "minimum"
    TEXT = "text"


class Evidence(StrEnum):
    """How a figure came to be known, best first."""

    PUBLISHED = "published"
    DERIVED = "derived"
    RECALLED = "recalled"
    ASSUMED = "assumed"


class Confidence(StrEnum):
    """How far a prediction for a commodity may be trusted."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    NOT_SUPPORTED = "not_supported"


@dataclass(frozen=True, slots=True)
class Source:
    """Where a figure was read."""

    source_id: str
    citation: str
    url: str


@dataclass(frozen=True, slots=True)
class Figure:
    """One sourced figure. `low` and `high` are in `unit`; a figure that is words stands in `text`.

    `stage` is empty where the source speaks of the commodity as a whole. `set_aside` says why a figure is kept
    in sight but not used.
    """

    commodity_id: str
    stage: str
    kind: Kind
    temperature_c: float | None
    low: float | None
    high: float | None
    bound: Bound
    unit: str
    text: str
    note: str
    source: Source
    evidence: Evidence
    set_aside: str

    @property
    def at_c(self) -> float:
        """The temperature the figure holds at. Raises `ValueError` where it has none."""
        return _given(self.temperature_c, "temperature")

    @property
    def least(self) -> float:
        """The low end of the figure. Raises `ValueError` where it is in words."""
        return _given(self.low, "number")

    @property
    def most(self) -> float:
        """The high end of the figure, or its one value."""
        return self.least if self.high is None else self.high


def _given(value: float | None, what: str) -> float:
    if value is None:
        raise ValueError(f"this figure has no {what}")
    return value


@dataclass(frozen=True, slots=True, eq=False)
class Commodity:
    """What the model knows of one commodity at one stage of maturity.

    Days are days, temperatures °C. `reference_life_days` is the life at `reference_temperature_c` that
    decisions start from, the low end of what is published; half of the lots keep longer than
    `median_life_days`, the middle of it; `life_range_days` is what the sources span at that temperature.
    `injury_days_at_threshold` is the time to chilling injury held just below `chilling_threshold_c`; its logarithm
    falls by `chilling_per_c` for each degree below. A commodity that is not `supported` has no published life: it
    gets a temperature record and no prediction.
    `decisions` tells in words how each parameter was chosen.
    """

    commodity_id: str
    name_en: str
    name_th: str
    scientific: str
    stage: str
    stages: tuple[str, ...]
    supported: bool
    confidence: Confidence
    reference_temperature_c: float | None
    reference_life_days: float | None
    median_life_days: float | None
    life_range_days: tuple[float, float] | None
    band_c: tuple[float, float] | None
    humidity_band_pct: tuple[float, float] | None
    chilling_threshold_c: float | None
    injury_days_at_threshold: float | None
    chilling_per_c: float
    freezing_point_c: float
    freezing_point_assumed: bool
    moisture_limits: bool
    ethylene_production: str
    ethylene_sensitivity: str
    compatibility_group: str
    precooling: str
    figures: tuple[Figure, ...]
    decisions: tuple[str, ...]
    catalogue_sha256: str
