# mypy: disable-error-code="no-any-return"
"""A truck's day driven through: for rules and costs that the labels of a trip can't carry.

Several windows a day, rests, limits on driving and duration, overtime, lateness and the value of life lost on board all
depend on when exactly a truck is where. The timetable is that of `routing.timetable`, stop for stop: each trip unloads
as early as it can, and everything before is as late as that allows. Labels have thrown out most candidates before.
"""

from typing import Any

from routing.kernel.compiled import compiled, compiled_apart
from routing.kernel.given import NEVER, Given, Rules, Table
from routing.kernel.state import Scratch, Solution, State
from routing.kernel.travel import seconds

END = -1


@compiled
def clock_cost(rules: Rules | None, given: Given, state: State, truck: int) -> tuple[bool, int]:
    """Whether a truck's day keeps the rules, and what its hours cost: (kept, cost)."""
    if rules is None or rules.timed == 0:
        return True, 0
    return _drive(given, state.now, state.scratch, truck, -1, -1, -1, -1)


@compiled
def added_clock_cost(
    rules: Rules | None, given: Given, state: State, stop: int, before: int, route: int, hub: int
) -> tuple[bool, int]:
    """The same for the day with `stop` put behind `before` (an anchor: in front): (kept, change of cost)."""
    if rules is None or rules.timed == 0:
        return True, 0
    truck = given.slots[route].truck
    kept, cost = _drive(given, state.now, state.scratch, truck, stop, before, route, hub)
    return kept, cost - state.now.days[truck].clock_cost


@compiled_apart
def _drive(
    given: Given, now: Solution, scratch: Scratch, truck: int, stop: int, before: int, route: int, hub: int
) -> tuple[bool, int]:
    driver = given.trucks[truck]
    count = _list_visits(given, now, scratch, truck, stop, before, route, hub)
    if count == 0:
        return True, 0
    day = scratch.day
    driving = 0
    for visit in range(count):
        driving += day[visit].leg_s
    if driving > driver.driving_s:
        return False, 0
    if driver.rest_s > 0 and driving + driver.driven_s > driver.rest_after_s:
        _place_rests(given, day, count, driver)
    first, now_s, leaves, cost = 0, driver.opens, driver.opens, 0
    for visit in range(count):
        here = day[visit]
        start = _earliest(given, here, now_s + here.leg_s + here.rests * driver.rest_s)
        if start >= NEVER:
            return False, 0
        here.start = start
        now_s = start + here.busy_s
        if 0 <= here.node < given.hub_count:
            departure = _delay(given, day, first, visit, driver)
            if first == 0:
                leaves = departure
            kept, value = _delivered(given, day, first, visit, driver)
            if not kept:
                return False, 0
            cost += value
            first = visit + 1
    if now_s > driver.closes or now_s - leaves > driver.duration_s:
        return False, 0
    overtime = max(0, now_s - driver.shift_closes)
    return True, cost + driver.second_cost * (now_s - leaves) + driver.overtime_cost * overtime


@compiled
def _list_visits(
    given: Given, now: Solution, scratch: Scratch, truck: int, stop: int, before: int, route: int, hub: int
) -> int:
    """Fill `scratch.day` with the visits of a truck's day; returns how many."""
    driver, day = given.trucks[truck], scratch.day
    count, place = 0, driver.start
    slot = driver.first_slot
    for slot in range(driver.first_slot, driver.first_slot + driver.slots):
        trip = now.routes[slot]
        changed = slot == route
        if trip.size == 0 and not changed:
            continue
        ahead = trip.first if trip.size > 0 else trip.hub
        pending = changed and (trip.size == 0 or before < given.anchors)
        to_hub = hub if changed else trip.hub
        while pending or (trip.size > 0 and ahead >= given.anchors):
            if pending:
                node, pending = stop, False
            else:
                node = ahead
                ahead = now.stops[node].next
                pending = changed and node == before
            _visit(given, day, count, slot, place, node, given.nodes[node].service_s)
            day[count].first_window, day[count].last_window = (
                given.nodes[node].first_window,
                given.nodes[node].last_window,
            )
            place = node
            count += 1
        _visit(given, day, count, slot, place, to_hub, given.hubs[to_hub].unload_s)
        day[count].first_window, day[count].last_window = (
            given.hubs[to_hub].first_window,
            given.hubs[to_hub].last_window,
        )
        place = to_hub
        count += 1
    if count > 0 and driver.end >= 0:
        _visit(given, day, count, slot, place, driver.end, 0)
        day[count].node, day[count].first_window, day[count].last_window = END, 0, -1
        count += 1
    return count


@compiled
def _visit(given: Given, day: Table, number: int, slot: int, place: int, node: int, busy_s: int) -> None:
    visit = day[number]
    visit.node, visit.busy_s, visit.rests, visit.at_arrival = node, busy_s, 0, 0
    visit.leg_s = seconds(given, slot, place, node)


@compiled
def _earliest(given: Given, visit: Any, time: int) -> int:
    """The first start at `time` or later inside a window; NEVER when there is none."""
    if visit.node == END:
        return time
    for number in range(visit.first_window, visit.last_window + 1):
        window = given.windows[number]
        if time <= window.closes:
            return max(time, window.opens)
    return NEVER


@compiled
def _latest(given: Given, visit: Any, by: int) -> int:
    """The latest start at `by` or before; there is one, since the visit starts before."""
    for back in range(visit.last_window - visit.first_window + 1):
        window = given.windows[visit.last_window - back]
        if window.opens <= by:
            return min(window.closes, by)
    return by


@compiled
def _delay(given: Given, day: Table, first: int, last: int, driver: Any) -> int:
    """Start the pick-ups of a trip as late as its unloading allows; returns the latest departure that leads to it."""
    for back in range(last - first):
        visit, after = day[last - 1 - back], day[last - back]
        by = after.start - after.leg_s - after.rests * driver.rest_s - visit.busy_s
        visit.start = _latest(given, visit, by)
    head = day[first]
    return head.start - head.leg_s - head.rests * driver.rest_s


@compiled
def _delivered(given: Given, day: Table, first: int, last: int, driver: Any) -> tuple[bool, int]:
    """Deadlines, ride limits, lateness and life lost of a trip that unloads at its last visit: (kept, cost)."""
    unload, cost = day[last].start, 0
    for number in range(first, last):
        visit = day[number]
        lot = given.nodes[visit.node]
        ride = unload - visit.start
        if unload > lot.deadline or ride > lot.ride_limit_s:
            return False, 0
        cost += lot.late_cost * max(0, unload - lot.due)
        cost += ride * (lot.life_cost if driver.cold else lot.ambient_cost)
    return True, cost


@compiled
def _place_rests(given: Given, day: Table, count: int, driver: Any) -> None:
    """Put rests on legs so that no more than `rest_after_s` is driven without one, as `routing.timetable` does.

    A rest is taken in front of the leg that would go over, or during it where it alone is too long; where the truck has
    to wait long enough since the last rest anyway, it rests there instead.
    """
    driven, waits_at, since_wait = driver.driven_s, -1, 0
    time = driver.opens
    for number in range(count):
        visit = day[number]
        leg = visit.leg_s
        if driven + leg > driver.rest_after_s:
            if waits_at >= 0 and since_wait + leg <= driver.rest_after_s:
                day[waits_at].rests, day[waits_at].at_arrival = 1, 1
                driven = since_wait + leg
            elif leg <= driver.rest_after_s:
                visit.rests, driven = 1, leg
            else:
                visit.rests = (driven + leg + driver.rest_after_s - 1) // driver.rest_after_s - 1
                driven += leg - visit.rests * driver.rest_after_s
            waits_at = -1
        else:
            driven += leg
        since_wait += leg
        time += leg + (visit.rests * driver.rest_s if visit.at_arrival == 0 else 0)
        start = _earliest(given, visit, time)
        if start >= NEVER:
            return
        if visit.rests == 0 and start - time >= driver.rest_s:
            waits_at, since_wait = number, 0
        time = start + visit.busy_s
