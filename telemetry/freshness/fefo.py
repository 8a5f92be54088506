"""First expired, first out: one integer a lot, that stays right while time passes and sorts in a database index."""

from collections.abc import Iterable

from telemetry.freshness.assessment import Assessment, Verdict

EYES_FIRST = 0
"""The key of a lot about which nothing sure is known: it comes before all others, to be looked at."""


def fefo_key(assessment: Assessment) -> int:
    """When a tenth of such lots will have ended where it is kept now, UTC epoch ms; `EYES_FIRST` without evidence.

    The instant does not move while the lot keeps its temperature, so a list sorted by it needs no refreshing.
    """
    remaining = assessment.remaining_at_recent
    if assessment.verdict in {Verdict.UNKNOWN, Verdict.INSPECT_ON_ARRIVAL} or remaining is None:
        return EYES_FIRST
    return assessment.assessed_at_ms + 1000 * remaining.p10_s


def fefo_order(assessments: Iterable[Assessment]) -> list[Assessment]:
    """The lots in the order in which to use them; equals by last reading, then by commodity."""
    return sorted(assessments, key=lambda one: (fefo_key(one), one.last_reading_at_ms or 0, one.commodity_id))
