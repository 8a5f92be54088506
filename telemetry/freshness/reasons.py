"""Why a verdict is what it is: stable codes, sentences with figures, and the limits they turn on."""

from collections.abc import Iterable
from datetime import UTC, datetime

from telemetry.freshness.account import Account
from telemetry.freshness.assessment import Reason, ReasonCode, Remaining
from telemetry.freshness.excursions import Alarm
from telemetry.freshness.figures import Commodity
from telemetry.freshness.gaps import Doubt
from telemetry.freshness.grid import DAY_MS, DAY_S
from telemetry.freshness.ledger import Ledger
from telemetry.freshness.policy import HOUR_MS
from telemetry.freshness.treatment import Treatment

DISAGREE_LIFE = 0.2
"""Bounds that differ by more than this share of a life say nothing useful. Our choice."""

THIN_COVERAGE = 0.5
"""Less observed time than this share of the time since the first reading is too thin to judge. Our choice."""

INSPECT_DOSE = 0.25
"""Share of the time to chilling injury from which a lot should be inspected. Our choice."""

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
        silent = _span(account.silent_ms)
        yield Reason(ReasonCode.SILENT, f"No trusted reading for {silent}; one is expected every {expected}.")
    if account.coverage < THIN_COVERAGE:
        yield Reason(ReasonCode.THIN_COVERAGE, f"Only {account.coverage:.0%} of the time was observed.")
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
        frozen = f"{_hours(account.frozen_ms)} {limit}"
        yield Reason(ReasonCode.FREEZING, f"{frozen}, first at {_at(since)}; not inspected yet.")
    if Alarm.CHILLING in raised:
        cold = f"{_hours(account.chilled_ms)} below {commodity.chilling_threshold_c:g} °C"
        yield Reason(ReasonCode.CHILLING, f"{cold}, first at {_at(raised[Alarm.CHILLING])}; not inspected yet.")
    if account.injury_high >= INSPECT_DOSE:
        share = f"{account.injury:.0%} (at most {account.injury_high:.0%})"
        yield Reason(ReasonCode.CHILLING_INJURY, f"{share} of the time to chilling injury is over.")


def out_of_band(ledger: Ledger, account: Account | None, raised: dict[Alarm, int]) -> Iterable[Reason]:
    """When it was too warm or too cold."""
    commodity, policy, tally = ledger.commodity, ledger.policy, ledger.tally()
    if account is None or tally.last_ms is None or tally.warmest_centi_c is None or tally.coldest_centi_c is None:
        return
    if commodity.band_c is None:
        yield Reason(ReasonCode.NO_BAND, f"No published storage temperature of {commodity.name_en}.")
        return
    low, high = commodity.band_c
    peak = f"{tally.warmest_centi_c / 100:.1f} °C at most"
    least = f"{tally.coldest_centi_c / 100:.1f} °C at least"
    if (since := raised.get(Alarm.SEVERE_ABOVE)) is not None:
        lasted, limit = _hours(tally.last_ms - since), f"{high + policy.severe_above_c:g} °C"
        yield Reason(ReasonCode.SEVERE_ABOVE, f"{lasted} above {limit} since {_at(since)}, {peak}.")
    if (since := raised.get(Alarm.ABOVE_RANGE)) is not None:
        lasted = _hours(tally.last_ms - since)
        yield Reason(ReasonCode.ABOVE_RANGE, f"{lasted} above {high:g} °C since {_at(since)}, {peak}.")
    elif account.above_ms > policy.alarm_after_s * 1000:
        yield Reason(ReasonCode.WAS_ABOVE_RANGE, f"{_hours(account.above_ms)} above {high:g} °C in all, {peak}.")
    if (since := raised.get(Alarm.BELOW_RANGE)) is not None:
        lasted = _hours(tally.last_ms - since)
        yield Reason(ReasonCode.BELOW_RANGE, f"{lasted} below {low:g} °C since {_at(since)}, {least}.")
    elif account.below_ms > policy.alarm_after_s * 1000:
        yield Reason(ReasonCode.WAS_BELOW_RANGE, f"{_hours(account.below_ms)} below {low:g} °C in all, {least}.")


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
    if required_s is not None and remaining.p10_s < required_s:
        by_default = max(0.0, 1.0 - account.mid) * life
        short = by_default * DAY_S < required_s
        left = by_default if short else remaining.p10_s / DAY_S
        code = ReasonCode.REQUIRED_LIFE_SHORT if short else ReasonCode.REQUIRED_LIFE_TIGHT
        sure = "" if short else " for sure"
        yield Reason(code, f"{left:.1f} days left{sure}, {required_s / DAY_S:.1f} asked for.")


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
        before, at = (
            _hours(account.field_ms),
            f"{ledger.policy.field_temperature_c:g} ± {ledger.policy.field_swing_c:g} °C",
        )
        yield Reason(ReasonCode.FIELD_HEAT_ASSUMED, f"{before} before the first reading are assumed at {at}.")


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
