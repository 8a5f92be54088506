"""What drivers report: taken once each, in the order in which it happened, whenever the phone is connected again."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy.orm import Session

from services.alarms.logic import Cause, Severity, raise_alarm
from services.errors import ColdchainError, Conflict, NotFound
from services.fleet import logic as fleet
from services.fleet.tables import Truck
from services.plans import driving, execution
from services.plans.execution import OPEN_STOP
from services.plans.tables import Run, RunStop
from services.runs import store
from services.runs.tables import RunEvent, RunSheet, TruckPosition
from services.stream.logic import emit


class Kind(StrEnum):
    """What a driver may report. `heading` is driving to a stop."""

    DEPARTED = "departed"
    HEADING = "heading"
    ARRIVED = "arrived"
    LOADED = "loaded"
    SKIPPED = "skipped"
    DELIVERED = "delivered"
    POSITION = "position"
    NOTE = "note"


AT_A_LOT = frozenset({Kind.HEADING, Kind.ARRIVED, Kind.LOADED, Kind.SKIPPED})


class Outcome(StrEnum):
    """What became of a report."""

    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One thing that a driver did; ``client_id`` is made by the phone and stays the same when it is sent again."""

    client_id: uuid.UUID
    kind: Kind
    at_ms: int
    lot: str | None = None
    weight_g: int | None = None
    crates: int | None = None
    temperature_centi_c: int | None = None
    reason: str | None = None
    note: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    accuracy_m: int | None = None

    def details(self) -> dict[str, Any]:
        """What it says beside kind, lot and time."""
        names = (
            "weight_g",
            "crates",
            "temperature_centi_c",
            "reason",
            "note",
            "latitude",
            "longitude",
            "accuracy_m",
        )
        return {name: getattr(self, name) for name in names if getattr(self, name) is not None}


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of one report, and why where it was refused."""

    client_id: uuid.UUID
    outcome: Outcome
    reason: str | None = None


def take(
    session: Session, tenant_id: uuid.UUID, run_id: uuid.UUID, reports: Sequence[Report], by: str, now_ms: int
) -> list[Taken]:
    """Take a driver's reports, in the order in which they happened; answers each in the order sent.

    A report that can't be is kept with the reason and the others go on: a phone that was offline must not be stuck on
    one of them. A report that was taken before is answered as it was then. Raises NotFound.
    """
    run = store.run(session, tenant_id, run_id, lock=True)
    if run is None:
        raise NotFound("There is no such run.")
    known = store.events_of(session, tenant_id, run_id, [report.client_id for report in reports])
    outcomes: dict[uuid.UUID, Taken] = {}
    for report in sorted(reports, key=lambda one: one.at_ms):
        if report.client_id in known or report.client_id in outcomes:
            outcomes.setdefault(report.client_id, Taken(report.client_id, Outcome.DUPLICATE))
            continue
        outcomes[report.client_id] = _take_one(session, run, report, by, now_ms)
    emit(session, tenant_id, "run", run.id, {"state": run.state, "sheet_version": run.sheet_version}, now_ms)
    return [outcomes[report.client_id] for report in reports]


def _take_one(session: Session, run: Run, report: Report, by: str, now_ms: int) -> Taken:
    try:
        with session.begin_nested():
            _do(session, run, report, now_ms)
            session.flush()
        taken = Taken(report.client_id, Outcome.ACCEPTED)
    except ColdchainError as error:
        taken = Taken(report.client_id, Outcome.REFUSED, error.detail)
    session.add(
        RunEvent(
            tenant_id=run.tenant_id,
            run_id=run.id,
            client_id=report.client_id,
            kind=report.kind,
            lot=report.lot,
            details=report.details(),
            outcome=taken.outcome,
            reason=taken.reason,
            by=by,
            at_ms=report.at_ms,
            received_at_ms=now_ms,
        )
    )
    return taken


def _do(session: Session, run: Run, report: Report, now_ms: int) -> None:
    tenant_id = run.tenant_id
    if report.latitude is not None and report.longitude is not None:
        _note_position(session, run, report, now_ms)
    if report.kind is Kind.DEPARTED:
        execution.depart_run(session, tenant_id, run.id, report.at_ms)
    elif report.kind is Kind.DELIVERED:
        execution.deliver_run(session, tenant_id, run.id, report.at_ms)
    elif report.kind in AT_A_LOT:
        stop = _stop(session, run, report, now_ms)
        if report.kind is Kind.LOADED:
            execution.load_stop(
                session,
                tenant_id,
                run.id,
                stop.position,
                report.at_ms,
                weight_g=report.weight_g,
                crates=report.crates,
            )
        elif report.kind is Kind.SKIPPED:
            execution.skip_stop(session, tenant_id, run.id, stop.position, report.reason or "no reason", report.at_ms)
        else:
            state = "arrived" if report.kind is Kind.ARRIVED else "driving"
            execution.near_stop(session, tenant_id, run.id, stop.position, state, report.at_ms)


def _stop(session: Session, run: Run, report: Report, now_ms: int) -> RunStop:
    stop = store.live_stop(session, run.tenant_id, report.lot or "")
    if stop is None:
        raise Conflict(f"{report.lot} stands on no run; its stop was skipped or taken off.")
    if stop.run_id == run.id:
        return stop
    if report.kind is not Kind.LOADED or stop.state not in OPEN_STOP:
        raise Conflict(f"{report.lot} was given to another truck; see the newest sheet.")
    return _taken_over(session, run, stop, report, now_ms)


def _taken_over(session: Session, run: Run, stop: RunStop, report: Report, now_ms: int) -> RunStop:
    """The lot is on this truck whatever the sheet says: it moves here, and the other driver is told."""
    other = store.run(session, run.tenant_id, stop.run_id, lock=True)
    stop.run_id, stop.position = run.id, store.last_position(session, run.tenant_id, run.id) + 1
    session.flush()
    if other is None:
        return stop
    codes = fleet.codes(session, run.tenant_id, Truck, [run.truck_id, other.truck_id])
    sentence = f"{report.lot} was loaded by {codes[run.truck_id]}; {codes[other.truck_id]} need not go there."
    other.sheet_version += 1
    session.add(
        RunSheet(
            run_id=other.id,
            version=other.sheet_version,
            tenant_id=run.tenant_id,
            repair_id=None,
            reason=sentence,
            lines=[sentence],
            created_at_ms=now_ms,
        )
    )
    emit(session, run.tenant_id, "run", other.id, {"state": other.state, "sheet_version": other.sheet_version}, now_ms)
    raise_alarm(
        session,
        run.tenant_id,
        Cause("run.taken_over", "run", str(other.id)),
        severity=Severity.INFO,
        summary=sentence,
        now_ms=now_ms,
    )
    if not driving.has_stops(session, run.tenant_id, other.id):
        other.state = "cancelled"
    return stop


def _note_position(session: Session, run: Run, report: Report, now_ms: int) -> None:
    position = TruckPosition(
        truck_id=run.truck_id,
        at_ms=report.at_ms,
        tenant_id=run.tenant_id,
        latitude=report.latitude,
        longitude=report.longitude,
        accuracy_m=report.accuracy_m,
        source="driver",
        received_at_ms=now_ms,
    )
    session.merge(position)
