"""Waiting on conditions instead of sleeping."""

import time
from collections.abc import Callable


def wait_until(condition: Callable[[], bool], within_s: float = 20.0) -> None:
    """Return as soon as ``condition`` holds; fail when it does not in time."""
    deadline_s = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < deadline_s, "the condition did not come true in time"
        time.sleep(0.005)  # leave the interpreter to the threads that are waited for
