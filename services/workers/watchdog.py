"""The watchdog: tells of gateways and sensors that have gone silent and of low batteries, and when it is over."""

import logging
import threading
import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.alarms import store as alarms
from services.alarms.logic import Cause, Severity, clear_alarm, raise_alarm
from services.clock import Clock, to_rfc3339, wall_clock_ms
from services.db.engine import Database
from services.errors import Unavailable
from services.identity.tables import Tenant
from services.readings.presence import absent, batteries
from services.workers.heartbeat import pulses
from telemetry.presence import Absence, Absent, is_low

log = logging.getLogger(__name__)

GATEWAY_SILENT = "gateway.silent"
SENSOR_SILENT = "sensor.silent"
BATTERY_LOW = "sensor.battery_low"
INGEST_SILENT = "ingest.silent"
KINDS = (GATEWAY_SILENT, SENSOR_SILENT, BATTERY_LOW, INGEST_SILENT)
STILL_OPEN = ("pending", "active", "acknowledged")

LOOK_EVERY_S = 5.0
OUTAGE_S = 2.0
INGEST_SILENT_AFTER_S = 30.0
SETTLE_MS = 60_000
"""After ingest was away everybody seems silent, and is heard within this. A shorter silence calls nobody."""

NAMED_MAX = 20
"""Sensors of a dead gateway that its alarm names."""


@dataclass(frozen=True, slots=True)
class Sign:
    """What an alarm says. It holds no figure that changes while the cause lasts, or each look would write."""

    severity: Severity
    summary: str
    details: Mapping[str, Any]
    delay_ms: int = 0


class Watchdog:
    """Looks every few seconds until `stop` is set. Several may run: an alarm of one cause is raised once.

    ``clock`` says when now is for readings; ``machine_clock`` is what the workers' signs of life are dated with.
    """

    def __init__(self, database: Database, clock: Clock, machine_clock: Clock = wall_clock_ms) -> None:
        self.stop = threading.Event()
        self._database = database
        self._clock = clock
        self._machine_clock = machine_clock
        self._hearing_since_ms: int | None = None

    def run(self) -> None:
        """Work until `stop` is set; an unreachable database is waited for."""
        while not self.stop.is_set():
            try:
                self.look()
                self.stop.wait(LOOK_EVERY_S)
            except Unavailable as error:
                log.warning("The watchdog waits for the database: %s", error.detail)
                self._hearing_since_ms = None
                self.stop.wait(OUTAGE_S)

    def look(self) -> None:
        """Compare what is with what has been told, for every tenant, and tell the difference."""
        now_ms = self._clock()
        with self._database.read() as session:
            hears = self._hears(session)
            tenants = session.scalars(select(Tenant.id).order_by(Tenant.id)).all()
        for tenant_id in tenants:
            self._look_at(tenant_id, now_ms, hears=hears)

    def _hears(self, session: Session) -> bool | None:
        """Whether ingest is at work; None while it has only just come back, and silence says nothing yet."""
        machine_ms = self._machine_clock()
        beating = [pulse for pulse in pulses(session, machine_ms) if pulse.kind == "ingest"]
        if beating and beating[0].age_s > INGEST_SILENT_AFTER_S:
            self._hearing_since_ms = None
            return False
        if self._hearing_since_ms is None:
            self._hearing_since_ms = machine_ms
        return True if machine_ms - self._hearing_since_ms >= SETTLE_MS else None

    def _look_at(self, tenant_id: uuid.UUID, now_ms: int, *, hears: bool | None) -> None:
        with self._database.read() as session:
            open_now = {
                Cause(alarm.kind, alarm.subject_kind, alarm.subject): alarm
                for kind in KINDS
                for alarm in alarms.listed(session, tenant_id, states=STILL_OPEN, kind=kind)
            }
            found: dict[Cause, Sign | None] = dict(_low(session, tenant_id, open_now.keys()))
            if hears:
                found |= dict(map(_silence, absent(session, tenant_id, now_ms)))
            else:
                # whoever is silent can't be told while nobody listens: what was told stays
                found |= {cause: None for cause in open_now if cause.kind in {GATEWAY_SILENT, SENSOR_SILENT}}
            if hears is False:
                found[Cause(INGEST_SILENT, "service", "ingest")] = DEAF
        over = open_now.keys() - found.keys()
        told = [
            (cause, sign)
            for cause, sign in found.items()
            if sign is not None
            and (
                (alarm := open_now.get(cause)) is None
                or (alarm.summary, alarm.details, alarm.severity) != (sign.summary, sign.details, sign.severity)
                or (alarm.state == "pending" and alarm.active_at_ms <= now_ms)
            )
        ]
        if not over and not told:
            return
        with self._database.write() as session:
            for cause in sorted(over, key=_order):
                clear_alarm(session, tenant_id, cause, now_ms)
            for cause, sign in sorted(told, key=lambda one: _order(one[0])):
                raise_alarm(
                    session,
                    tenant_id,
                    cause,
                    severity=sign.severity,
                    summary=sign.summary,
                    details=sign.details,
                    now_ms=now_ms,
                    delay_ms=sign.delay_ms,
                )


DEAF = Sign(
    Severity.CRITICAL,
    "No readings are taken in: the ingest process is silent. Gateways keep theirs; start `coldchain ingest`.",
    {},
)


def _silence(absence: Absence) -> tuple[Cause, Sign]:
    since = to_rfc3339(absence.since_ms)
    if absence.what is Absent.GATEWAY:
        count = len(absence.sensors)
        summary = f"Gateway {absence.name} and its {count} sensors have been silent since {since}."
        if count == 1:
            summary = f"Gateway {absence.name} and its sensor {absence.sensors[0]} have been silent since {since}."
        details = {"since": since, "sensor_count": count, "sensors": list(absence.sensors[:NAMED_MAX])}
        return Cause(GATEWAY_SILENT, "gateway", absence.name), Sign(Severity.CRITICAL, summary, details, SETTLE_MS)
    summary = f"Sensor {absence.name} has been silent since {since}; its gateway hears others."
    return Cause(SENSOR_SILENT, "sensor", absence.name), Sign(Severity.WARNING, summary, {"since": since}, SETTLE_MS)


def _low(session: Session, tenant_id: uuid.UUID, known: Collection[Cause]) -> list[tuple[Cause, Sign]]:
    found = []
    for battery in batteries(session, tenant_id):
        cause = Cause(BATTERY_LOW, "sensor", battery.name)
        if is_low(battery, was_low=cause in known):
            summary = f"The battery of sensor {battery.name} is low; change it before the sensor falls silent."
            found.append((cause, Sign(Severity.WARNING, summary, {})))
    return found


def _order(cause: Cause) -> tuple[str, str]:
    return cause.kind, cause.subject
