"""How warm the search is: from a temperature at which detours are taken to one at which nothing but gains are.

Exponential cooling over the time, or the iterations, that there are. Temperatures are shares of a typical leg's cost:
of the mean leg of the first solution where time windows alone bind, and of the mean leg to the ten nearest stops where
fixed costs and exclusions make solutions jumpier. The shares were chosen by measurement (docs/benchmarks/routing.md).
"""

from dataclasses import dataclass

import numpy as np

from routing.kernel.given import Given
from routing.kernel.state import State

PLAIN_FROM, PLAIN_TO = 1.0, 0.01
RICH_FROM, RICH_TO = 5.0, 0.1
NEAR_STOPS = 10


@dataclass(frozen=True, slots=True)
class Cooling:
    """From `warm` to `cold`, in cost units."""

    warm: float
    cold: float

    def at(self, done: float) -> float:
        """The temperature when a share `done` (0 to 1) of the search is over."""
        return float(self.warm * (self.cold / self.warm) ** min(max(done, 0.0), 1.0))

    def per_step(self, steps: int) -> float:
        """The factor that leads from warm to cold in so many steps."""
        return float((self.cold / self.warm) ** (1.0 / max(1, steps)))


def cooling(given: Given, state: State, *, plain: bool) -> Cooling:
    """The schedule for a search that starts from the state's solution."""
    if plain:
        leg = _mean_leg(state)
        return Cooling(PLAIN_FROM * leg, PLAIN_TO * leg)
    leg = _mean_near_leg(given)
    return Cooling(RICH_FROM * leg, RICH_TO * leg)


def _mean_leg(state: State) -> float:
    sizes = state.now.routes["size"]
    legs = int(sizes.sum()) + int((sizes > 0).sum())
    return max(1.0, float(state.now.days["cost"].sum()) / max(1, legs))


def _mean_near_leg(given: Given) -> float:
    stops = np.arange(given.anchors, len(given.nodes))
    near = given.near[stops][:, :NEAR_STOPS]
    if near.size == 0:
        return 1.0
    metres = given.distance_m[0][stops[:, None], near]
    return max(1.0, float(metres.mean()) * float(given.slots["metre_cost"].mean()))
