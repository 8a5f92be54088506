"""Runs a match in a child process of its own: killed on time or on request, capped in memory."""

import json
import os
import selectors
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable

from pydantic import TypeAdapter

from routing.sourcing.document import write_market
from routing.sourcing.market import Market
from routing.sourcing.proposal import Proposal

# Address space, of which libraries reserve several gigabytes that they never touch.
MEMORY_BYTES = 8 << 30
POLL_S = 0.1
SHOWN_STDERR = 300


class MatchFailed(RuntimeError):
    """The match gave no proposal; the message says why."""


def never() -> bool:
    return False


def propose(
    market: Market,
    *,
    seconds: float = 60,
    on_progress: Callable[[float], None] = lambda _share: None,
    stop: Callable[[], bool] = never,
) -> Proposal:
    """The best proposal for a market, found in a child process that is killed after `seconds`.

    `stop` is asked ten times a second. Raises MatchFailed when it was stopped, ran out of time or broke.
    """
    by = time.monotonic() + seconds
    with tempfile.TemporaryFile() as market_file, tempfile.TemporaryFile() as errors:
        market_file.write(write_market(market))
        market_file.seek(0)
        process = subprocess.Popen(
            [sys.executable, "-m", "routing.sourcing.child", str(MEMORY_BYTES)],
            stdin=market_file,
            stdout=subprocess.PIPE,
            stderr=errors,
            # Ctrl-C in a terminal is for the parent, which ends the child in order.
            start_new_session=True,
        )
        try:
            answer, why = _follow(process, by, on_progress, stop)
        finally:
            process.kill()
            process.wait()
            if process.stdout is not None:
                process.stdout.close()
        if answer is not None:
            return answer
        errors.seek(0)
        said = errors.read().decode("utf-8", "replace").strip()[-SHOWN_STDERR:]
        raise MatchFailed(why or "the match ended without a proposal" + (f": {said}" if said else ""))


def _follow(
    process: subprocess.Popen[bytes], by: float, on_progress: Callable[[float], None], stop: Callable[[], bool]
) -> tuple[Proposal | None, str]:
    """The proposal, or why there is none."""
    if process.stdout is None:
        return None, "the match has no way to answer"
    partial = b""
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        while True:
            if stop():
                return None, "stopped on request"
            if time.monotonic() > by:
                return None, "the match did not keep its time and was ended"
            if not selector.select(POLL_S):
                continue
            chunk = os.read(process.stdout.fileno(), 1 << 16)
            if not chunk:
                return None, ""
            *lines, partial = (partial + chunk).split(b"\n")
            for line in lines:
                message = json.loads(line)
                if "proposal" in message:
                    return TypeAdapter(Proposal).validate_json(json.dumps(message["proposal"])), ""
                on_progress(float(message["progress"]))
