"""Refuses a problem that no engine should see: each fault with its JSON pointer, the value and the remedy.

The OR-Tools routing model aborts the process on an empty fleet, a negative capacity or a short matrix, and answers
"optimal" on overflowing costs, so nothing reaches it that has not passed here.
"""

from collections.abc import Callable, Iterator, Sequence

from routing.carrying import Carriers, overlap, spaces, takes
from routing.faults import Fault, Refused, pointer
from routing.instance import mandatory_penalty
from routing.problem import LoadedLot, Pickup, Problem, Truck
from routing.validation.members import hubs, locations, pickups, trucks
from routing.validation.ranges import MAX_COST_SATANG, amount
from routing.validation.references import references
from routing.validation.travel import profiles

# Models count in 1/3600 satang: sums stay within 64 bits, which overflow silently.
MAX_TOTAL_SATANG = 1 << 50


def validate(problem: Problem) -> None:
    """Check all that can be known before a search.

    Raises:
        Refused: with every fault found.
    """
    faults = list(references(problem))
    if not faults:
        faults = [*locations(problem), *hubs(problem), *trucks(problem), *pickups(problem), *_rules(problem)]
        faults += profiles(problem)
    if not faults:
        faults += _feasibility(problem)
    if faults:
        raise Refused("problem", faults)


def _rules(problem: Problem) -> Iterator[Fault]:
    for number, exclusion in enumerate(problem.exclusions):
        for name in ("group", "other"):
            if not getattr(exclusion, name).strip():
                yield Fault(pointer("exclusions", number, name), "the group is empty.", "Name a group.")
    for number, relation in enumerate(problem.relations):
        if len(relation.pickups) < (1 if relation.kind in ("first", "last") else 2):
            place = pointer("relations", number, "pickups")
            yield Fault(
                place, f"{relation.kind!r} of {len(relation.pickups)} lots says nothing.", "Name more, or drop it."
            )
    yield from _contradictions(problem)
    yield from amount(("balance_cost_per_h_satang",), problem.balance_cost_per_h_satang, MAX_COST_SATANG)
    dearest = max((truck.fixed_cost_satang for truck in problem.trucks), default=0) * len(problem.trucks)
    total = dearest + (len(problem.pickups) + 1) * mandatory_penalty(problem)
    if total > MAX_TOTAL_SATANG:
        yield Fault("", f"costs may add up to {total} satang.", f"Keep their sum below {MAX_TOTAL_SATANG}.")


def _contradictions(problem: Problem) -> Iterator[Fault]:
    """Relations that pins and other relations make impossible to keep."""
    pinned = {pickup.id: set(pickup.trucks) for pickup in problem.pickups if pickup.trucks is not None}
    locked = {stop: truck.id for truck in problem.trucks for stop in truck.locked_stops}
    pinned |= {stop: {truck} for stop, truck in locked.items()}
    apart = [set(relation.pickups) for relation in problem.relations if relation.kind == "different_truck"]
    for number, relation in enumerate(problem.relations):
        place = pointer("relations", number)
        allowed = [pinned[name] for name in relation.pickups if name in pinned]
        together = relation.kind in ("same_truck", "before")
        if together and allowed and not set.intersection(*allowed):
            yield Fault(place, "its lots are pinned to different trucks.", "Drop the relation or a pin.")
        if together and any(len(set(relation.pickups) & lots) > 1 for lots in apart):
            yield Fault(place, "another relation keeps two of its lots apart.", "Drop one of the two.")
        only = [trucks for trucks in allowed if len(trucks) == 1]
        if relation.kind == "different_truck" and len(only) > len(set.union(set(), *only)):
            yield Fault(place, "two of its lots are pinned to the same truck.", "Drop the relation or a pin.")


def _feasibility(problem: Problem) -> Iterator[Fault]:
    yield from _reachable_hubs(problem)
    carriers = Carriers(problem)
    for number, pickup in enumerate(problem.pickups):
        if pickup.penalty_satang is None and not carriers.delivering(pickup):
            reason = why_no_truck(problem, pickup)
            if reason:
                yield Fault(
                    pointer("pickups", number),
                    f"mandatory lot {pickup.id!r} can ride on no truck: {reason}.",
                    "Split the lot, add a truck that can carry it, or give it a penalty_satang to make it optional.",
                )
    for number, truck in enumerate(problem.trucks):
        for index, lot in enumerate(truck.loaded):
            unit = next((c.temperature for c in truck.compartments if c.id == lot.compartment), truck.temperature)
            if unit and not overlap(unit, lot.temperature):
                yield _loaded_fault(number, index, lot, "where it rides can't be set to its temperature range.")


def _loaded_fault(number: int, index: int, lot: LoadedLot, why: str) -> Fault:
    return Fault(pointer("trucks", number, "loaded", index), f"lot {lot.id!r}: {why}", "Correct the lot or the truck.")


def _reachable_hubs(problem: Problem) -> Iterator[Fault]:
    place = {location.id: number for number, location in enumerate(problem.locations)}
    tables = [profile.duration_s for profile in problem.profiles]
    if not problem.pickups or not tables or any(table is None for table in tables):
        return
    rows = {place[pickup.location] for pickup in problem.pickups} | {place[truck.start] for truck in problem.trucks}
    for number, hub in enumerate(problem.hubs):
        column = place[hub.location]
        if all(table is not None and table[row][column] is None for table in tables for row in rows):
            yield Fault(
                pointer("hubs", number, "location"),
                f"there is no road from any pick-up or truck to hub {hub.id!r}.",
                "Correct the matrices, or leave the hub out.",
            )


def why_no_truck(problem: Problem, pickup: Pickup) -> str:
    """Empty where some truck can carry the lot; otherwise what rules the trucks out, one rule after the other."""
    trucks: Sequence[Truck] = problem.trucks
    heaviest = max(space[0] for truck in trucks for space in spaces(truck))
    most_crates = max(space[1] for truck in trucks for space in spaces(truck))
    steps: tuple[tuple[str, Callable[[Truck], bool]], ...] = (
        (
            f"it weighs {pickup.weight_g} g, the largest takes {heaviest} g",
            lambda t: any(pickup.weight_g <= space[0] for space in spaces(t)),
        ),
        (
            f"it has {pickup.crates} crates, the largest takes {most_crates}",
            lambda t: any(pickup.crates <= space[1] for space in spaces(t)),
        ),
        ("its `trucks` leave none that is large enough", lambda t: pickup.trucks is None or t.id in pickup.trucks),
        (f"none of those offers {list(pickup.requires)}", lambda t: set(pickup.requires) <= set(t.offers)),
        ("none of those keeps its temperature range", lambda t: any(takes(space, pickup) for space in spaces(t))),
        (
            "none of those goes to a hub it may go to",
            lambda t: pickup.hubs is None or t.hubs is None or bool(set(pickup.hubs) & set(t.hubs)),
        ),
    )
    for reason, keeps in steps:
        trucks = [truck for truck in trucks if keeps(truck)]
        if not trucks:
            return reason
    return ""
