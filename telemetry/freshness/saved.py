"""A ledger at rest: its sums, and as many of its newest readings as late ones may fall between. Serialised as JSON."""

import json
from dataclasses import asdict, astuple, dataclass
from itertools import pairwise
from typing import Any

from telemetry.freshness.excursions import Alarm, Event, Frozen, Transition
from telemetry.freshness.gaps import Doubt, DoubtfulValue, Segment
from telemetry.freshness.policy import Policy
from telemetry.freshness.samples import StateOutdated

FORMAT = 1
"""Raised with every change of the serialised form."""


@dataclass(frozen=True, slots=True)
class Tally:
    """The order-free sums of a ledger. `dwell` holds half milliseconds by cell of the plainly observed time."""

    dwell: tuple[tuple[int, int], ...]
    sums: Segment
    trusted: int
    doubts: int
    first_ms: int | None
    last_ms: int | None
    coldest_centi_c: int | None
    warmest_centi_c: int | None


@dataclass(frozen=True, slots=True)
class SavedLedger:
    """What `Ledger.save` gives and `Ledger.restore` takes: under which model and catalogue, the sums of all
    readings, the newest readings and doubts themselves, and the alarms as they stood after the first of
    them."""

    model_version: str
    catalogue_sha256: str
    commodity_id: str
    stage: str
    policy: Policy
    tally: Tally
    first: tuple[int, int] | None
    sealed_readings: int
    sealed_doubts: dict[Doubt, int]
    tail: tuple[tuple[int, int], ...]
    tail_doubts: tuple[DoubtfulValue, ...]
    inspections: tuple[int, ...]
    watches: Frozen
    events: tuple[Event, ...]

    def to_bytes(self) -> bytes:
        """JSON; times of the tail as differences."""
        start = self.tail[0][0] if self.tail else 0
        times = [at_ms for at_ms, _ in self.tail]
        document = {
            "format": FORMAT,
            "under": [self.model_version, self.catalogue_sha256, self.commodity_id, self.stage],
            "policy": asdict(self.policy),
            "dwell": self.tally.dwell,
            "sums": astuple(self.tally.sums),
            "record": [self.tally.trusted, self.tally.doubts, self.tally.coldest_centi_c, self.tally.warmest_centi_c],
            "first": self.first,
            "sealed": [self.sealed_readings, *(self.sealed_doubts[why] for why in Doubt)],
            "tail": [start, [b - a for a, b in pairwise((start, *times))], [centi for _, centi in self.tail]],
            "doubts": self.tail_doubts,
            "inspections": self.inspections,
            "watches": self.watches,
            "events": [[event.alarm, event.transition, event.at_ms, event.since_ms] for event in self.events],
        }
        return json.dumps(document, separators=(",", ":")).encode()

    @classmethod
    def from_bytes(cls, content: bytes) -> "SavedLedger":
        """What `to_bytes` wrote. Raises `StateOutdated` for another format."""
        document: dict[str, Any] = json.loads(content)
        if document.get("format") != FORMAT:
            raise StateOutdated(f"saved in format {document.get('format')}, this is {FORMAT}; replay from the readings")
        at_ms, times, centis = document["tail"]
        tail = []
        for step, centi in zip(times, centis, strict=True):
            at_ms += step
            tail.append((at_ms, centi))
        trusted, doubts, coldest, warmest = document["record"]
        sealed, *sealed_doubts = document["sealed"]
        first = None if document["first"] is None else tuple(document["first"])
        watches, level, kept = document["watches"]
        model_version, catalogue_sha256, commodity_id, stage = document["under"]
        return cls(
            model_version=model_version,
            catalogue_sha256=catalogue_sha256,
            commodity_id=commodity_id,
            stage=stage,
            policy=Policy(**document["policy"]),
            tally=Tally(
                dwell=tuple((cell, half_ms) for cell, half_ms in document["dwell"]),
                sums=Segment(*document["sums"]),
                trusted=trusted,
                doubts=doubts,
                first_ms=first[0] if first else None,
                last_ms=tail[-1][0] if tail else None,
                coldest_centi_c=coldest,
                warmest_centi_c=warmest,
            ),
            first=first,
            sealed_readings=sealed,
            sealed_doubts=dict(zip(Doubt, sealed_doubts, strict=True)),
            tail=tuple(tail),
            tail_doubts=tuple((at, centi, Doubt(why)) for at, centi, why in document["doubts"]),
            inspections=tuple(document["inspections"]),
            watches=(tuple(tuple(watch) for watch in watches), level, kept),
            events=tuple(Event(Alarm(a), Transition(t), at, since) for a, t, at, since in document["events"]),
        )
