"""The first answer, in a fraction of a second: feasible tours for the search to start from, and to fall back on.

On days of some hundreds of lots and more, the kernel's compiled insertion gives them, several times quicker than the
greedy algorithm; elsewhere, and wherever the kernel can't, the greedy algorithm does.
"""

import math
import sys

from routing.assemble import tours_cost
from routing.engines import unsupported
from routing.greedy import greedy
from routing.instance import Instance
from routing.plan import Tours
from routing.rules import Rule

COMPILED_FROM = 300
LOADED_FROM = 1_500
"""Lots from which the kernel is worth asking where it has been loaded, and from which it is worth loading (0.4 s)."""

KERNEL = "routing.kernel.engine"


def first_answer(instance: Instance, by: float = math.inf) -> Tours:
    """Feasible tours, of what could be placed until the time `by` (monotonic clock).

    Raises:
        StuckTruck: as for `routing.greedy.greedy`.
    """
    if len(instance.lots) >= (COMPILED_FROM if KERNEL in sys.modules else LOADED_FROM):
        tours = _compiled(instance, by)
        if tours is not None:
            return tours
    return greedy(instance, by)


def _compiled(instance: Instance, by: float) -> Tours | None:
    """The kernel's first tours; None where it can't state the problem, or has not been compiled on this machine."""
    if unsupported("kernel", instance.problem):
        return None
    from routing.kernel import engine  # noqa: PLC0415 - importing it takes a quarter of a second

    if not engine.is_ready(instance):
        return None
    tours = engine.first_tours(instance, by)
    return None if isinstance(tours_cost(instance, tours), Rule) else tours
