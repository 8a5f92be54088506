"""The alarms along a course that may still change: steps, checkpoints, and the replay from the last one before it."""

from bisect import bisect_left, insort

import numpy as np

from telemetry.freshness.bulk import run_ends
from telemetry.freshness.excursions import Alarms, Detector, Event, Frozen

CHECKPOINT_EVERY = 256
BULK_FROM = 48
"""Batches of this size and more are taken in by whole arrays."""

Checkpoint = tuple[int, int, Frozen]
"""(readings stepped over, inspections taken in, the alarms then)."""


class AlarmTrack:
    """Alarms over the ledger's own lists of times and temperatures, which it reads and never changes."""

    def __init__(self, watched: tuple[Detector, ...], times: list[int], centis: list[int]) -> None:
        self._alarms = Alarms(watched)
        self._times, self._centis = times, centis
        self._inspections: list[int] = []
        self._stepped = self._inspected = 0
        self._origin: Checkpoint = (0, 0, self._alarms.freeze())
        self._checkpoints: list[Checkpoint] = []

    @property
    def inspections(self) -> tuple[int, ...]:
        """When somebody inspected the produce."""
        return tuple(self._inspections)

    def appended(self) -> None:
        """A reading was added at the end."""
        if self._stepped == len(self._times) - 1:
            self._step(len(self._times) - 1)

    def changed(self, place: int) -> None:
        """The course changed from reading `place` on: go back to the last checkpoint before it."""
        if self._stepped <= place:
            return
        while self._checkpoints and self._checkpoints[-1][0] > place:
            self._checkpoints.pop()
        self._stepped, self._inspected, frozen = self._checkpoints[-1] if self._checkpoints else self._origin
        self._alarms.thaw(frozen)

    def inspect(self, at_ms: int) -> None:
        """Take in an inspection, early or late; one that is known changes nothing."""
        if at_ms not in self._inspections:
            insort(self._inspections, at_ms)
            self.changed(bisect_left(self._times, at_ms))

    def current(self) -> Alarms:
        """The alarms after the newest reading and all inspections."""
        self._catch_up()
        if self._inspected == len(self._inspections):
            return self._alarms
        after = self._alarms.copy()
        for at_ms in self._inspections[self._inspected :]:
            after.inspect(at_ms)
        return after

    def seal(self, keep: int) -> Checkpoint:
        """The newest checkpoint with at least `keep` readings after it, or the origin."""
        self._catch_up()
        latest = len(self._times) - keep
        return next((point for point in reversed(self._checkpoints) if point[0] <= latest), self._origin)

    def state_at(self, point: Checkpoint) -> Alarms:
        """The alarms as they were at a checkpoint."""
        then = self._alarms.copy()
        then.thaw(point[2])
        return then

    def resume(self, watches: Frozen, events: tuple[Event, ...], inspections: tuple[int, ...], *, stepped: int) -> None:
        """Begin after the first `stepped` readings of the lists, in a state saved there."""
        self._alarms.resume(watches, events)
        self._inspections[:] = inspections
        self._stepped, self._inspected = stepped, 0
        self._origin = (stepped, 0, self._alarms.freeze())

    def _catch_up(self) -> None:
        """Step to the newest reading: over runs of readings of one level by their ends, with checkpoints on the
        way."""
        begin = self._stepped
        if len(self._times) - begin < BULK_FROM:
            for index in range(begin, len(self._times)):
                self._step(index)
            return
        times, centis = np.array(self._times[begin:]), np.array(self._centis[begin:])
        breaks = np.searchsorted(times, np.array(self._inspections[self._inspected :], dtype=np.int64))
        stops = slice(CHECKPOINT_EVERY - begin % CHECKPOINT_EVERY - 1, None, CHECKPOINT_EVERY)
        for offset in run_ends(centis, self._alarms.bounds, breaks, stops).tolist():
            self._step(begin + offset)

    def _step(self, index: int) -> None:
        at_ms = self._times[index]
        while self._inspected < len(self._inspections) and self._inspections[self._inspected] <= at_ms:
            self._alarms.inspect(self._inspections[self._inspected])
            self._inspected += 1
        self._alarms.step(at_ms, self._centis[index])
        self._stepped = index + 1
        if self._stepped % CHECKPOINT_EVERY == 0:
            self._checkpoints.append((self._stepped, self._inspected, self._alarms.freeze()))
