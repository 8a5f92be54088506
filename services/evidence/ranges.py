"""Ranges of readings across the sensors that speak for a subject, page by page."""

import uuid
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy.orm import Session

from services.devices.subjects import SubjectKind
from services.evidence import store
from services.evidence.spans import Subject, heard
from services.readings.logic import Sample
from services.readings.logic import samples as stored_samples

Span = tuple[int, int]
"""From an instant until before another."""


def spoken(
    session: Session, tenant_id: uuid.UUID, subject: Subject, from_ms: int, to_ms: int
) -> tuple[dict[int, list[Span]], dict[int, str]]:
    """For each sensor that spoke for the subject in the range, when it did; and the sensors' names.

    For a lot that is its own sensors' time, its village's and truck's while they had it, and its shipment's.
    """
    kind, subject_id = subject
    if kind is SubjectKind.LOT:
        ((_, _, custody),) = store.custodies(session, tenant_id, [subject_id])
        voices = heard(custody, store.voices(session, tenant_id, custody.held()))
    else:
        voices = store.voices(session, tenant_id, [subject])
    spans: dict[int, list[Span]] = {}
    for voice in voices:
        begins, ends = max(voice.from_ms, from_ms), min(voice.to_ms, to_ms)
        if begins < ends:
            spans.setdefault(voice.sensor_id, []).append((begins, ends))
    names = {voice.sensor_id: voice.sensor for voice in voices}
    return {sensor_id: merged(own) for sensor_id, own in spans.items()}, names


def merged(spans: Iterable[Span]) -> list[Span]:
    """The same instants in spans that do not meet, by time."""
    whole: list[Span] = []
    for begins, ends in sorted(spans):
        if whole and begins <= whole[-1][1]:
            whole[-1] = whole[-1][0], max(whole[-1][1], ends)
        else:
            whole.append((begins, ends))
    return whole


def samples(
    session: Session,
    tenant_id: uuid.UUID,
    spans: Mapping[int, Sequence[Span]],
    *,
    after: tuple[int, int] | None,
    limit: int,
) -> list[Sample]:
    """Readings within the spans by sensor and time, those after (sensor_id, measured_at_ms), at most ``limit``."""
    found: list[Sample] = []
    for sensor_id in sorted(spans):
        for from_ms, to_ms in spans[sensor_id]:
            begins = from_ms
            if after is not None and (sensor_id, to_ms - 1) <= after:
                continue
            if after is not None and sensor_id == after[0]:
                begins = max(from_ms, after[1] + 1)
            found += stored_samples(session, tenant_id, [sensor_id], begins, to_ms, limit=limit - len(found))
            if len(found) >= limit:
                return found
    return found
