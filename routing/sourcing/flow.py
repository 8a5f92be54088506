"""The match as a minimum-cost flow, solved to the optimum by OR-Tools.

Source -> village (its fair share free, then dearer) -> supply -> need -> sink, and source -> need for what stays short.
All bounds are whole steps, so the optimum is whole too and no branching is needed; `docs/demand-and-sourcing.md` has
the measurement beside a linear program and CP-SAT.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from ortools.graph.python import min_cost_flow

from routing.sourcing.eligibility import Fit, Table
from routing.sourcing.fairness import Key, fair_shares
from routing.sourcing.market import Basis, Market

Ints = NDArray[np.int64]

TIE_SCALE = 1024


@dataclass(frozen=True, slots=True, eq=False)
class Network:
    """The numbers of a flow, in steps and satang per kilogram.

    `pair_supply`, `pair_need` and `pair_cost` are the arcs between supply and need; `band_*` are those from the source
    to villages, three for each, and `owner` is the village of each supply.
    """

    available: Ints
    wanted: Ints
    unmet_cost: Ints
    use_cost: Ints
    owner: Ints
    band_capacity: Ints
    band_cost: Ints
    pair_supply: Ints
    pair_need: Ints
    pair_cost: Ints

    @property
    def villages(self) -> int:
        return len(self.band_capacity)


@dataclass(frozen=True, slots=True, eq=False)
class Solution:
    """Steps on each pair of the network, and the cost in satang per kilogram times steps."""

    steps: Ints
    cost: int


def network(market: Market, found: list[Table]) -> Network:
    """The flow network of a market: what can be counted on is rounded down to steps, what is needed up."""
    rules, step = market.rules, market.rules.step_g
    available = np.array([supply.available_g // step for supply in market.supplies], np.int64)
    wanted = np.array([-(-need.quantity_g // step) for need in market.needs], np.int64)
    unmet = np.array([need.price_satang_per_kg * rules.shortfall_pct // 100 for need in market.needs], np.int64)
    shares = fair_shares(market)
    keys = sorted(shares)
    numbers = {key: number for number, key in enumerate(keys)}
    owner = np.array([numbers[supply.village, supply.commodity] for supply in market.supplies], np.int64)
    bands, costs = _bands(market, keys, shares)
    fits = [np.nonzero(table.fit == Fit.FITS) for table in found]
    return Network(
        available=available,
        wanted=wanted,
        unmet_cost=unmet,
        use_cost=np.array([-supply.unused_satang_per_kg for supply in market.supplies], np.int64),
        owner=owner,
        band_capacity=bands,
        band_cost=costs,
        pair_supply=_joined([table.supplies[fit[0]] for table, fit in zip(found, fits, strict=True)]),
        pair_need=_joined([table.needs[fit[1]] for table, fit in zip(found, fits, strict=True)]),
        pair_cost=_joined([table.cost[fit] for table, fit in zip(found, fits, strict=True)]),
    )


def solve(net: Network, allowed: NDArray[np.bool_]) -> Solution:
    """The cheapest flow over the allowed pairs.

    Raises:
        ArithmeticError: the solver did not reach the optimum; the network is always feasible, so costs were too large.
    """
    supplies, needs, villages = len(net.available), len(net.wanted), net.villages
    first_village, first_supply = 1, 1 + villages
    first_need = first_supply + supplies
    sink = first_need + needs
    pairs = np.nonzero(allowed)[0]
    need_nodes = np.arange(first_need, sink, dtype=np.int64)
    village_nodes = np.arange(first_village, first_supply, dtype=np.int64)
    supply_nodes = np.arange(first_supply, first_need, dtype=np.int64)
    tails = [
        first_supply + net.pair_supply[pairs],
        np.zeros(needs, np.int64),
        *(np.zeros(villages, np.int64) for _ in range(3)),
        first_village + net.owner,
        need_nodes,
    ]
    heads = [first_need + net.pair_need[pairs], need_nodes, *(village_nodes,) * 3, supply_nodes, np.full(needs, sink)]
    pair_capacity = np.minimum(net.available[net.pair_supply[pairs]], net.wanted[net.pair_need[pairs]])
    capacities = [pair_capacity, net.wanted, *net.band_capacity.T, net.available, net.wanted]
    costs = [net.pair_cost[pairs], net.unmet_cost, *net.band_cost.T, net.use_cost, np.zeros(needs, np.int64)]
    solver = min_cost_flow.SimpleMinCostFlow()
    solver.add_arcs_with_capacity_and_unit_cost(
        np.concatenate(tails), np.concatenate(heads), np.concatenate(capacities), np.concatenate(costs)
    )
    total = int(net.wanted.sum())
    solver.set_nodes_supplies(np.array([0, sink]), np.array([total, -total]))
    status = solver.solve()
    if status != solver.OPTIMAL:
        raise ArithmeticError(f"the flow ended with {status.name}")
    steps = np.zeros(len(net.pair_supply), np.int64)
    if len(pairs):
        steps[pairs] = solver.flows(np.arange(len(pairs)))
    return Solution(steps, int(solver.optimal_cost()))


def without_ties(net: Network) -> Network:
    """The same network with costs told apart by less than a satang: its cheapest flow has the fewest lines.

    Where several flows cost the same, the solver answers a mixture of them, with many small lines. With generic costs
    the optimum is a vertex, whose lines form a forest: fewer than there are supplies and needs.
    """
    chance = np.random.default_rng(0)  # the same for the same market
    return replace(
        net,
        unmet_cost=net.unmet_cost * TIE_SCALE,
        use_cost=net.use_cost * TIE_SCALE,
        band_cost=net.band_cost * TIE_SCALE,
        pair_cost=net.pair_cost * TIE_SCALE + chance.integers(0, TIE_SCALE, len(net.pair_cost)),
    )


def cost_of(net: Network, steps: Ints) -> int:
    """The cost of any flow over the pairs, in satang per kilogram times steps: what `solve` minimises."""
    used = np.bincount(net.pair_supply, steps, len(net.available)).astype(np.int64)
    met = np.bincount(net.pair_need, steps, len(net.wanted)).astype(np.int64)
    asked = np.bincount(net.owner, used, net.villages).astype(np.int64)
    total = int(steps @ net.pair_cost) + int((net.wanted - met) @ net.unmet_cost) + int(used @ net.use_cost)
    for band in range(3):
        part = np.minimum(asked, net.band_capacity[:, band])
        total += int(part @ net.band_cost[:, band])
        asked = asked - part
    return total


def _bands(market: Market, keys: list[Key], shares: dict[Key, int]) -> tuple[Ints, Ints]:
    """For each village: its fair share free, as much again at the price of unfairness, the rest at twice that."""
    step, rules = market.rules.step_g, market.rules
    price = 0 if rules.fairness is Basis.NONE else rules.fairness_satang_per_kg
    share = np.array([shares[key] // step for key in keys], np.int64)
    rest = np.full(len(keys), sum(supply.available_g // step for supply in market.supplies), np.int64)
    return np.stack([share, share, rest], axis=1), np.tile(np.array([0, price, 2 * price], np.int64), (len(keys), 1))


def _joined(parts: list[Ints]) -> Ints:
    return np.concatenate(parts).astype(np.int64) if parts else np.zeros(0, np.int64)
