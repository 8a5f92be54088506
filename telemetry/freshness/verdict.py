"""From an account to a condition, a verdict and its reasons.

The verdict is the first that holds: no evidence (`unknown`), injury to look for (`inspect_on_arrival`), little
life left (`use_first`), little life sure (`at_risk`), an alarm that stands or life lost ahead of the clock
(`watch`), else `on_track`. The condition follows each reading; the verdict waits for the alarms' duration and
hysteresis, so that a door opened for a minute changes no verdict.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace

from telemetry.freshness.account import Account, account_at
from telemetry.freshness.assessment import (
    MODEL_VERSION,
    Assessment,
    Condition,
    ReasonCode,
    Remaining,
    Verdict,
)
from telemetry.freshness.figures import Commodity, Confidence
from telemetry.freshness.grid import DAY_S
from telemetry.freshness.keeping import EXTRAPOLATED_C, lives_at
from telemetry.freshness.kinetics import loss_per_day
from telemetry.freshness.ledger import Ledger
from telemetry.freshness.policy import Policy
from telemetry.freshness.reasons import (
    doubt,
    harm,
    loss,
    missing_evidence,
    not_supported,
    out_of_band,
    treated,
)
from telemetry.freshness.samples import Sample
from telemetry.freshness.treatment import Treatment, as_processed

RECENT_READINGS = 5
"""The recent temperature is the median of so many: an opened door does not move it."""

UNSURE_SHARE = 0.1
"""More unobserved, doubted or assumed time than this share lowers the confidence by a step. Our choice."""

_NO_EVIDENCE = {ReasonCode.NO_READINGS, ReasonCode.SILENT, ReasonCode.THIN_COVERAGE, ReasonCode.BOUNDS_DISAGREE}
_HARM = {ReasonCode.FREEZING, ReasonCode.CHILLING_INJURY}
_WATCHED = {
    ReasonCode.CHILLING,
    ReasonCode.ABOVE_RANGE,
    ReasonCode.SEVERE_ABOVE,
    ReasonCode.BELOW_RANGE,
    ReasonCode.NO_BAND,
    ReasonCode.LIFE_LOST_EARLY,
    ReasonCode.REQUIRED_LIFE_TIGHT,
}
_CAPPED = {Confidence.HIGH: Confidence.MEDIUM, Confidence.MEDIUM: Confidence.LOW}


def assess(
    commodity: Commodity,
    samples: Iterable[Sample],
    *,
    now_ms: int,
    started_at_ms: int | None = None,
    expected_interval_s: int = 300,
    required_s: int | None = None,
    policy: Policy | None = None,
    treatments: Sequence[Treatment] = (),
) -> Assessment:
    """The state of a lot from (measured_at_ms, temperature_centi_c, flags) samples in any order, repeats and all.

    Samples before `started_at_ms` or after `now_ms` do not speak of the lot at that instant and are left out.
    `policy` carries further settings and then holds the interval too. `required_s` is the remaining life that
    the buyer asks for now. Readings within one of `treatments` are part of the process and cost nothing extra.
    """
    ledger = Ledger(commodity, policy or Policy(expected_interval_s=expected_interval_s))
    earliest = -math.inf if started_at_ms is None else started_at_ms
    spoken = [sample for sample in samples if earliest <= sample[0] <= now_ms]
    ledger.extend(as_processed(commodity, spoken, treatments) if treatments else spoken)
    judged = judge(ledger, now_ms=now_ms, started_at_ms=started_at_ms, required_s=required_s)
    return replace(judged, reasons=(*judged.reasons, *(treated(one) for one in treatments)))


def judge(
    ledger: Ledger, *, now_ms: int, started_at_ms: int | None = None, required_s: int | None = None
) -> Assessment:
    """`assess` on a ledger that is kept up to date."""
    commodity, tally, alarms = ledger.commodity, ledger.tally(), ledger.alarms()
    account = account_at(ledger, now_ms, started_at_ms)
    recent = sorted(ledger.recent(RECENT_READINGS))
    recent_c = recent[len(recent) // 2] / 100 if recent else None
    remaining = None if account is None else remaining_at(commodity, account, commodity.reference_temperature_c)
    raised = alarms.raised()
    missing = list(missing_evidence(ledger, account))
    if not commodity.supported:
        missing.append(not_supported(commodity))
    harmed = list(harm(commodity, account, raised))
    out = list(out_of_band(ledger, account, raised))
    lost = list(loss(commodity, account, remaining, required_s))
    reasons = (*missing, *harmed, *out, *lost, *doubt(ledger, account))
    codes = {reason.code for reason in reasons}
    condition = Condition.NO_DATA if ReasonCode.SILENT in codes else _condition(commodity, ledger)
    supported = account if commodity.supported else None
    return Assessment(
        commodity_id=commodity.commodity_id,
        stage=commodity.stage,
        condition=condition,
        verdict=_verdict(commodity, codes, remaining),
        confidence=_confidence(commodity, account, recent_c),
        life_used=supported.mid if supported else None,
        life_used_low=supported.low if supported else None,
        life_used_high=supported.high if supported else None,
        injury_dose=account.injury if account else 0.0,
        remaining_at_reference=remaining,
        remaining_at_recent=None if account is None else remaining_at(commodity, account, recent_c),
        recent_c=recent_c,
        last_reading_at_ms=tally.last_ms,
        mkt_c=account.mkt_c if account else None,
        above_s=account.above_ms // 1000 if account else 0,
        below_s=account.below_ms // 1000 if account else 0,
        degree_hours_above=account.degree_hours_above if account else 0.0,
        degree_hours_below=account.degree_hours_below if account else 0.0,
        coldest_c=None if tally.coldest_centi_c is None else tally.coldest_centi_c / 100,
        warmest_c=None if tally.warmest_centi_c is None else tally.warmest_centi_c / 100,
        coverage=min(1.0, account.coverage) if account else 0.0,
        trusted_readings=tally.trusted,
        doubted_readings=tally.doubts,
        reasons=reasons,
        raised=tuple(sorted(raised)),
        events=alarms.events(),
        model_version=MODEL_VERSION,
        catalogue_sha256=commodity.catalogue_sha256,
        watermark_ms=ledger.watermark_ms,
        assessed_at_ms=now_ms,
    )


def remaining_at(commodity: Commodity, account: Account, temperature_c: float | None) -> Remaining | None:
    """The life left at a constant temperature after an account, with the spread between lots and what the
    account leaves open."""
    if not commodity.supported or temperature_c is None:
        return None
    per_day = loss_per_day(commodity, temperature_c)
    lives = lives_at(commodity, temperature_c)
    return Remaining(
        p10_s=round(max(0.0, lives.p10 - account.high) / per_day * DAY_S),
        p50_s=round(max(0.0, lives.p50 - account.mid) / per_day * DAY_S),
        p90_s=round(max(0.0, lives.p90 - account.low) / per_day * DAY_S),
    )


def _verdict(commodity: Commodity, codes: set[ReasonCode], remaining: Remaining | None) -> Verdict:
    if codes & _NO_EVIDENCE:
        return Verdict.UNKNOWN
    dose_unknown = commodity.injury_days_at_threshold is None
    if codes & _HARM or (dose_unknown and ReasonCode.CHILLING in codes):
        return Verdict.INSPECT_ON_ARRIVAL
    if ReasonCode.NOT_SUPPORTED in codes or remaining is None:
        return Verdict.UNKNOWN
    if ReasonCode.LIFE_SPENT in codes:
        return Verdict.USE_FIRST
    if ReasonCode.REQUIRED_LIFE_SHORT in codes or remaining.p10_s == 0:
        return Verdict.AT_RISK
    return Verdict.WATCH if codes & _WATCHED else Verdict.ON_TRACK


def _condition(commodity: Commodity, ledger: Ledger) -> Condition:
    if ledger.last is None or commodity.band_c is None:
        return Condition.NO_DATA
    temperature_c = ledger.last[1] / 100
    if temperature_c <= commodity.freezing_point_c:
        return Condition.FREEZING_RISK
    if commodity.chilling_threshold_c is not None and temperature_c < commodity.chilling_threshold_c:
        return Condition.CHILLING_RISK
    low, high = commodity.band_c
    if temperature_c < low:
        return Condition.BELOW_RANGE
    return Condition.ABOVE_RANGE if temperature_c > high else Condition.IN_RANGE


def _confidence(commodity: Commodity, account: Account | None, recent_c: float | None) -> Confidence:
    confidence, reference = commodity.confidence, commodity.reference_temperature_c
    if confidence is Confidence.NOT_SUPPORTED or account is None or reference is None or recent_c is None:
        return confidence
    if abs(recent_c - reference) > EXTRAPOLATED_C:
        return Confidence.LOW
    unsure_ms = account.gap_ms + account.doubted_ms + account.field_ms
    return _CAPPED.get(confidence, confidence) if unsure_ms > UNSURE_SHARE * account.elapsed_ms else confidence
