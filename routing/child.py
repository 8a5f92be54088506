"""The child process of a search: reads its task, runs one engine, prints one JSON line for each better answer."""

import ctypes
import json
import os
import resource
import signal
import sys
import time
from pathlib import Path

import numpy as np

from routing.document import read_problem
from routing.engines import Budget, engine
from routing.instance import index
from routing.plan import Tours, decode_tours, encode_tours
from routing.travel import Matrices, Table
from routing.worker import OFFER

# Address space that libraries reserve and never touch.
RESERVED_BYTES = 6 << 30
PR_SET_PDEATHSIG = 1


def main(task_path: str) -> None:
    """Run the task that `routing.worker` wrote."""
    _die_with_parent()
    task = json.loads(Path(task_path).read_text())
    limit = task["memory_bytes"] + RESERVED_BYTES
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    folder = Path(task["folder"])
    tables = tuple(
        Table(
            np.load(folder / f"distance{number}.npy", mmap_mode="r"),
            np.load(folder / f"duration{number}.npy", mmap_mode="r"),
        )
        for number in range(task["tables"])
    )
    matrices = Matrices(tables, tuple(task["profile_of_truck"]), task["source"])
    instance = index(read_problem((folder / "problem.json").read_bytes()), matrices)
    chosen = engine(task["engine"])
    budget = Budget(max(0.0, task["until"] - time.monotonic()), task["seed"], task["iterations"])
    out = sys.stdout

    def report(tours: Tours) -> None:
        out.write(json.dumps(encode_tours(tours)) + "\n")
        out.flush()

    offered = Offered(folder / OFFER)
    report(chosen.search(instance, decode_tours(task["tours"]), budget, report, offered))
    out.write('"done"\n')
    out.flush()
    # What OR-Tools builds takes its time to take down.
    os._exit(0)


class Offered:
    """Tours that the parent has laid out since it was asked last, or None."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._taken_ns = 0

    def __call__(self) -> Tours | None:
        try:
            laid_out_ns = self._path.stat().st_mtime_ns
        except FileNotFoundError:
            return None
        if laid_out_ns == self._taken_ns:
            return None
        self._taken_ns = laid_out_ns
        return decode_tours(json.loads(self._path.read_text()))


def _die_with_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


if __name__ == "__main__":
    main(sys.argv[1])
