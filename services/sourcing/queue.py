"""The queue of sourcing jobs, across tenants: claim, heartbeat, finish. A dead worker's job is retaken."""

import uuid
from datetime import date, timedelta
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from routing.sourcing import Proposal
from routing.sourcing.document import plain
from services.fleet.tables import Village
from services.lots.tables import Lot
from services.sourcing.tables import Sourcing, SourcingLine
from services.stream.logic import emit

LEASE_MS = 15_000
MAX_ATTEMPTS = 3


def claim(session: Session, now_ms: int) -> Sourcing | None:
    """Take the oldest waiting job, or one that was left; None when there is nothing to do. One worker gets it."""
    left = (Sourcing.state.in_(["running", "cancelling"])) & (Sourcing.heartbeat_at_ms < now_ms - LEASE_MS)
    job = session.scalar(
        select(Sourcing)
        .where(or_(Sourcing.state == "queued", left))
        .order_by(Sourcing.created_at_ms, Sourcing.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    if job is None:
        return None
    job.attempts += 1
    job.heartbeat_at_ms = now_ms
    if job.state == "cancelling":
        job.state, job.detail, job.finished_at_ms = "cancelled", "Cancelled while no worker was at work.", now_ms
    elif job.attempts > MAX_ATTEMPTS:
        job.state, job.finished_at_ms = "failed", now_ms
        job.detail = f"{MAX_ATTEMPTS} workers in a row ended while at work on it; see their logs."
    else:
        job.state, job.started_at_ms, job.progress = "running", now_ms, 0.0
    tell(session, job, now_ms)
    return job


def tell(session: Session, job: Sourcing, now_ms: int) -> None:
    """Add the job's state to the stream, for pages that follow it."""
    emit(session, job.tenant_id, "sourcing", job.id, {"state": job.state, "detail": job.detail}, now_ms)


def report(session: Session, job_id: uuid.UUID, now_ms: int, progress: float) -> bool:
    """Note progress and stay owner of the job. False when somebody asked for it to stop."""
    owned = session.scalar(
        update(Sourcing)
        .where(Sourcing.id == job_id, Sourcing.state == "running")
        .values(heartbeat_at_ms=now_ms, progress=progress)
        .returning(Sourcing.id)
    )
    return owned is not None


def finish(session: Session, job_id: uuid.UUID, now_ms: int, proposal: Proposal) -> bool:
    """Store the proposal of a job and its lines, once: False when it was ended meanwhile."""
    job = session.scalar(select(Sourcing).where(Sourcing.id == job_id).with_for_update())
    if job is None or job.state != "running":
        return False
    outcome = plain(proposal)
    lines = outcome.pop("lines")
    job.outcome = outcome | {"lines": len(lines)}
    job.state, job.progress, job.finished_at_ms = "done", 1.0, now_ms
    session.flush()
    villages = _ids(session, job.tenant_id, Village)
    lots = _ids(session, job.tenant_id, Lot, [line["supply"].removeprefix("lot:") for line in lines])
    needs = {need["id"]: number for number, need in enumerate(job.market["needs"])}
    first = date.fromisoformat(job.request["from_on"])
    session.add_all(
        _line(job, number, line, villages, lots, needs, first) for number, line in enumerate(lines, start=1)
    )
    tell(session, job, now_ms)
    return True


def fail(session: Session, job_id: uuid.UUID, now_ms: int, detail: str) -> None:
    """End a job without a proposal: cancelled where that was asked for."""
    job = session.scalar(select(Sourcing).where(Sourcing.id == job_id).with_for_update())
    if job is None or job.state not in {"running", "cancelling"}:
        return
    job.state = "failed" if job.state == "running" else "cancelled"
    job.detail, job.finished_at_ms = detail, now_ms
    tell(session, job, now_ms)


def _ids(
    session: Session, tenant_id: uuid.UUID, table: type[Village] | type[Lot], codes: list[str] | None = None
) -> dict[str, uuid.UUID]:
    query = select(table.code, table.id).where(table.tenant_id == tenant_id)
    rows = session.execute(query if codes is None else query.where(table.code.in_(codes)))
    return {code: row_id for code, row_id in rows}


def _line(
    job: Sourcing,
    number: int,
    line: dict[str, Any],
    villages: dict[str, uuid.UUID],
    lots: dict[str, uuid.UUID],
    needs: dict[str, int],
    first: date,
) -> SourcingLine:
    need = job.market["needs"][needs[line["need"]]]
    demand_id, demand_version = job.request["programmes"][need["demand"]]
    kind, _, name = line["supply"].partition(":")
    return SourcingLine(
        sourcing_id=job.id,
        number=number,
        tenant_id=job.tenant_id,
        demand_id=uuid.UUID(demand_id),
        demand_version=demand_version,
        village_id=villages[line["village"]],
        lot_id=lots[name] if kind == "lot" else None,
        declaration_id=uuid.UUID(name) if kind == "declaration" else None,
        deliver_on=first + timedelta(days=line["deliver_day"]),
        proposed_g=line["weight_g"],
        weight_g=line["weight_g"],
        detail=line | {"need_number": needs[line["need"]] + 1},
    )
