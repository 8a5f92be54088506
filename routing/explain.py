"""Why a lot stays behind: the rule that binds, found by trying the lot everywhere, and the one rule to relax.

Looks at plans the way a dispatcher would: could any truck take the lot if it had nothing else to do? Where would it go
in today's tours, what stands in its way there, and what one concession would make room?
"""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from routing.assemble import left_behind, tour_cost
from routing.carrying import spaces, takes
from routing.concessions import CONCESSIONS
from routing.greedy import extend
from routing.insertion import Draft, apply, candidates, draft_of, fault
from routing.instance import Instance
from routing.late import late_lots
from routing.pins import pin_costs
from routing.plan import Explanations, Relaxation, Tour, Tours, Trip, Unserved
from routing.problem import Pickup
from routing.rules import Rule
from routing.timetable import timetable

# Explaining a badly overloaded day lot by lot must not eat the time of the search.
MOST_SECONDS = 0.3
TRIES = 40
MOST_ADVICE = 5


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why each lot stays behind, and the explanations of the plan as it is."""

    unserved: tuple[Unserved, ...]
    explanations: Explanations

    @property
    def advice(self) -> tuple[str, ...]:
        """What a coordinator might do, in sentences, the most useful first."""
        found = self.explanations
        taking = [f"{one.concession} would take {_listed(one.pickups)}" for one in found.relaxations]
        pins = [
            f"{pin.pickup} on {pin.truck}, not where it is pinned, would save {pin.saving_satang / 100:.2f} baht"
            for pin in found.pins
        ]
        return (*taking, *pins)


def explain(instance: Instance, tours: Tours) -> Explanation:
    """One entry for each lot that `tours` leave behind, in the order of the problem; then the whole plan's."""
    left = left_behind(instance, tours)
    search = _Search(instance, tours, time.monotonic() + MOST_SECONDS)
    unserved = tuple(_explain(search, lot) for lot in left)
    explanations = Explanations(
        late=tuple(late_lots(instance, tours)),
        relaxations=tuple(_relaxations(search, len(left))),
        pins=tuple(pin_costs(instance, tours, search.by)),
    )
    return Explanation(unserved, explanations)


def _listed(names: tuple[str, ...]) -> str:
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else names[0]


@dataclass(slots=True)
class _Search:
    """The plan that is explained, until when, and the instances that concessions have made so far by their words."""

    instance: Instance
    tours: Tours
    by: float
    draft: Draft = field(init=False)
    unlocked: Instance = field(init=False)
    loosened: dict[str, Instance] = field(default_factory=dict)
    useful: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.draft = draft_of(self.instance, self.tours)
        vehicles = tuple(replace(vehicle, locked=()) for vehicle in self.instance.vehicles)
        self.unlocked = replace(self.instance, vehicles=vehicles)


def _relaxations(search: _Search, left: int) -> Iterator[Relaxation]:
    """The concessions that would take several lots together, the most useful first."""
    if left < 2:
        return
    gains = []
    for words in sorted(search.useful):
        if time.monotonic() > search.by:
            break
        taken = extend(search.loosened[words], search.tours, search.by)
        served = {lot for tour in taken for trip in tour.trips for lot in trip.pickups}
        gained = [lot for lot in left_behind(search.instance, search.tours) if lot in served]
        if len(gained) > 1:
            gains.append((len(gained), words, gained))
    for _, words, gained in sorted(gains, key=lambda gain: (-gain[0], gain[1]))[:MOST_ADVICE]:
        yield Relaxation(concession=words, pickups=tuple(search.instance.problem.pickups[lot].id for lot in gained))


def _explain(search: _Search, lot: int) -> Unserved:
    instance = search.instance
    pickup = instance.problem.pickups[lot]

    def unserved(rule: Rule, reason: str, relaxation: str = "") -> Unserved:
        return Unserved(
            pickup=pickup.id,
            rule=rule.value,
            reason=reason,
            mandatory=pickup.penalty_satang is None,
            relaxation=relaxation,
        )

    wanted = instance.lots[lot]
    if not any(wanted.trucks >> truck & 1 and v.hubs & wanted.hubs for truck, v in enumerate(instance.vehicles)):
        never = _no_truck(instance, pickup)
        if never:
            return unserved(*never)
    if time.monotonic() > search.by:
        return unserved(Rule.TRUCKS_TAKEN, "no truck is free for it; too many lots stay behind to look closer at each.")
    alone = Counter(_alone(search, lot))
    if None not in alone:
        rule = _binding(alone)
        obstacles = Counter({rule: times for rule, times in alone.items() if rule is not None})
        reason = f"no truck could take it even alone: {ALONE.get(rule, SENTENCES[rule])}."
        return unserved(rule, reason, _relaxation(search, lot, obstacles))
    best, broken = _best_insertion(search, lot)
    if best is not None:
        if pickup.penalty_satang is not None and best >= pickup.penalty_satang:
            return unserved(
                Rule.COST,
                f"taking it would cost {best / 100:.2f} baht more, leaving it costs {pickup.penalty_satang / 100:.2f}.",
                f"a penalty above {best / 100:.2f} baht would take it",
            )
        return unserved(Rule.SEARCH, "the search ended before it found the room there is.", "give it more seconds")
    rule = _binding(broken) if broken else Rule.TRUCKS_TAKEN
    relaxation = _relaxation(search, lot, broken)
    reason = f"a truck alone could take it, but in today's tours {SENTENCES[rule]}."
    return unserved(rule, reason, relaxation)


SENTENCES = {
    Rule.TIME_WINDOW: "its time windows can't be met",
    Rule.WEIGHT: "the trucks that could take it have no weight to spare",
    Rule.CRATES: "the trucks that could take it have no room for its crates",
    Rule.COMPARTMENT: "no compartment has room for it beside what is in it",
    Rule.EXCLUSION: "what is on board may not ride with it",
    Rule.REST: "the driver could not rest in time",
    Rule.REQUIREMENT: "no truck in reach may carry it",
    Rule.ALLOWED_HUB: "no truck in reach goes to a hub it may go to",
    Rule.HUB_HOURS: "it would come to the hub out of hours",
    Rule.DEADLINE: "it or another lot on board would miss its deadline at the hub",
    Rule.RIDE_LIMIT: "it or another lot would ride longer than its limit",
    Rule.SHIFT: "the driver's shift would end too soon",
    Rule.DRIVING_TIME: "the driver would drive longer than allowed",
    Rule.DURATION: "the truck would be out longer than allowed",
    Rule.TRIPS: "every truck that could take it makes all its trips already",
    Rule.LOCKED_STOPS: "stops that are locked stand in its way",
    Rule.LOADED_LOTS: "lots that are on board already would be late",
    Rule.NO_ROAD: "there is no road",
    Rule.DOCKS: "no dock would be free in time",
    Rule.CUTOFF: "the departures from the hub have no room for it",
    Rule.RELATION: "its relations to other lots would be broken",
    Rule.TRUCKS_TAKEN: "no truck is free",
}

ALONE = {
    Rule.HUB_HOURS: "it would come to the hub out of hours",
    Rule.DEADLINE: "it would miss its deadline at the hub",
    Rule.RIDE_LIMIT: "the way to the hub is longer than its ride limit",
    Rule.EXCLUSION: "it may not ride with what the truck has loaded",
}


def _binding(rules: "Counter[Rule] | Counter[Rule | None]") -> Rule:
    """The rule that stood in the way most often; ties go to the first name, so that reasons don't change by chance."""
    known = [(count, rule) for rule, count in rules.items() if rule is not None]
    return min(known, key=lambda item: (-item[0], item[1].value))[1]


def _no_truck(instance: Instance, pickup: Pickup) -> tuple[Rule, str] | None:
    """The first rule after which no truck is left that could carry the lot even alone."""
    trucks = list(instance.problem.trucks)
    steps: tuple[tuple[Rule, str, Callable[..., bool]], ...] = (
        (
            Rule.WEIGHT,
            f"no truck takes its {pickup.weight_g / 1000:,g} kg.",
            lambda t: any(pickup.weight_g <= s[0] for s in spaces(t)),
        ),
        (
            Rule.CRATES,
            f"no truck takes its {pickup.crates} crates.",
            lambda t: any(pickup.crates <= s[1] for s in spaces(t)),
        ),
        (
            Rule.PINNED_TRUCK,
            f"it may ride on {', '.join(pickup.trucks or ())} only, which can't take it.",
            lambda t: pickup.trucks is None or t.id in pickup.trucks,
        ),
        (
            Rule.REQUIREMENT,
            f"no truck that has room for it offers {', '.join(pickup.requires)}.",
            lambda t: set(pickup.requires) <= set(t.offers),
        ),
        (
            Rule.TEMPERATURE,
            "no truck that has room for it keeps its temperature range.",
            lambda t: any(takes(space, pickup) for space in spaces(t)),
        ),
        (
            Rule.ALLOWED_HUB,
            "no truck that could carry it goes to a hub it may go to.",
            lambda t: pickup.hubs is None or t.hubs is None or bool(set(pickup.hubs) & set(t.hubs)),
        ),
    )
    for rule, reason, keeps in steps:
        trucks = [truck for truck in trucks if keeps(truck)]
        if not trucks:
            return rule, reason
    return None


def _alone(search: _Search, lot: int) -> Iterator[Rule | None]:
    """What stands in the way of a trip for this lot only, for each truck and hub; None where nothing does."""
    wanted, kinds = search.instance.lots[lot], search.draft.kinds
    seen: set[int] = set()
    for truck, vehicle in enumerate(search.unlocked.vehicles):
        if not wanted.trucks >> truck & 1 or kinds[truck] in seen:
            continue
        seen.add(kinds[truck])
        for hub in range(len(search.instance.depots)):
            if wanted.hubs & vehicle.hubs & 1 << hub:
                found = timetable(search.unlocked, Tour(truck, (Trip((lot,), hub),)))
                yield found if isinstance(found, Rule) else None


def _best_insertion(search: _Search, lot: int) -> tuple[int | None, "Counter[Rule]"]:
    """What the cheapest feasible insertion would add (satang), or None; and the rules that others would break."""
    best: int | None = None
    broken: Counter[Rule] = Counter()
    instance, draft = search.instance, search.draft
    for candidate in candidates(instance, draft, lot)[:TRIES]:
        before = draft.tours[candidate.truck]
        after = apply(before, lot, candidate)
        rule = fault(instance, draft, after)
        cost = tour_cost(instance, after)
        if rule is not None or isinstance(cost, Rule):
            broken[rule or Rule.SEARCH] += 1
            continue
        was = tour_cost(instance, before) if before.trips else 0
        added = cost - was if isinstance(was, int) else cost
        best = added if best is None else min(best, added)
    return best, broken


def _relaxation(search: _Search, lot: int, broken: "Counter[Rule]") -> str:
    """The first concession under which the lot fits into today's tours; the most frequent obstacles come first."""
    instance = search.instance
    wanted = sorted(CONCESSIONS, key=lambda concession: -sum(broken[rule] for rule in concession.rules))
    for concession in wanted:
        if not any(broken[rule] for rule in concession.rules):
            break
        for candidate in candidates(instance, search.draft, lot)[:TRIES]:
            if time.monotonic() > search.by:
                return ""
            truck, hub = instance.problem.trucks[candidate.truck].id, instance.problem.hubs[candidate.hub].id
            words = concession.words.format(truck=truck, hub=hub)
            if words not in search.loosened:
                search.loosened[words] = concession.grant(instance, candidate.truck, candidate.hub)
            tour = apply(search.draft.tours[candidate.truck], lot, candidate)
            if fault(search.loosened[words], search.draft, tour) is None:
                search.useful.add(words)
                return f"{words} would take it on truck {truck} to {hub}"
    return ""
