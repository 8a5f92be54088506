"""A reading store in memory that keeps the same promises as the one on SQL; for tests of whatever feeds a store."""

import threading

from telemetry.ports import Batch, DeadLetter, RowRefused, Stored, StoreUnavailable, Uplink
from telemetry.reading import Flag, Reading
from telemetry.sequence import Receipt, Sequence, receipt, record

TIMED_BY_RECEIPT = int(Flag.NO_CLOCK | Flag.CLOCK_AHEAD | Flag.CLOCK_BEHIND)
SAME_WITHIN_MS = 30_000

Sender = tuple[str, str]
"""Tenant and gateway."""


class MemoryReadingStore:
    """Implements `ReadingStore` for the given (tenant, gateway) pairs.

    Faults are set by the test: while ``away`` is set every batch is turned down; a reading of a sensor in ``refused``
    is refused for good.
    """

    def __init__(self, *gateways: Sender) -> None:
        self.gateways = set(gateways)
        self.readings: dict[tuple[str, str, int], Reading] = {}
        self.conflicts: list[Reading] = []
        self.dead_letters: list[DeadLetter] = []
        self.online: dict[tuple[str, str], bool] = {}
        self.refused: set[str] = set()
        self.away = threading.Event()
        self.attempts = 0
        self._sequences: dict[tuple[str, str], Sequence] = {}
        self._rejected: dict[tuple[str, str], int] = {}
        self._untimed: dict[tuple[str, bytes], int] = {}

    def store(self, batch: Batch) -> Stored:
        """Store all of the batch or nothing."""
        self.attempts += 1
        if self.away.is_set():
            raise StoreUnavailable("The store is away.")
        refused = {reading.sensor for uplink in batch.uplinks for reading in uplink.readings} & self.refused
        if refused:
            raise RowRefused(f"these sensors are refused: {sorted(refused)}")
        letters = list(batch.dead_letters)
        heard: set[Sender] = set()
        counted = [self._take(uplink, letters, heard) for uplink in batch.uplinks]
        for presence in batch.presences:
            self.online[presence.address.tenant, presence.address.gateway] = presence.online
        for letter in batch.dead_letters:
            if (letter.tenant, letter.gateway) in self.gateways:
                self._reject((letter.tenant, letter.gateway), 1)
                heard.add((letter.tenant, letter.gateway))
        self.dead_letters += letters
        new, duplicates, conflicts = (sum(count) for count in zip(*counted, (0, 0, 0), strict=True))
        return Stored(
            new, duplicates, conflicts, len(letters), tuple(self._receipt(sender) for sender in sorted(heard))
        )

    def _take(self, uplink: Uplink, letters: list[DeadLetter], heard: set[Sender]) -> tuple[int, int, int]:
        """Counts of new readings, duplicates and conflicts."""
        sender = uplink.address.tenant, uplink.address.gateway
        if sender not in self.gateways:
            letters.append(_letter(uplink, "unknown-gateway"))
            return 0, 0, 0
        if uplink.rejected:
            letters.append(_letter(uplink, "rejected-readings"))
            self._reject(sender, len(uplink.rejected))
            heard.add(sender)
        if uplink.seq is not None:
            self._sequences[sender] = record(self._sequences.get(sender, Sequence()), [uplink.seq])
            heard.add(sender)
        if self._came_before(uplink):
            return 0, len(uplink.readings), 0
        new = duplicates = 0
        for reading in uplink.readings:
            first = self.readings.setdefault((sender[0], reading.sensor, reading.measured_at_ms), reading)
            new += first is reading
            if first is not reading and _values(first) == _values(reading):
                duplicates += 1
            elif first is not reading:
                self.conflicts.append(reading)
        return new, duplicates, len(uplink.readings) - new - duplicates

    def _came_before(self, uplink: Uplink) -> bool:
        timed_by_receipt = any(reading.flags & TIMED_BY_RECEIPT for reading in uplink.readings)
        if not timed_by_receipt and not uplink.redelivered:
            return False
        before_ms = self._untimed.get((uplink.topic, uplink.payload))
        if before_ms is not None and (
            uplink.redelivered or uplink.seq is not None or uplink.received_at_ms - before_ms <= SAME_WITHIN_MS
        ):
            return True
        if timed_by_receipt:
            self._untimed[uplink.topic, uplink.payload] = uplink.received_at_ms
        return False

    def _reject(self, sender: Sender, count: int) -> None:
        self._rejected[sender] = self._rejected.get(sender, 0) + count

    def _receipt(self, sender: Sender) -> tuple[str, str, Receipt]:
        return *sender, receipt(self._sequences.get(sender, Sequence()), self._rejected.get(sender, 0))


def _values(reading: Reading) -> tuple[int, int | None]:
    return reading.temperature_centi_c, reading.humidity_centi_pct


def _letter(uplink: Uplink, reason: str) -> DeadLetter:
    return DeadLetter(uplink.topic, uplink.payload, reason, reason, uplink.received_at_ms)
