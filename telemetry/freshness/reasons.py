"""Why a verdict is what it is: stable codes, sentences with figures, and the limits they turn on."""

from collections.abc import Iterable
from datetime import UTC, datetime

from telemetry.freshness.account import Account
from telemetry.freshness.assessment import Reason, ReasonCode, Remaining
from telemetry.freshness.excursions import Alarm
from telemetry.freshness.figures import Commodity
from telemetry.freshness.gaps import Doubt
from telemetry.freshness.grid import DAY_MS
from telemetry.freshness.ledger import Ledger
from telemetry.freshness.policy import HOUR_MS
from telemetry.freshness.treatment import Treatment

DISAGREE_LIFE = 0.2
"""Bounds that differ by more than this share of a life say nothing useful. Our choice."""

THIN_COVERAGE = 0.5
"""Less observed time than this share of the time since the first reading is too thin to judge. Our choice."""

LITTLE_LIFE = 0.25
"""Share of the reference life at which a lot should go first. Our choice."""

LOST_EARLY = 0.05
"""Life lost beyond what the reference temperature would have cost, that is worth watching. Our choice."""


def missing_evidence(ledger: Ledger, account: Account | None) -> Iterable[Reason]:
    """Why nothing can be said."""
    if account is None:
        yield Reason(ReasonCode.NO_READINGS, "No trusted reading yet; nothing is known of its temperature.")
        return
    expected = _span(ledger.policy.expected_interval_s * 1000)
    if account.silent_ms > ledger.policy.silence_limit_ms:
        yield Reason(
            ReasonCode.SILENT, f"No trusted reading for {_span(account.silent_ms)}; one is expected every {expected}."
        )
    if account.coverage < THIN_COVERAGE:
        yield Reason(
            ReasonCode.THIN_COVERAGE, f"Only {account.coverage:.0%} of the time since the first reading was observed."
        )
    if account.high - account.low > DISAGREE_LIFE:
        bounds = f"Between {account.low:.0%} and {account.high:.0%} of its life may be gone"
        yield Reason(ReasonCode.BOUNDS_DISAGREE, f"{bounds}; gaps and doubts leave that open.")


def not_supported(commodity: Commodity) -> Reason:
    """Why there is a record and no prediction."""
    return Reason(ReasonCode.NOT_SUPPORTED, f"No published life of {commodity.name_en}: temperature record only.")


def harm(commodity: Commodity, account: Account | None, raised: dict[Alarm, int]) -> Iterable[Reason]:
    """What may have injured the produce."""
    if account is None:
        return
    if Alarm.FREEZING in raised:
        since = raised[Alarm.FREEZING]
        limit = f"at or below {commodity.freezing_point_c:g} °C"
        yield Reason(ReasonCode.FREEZING, f"{_hours(account.frozen_ms)} {limit} since {_at(since)}; not inspected yet.")
    if Alarm.CHILLING in raised:
        sentence = f"Below {commodity.chilling_threshold_c:g} °C since {_at(raised[Alarm.CHILLING])}"
        dose = f"; {account.injury:.0%} of the time to chilling injury" if commodity.injury_days_at_threshold else ""
        yield Reason(ReasonCode.CHILLING, f"{sentence}{dose}; not inspected yet.")
    if account.injury_high >= 1.0:
        share = f"{account.injury:.0%} to {account.injury_high:.0%}"
        yield Reason(ReasonCode.CHILLING_INJURY, f"{share} of the time to chilling injury is over.")


def out_of_band(ledger: Ledger, account: Account | None, raised: dict[Alarm, int]) -> Iterable[Reason]:
    """When it was too warm or too cold."""
    band = ledger.commodity.band_c
    if account is None or band is None:
        return
    warmest, coldest = ledger.tally().warmest_centi_c, ledger.tally().coldest_centi_c
    if Alarm.SEVERE_ABOVE in raised:
        since = _at(raised[Alarm.SEVERE_ABOVE])
        limit = band[1] + ledger.policy.severe_above_c
        yield Reason(ReasonCode.SEVERE_ABOVE, f"Above {limit:g} °C since {since}.")
    if Alarm.ABOVE_RANGE in raised:
        since, peak = _at(raised[Alarm.ABOVE_RANGE]), f"{(warmest or 0) / 100:.1f} °C at most"
        yield Reason(ReasonCode.ABOVE_RANGE, f"{_hours(account.above_ms)} above {band[1]:g} °C since {since}, {peak}.")
    elif account.above_ms > ledger.policy.alarm_after_s * 1000:
        yield Reason(ReasonCode.ABOVE_RANGE, f"{_hours(account.above_ms)} above {band[1]:g} °C in all.")
    if Alarm.BELOW_RANGE in raised:
        since, least = _at(raised[Alarm.BELOW_RANGE]), f"{(coldest or 0) / 100:.1f} °C at least"
        yield Reason(ReasonCode.BELOW_RANGE, f"{_hours(account.below_ms)} below {band[0]:g} °C since {since}, {least}.")


def loss(
    commodity: Commodity,
    account: Account | None,
    remaining: Remaining | None,
    required_s: int | None,
) -> Iterable[Reason]:
    """How much life is gone."""
    life = commodity.reference_life_days
    if account is None or remaining is None or life is None:
        return
    if account.mid >= 1.0 - LITTLE_LIFE:
        yield Reason(ReasonCode.LIFE_SPENT, f"{account.mid:.0%} of its life is used.")
    elapsed = account.elapsed_ms / DAY_MS / life
    if account.mid - elapsed > LOST_EARLY:
        lost = (account.mid - elapsed) * life
        at = f"{commodity.reference_temperature_c:g} °C"
        yield Reason(ReasonCode.LIFE_LOST_EARLY, f"{lost:.1f} days of life more are gone than at {at} throughout.")
    if required_s is not None and remaining.p50_s < required_s:
        left, asked = remaining.p50_s / 86_400, required_s / 86_400
        yield Reason(ReasonCode.REQUIRED_LIFE_SHORT, f"{left:.1f} days left, {asked:.1f} asked for.")


def doubt(ledger: Ledger, account: Account | None) -> Iterable[Reason]:
    """What the answer rests on besides trusted readings."""
    counts = ledger.doubt_counts()
    if values := counts[Doubt.VALUE]:
        yield Reason(ReasonCode.DOUBTED_VALUES, f"{values} doubtful values widen the bounds and are no evidence.")
    if clocks := counts[Doubt.CLOCK]:
        yield Reason(ReasonCode.DOUBTED_CLOCK, f"{clocks} readings had no good clock and are no evidence.")
    if conflicts := counts[Doubt.CONFLICT]:
        yield Reason(ReasonCode.CONFLICTING_READINGS, f"{conflicts} readings contradict a warmer one of the same time.")
    if account is None:
        return
    if account.gap_ms:
        yield Reason(ReasonCode.GAPS_BOUNDED, f"{_hours(account.gap_ms)} without readings are bounded, not known.")
    if account.field_ms:
        at = f"{ledger.policy.field_temperature_c:g} °C"
        yield Reason(
            ReasonCode.FIELD_HEAT_ASSUMED, f"{_hours(account.field_ms)} before the first reading assumed at {at}."
        )


def treated(treatment: Treatment) -> Reason:
    """That heat was part of the process."""
    kind = treatment.kind.replace("_", " ")
    lasted = _hours(treatment.to_ms - treatment.from_ms)
    return Reason(ReasonCode.HEAT_TREATED, f"{lasted} of {kind} from {_at(treatment.from_ms)} is part of the process.")


def _hours(ms: int) -> str:
    return f"{ms / HOUR_MS:.1f} h"


def _span(ms: int) -> str:
    return f"{ms / HOUR_MS:.1f} h" if ms >= 2 * HOUR_MS else f"{ms / 60_000:.0f} min"


def _at(epoch_ms: int) -> str:
    return datetime.fromtimestamp(epoch_ms / 1000, UTC).strftime("%Y-%m-%d %H:%M UTC")
