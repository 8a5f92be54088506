# mypy: disable-error-code="no-any-return"
"""Take adjacent strings of stops off neighbouring trips (Christiaens and Vanden Berghe 2020, section 5.1).

"Slack induction by string removals for vehicle routing problems", Transportation Science 54(2),
doi:10.1287/trsc.2019.0914. Sizes, the number of strings and the share that is split are the caller's `Sizes`.
"""

from typing import NamedTuple

from routing.kernel import boarding, tour
from routing.kernel.chance import below, uniform
from routing.kernel.compiled import compiled
from routing.kernel.given import Given
from routing.kernel.state import ITERATION, TRIPS, State, touch, unlink


class Sizes(NamedTuple):
    """How much is taken off: on average `stops` of them, at most `string` in a row; `split` of the strings keep a
    stop inside, and with probability `whole` whole trips go instead."""

    stops: float
    string: float
    split: float
    whole: float


@compiled
def ruin(given: Given, state: State, sizes: Sizes) -> tuple[int, bool]:
    """Take stops off, to `scratch.removed`: (their number, whether what is left keeps the rules).

    What is left can break a rule only where a detour is quicker than the direct way.
    """
    now, random = state.now, state.scratch.random
    stops = len(given.nodes) - given.anchors
    string = min(sizes.string, stops / max(1, state.tally[TRIPS]))
    most_strings = max(1.0, 4.0 * sizes.stops / (1.0 + string) - 1.0)
    strings = int(1.0 + uniform(random) * most_strings)
    whole = uniform(random) < sizes.whole
    if whole:
        strings = min(strings, 1 + below(random, 3))
    seed = given.anchors + below(random, stops)
    removed, done, rank = 0, 0, -1
    kept = True
    while done < strings and rank < given.near.shape[1]:
        stop = seed if rank < 0 else given.near[seed, rank]
        rank += 1
        route = now.stops[stop].route
        if route < 0 or boarding.is_locked(given.rules, given, stop):
            continue
        truck = given.slots[route].truck
        if state.scratch.stamp[truck] == state.tally[ITERATION]:
            continue
        touch(given, state, truck)
        length = int(1.0 + uniform(random) * min(float(now.routes[route].size), string))
        removed = _take_string(given, state, stop, route, length, sizes.split, whole, removed)
        state.tally[TRIPS] -= now.days[truck].trips
        kept = tour.relabel(given, state, truck) and kept
        state.tally[TRIPS] += now.days[truck].trips
        done += 1
    return removed, kept


@compiled
def _take_string(
    given: Given, state: State, stop: int, route: int, length: int, split: float, whole: bool, removed: int
) -> int:
    """Remove a string of about `length` stops that spans `stop`; returns the new number of removed stops."""
    now, scratch = state.now, state.scratch
    size, position = 0, 0
    other = now.routes[route].first
    while other >= given.anchors:
        if not boarding.is_locked(given.rules, given, other):
            if other == stop:
                position = size
            scratch.sequence[size] = other
            size += 1
        other = now.stops[other].next
    length = size if whole else min(length, size)
    keep = 1 if 1 < length < size and uniform(scratch.random) < split else 0
    span = length + keep
    earliest, latest = max(0, position - span + 1), min(position, size - span)
    begin = earliest + below(scratch.random, latest - earliest + 1)
    kept_at = begin + 1 + below(scratch.random, length - 1) if keep else -1
    for place in range(begin, begin + span):
        if place != kept_at:
            unlink(given, now, scratch.sequence[place])
            scratch.removed[removed] = scratch.sequence[place]
            removed += 1
    boarding.recount(given, now, route)
    return removed
