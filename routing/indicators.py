"""What a coordinator compares plans by: distance, hours, use of the trucks, cost per kilogram, emissions, rides."""

from collections.abc import Sequence

from routing.plan import Costs, Indicators, Route
from routing.problem import Problem


def indicators(problem: Problem, routes: Sequence[Route], unserved: int, costs: Costs) -> Indicators:
    """The indicators of a plan. Utilisation is the mean over trips of the load that reaches the hub to the capacity."""
    trucks = {truck.id: truck for truck in problem.trucks}
    pickups = {pickup.id: pickup for pickup in problem.pickups}
    rides: list[int] = []
    weight_shares: list[float] = []
    crate_shares: list[float] = []
    waiting, weight, crates, grams_co2e, served = 0, 0, 0, 0, 0
    for route in routes:
        truck = trucks[route.truck]
        grams_co2e += route.distance_m * (truck.emission_g_per_km or 0) // 1000
        starts: list[int] = []
        before = route.stops[0]
        for stop in route.stops[1:]:
            waiting += stop.start_s - stop.arrival_s
            if stop.pickup is not None:
                lot = pickups[stop.pickup]
                weight, crates, served = weight + lot.weight_g, crates + lot.crates, served + 1
                starts.append(stop.start_s)
            if stop.kind == "unload":
                rides += [stop.start_s - start for start in starts]
                starts = []
                weight_shares.append(before.load_g / truck.capacity_g if truck.capacity_g else 0.0)
                crate_shares.append(before.load_crates / truck.capacity_crates if truck.capacity_crates else 0.0)
            before = stop
    spent = costs.total - costs.unserved
    emissions_known = all(trucks[route.truck].emission_g_per_km is not None for route in routes)
    return Indicators(
        trucks=len(routes),
        served=served,
        unserved=unserved,
        distance_m=sum(route.distance_m for route in routes),
        driving_s=sum(route.driving_s for route in routes),
        duration_s=sum(route.duration_s for route in routes),
        waiting_s=waiting,
        collected_g=weight,
        collected_crates=crates,
        weight_utilisation_pct=_percent(weight_shares),
        crate_utilisation_pct=_percent(crate_shares),
        cost_per_kg_satang=round(spent * 1000 / weight) if weight else None,
        co2e_g=grams_co2e if routes and emissions_known else None,
        longest_ride_s=max(rides, default=0),
        mean_ride_s=sum(rides) // len(rides) if rides else 0,
    )


def _percent(shares: Sequence[float]) -> float:
    return round(100 * sum(shares) / len(shares), 1) if shares else 0.0
