"""The child process of a match: a market on standard input; progress and the proposal as lines of JSON."""

import ctypes
import json
import os
import resource
import signal
import sys

from routing.sourcing.document import plain, read_market
from routing.sourcing.match import match

PR_SET_PDEATHSIG = 1


def main(memory_bytes: int) -> None:
    """Match what comes in, and answer."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    market = read_market(sys.stdin.buffer.read())

    def say(message: object) -> None:
        sys.stdout.write(json.dumps(message) + "\n")
        sys.stdout.flush()

    proposal = match(market, lambda share: say({"progress": share}))
    say({"proposal": plain(proposal)})
    # What OR-Tools builds takes its time to take down.
    os._exit(0)


if __name__ == "__main__":
    main(int(sys.argv[1]))
