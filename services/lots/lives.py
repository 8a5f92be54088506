"""How long a lot in its village still keeps: by its sensor where that speaks, else assumed from its harvest on."""

from services.lots.tables import Lot
from services.readings.tables import FreshnessStatus
from telemetry.freshness import Commodity
from telemetry.freshness.kinetics import loss_per_day

DAY_S = 86_400


def life_left_s(
    lot: Lot, status: FreshnessStatus | None, commodity: Commodity, *, ambient_c: float, now_ms: int
) -> tuple[int | None, bool]:
    """The low estimate at the reference temperature in seconds, and whether it was measured.

    None where no life is published. Without a sensor the lot is taken to have stood at ``ambient_c`` since harvest.
    """
    if status is not None and status.verdict != "unknown" and status.remaining_p10_s is not None:
        return status.remaining_p10_s, True
    if not commodity.supported or commodity.reference_life_days is None:
        return None, False
    days = max(0.0, (now_ms - lot.harvested_at_ms) / (DAY_S * 1000))
    lost = loss_per_day(commodity, ambient_c) * days
    return int(max(0.0, 1.0 - lost) * commodity.reference_life_days * DAY_S), False
