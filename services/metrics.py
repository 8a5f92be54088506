"""What a monitor asks: figures of the whole installation in the Prometheus text format, none of them of one tenant."""

import threading
from collections import Counter
from collections.abc import Iterator
from importlib.metadata import version

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.devices.tables import Gateway
from services.evidence import queue
from services.plans.tables import PlanJob
from services.readings.tables import DeadLetter, FreshnessStatus, SensorLatest
from services.workers import heartbeat

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

Labels = tuple[tuple[str, str], ...]

HELP = {
    "coldchain_info": ("gauge", "The version that runs."),
    "coldchain_http_requests_total": ("counter", "Requests answered by this process, by method, route and status."),
    "coldchain_http_request_seconds_total": ("counter", "Seconds this process spent on them."),
    "coldchain_sensors_waiting": ("gauge", "Sensors with readings that no assessment knows yet."),
    "coldchain_freshness_overdue_seconds": ("gauge", "How long the longest due assessment has been waiting."),
    "coldchain_subjects": ("gauge", "Lots and shipments by kind and stored verdict."),
    "coldchain_newest_reading_age_seconds": ("gauge", "Since the newest reading was received."),
    "coldchain_dead_letters_open": ("gauge", "Messages that could not be taken and wait for a decision."),
    "coldchain_gateways": ("gauge", "Gateways that are let in, by status."),
    "coldchain_plan_jobs": ("gauge", "Plan jobs by state."),
    "coldchain_worker_age_seconds": ("gauge", "Since a worker of this kind last gave a sign of life."),
    "coldchain_workers": ("gauge", "Workers of this kind that gave one within the hour."),
}
"""Every metric with its type and meaning, in the order of the page."""


class RequestCounts:
    """How many requests were answered, and how long that took; for one process, any threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: Counter[Labels] = Counter()
        self._seconds: Counter[Labels] = Counter()

    def add(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one request."""
        labels = (("method", method), ("route", route), ("status", str(status)))
        with self._lock:
            self._counts[labels] += 1
            self._seconds[labels] += seconds  # type: ignore[assignment]  # a Counter of floats adds all the same

    def samples(self) -> Iterator[tuple[str, Labels, float]]:
        """Name, labels and value of every count."""
        with self._lock:
            counts, seconds = dict(self._counts), dict(self._seconds)
        for labels in sorted(counts):
            yield "coldchain_http_requests_total", labels, counts[labels]
            yield "coldchain_http_request_seconds_total", labels, round(seconds[labels], 6)


def exposition(session: Session, requests: RequestCounts, now_ms: int, machine_now_ms: int) -> str:
    """The page that Prometheus reads."""
    by_name: dict[str, list[tuple[Labels, float]]] = {}
    for name, labels, value in (*requests.samples(), *_stored(session, now_ms, machine_now_ms)):
        by_name.setdefault(name, []).append((labels, value))
    lines = []
    for name, (kind, meaning) in HELP.items():
        lines += [f"# HELP {name} {meaning}", f"# TYPE {name} {kind}"]
        lines += [f"{name}{_labels(labels)} {value:g}" for labels, value in by_name.get(name, [])]
    return "\n".join(lines) + "\n"


def _stored(session: Session, now_ms: int, machine_now_ms: int) -> Iterator[tuple[str, Labels, float]]:
    yield "coldchain_info", (("version", version("village-coldchain")),), 1
    yield "coldchain_sensors_waiting", (), queue.waiting(session)
    due_ms = session.scalar(select(func.min(FreshnessStatus.due_at_ms)))
    yield "coldchain_freshness_overdue_seconds", (), max(0, now_ms - due_ms) / 1000 if due_ms is not None else 0
    newest_ms = session.scalar(select(func.max(SensorLatest.received_at_ms)))
    if newest_ms is not None:
        yield "coldchain_newest_reading_age_seconds", (), max(0, now_ms - newest_ms) / 1000
    open_letters = select(func.count()).select_from(DeadLetter).where(DeadLetter.state == "open")
    yield "coldchain_dead_letters_open", (), session.scalar(open_letters) or 0
    verdicts = select(FreshnessStatus.subject_kind, FreshnessStatus.verdict, func.count()).group_by(
        FreshnessStatus.subject_kind, FreshnessStatus.verdict
    )
    for kind, verdict, count in session.execute(verdicts):
        yield "coldchain_subjects", (("kind", kind), ("verdict", verdict)), count
    gateways = select(Gateway.status, func.count()).where(Gateway.revoked_at_ms.is_(None)).group_by(Gateway.status)
    for status, count in session.execute(gateways):
        yield "coldchain_gateways", (("status", status),), count
    for state, count in session.execute(select(PlanJob.state, func.count()).group_by(PlanJob.state)):
        yield "coldchain_plan_jobs", (("state", state),), count
    for pulse in heartbeat.pulses(session, machine_now_ms):
        yield "coldchain_worker_age_seconds", (("worker", pulse.kind),), pulse.age_s
        yield "coldchain_workers", (("worker", pulse.kind),), pulse.instances


def _labels(labels: Labels) -> str:
    return "{" + ",".join(f'{name}="{_escaped(value)}"' for name, value in labels) + "}" if labels else ""


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
