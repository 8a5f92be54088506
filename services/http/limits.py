"""How often one caller may ask: token buckets in this process, by key and by address."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from math import ceil

BUCKETS_MAX = 20_000
WRONG_KEYS_BURST = 20
WRONG_KEYS_PER_S = 1.0
SIGN_INS_BURST = 20
SIGN_INS_PER_S = 0.2
ACCOUNT_GUESSES_BURST = 10
ACCOUNT_GUESSES_PER_S = 1 / 60
RESETS_BURST = 5
RESETS_PER_S = 1 / 300
KNOWN_KEYS_MAX = 5_000


@dataclass(slots=True)
class _Level:
    tokens: float
    at_s: float


class Buckets:
    """One token bucket for each name: ``burst`` at once, ``per_s`` in the long run. Any threads."""

    def __init__(self, per_s: float, burst: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.per_s = per_s
        self.burst = burst
        self._clock = clock
        self._lock = threading.Lock()
        self._levels: OrderedDict[str, _Level] = OrderedDict()

    def take(self, name: str) -> int:
        """Take a token; 0 when there was one, else the whole seconds until there is."""
        with self._lock:
            level = self._level(name)
            if level.tokens < 1:
                return max(1, ceil((1 - level.tokens) / self.per_s))
            level.tokens -= 1
            return 0

    def wait_s(self, name: str) -> int:
        """What `take` would answer, without taking."""
        with self._lock:
            level = self._level(name)
            return 0 if level.tokens >= 1 else max(1, ceil((1 - level.tokens) / self.per_s))

    def _level(self, name: str) -> _Level:
        now_s = self._clock()
        level = self._levels.pop(name, None) or _Level(self.burst, now_s)
        level.tokens = min(self.burst, level.tokens + (now_s - level.at_s) * self.per_s)
        level.at_s = now_s
        self._levels[name] = level
        if len(self._levels) > BUCKETS_MAX:
            self._levels.popitem(last=False)  # the one that was quiet longest is full again or soon will be
        return level


class Limits:
    """Requests by caller, wrong keys by address, and wrong sign-ins by address and by account.

    An address that has sent too many wrong keys is refused before its next one is looked up; keys that were good
    lately still pass, so that a guesser does not lock out the others behind the same address.
    """

    def __init__(self, requests_per_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.requests = Buckets(requests_per_s, 5 * requests_per_s, clock)
        self.wrong_keys = Buckets(WRONG_KEYS_PER_S, WRONG_KEYS_BURST, clock)
        self.sign_ins = Buckets(SIGN_INS_PER_S, SIGN_INS_BURST, clock)
        self.account_guesses = Buckets(ACCOUNT_GUESSES_PER_S, ACCOUNT_GUESSES_BURST, clock)
        self.resets = Buckets(RESETS_PER_S, RESETS_BURST, clock)
        self._lock = threading.Lock()
        self._good: OrderedDict[bytes, None] = OrderedDict()

    def was_good(self, digest: bytes) -> bool:
        """Whether a key with this digest was good lately."""
        with self._lock:
            return digest in self._good

    def note_good(self, digest: bytes) -> None:
        """Remember a good key by its digest."""
        with self._lock:
            self._good[digest] = None
            self._good.move_to_end(digest)
            if len(self._good) > KNOWN_KEYS_MAX:
                self._good.popitem(last=False)

    def forget_good(self, digest: bytes) -> None:
        """A key that was good is so no more."""
        with self._lock:
            self._good.pop(digest, None)
