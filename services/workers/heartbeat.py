"""Workers say that they live; `/ready` and the pages tell who has gone silent."""

import os
import socket
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from services.workers.tables import WorkerHeartbeat

FORGOTTEN_AFTER_MS = 3_600_000
"""A worker silent for this long was ended or replaced: its row goes when another of its kind starts."""


@dataclass(frozen=True, slots=True)
class Pulse:
    """The youngest sign of life of one kind of worker."""

    kind: str
    age_s: float
    instances: int


def instance_name() -> str:
    """This process among the workers of its kind: host and process id."""
    return f"{socket.gethostname()[:48]}-{os.getpid()}"


def beat(session: Session, kind: str, now_ms: int, instance: str | None = None) -> None:
    """Note that this worker lives at ``now_ms`` of the machine's clock. Call it every few seconds."""
    instance = instance or instance_name()
    known = session.execute(
        update(WorkerHeartbeat)
        .where(WorkerHeartbeat.kind == kind, WorkerHeartbeat.instance == instance)
        .values(beat_at_ms=now_ms)
        .returning(WorkerHeartbeat.kind)
    ).first()
    if known is None:
        session.execute(
            delete(WorkerHeartbeat).where(
                WorkerHeartbeat.kind == kind, WorkerHeartbeat.beat_at_ms < now_ms - FORGOTTEN_AFTER_MS
            )
        )
        session.add(WorkerHeartbeat(kind=kind, instance=instance, started_at_ms=now_ms, beat_at_ms=now_ms))
        session.flush()


def pulses(session: Session, now_ms: int) -> Sequence[Pulse]:
    """One pulse for each kind of worker that has ever beaten, by kind."""
    rows = session.scalars(select(WorkerHeartbeat)).all()
    by_kind: dict[str, list[WorkerHeartbeat]] = {}
    for row in rows:
        by_kind.setdefault(row.kind, []).append(row)
    return [
        Pulse(kind, max(0, now_ms - max(row.beat_at_ms for row in beats)) / 1000, len(beats))
        for kind, beats in sorted(by_kind.items())
    ]
