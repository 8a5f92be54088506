"""From what a lot's sensors said to its status, and from lots to the shipment that they are in. Pure."""

import hashlib
import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from services.evidence.accounts import treatments_of
from services.evidence.cases import Case
from services.evidence.spans import Voice
from telemetry.freshness import (
    Assessment,
    Catalogue,
    Commodity,
    Condition,
    Confidence,
    Ledger,
    Policy,
    Verdict,
    judge,
)
from telemetry.freshness.account import Account, account_at
from telemetry.freshness.assessment import Reason
from telemetry.freshness.excursions import Alarm
from telemetry.freshness.humidity import HumiditySample, dryness, with_humidity
from telemetry.freshness.reasons import treated

TICK_MS = 900_000
"""A status is renewed this often without any reading: life passes while nothing changes."""

IDLE_TICK_MS = 3_600_000
"""The same where nobody speaks for the lot, or what spoke has gone silent."""

WORST_VERDICT_LAST = (
    Verdict.ON_TRACK,
    Verdict.WATCH,
    Verdict.UNKNOWN,
    Verdict.AT_RISK,
    Verdict.USE_FIRST,
    Verdict.INSPECT_ON_ARRIVAL,
)
WORST_CONDITION_LAST = (
    Condition.IN_RANGE,
    Condition.NO_DATA,
    Condition.BELOW_RANGE,
    Condition.ABOVE_RANGE,
    Condition.CHILLING_RISK,
    Condition.FREEZING_RISK,
)
WORST_CONFIDENCE_LAST = (Confidence.HIGH, Confidence.MEDIUM, Confidence.LOW, Confidence.NOT_SUPPORTED)

SHORT_LIFE = "short_life"
"""Stands beside the alarms of the temperature while little life is left, or too little for what is asked."""

NO_SENSOR = {
    "code": "no_sensor",
    "sentence": "No sensor speaks for it: let one with POST /v1/assignments.",
}
EMPTY = {"code": "empty", "sentence": "There is no lot in it."}


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What is stored about a lot or a shipment. Lives in seconds; None where there is no evidence for them."""

    condition: Condition
    verdict: Verdict
    confidence: Confidence
    life_used: float | None
    remaining_s: tuple[int, int, int] | None
    keeps_until_ms: int | None
    last_reading_at_ms: int | None
    watermark_ms: int | None
    assessed_at_ms: int
    due_at_ms: int | None
    model_version: str
    catalogue_sha256: str
    detail: dict[str, Any]
    raised: tuple[str, ...] = ()


def assess_lot(
    case: Case,
    ledger: Ledger,
    *,
    now_ms: int,
    required_until_ms: int | None = None,
    humidity: Sequence[HumiditySample] = (),
) -> Outcome:
    """The state of a lot now, or when its story ended. It is asked to last until ``required_until_ms``."""
    commodity, instant_ms = ledger.commodity, case.instant_ms
    required_s = None if required_until_ms is None else max(0, required_until_ms - instant_ms) // 1000
    found = judge(ledger, now_ms=instant_ms, started_at_ms=case.custody.harvested_ms, required_s=required_s)
    found = with_humidity(found, dryness(commodity, humidity))
    reasons = [_reason(one) for one in (*found.reasons, *(treated(one) for one in treatments_of(case.basis)))]
    known = found.verdict is not Verdict.UNKNOWN
    reference, recent = found.remaining_at_reference, found.remaining_at_recent or found.remaining_at_reference
    account = account_at(ledger, instant_ms, case.custody.harvested_ms) if found.life_used is not None else None
    return Outcome(
        condition=found.condition if case.spoken else Condition.NO_DATA,
        verdict=found.verdict,
        confidence=found.confidence,
        life_used=found.life_used if known else None,
        remaining_s=(reference.p10_s, reference.p50_s, reference.p90_s) if known and reference else None,
        keeps_until_ms=instant_ms + recent.p10_s * 1000 if known and recent else None,
        last_reading_at_ms=found.last_reading_at_ms,
        watermark_ms=found.watermark_ms,
        assessed_at_ms=instant_ms,
        due_at_ms=None if case.custody.ends_ms is not None else _due_ms(found, case.policy, case.spoken, now_ms),
        model_version=found.model_version,
        catalogue_sha256=found.catalogue_sha256,
        raised=_raised(found.raised, found.verdict),
        detail=_detail(found, commodity, case, account, reasons if case.spoken else [NO_SENSOR, *reasons]),
    )


def not_in_catalogue(commodity_id: str, catalogue: Catalogue, now_ms: int) -> Outcome:
    """The state of a lot of a commodity that this version's catalogue does not have."""
    sentence = f"The catalogue has no commodity {commodity_id!r}: `coldchain shelf-life --list` names those it has."
    return Outcome(
        condition=Condition.NO_DATA,
        verdict=Verdict.UNKNOWN,
        confidence=Confidence.NOT_SUPPORTED,
        life_used=None,
        remaining_s=None,
        keeps_until_ms=None,
        last_reading_at_ms=None,
        watermark_ms=None,
        assessed_at_ms=now_ms,
        due_at_ms=now_ms + IDLE_TICK_MS,
        model_version="none",
        catalogue_sha256=catalogue.sha256,
        detail={"reasons": [{"code": "unknown_commodity", "sentence": sentence}]},
    )


def assess_shipment(
    lots: Sequence[tuple[uuid.UUID, str, Outcome]], *, now_ms: int, catalogue: Catalogue, ended: bool
) -> Outcome:
    """The state of a shipment: as its worst lot. Without lots it is `unknown`."""
    outcomes = [outcome for _, _, outcome in lots]
    known = [outcome for outcome in outcomes if outcome.verdict is not Verdict.UNKNOWN]
    complete = bool(outcomes) and len(known) == len(outcomes)
    lives = [outcome.remaining_s for outcome in known if outcome.remaining_s is not None]
    keeps = [outcome.keeps_until_ms for outcome in known if outcome.keeps_until_ms is not None]
    used = [outcome.life_used for outcome in known if outcome.life_used is not None]
    heard_at = [outcome.last_reading_at_ms for outcome in outcomes if outcome.last_reading_at_ms is not None]
    marks = [outcome.watermark_ms for outcome in outcomes if outcome.watermark_ms is not None]
    dues = [outcome.due_at_ms for outcome in outcomes if outcome.due_at_ms is not None]
    verdict = _worst(WORST_VERDICT_LAST, [outcome.verdict for outcome in outcomes], Verdict.UNKNOWN)
    worst_first = sorted(lots, key=lambda lot: (-WORST_VERDICT_LAST.index(lot[2].verdict), lot[1]))
    return Outcome(
        condition=_worst(WORST_CONDITION_LAST, [outcome.condition for outcome in outcomes], Condition.NO_DATA),
        verdict=verdict,
        confidence=_worst(WORST_CONFIDENCE_LAST, [outcome.confidence for outcome in outcomes], Confidence.LOW),
        life_used=max(used) if used else None,
        # a lot about which nothing is known may be the shortest: then there is no life to promise
        remaining_s=_shortest(lives) if complete and lives else None,
        keeps_until_ms=min(keeps) if complete and keeps else None,
        last_reading_at_ms=max(heard_at) if heard_at else None,
        watermark_ms=max(marks) if marks else None,
        assessed_at_ms=max((outcome.assessed_at_ms for outcome in outcomes), default=now_ms),
        due_at_ms=None if ended else min(dues, default=now_ms + IDLE_TICK_MS),
        model_version=outcomes[0].model_version if outcomes else "none",
        catalogue_sha256=_common([outcome.catalogue_sha256 for outcome in outcomes], catalogue.sha256),
        raised=tuple(sorted({name for outcome in outcomes for name in outcome.raised})),
        detail={"reasons": _why(worst_first, verdict) if lots else [EMPTY]},
    )


def _raised(alarms: Sequence[Alarm], verdict: Verdict) -> tuple[str, ...]:
    short = [SHORT_LIFE] if verdict in (Verdict.AT_RISK, Verdict.USE_FIRST) else []
    return tuple(sorted([alarm.value for alarm in alarms] + short))


def _reason(reason: Reason) -> dict[str, Any]:
    return {"code": reason.code.value, "sentence": reason.sentence, "parameters": dict(reason.parameters)}


def _common(digests: Sequence[str], otherwise: str) -> str:
    """The digest that all share; of several, one digest over them all."""
    different = sorted(set(digests))
    if len(different) > 1:
        return hashlib.sha256("".join(different).encode()).hexdigest()
    return different[0] if different else otherwise


def _why(worst_first: Sequence[tuple[uuid.UUID, str, Outcome]], verdict: Verdict) -> list[dict[str, Any]]:
    """The reasons of the lots that make the verdict; one lot stands for many with the same reason."""
    deciding = [(code, outcome) for _, code, outcome in worst_first if outcome.verdict is verdict]
    by_code: dict[str, list[tuple[str, dict[str, Any]]]] = {}
    for code, outcome in deciding:
        for reason in outcome.detail["reasons"]:
            by_code.setdefault(reason["code"], []).append((code, reason))
    told = []
    for reason_code, found in by_code.items():
        lot, reason = found[0]
        others = f" (and {len(found) - 1} more lots like it)" if len(found) > 2 else ""
        others = " (and 1 more lot like it)" if len(found) == 2 else others
        parameters = reason.get("parameters", {}) | {"lot": lot, "lots": len(found)}
        told.append({"code": reason_code, "sentence": f"{lot}: {reason['sentence']}{others}", "parameters": parameters})
    return told


def _due_ms(found: Assessment, policy: Policy, spoken: Sequence[Voice], now_ms: int) -> int:
    if not spoken or found.last_reading_at_ms is None:
        return now_ms + IDLE_TICK_MS
    silent_at_ms = found.last_reading_at_ms + policy.silence_limit_ms + 1
    return min(silent_at_ms, now_ms + TICK_MS) if silent_at_ms > now_ms else now_ms + IDLE_TICK_MS


def _detail(
    found: Assessment, commodity: Commodity, case: Case, account: Account | None, reasons: list[dict[str, Any]]
) -> dict[str, Any]:
    known = found.verdict is not Verdict.UNKNOWN
    standing = None if account is None else [account.low, account.mid, account.high, account.injury]
    return {
        "reasons": reasons,
        "standing": standing,
        "override_version": case.override_version,
        "commodity_id": found.commodity_id,
        "stage": found.stage,
        "reference_c": commodity.reference_temperature_c,
        "recent_c": found.recent_c,
        "remaining_at_recent": asdict(found.remaining_at_recent) if known and found.remaining_at_recent else None,
        "life_used_low": found.life_used_low,
        "life_used_high": found.life_used_high,
        "injury_dose": found.injury_dose,
        "mkt_c": found.mkt_c,
        "above_s": found.above_s,
        "below_s": found.below_s,
        "degree_hours_above": found.degree_hours_above,
        "degree_hours_below": found.degree_hours_below,
        "coldest_c": found.coldest_c,
        "warmest_c": found.warmest_c,
        "coverage": found.coverage,
        "trusted_readings": found.trusted_readings,
        "doubted_readings": found.doubted_readings,
        "events": [
            {
                "alarm": event.alarm.value,
                "transition": event.transition.value,
                "at_ms": event.at_ms,
                "since_ms": event.since_ms,
            }
            for event in found.events
        ],
        "sensors": list(dict.fromkeys(voice.sensor for voice in case.spoken)),
    }


def _shortest(lives: Sequence[tuple[int, int, int]]) -> tuple[int, int, int]:
    p10, p50, p90 = (min(life[index] for life in lives) for index in range(3))
    return p10, p50, p90


def _worst(worst_last: Sequence[Any], found: Sequence[Any], otherwise: Any) -> Any:
    return max(found, key=worst_last.index, default=otherwise)
