"""The receipt's clock: this machine's, but for a while not going back when that one does.

Clocks of gateways are judged by the receipt. If ours fell back by an hour, the next readings of every right clock would
seem an hour ahead, and their times would be changed. So after a fall of up to an hour, as NTP makes when it corrects a
clock or an operator a typing error, the receipt's clock goes on at half speed until the machine's has caught up. Beyond
that the machine's clock was wrong before: it is followed at once.

A jump forward is followed too, since a machine without a battery starts in the past. But beyond an hour it is doubted
for a day: whether the clock was wrong before or is now, nobody can tell, and all right clocks of gateways would seem to
lag by the jump. For that long a steady lag of no more than the jump is not held against a sensor.
"""

import logging
import time
from collections.abc import Callable

log = logging.getLogger(__name__)

TOLERANCE_MS = 1_000
FALL_MAX_MS = 3_600_000
JUMP_MAX_MS = 3_600_000
DOUBTED_FOR_MS = 86_400_000


def monotonic_ms() -> int:
    """Milliseconds that pass evenly, from an arbitrary start."""
    return time.monotonic_ns() // 1_000_000


class SteadyClock:
    """UTC epoch milliseconds from ``wall``, which may jump; ``passed`` tells how much time really went by."""

    def __init__(self, wall: Callable[[], int], passed: Callable[[], int] = monotonic_ms) -> None:
        self._wall = wall
        self._passed = passed
        self._last_ms = wall()
        self._looked_ms = passed()
        self._holding = False
        self._jumped_ms = 0
        self._doubted_until_ms = 0

    def doubted_ms(self) -> int:
        """By how much this clock may be ahead since it jumped; 0 when there is no doubt."""
        return self._jumped_ms if self._passed() < self._doubted_until_ms else 0

    def __call__(self) -> int:
        wall_ms, looked_ms = self._wall(), self._passed()
        elapsed_ms = looked_ms - self._looked_ms
        behind_ms = self._last_ms + elapsed_ms - wall_ms
        self._looked_ms = looked_ms
        if behind_ms > FALL_MAX_MS:
            log.warning("This machine's clock fell back by %d s: following it. Check its time.", behind_ms // 1000)
            self._last_ms, self._holding = wall_ms, False
            self._doubted_until_ms = looked_ms  # a jump before was wrong, and is undone
        elif behind_ms > TOLERANCE_MS or (self._holding and behind_ms > 0):
            if not self._holding:
                log.warning("This machine's clock fell back by %d s: catching up slowly.", behind_ms // 1000)
            self._holding = True
            self._last_ms += elapsed_ms // 2
        else:
            if -behind_ms > JUMP_MAX_MS:
                log.warning("This machine's clock jumped ahead by %d s: doubting it for a day.", -behind_ms // 1000)
                self._jumped_ms = self.doubted_ms() - behind_ms
                self._doubted_until_ms = looked_ms + DOUBTED_FOR_MS
            self._last_ms, self._holding = max(self._last_ms, wall_ms), False
        return self._last_ms
