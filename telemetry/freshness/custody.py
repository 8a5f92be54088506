"""Who lost the days: the life lost between hand-overs, which adds up to what was lost in all, to the last integer."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from telemetry.freshness.grid import DAY_MS, FEMTO
from telemetry.freshness.ledger import Ledger


@dataclass(frozen=True, slots=True)
class CustodyLoss:
    """Days at the reference temperature lost in one custody, and how many of them were more than the reference
    would cost."""

    custodian: str
    from_ms: int
    to_ms: int
    days_lost: float
    days_lost_early: float
    observed_share: float


def custody_losses(ledger: Ledger, hand_overs: Sequence[tuple[int, str]], *, until_ms: int) -> tuple[CustodyLoss, ...]:
    """The loss of each custody from its hand-over (at_ms, custodian) to the next, the last one until `until_ms`.

    Times before the first and after the last reading cost nothing here: nobody saw them. Raises `HistorySealed`
    on a ledger restored without its older readings, `ValueError` on hand-overs out of order. Empty without a
    published life.
    """
    life = ledger.commodity.reference_life_days
    edges = [at_ms for at_ms, _ in hand_overs] + [until_ms]
    if any(later < earlier for earlier, later in pairwise(edges)):
        raise ValueError("hand-overs must be in order of time, the last one before `until_ms`")
    if life is None:
        return ()
    lost, seen, covered = ([0] * len(hand_overs) for _ in range(3))
    place = 0
    for from_ms, to_ms, half_loss, observed in ledger.intervals():
        span = to_ms - from_ms
        while place < len(hand_overs) and edges[place + 1] <= from_ms:
            place += 1
        custody = place
        while custody < len(hand_overs) and edges[custody] < to_ms:
            begin, end = max(edges[custody], from_ms) - from_ms, min(edges[custody + 1], to_ms) - from_ms
            if end > begin:
                # cumulative floors: the parts of one interval add up to the whole of it
                lost[custody] += half_loss * end // span - half_loss * begin // span
                seen[custody] += end - begin if observed else 0
                covered[custody] += end - begin
            custody += 1
    losses = []
    for index, (at_ms, custodian) in enumerate(hand_overs):
        to_ms = edges[index + 1]
        days = lost[index] / (2 * FEMTO) * life
        early = days - covered[index] / DAY_MS
        share = seen[index] / (to_ms - at_ms) if to_ms > at_ms else 0.0
        losses.append(CustodyLoss(custodian, at_ms, to_ms, days, early, share))
    return tuple(losses)
