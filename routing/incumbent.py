"""The best answer so far of an engine that states some rules loosely."""

import time

from routing.assemble import tours_cost
from routing.engines import Report
from routing.instance import Instance
from routing.mend import mend
from routing.plan import Tours
from routing.rules import Rule

# Mending takes as long as many steps of a search; adding the share of rests to driving times found far less.
MEND_EVERY_S = 0.25
MEND_EVERY = 50


class Incumbent:
    """The best tours so far that the timetable accepts, at their exact cost. Now and then it mends those it doesn't.

    Now and then is by the clock; for a `steady` incumbent by count, so that a search repeats exactly.
    """

    def __init__(self, instance: Instance, tours: Tours, report: Report, *, steady: bool = False) -> None:
        self._instance = instance
        self._report = report
        cost = tours_cost(instance, tours)
        if isinstance(cost, Rule):
            raise ValueError(f"the tours to start from break {cost.value}")
        self.tours, self._cost = tours, cost
        self._mended = 0.0
        self._steady, self._rejected = steady, 0

    def offer(self, tours: Tours) -> None:
        cost = tours_cost(self._instance, tours)
        if isinstance(cost, Rule) and self._may_mend():
            tours = mend(self._instance, tours)
            cost = tours_cost(self._instance, tours)
            self._mended = time.monotonic()
        if not isinstance(cost, Rule) and cost < self._cost:
            self.tours, self._cost = tours, cost
            self._report(tours)

    def _may_mend(self) -> bool:
        self._rejected += 1
        return self._rejected % MEND_EVERY == 1 if self._steady else time.monotonic() - self._mended >= MEND_EVERY_S
