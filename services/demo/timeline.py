"""What happens when, on a simulated clock that never runs away from the events."""

import heapq
import threading
from collections.abc import Callable
from itertools import count

from services.clock import SimulatedClock

Action = Callable[[], None]

BEHIND_MS = 10 * 60_000
"""If events are late by so much simulated time, the clock waits for them: the machine is slower than the speed asks."""


class Stopped(Exception):
    """Somebody wants the demo to end."""


class Timeline:
    """Actions in order of simulated time. One thread schedules and runs; any thread may `stop`."""

    def __init__(self, clock: SimulatedClock, speed: float) -> None:
        self.clock = clock
        self.speed = speed
        self._queue: list[tuple[int, int, Action]] = []
        self._order = count()
        self._stopped = threading.Event()
        self._held = False

    def at(self, at_ms: int, action: Action) -> None:
        """Schedule an action; of two at one instant, the one scheduled first comes first."""
        heapq.heappush(self._queue, (at_ms, next(self._order), action))

    def hold(self) -> None:
        """Let the clock run as the machine's: something takes real time."""
        self._held = True
        self.clock.set_pace(1)

    def go_on(self, speed: float | None = None) -> None:
        """Run at the demo's speed again, or at another one from now on."""
        self.speed = speed or self.speed
        self._held = False
        self.clock.set_pace(self.speed)

    def freeze(self) -> None:
        """Stop the clock, so that everything can be counted."""
        self._held = True
        self.clock.set_pace(0)

    def stop(self) -> None:
        """End `run_until` with Stopped, wherever it is."""
        self._stopped.set()

    def check(self) -> None:
        """Raises Stopped once somebody has asked for the end."""
        if self._stopped.is_set():
            raise Stopped

    def run_until(self, end_ms: int) -> None:
        """Run every action up to an instant, each when the clock has come to it. Raises Stopped."""
        while self._queue and self._queue[0][0] <= end_ms:
            at_ms, _, action = heapq.heappop(self._queue)
            self._wait(at_ms)
            action()
        self._wait(end_ms)

    def _wait(self, at_ms: int) -> None:
        late_ms = self.clock() - at_ms
        if late_ms > BEHIND_MS and not self._held:
            self.hold()
        while (left_ms := at_ms - self.clock()) > 0:
            if self._held:
                self.go_on()
            if self._stopped.wait(min(left_ms / 1000 / self.speed, 0.5)):
                raise Stopped
        self.check()
