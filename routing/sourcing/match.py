"""From a market to a proposal: what fits, the cheapest flow, and why. Runs in the child process."""

import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from routing.sourcing.eligibility import Table, tables
from routing.sourcing.flow import Network, cost_of, network, solve, without_ties
from routing.sourcing.market import Market
from routing.sourcing.proposal import Proposal
from routing.sourcing.reasons import Told, tell

ROUNDS = 6
"""How often what is too little to ask for is left out and the rest matched anew; what is left then is dropped."""


def match(market: Market, on_progress: Callable[[float], None] = lambda _share: None) -> Proposal:
    """The best proposal for a market.

    Without a least request it is the optimum. With one, requests that come out too small are left out and the rest is
    matched anew among the lines that remain, which is a heuristic.
    """
    began = time.monotonic()
    found = tables(market)
    net = network(market, found)
    on_progress(0.2)
    steps = _without_crumbs(market, net, on_progress)
    on_progress(0.8)
    told = tell(market, found, *_by_table(found, net, steps))
    cost = cost_of(net, steps) * market.rules.step_g // 1000
    return _proposal(told, cost, time.monotonic() - began)


def _without_crumbs(market: Market, net: Network, on_progress: Callable[[float], None]) -> NDArray[np.int64]:
    """The cheapest steps; with a least request, those of few lines, and then without the lines that are too small."""
    least = -(-market.rules.min_line_g // market.rules.step_g)
    allowed = np.ones(len(net.pair_supply), bool)
    if least <= 1:
        return solve(net, allowed).steps
    # where supply or need is itself smaller than the least request, all of it may be asked for
    least_of_pair = np.minimum(least, np.minimum(net.available[net.pair_supply], net.wanted[net.pair_need]))
    sparse = without_ties(net)
    for number in range(ROUNDS):
        steps = solve(sparse, allowed).steps
        crumbs = (steps > 0) & (steps < least_of_pair)
        allowed = (steps > 0) & ~crumbs
        on_progress(0.2 + 0.6 * (number + 1) / ROUNDS)
        if not crumbs.any():
            break
    return np.where(allowed, steps, 0)


def _by_table(found: list[Table], net: Network, steps: NDArray[np.int64]) -> tuple[NDArray[np.int64], ...]:
    """Supply, need and steps of each pair that is used."""
    used = np.nonzero(steps)[0]
    return net.pair_supply[used], net.pair_need[used], steps[used]


def _proposal(told: Told, cost: int, seconds: float) -> Proposal:
    return Proposal(
        lines=told.lines,
        needs=told.needs,
        surplus=told.surplus,
        shares=told.shares,
        cost_satang=cost,
        seconds=round(seconds, 3),
    )
