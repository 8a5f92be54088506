"""What each village's fair share is: its part of all that was and will be taken, less what it was given already."""

from routing.sourcing.market import Basis, Market

Key = tuple[str, str]


def offered(market: Market) -> dict[Key, int]:
    """Grams that each village offers of each commodity."""
    total: dict[Key, int] = {}
    for supply in market.supplies:
        key = (supply.village, supply.commodity)
        total[key] = total.get(key, 0) + supply.available_g
    return total


def fair_shares(market: Market) -> dict[Key, int]:
    """Grams that each village should be asked for, by village and commodity; no more than it offers.

    What was taken in the past and what can be taken now is shared out by weight of offer or in equal parts; a village
    that had more than its part is owed nothing, and one that had less makes up for it.
    """
    offers = offered(market)
    history = {(one.village, one.commodity): one.history_g for one in market.history}
    wanted: dict[str, int] = {}
    for need in market.needs:
        wanted[need.commodity] = wanted.get(need.commodity, 0) + need.quantity_g
    shares: dict[Key, int] = {}
    for commodity in sorted({name for _, name in offers}):
        keys = sorted(key for key in offers if key[1] == commodity)
        given = {key: history.get(key, 0) for key in keys}
        taken = min(wanted.get(commodity, 0), sum(offers[key] for key in keys))
        weights = {key: offers[key] if market.rules.fairness is Basis.OFFERED else 1 for key in keys}
        pool, weight = sum(given.values()) + taken, sum(weights.values())
        for key in keys:
            part = pool * weights[key] // weight if weight else 0
            shares[key] = max(0, min(offers[key], part - given[key]))
    return shares
