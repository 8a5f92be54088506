"""Heat treatments against pests and disease: process events with a beginning and an end, not abuse of the produce.

Within a treatment a reading counts as the reference temperature: the treatment's own effect on life is the
exporter's process, validated elsewhere, and neither an excursion nor a spike.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from telemetry.freshness.figures import Commodity
from telemetry.freshness.samples import VALUE_FLAGS, Sample


class TreatmentKind(StrEnum):
    """What was done."""

    VAPOUR_HEAT = "vapour_heat"
    HOT_WATER = "hot_water"
    FORCED_HOT_AIR = "forced_hot_air"


@dataclass(frozen=True, slots=True)
class Treatment:
    """One treatment, cooling down included. Raises `ValueError` when it does not end after it begins."""

    kind: TreatmentKind
    from_ms: int
    to_ms: int

    def __post_init__(self) -> None:
        if self.to_ms <= self.from_ms:
            raise ValueError(
                f"a {self.kind} treatment ends at {self.to_ms} ms, not after it begins at {self.from_ms} ms"
            )


def as_processed(commodity: Commodity, samples: Iterable[Sample], treatments: Sequence[Treatment]) -> list[Sample]:
    """The samples with those within a treatment set to the reference temperature, value doubts lifted.

    Sample by sample, so that it does not depend on their order. Without a reference the coolest of the band counts.
    """
    reference_c = commodity.reference_temperature_c
    if reference_c is None:
        reference_c = commodity.band_c[0] if commodity.band_c else 0.0
    stand_in = round(reference_c * 100)
    return [
        (at_ms, stand_in, flags & ~VALUE_FLAGS) if any(t.from_ms <= at_ms <= t.to_ms for t in treatments) else sample
        for sample in samples
        for at_ms, _, flags in (sample,)
    ]
