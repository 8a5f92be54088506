"""Why a verdict is what it is: stable codes, their figures, a sentence with them, and the limits they turn on.

Sentences tell times where the produce grows; the parameters beside them are plain figures (ms UTC, seconds, °C,
shares, days), from which an interface may make sentences of its own.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta, timezone

from telemetry.freshness.account import Account
from telemetry.freshness.assessment import Reason, ReasonCode, Remaining
from telemetry.freshness.excursions import Alarm
from telemetry.freshness.figures import Commodity
from telemetry.freshness.gaps import Doubt
from telemetry.freshness.grid import DAY_MS, DAY_S
from telemetry.freshness.ledger import Ledger
from telemetry.freshness.policy import HOUR_MS
from telemetry.freshness.treatment import Treatment

BANGKOK = timezone(timedelta(hours=7), "Asia/Bangkok")
"""Thailand has kept UTC+7 without summer time since 1920."""

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
        yield Reason(
            ReasonCode.SILENT,
            f"No trusted reading for {silent}; one is expected every {expected}.",
            {"silent_s": account.silent_ms // 1000, "expected_interval_s": ledger.policy.expected_interval_s},
        )
    if account.coverage < THIN_COVERAGE:
        yield Reason(
            ReasonCode.THIN_COVERAGE,
            f"Only {account.coverage:.0%} of the time was observed.",
            {"coverage": account.coverage},
        )
    if account.high - account.low > DISAGREE_LIFE:
        bounds = f"Between {account.low:.0%} and {account.high:.0%} of its life may be gone"
        yield Reason(
            ReasonCode.BOUNDS_DISAGREE,
            f"{bounds}; gaps and doubts leave that open.",
            {"life_used_low": account.low, "life_used_high": account.high},
        )


def not_supported(commodity: Commodity) -> Reason:
    """Why there is a record and no prediction."""
    return Reason(
        ReasonCode.NOT_SUPPORTED,
        f"No published life of {commodity.name_en}: temperature record only.",
        {"commodity_id": commodity.commodity_id},
    )


def harm(commodity: Commodity, account: Account | None, raised: dict[Alarm, int]) -> Iterable[Reason]:
    """What may have injured the produce."""
    if account is None:
        return
    if Alarm.FREEZING in raised:
        since = raised[Alarm.FREEZING]
        limit = f"at or below {commodity.freezing_point_c:g} °C"
        frozen = f"{_hours(account.frozen_ms)} {limit}"
        yield Reason(
            ReasonCode.FREEZING,
            f"{frozen}, first at {at_bangkok(since)}; not inspected yet.",
            {"lasted_s": account.frozen_ms // 1000, "limit_c": commodity.freezing_point_c, "since_ms": since},
        )
    if Alarm.CHILLING in raised:
        since, threshold = raised[Alarm.CHILLING], commodity.chilling_threshold_c or 0.0
        cold = f"{_hours(account.chilled_ms)} below {threshold:g} °C"
        yield Reason(
            ReasonCode.CHILLING,
            f"{cold}, first at {at_bangkok(since)}; not inspected yet.",
            {"lasted_s": account.chilled_ms // 1000, "limit_c": threshold, "since_ms": since},
        )
    if account.injury_high >= INSPECT_DOSE:
        share = f"{account.injury:.0%} (at most {account.injury_high:.0%})"
        yield Reason(
            ReasonCode.CHILLING_INJURY,
            f"{share} of the time to chilling injury is over.",
            {"dose": account.injury, "dose_high": account.injury_high},
        )


def out_of_band(ledger: Ledger, account: Account | None, raised: dict[Alarm, int]) -> Iterable[Reason]:
    """When it was too warm or too cold."""
    commodity, policy, tally = ledger.commodity, ledger.policy, ledger.tally()
    if account is None or tally.last_ms is None or tally.warmest_centi_c is None or tally.coldest_centi_c is None:
        return
    if commodity.band_c is None:
        yield Reason(
            ReasonCode.NO_BAND,
            f"No published storage temperature of {commodity.name_en}.",
            {"commodity_id": commodity.commodity_id},
        )
        return
    low, high = commodity.band_c
    warmest, coldest = tally.warmest_centi_c / 100, tally.coldest_centi_c / 100
    if (since := raised.get(Alarm.SEVERE_ABOVE)) is not None:
        yield _standing(ReasonCode.SEVERE_ABOVE, "above", tally.last_ms, since, high + policy.severe_above_c, warmest)
    if (since := raised.get(Alarm.ABOVE_RANGE)) is not None:
        yield _standing(ReasonCode.ABOVE_RANGE, "above", tally.last_ms, since, high, warmest)
    elif account.above_ms > policy.alarm_after_s * 1000:
        yield _past(ReasonCode.WAS_ABOVE_RANGE, "above", account.above_ms, high, warmest)
    if (since := raised.get(Alarm.BELOW_RANGE)) is not None:
        yield _standing(ReasonCode.BELOW_RANGE, "below", tally.last_ms, since, low, coldest)
    elif account.below_ms > policy.alarm_after_s * 1000:
        yield _past(ReasonCode.WAS_BELOW_RANGE, "below", account.below_ms, low, coldest)


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
        yield Reason(ReasonCode.LIFE_SPENT, f"{account.mid:.0%} of its life is used.", {"life_used": account.mid})
    elapsed = account.elapsed_ms / DAY_MS / life
    if account.mid - elapsed > LOST_EARLY:
        lost = (account.mid - elapsed) * life
        at_c = commodity.reference_temperature_c or 0.0
        yield Reason(
            ReasonCode.LIFE_LOST_EARLY,
            f"{lost:.1f} days of life more are gone than at {at_c:g} °C throughout.",
            {"days": lost, "reference_c": at_c},
        )
    if required_s is not None and remaining.p10_s < required_s:
        by_default = max(0.0, 1.0 - account.mid) * life
        short = by_default * DAY_S < required_s
        left = by_default if short else remaining.p10_s / DAY_S
        code = ReasonCode.REQUIRED_LIFE_SHORT if short else ReasonCode.REQUIRED_LIFE_TIGHT
        sure = "" if short else " for sure"
        yield Reason(
            code,
            f"{left:.1f} days left{sure}, {required_s / DAY_S:.1f} asked for.",
            {"days_left": left, "required_days": required_s / DAY_S},
        )


def doubt(ledger: Ledger, account: Account | None) -> Iterable[Reason]:
    """What the answer rests on besides trusted readings."""
    counts = ledger.doubt_counts()
    if values := counts[Doubt.VALUE]:
        yield Reason(
            ReasonCode.DOUBTED_VALUES,
            f"{values} doubtful values widen the bounds and are no evidence.",
            {"readings": values},
        )
    if clocks := counts[Doubt.CLOCK]:
        yield Reason(
            ReasonCode.DOUBTED_CLOCK,
            f"{clocks} readings had no good clock and are no evidence.",
            {"readings": clocks},
        )
    if conflicts := counts[Doubt.CONFLICT]:
        yield Reason(
            ReasonCode.CONFLICTING_READINGS,
            f"{conflicts} readings contradict a warmer one of the same time.",
            {"readings": conflicts},
        )
    if account is None:
        return
    if account.gap_ms:
        yield Reason(
            ReasonCode.GAPS_BOUNDED,
            f"{_hours(account.gap_ms)} without readings are bounded, not known.",
            {"gap_s": account.gap_ms // 1000},
        )
    if account.field_ms:
        field_c, swing_c = ledger.policy.field_temperature_c, ledger.policy.field_swing_c
        yield Reason(
            ReasonCode.FIELD_HEAT_ASSUMED,
            f"{_hours(account.field_ms)} before the first reading are assumed at {field_c:g} ± {swing_c:g} °C.",
            {"field_s": account.field_ms // 1000, "field_c": field_c, "swing_c": swing_c},
        )


def treated(treatment: Treatment) -> Reason:
    """That heat was part of the process."""
    kind = treatment.kind.replace("_", " ")
    lasted = _hours(treatment.to_ms - treatment.from_ms)
    return Reason(
        ReasonCode.HEAT_TREATED,
        f"{lasted} of {kind} from {at_bangkok(treatment.from_ms)} is part of the process.",
        {"kind": treatment.kind.value, "from_ms": treatment.from_ms, "to_ms": treatment.to_ms},
    )


def _standing(code: ReasonCode, side: str, newest_ms: int, since_ms: int, limit_c: float, extreme_c: float) -> Reason:
    """An excursion that stands."""
    lasted, extreme = _hours(newest_ms - since_ms), _extreme(side, extreme_c)
    return Reason(
        code,
        f"{lasted} {side} {limit_c:g} °C since {at_bangkok(since_ms)}, {extreme}.",
        {
            "lasted_s": (newest_ms - since_ms) // 1000,
            "limit_c": limit_c,
            "since_ms": since_ms,
            "extreme_c": extreme_c,
        },
    )


def _past(code: ReasonCode, side: str, lasted_ms: int, limit_c: float, extreme_c: float) -> Reason:
    """Excursions that are over."""
    return Reason(
        code,
        f"{_hours(lasted_ms)} {side} {limit_c:g} °C in all, {_extreme(side, extreme_c)}.",
        {"lasted_s": lasted_ms // 1000, "limit_c": limit_c, "extreme_c": extreme_c},
    )


def _extreme(side: str, extreme_c: float) -> str:
    return f"{extreme_c:.1f} °C at {'most' if side == 'above' else 'least'}"


def _hours(ms: int) -> str:
    return f"{ms / HOUR_MS:.1f} h"


def _span(ms: int) -> str:
    return f"{ms / HOUR_MS:.1f} h" if ms >= 2 * HOUR_MS else f"{ms / 60_000:.0f} min"


def at_bangkok(epoch_ms: int) -> str:
    """The minute in Thailand, with the zone."""
    return datetime.fromtimestamp(epoch_ms / 1000, BANGKOK).strftime("%Y-%m-%d %H:%M Asia/Bangkok")
