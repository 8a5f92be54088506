"""From alarms that stand on a lot or a shipment to the alarms that people are told."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from services.alarms.logic import Cause, Severity, clear_alarm, raise_alarm
from services.devices.subjects import SubjectKind
from services.evidence.assessing import SHORT_LIFE, Outcome
from services.evidence.queue import Key, Seen
from telemetry.freshness.excursions import Alarm

SEVERITIES: Mapping[str, Severity] = {
    Alarm.ABOVE_RANGE.value: Severity.WARNING,
    Alarm.SEVERE_ABOVE.value: Severity.CRITICAL,
    Alarm.BELOW_RANGE.value: Severity.WARNING,
    Alarm.CHILLING.value: Severity.WARNING,
    Alarm.FREEZING.value: Severity.CRITICAL,
    SHORT_LIFE: Severity.WARNING,
}
WORDS: Mapping[str, str] = {
    Alarm.ABOVE_RANGE.value: "is too warm",
    Alarm.SEVERE_ABOVE.value: "is far too warm",
    Alarm.BELOW_RANGE.value: "is too cold",
    Alarm.CHILLING.value: "may be chilled: inspect it",
    Alarm.FREEZING.value: "may be frozen: inspect it",
    SHORT_LIFE: "has little life left",
}
REASONS: Mapping[str, frozenset[str]] = {
    SHORT_LIFE: frozenset({"life_spent", "required_life_short", "required_life_tight"}),
}
"""The codes of the reasons that explain an alarm, where they differ from its own name."""


@dataclass(frozen=True, slots=True)
class Named:
    """What an alarm calls its subject. A lot in a shipment raises none of its own: its shipment speaks for it."""

    code: str
    exporter: str | None = None
    aboard: bool = False


def tell(
    session: Session,
    tenant_id: uuid.UUID,
    names: Mapping[Key, Named],
    outcomes: Mapping[Key, Outcome],
    before: Mapping[Key, Seen],
    now_ms: int,
) -> None:
    """Raise what stands now and did not before, clear what stood and does no more: one call for each transition."""
    for key, outcome in sorted(outcomes.items()):
        stood = set(before[key].raised.split()) if key in before else set()
        stands = set(outcome.raised)
        named = names[key]
        for alarm in sorted(stands - stood):
            if not named.aboard:
                raise_alarm(
                    session,
                    tenant_id,
                    _cause(key, named, alarm),
                    severity=SEVERITIES[alarm],
                    summary=_summary(key, named, alarm, outcome),
                    details={"id": str(key[1]), "verdict": outcome.verdict.value, "reasons": _why(alarm, outcome)},
                    now_ms=now_ms,
                    exporter=named.exporter,
                )
        for alarm in sorted(stood - stands):
            clear_alarm(session, tenant_id, _cause(key, named, alarm), now_ms)


def _cause(key: Key, named: Named, alarm: str) -> Cause:
    return Cause(f"{key[0]}.{alarm}", key[0], named.code)


def _summary(key: Key, named: Named, alarm: str, outcome: Outcome) -> str:
    kind = "Shipment" if key[0] == SubjectKind.SHIPMENT else "Lot"
    why = next(iter(_why(alarm, outcome)), None)
    return f"{kind} {named.code} {WORDS[alarm]}" + (f": {why['sentence']}" if why else "")


def _why(alarm: str, outcome: Outcome) -> list[dict[str, object]]:
    codes = REASONS.get(alarm, frozenset({alarm}))
    return [reason for reason in outcome.detail["reasons"] if reason["code"] in codes]
