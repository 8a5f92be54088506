"""Runs one search engine in a child process of its own: killed on time, capped in memory, its best tours kept.

OR-Tools can abort the process and holds the interpreter's lock while it searches, so that nothing inside the process
could stop it. The child (`routing.child`) finds its task in files, maps the matrices, and answers with a JSON line for
each better answer. Whatever happens to it, the parent holds the last line.
"""

import json
import os
import resource
import selectors
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO

import numpy as np

from routing.document import write_problem
from routing.engines import Budget
from routing.plan import Tours, decode_tours, encode_tours
from routing.problem import Problem
from routing.travel import Matrices

MEMORY_BYTES = 2 << 30
POLL_S = 0.1
SHOWN_STDERR = 300
OFFER = "offer.json"
"""The file in a child's folder that holds better tours found by another."""


@dataclass(slots=True)
class Outcome:
    """`best` are the last tours reported, or None; `failure` says in words how the child ended too soon."""

    best: Tours | None = None
    failure: str = ""


@dataclass(slots=True)
class Child:
    """A running search. `poll` takes in what it has reported; `stop` ends it and keeps its best."""

    process: subprocess.Popen[bytes]
    answers: IO[bytes]
    folder: "tempfile.TemporaryDirectory[str]"
    kill_at: float
    memory_bytes: int
    outcome: Outcome = field(default_factory=Outcome)
    done: bool = False
    _partial: bytes = b""

    def take(self, chunk: bytes) -> bool:
        """Read what came through the pipe; True when there are better tours in it."""
        *lines, self._partial = (self._partial + chunk).split(b"\n")
        for line in lines:
            message = json.loads(line)
            if message == "done":
                self.done = True
            else:
                self.outcome.best = decode_tours(message)
        return bool(lines)

    def offer(self, tours: Tours) -> None:
        """Lay out tours for the child, which looks for them now and then; the last ones count."""
        folder = Path(self.folder.name)
        (folder / "offer.part").write_text(json.dumps(encode_tours(tours)))
        (folder / "offer.part").replace(folder / OFFER)

    def stop(self, why: str = "") -> None:
        """End the child, if it still runs, and clear up after it."""
        if self.process.poll() is None:
            self.process.kill()
            self.outcome.failure = why
        code = self.process.wait()
        if not self.done and not self.outcome.failure and code != 0:
            said = (Path(self.folder.name) / "stderr").read_text("utf-8", "replace").strip()[-SHOWN_STDERR:]
            cause = f"was ended by signal {-code}" if code < 0 else f"failed with exit code {code}"
            self.outcome.failure = f"the search {cause}" + (f": {said}" if said else "")
        self.answers.close()
        self.folder.cleanup()


def start(
    name: str,
    problem: Problem,
    matrices: Matrices,
    tours: Tours,
    budget: Budget,
    *,
    kill_at: float,
    memory_bytes: int = MEMORY_BYTES,
) -> Child:
    """Start engine `name` on a valid problem from feasible tours; `kill_at` is on the monotonic clock."""
    folder = tempfile.TemporaryDirectory(prefix="coldchain-")
    path = Path(folder.name)
    for number, table in enumerate(matrices.tables):
        np.save(path / f"distance{number}.npy", table.distance_m)
        np.save(path / f"duration{number}.npy", table.duration_s)
    (path / "problem.json").write_bytes(write_problem(_without_matrices(problem)))
    task = {
        "engine": name,
        "folder": folder.name,
        "tables": len(matrices.tables),
        "profile_of_truck": matrices.profile_of_truck,
        "source": matrices.source,
        "tours": encode_tours(tours),
        # The clock is the system's, the same in both processes: starting the child is part of its time.
        "until": time.monotonic() + budget.seconds,
        "seed": budget.seed,
        "iterations": budget.iterations,
        "memory_bytes": memory_bytes,
    }
    (path / "task.json").write_text(json.dumps(task))
    reading, writing = os.pipe()
    with (path / "stderr").open("wb") as stderr, os.fdopen(writing, "wb") as answers:
        process = subprocess.Popen(
            [sys.executable, "-m", "routing.child", str(path / "task.json")],
            stdin=subprocess.DEVNULL,
            stdout=answers,
            stderr=stderr,
            # Ctrl-C in a terminal is for the parent, which then keeps the best tours.
            start_new_session=True,
        )
    return Child(process, os.fdopen(reading, "rb"), folder, kill_at, memory_bytes)


@dataclass(slots=True)
class Exchange:
    """Every `every_s` seconds children whose own best is another are offered `best`."""

    every_s: float
    best: Callable[[], Tours]
    last_s: float = field(default_factory=time.monotonic)

    def take_place(self, children: list[Child]) -> None:
        if time.monotonic() - self.last_s < self.every_s:
            return
        self.last_s = time.monotonic()
        best = self.best()
        for child in children:
            if not child.done and child.outcome.best is not None and child.outcome.best is not best:
                child.offer(best)


def follow(
    children: list[Child],
    on_better: Callable[[Tours], None],
    stop: Callable[[], bool],
    exchange: Exchange | None = None,
) -> None:
    """Wait until every child is done, killed on time or for memory, or `stop` says so; all are ended on return."""
    selector = selectors.DefaultSelector()
    for child in children:
        selector.register(child.answers, selectors.EVENT_READ, child)
    try:
        while selector.get_map() and not stop():
            for key, _ in selector.select(POLL_S):
                child = key.data
                chunk = os.read(key.fd, 1 << 16)
                if child.take(chunk) and child.outcome.best is not None:
                    on_better(child.outcome.best)
                if not chunk:
                    selector.unregister(key.fileobj)
                    child.stop() if child.done else _reap(child)
            if exchange is not None:
                exchange.take_place([key.data for key in selector.get_map().values()])
            for key in list(selector.get_map().values()):
                why = _overrun(key.data)
                if why:
                    selector.unregister(key.fileobj)
                    key.data.stop(why)
    finally:
        selector.close()
        for child in children:
            child.stop()


def _reap(child: Child) -> None:
    """The pipe is closed: the child is ending by itself, or being ended."""
    try:
        child.process.wait(timeout=1)
    except subprocess.TimeoutExpired:
        child.stop("the search closed its pipe and did not end")
    else:
        child.stop()


def _overrun(child: Child) -> str:
    if time.monotonic() > child.kill_at:
        return "the search did not keep its time and was ended"
    try:
        pages = int(Path(f"/proc/{child.process.pid}/statm").read_text().split()[1])
    except (OSError, IndexError):
        # No /proc on this system, or the child has just gone: the limit on its address space holds.
        return ""
    used = pages * resource.getpagesize()
    return f"the search used {used >> 20} MiB of memory and was ended" if used > child.memory_bytes else ""


def _without_matrices(problem: Problem) -> Problem:
    return replace(problem, profiles=tuple(replace(p, distance_m=None, duration_s=None) for p in problem.profiles))
