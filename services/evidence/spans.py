"""Which readings speak of a lot: whose sensor it was, while the lot was in that custody. Pure."""

import uuid
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from services.devices.subjects import SubjectKind
from telemetry.freshness.positions import Position

ALWAYS_MS = 1 << 62

Sample = tuple[int, int, int]
"""(measured_at_ms, temperature_centi_c, flags)."""


Subject = tuple[SubjectKind, uuid.UUID]

TRAVELS = frozenset({Position.PULP, Position.BOX})
"""Probes that go where the lot goes; the others stay where they were mounted."""


@dataclass(frozen=True, slots=True)
class Voice:
    """A sensor speaks for a subject from `from_ms` until before `to_ms`."""

    sensor_id: int
    sensor: str
    subject: Subject
    position: Position
    from_ms: int
    to_ms: int
    expected_interval_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Custody:
    """Where a lot has been: harvested, loaded on a truck, received by a hub, loaded into a shipment, arrived.

    Each hand-over is None until it has happened; `ends_ms` is when the lot's story ended (arrived, withdrawn).
    """

    lot_id: uuid.UUID
    village_id: uuid.UUID
    harvested_ms: int
    truck_id: uuid.UUID | None = None
    loaded_ms: int | None = None
    hub_id: uuid.UUID | None = None
    received_ms: int | None = None
    shipment_id: uuid.UUID | None = None
    shipped_ms: int | None = None
    ends_ms: int | None = None

    def held(self) -> dict[Subject, tuple[int, int]]:
        """From when until before when each subject's sensors may speak for the lot."""
        end = ALWAYS_MS if self.ends_ms is None else self.ends_ms + 1
        loaded = _at_most(self.loaded_ms, end)
        received = _at_most(self.received_ms, end)
        shipped = _at_most(self.shipped_ms, end)
        held = {
            (SubjectKind.LOT, self.lot_id): (self.harvested_ms, end),
            (SubjectKind.VILLAGE, self.village_id): (self.harvested_ms, loaded),
        }
        if self.truck_id is not None and self.loaded_ms is not None:
            held[SubjectKind.TRUCK, self.truck_id] = (self.loaded_ms, received)
        if self.hub_id is not None and self.received_ms is not None:
            held[SubjectKind.HUB, self.hub_id] = (self.received_ms, shipped)
        if self.shipment_id is not None and self.shipped_ms is not None:
            held[SubjectKind.SHIPMENT, self.shipment_id] = (self.shipped_ms, end)
        return held


def heard(custody: Custody, voices: Iterable[Voice]) -> list[Voice]:
    """The voices that speak for the lot, each cut to when it does, by time and sensor."""
    held = custody.held()
    found = []
    for voice in voices:
        if voice.subject not in held:
            continue
        from_ms, to_ms = held[voice.subject]
        if voice.subject[0] is SubjectKind.LOT and voice.position not in TRAVELS and custody.loaded_ms is not None:
            to_ms = min(to_ms, custody.loaded_ms)
        from_ms, to_ms = max(from_ms, voice.from_ms), min(to_ms, voice.to_ms)
        if from_ms < to_ms:
            found.append(
                Voice(
                    voice.sensor_id,
                    voice.sensor,
                    voice.subject,
                    voice.position,
                    from_ms,
                    to_ms,
                    voice.expected_interval_s,
                )
            )
    return sorted(found, key=lambda voice: (voice.from_ms, voice.to_ms, voice.sensor_id))


def course(voices: Sequence[Voice], samples: Mapping[int, Sequence[Sample]]) -> list[Sample]:
    """The samples that speak for a lot. ``samples`` holds each sensor's by time.

    Pulp is the produce itself; air speaks where no pulp reading is near, within one expected interval. Which samples
    are taken depends on the set of them alone, not on the order in which they came.
    """
    pulp: list[Sample] = []
    air: list[Sample] = []
    reach_ms = 0
    for voice in voices:
        own = samples.get(voice.sensor_id, ())
        spoken = own[bisect_left(own, (voice.from_ms,)) : bisect_left(own, (voice.to_ms,))]
        if voice.position is Position.PULP:
            pulp.extend(spoken)
            reach_ms = max(reach_ms, voice.expected_interval_s * 1000)
        else:
            air.extend(spoken)
    instants = sorted(measured_at_ms for measured_at_ms, _, _ in pulp)
    return pulp + [sample for sample in air if not _near(instants, sample[0], reach_ms)]


def _near(instants: Sequence[int], at_ms: int, reach_ms: int) -> bool:
    index = bisect_left(instants, at_ms - reach_ms)
    return index < len(instants) and instants[index] <= at_ms + reach_ms


def _at_most(at_ms: int | None, end_ms: int) -> int:
    return end_ms if at_ms is None else min(at_ms, end_ms)
