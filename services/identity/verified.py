"""Keys that were found good moments ago, so that a machine which asks often is not looked up each time."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace

from services.identity.logic import AuthenticatedKey

LIFE_S = 4.0
"""For how long a verified key passes without being looked up: a key revoked in another process works no longer than
this, of the 10 s that are promised. In the process that revoked it, it ends at once."""

KEYS_MAX = 5_000


class VerifiedKeys:
    """Verified keys by the SHA-256 of their text, for `LIFE_S` each. Any threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._known: OrderedDict[bytes, tuple[float, AuthenticatedKey]] = OrderedDict()
        self._forgotten_at_s = float("-inf")

    def now_s(self) -> float:
        """What `put` wants: taken before the key is looked up."""
        return self._clock()

    def get(self, digest: bytes, now_ms: int) -> AuthenticatedKey | None:
        """The key, if it was verified lately and has not expired since."""
        with self._lock:
            found = self._known.get(digest)
            if found is None:
                return None
            verified_at_s, key = found
            expired = key.expires_at_ms is not None and now_ms >= key.expires_at_ms
            if expired or self._clock() - verified_at_s >= LIFE_S:
                del self._known[digest]
                return None
            return key

    def put(self, digest: bytes, key: AuthenticatedKey, looked_up_at_s: float) -> None:
        """Remember a key that was looked up at that instant; one looked up before a revocation is not remembered."""
        with self._lock:
            if looked_up_at_s <= self._forgotten_at_s:
                return
            self._known[digest] = (looked_up_at_s, key)
            self._known.move_to_end(digest)
            if len(self._known) > KEYS_MAX:
                self._known.popitem(last=False)

    def note_use(self, digest: bytes, now_ms: int) -> None:
        """The key was used then, which is being written down: not by each request until it is looked up again."""
        with self._lock:
            found = self._known.get(digest)
            if found is not None:
                self._known[digest] = (found[0], replace(found[1], last_used_at_ms=now_ms))

    def forget(self) -> None:
        """Some key was revoked: each is looked up again."""
        with self._lock:
            self._known.clear()
            self._forgotten_at_s = self._clock()
