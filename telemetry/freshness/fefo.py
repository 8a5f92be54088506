"""First expired, first out: one integer a lot, that stays right while time passes and sorts in a database index."""

from collections.abc import Iterable

import numpy as np

from telemetry.freshness.assessment import Assessment, Verdict

EYES_FIRST = 0
"""The key of a lot about which nothing sure is known: it comes before all others, to be looked at."""

_UNSURE = (Verdict.UNKNOWN, Verdict.INSPECT_ON_ARRIVAL)


def fefo_key(assessment: Assessment) -> int:
    """When a tenth of such lots will have ended where it is kept now, UTC epoch ms; `EYES_FIRST` without evidence.

    The instant does not move while the lot keeps its temperature, so a list sorted by it needs no refreshing.
    """
    remaining = assessment.remaining_at_recent
    if remaining is None or assessment.verdict in _UNSURE:
        return EYES_FIRST
    return assessment.assessed_at_ms + 1000 * remaining.p10_s


def fefo_order(assessments: Iterable[Assessment]) -> list[Assessment]:
    """The lots in the order in which to use them; equals by last reading, then by commodity."""
    lots = list(assessments)
    keys = np.fromiter(map(fefo_key, lots), np.int64, len(lots))
    order = np.argsort(keys, kind="stable")
    ordered = [lots[place] for place in order.tolist()]
    # few lots share a key but those without evidence: only what is tied is compared further
    starts = np.flatnonzero(np.diff(keys[order], prepend=-1))
    ends = np.append(starts[1:], len(lots))
    for start, end in zip(starts[ends - starts > 1].tolist(), ends[ends - starts > 1].tolist(), strict=True):
        ordered[start:end] = sorted(ordered[start:end], key=lambda one: (one.last_reading_at_ms or 0, one.commodity_id))
    return ordered
