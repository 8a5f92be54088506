"""The port that search engines stand behind. An engine takes feasible tours and reports better ones while it has time.

Engines run in a child process (`routing.worker`): they may crash, be killed or lie, and the plan is still sound.
"""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Protocol, cast

from routing.faults import Fault
from routing.instance import Instance
from routing.plan import Tours
from routing.problem import Problem

Report = Callable[[Tours], None]
Offered = Callable[[], Tours | None]


def nothing() -> None:
    """No tours are offered: a search by itself."""


@dataclass(frozen=True, slots=True)
class Budget:
    """How long an engine may search, by the clock and, where a run must repeat exactly, by its iterations."""

    seconds: float
    seed: int = 0
    iterations: int | None = None


class Engine(Protocol):
    """What a module named in `ENGINES` offers as `engine`."""

    def search(
        self, instance: Instance, start: Tours, budget: Budget, report: Report, offered: Offered = nothing
    ) -> Tours:
        """The best tours found from feasible `start`; each better one on the way is given to `report`.

        `offered` answers with feasible tours that another search has found, or None; an engine asks when it can go on
        from them.
        """
        ...


ENGINES = {"ortools": "routing.model", "kernel": "routing.kernel.engine"}
LIMITS = {"kernel": "routing.kernel.limits"}


def unsupported(name: str, problem: Problem) -> tuple[Fault, ...]:
    """The parts of a valid problem that an engine can't state; empty where it can take it all. Loads no engine."""
    if name not in LIMITS:
        return ()
    found: tuple[Fault, ...] = import_module(LIMITS[name]).unsupported(problem)
    return found


def restated(name: str, problem: Problem) -> Problem | None:
    """The problem that comes nearest to a given one among those that an engine can state; None where there is none."""
    found: Problem | None = import_module(LIMITS[name]).restated(problem)
    return found


def engine(name: str) -> Engine:
    """Load an engine. Importing one may take a second, so nothing is imported before it is asked for."""
    return cast("Engine", import_module(ENGINES[name]).engine)
