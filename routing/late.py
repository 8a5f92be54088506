"""Why a lot comes late: the rule without which it would be in time, found by going back from its unloading."""

from collections.abc import Iterator

from routing.assemble import hourly
from routing.fleet import timetables
from routing.instance import NEVER, Instance
from routing.moments import clock
from routing.plan import LateLot, Tour, Tours
from routing.rules import Rule
from routing.timetable import Timetable, timetable


def late_lots(instance: Instance, tours: Tours) -> Iterator[LateLot]:
    """Each lot of feasible tours that is unloaded after it is due, in the order of the tours."""
    if all(lot.due_s >= NEVER for lot in instance.lots):
        return
    found = timetables(instance, tours)
    if isinstance(found, Rule):
        return
    for tour, times in zip(tours, found, strict=True):
        for trip, visited in enumerate(tour.trips):
            unloads_s = times.unloadings[trip].start_s
            for number in visited.pickups:
                lot = instance.lots[number]
                if unloads_s > lot.due_s:
                    rule, reason = _why(instance, tour, times, trip, number)
                    yield LateLot(
                        pickup=instance.problem.pickups[number].id,
                        truck=instance.problem.trucks[tour.truck].id,
                        late_s=unloads_s - lot.due_s,
                        cost_satang=hourly(unloads_s - lot.due_s, lot.late_cost_per_h),
                        rule=rule,
                        reason=reason,
                    )


def _why(instance: Instance, tour: Tour, times: Timetable, trip: int, number: int) -> tuple[str, str]:
    """The first of its own limits that alone makes it late, or else what its truck does before."""
    lot, vehicle = instance.lots[number], instance.vehicles[tour.truck]
    hub = tour.trips[trip].hub
    duration = instance.duration_s[tour.truck]
    home_s = lot.service_s + duration[lot.location, instance.depots[hub].location]
    there_s = duration[vehicle.start, lot.location]
    due, depot = clock(lot.due_s), instance.problem.hubs[hub].id
    pickup, truck = instance.problem.pickups[number], instance.problem.trucks[tour.truck].id
    release_s = -NEVER if pickup.release_s is None else pickup.release_s
    if release_s + home_s > lot.due_s:
        return "release", f"it is ready at {clock(release_s)}, {_span(home_s)} from hub {depot}; it is due at {due}"
    opens_s = lot.windows[0][0]
    if opens_s + home_s > lot.due_s:
        words = f"its village is served from {clock(opens_s)}, {_span(home_s)} from hub {depot}; it is due at {due}"
        return Rule.TIME_WINDOW, words
    straight_s = vehicle.opens_s + there_s + home_s
    if straight_s > lot.due_s:
        # Whether an hour more in the morning would do tells a late shift from a long way.
        rule = Rule.SHIFT if straight_s - 3600 <= lot.due_s else "distance"
        words = f"truck {truck} starts at {clock(vehicle.opens_s)} and needs {_span(there_s + home_s)} for it alone"
        return rule, f"{words}; it is due at {due}"
    depot_opens_s = instance.depots[hub].windows[0][0]
    if depot_opens_s > lot.due_s:
        return Rule.HUB_HOURS, f"hub {depot} opens at {clock(depot_opens_s)}; it is due at {due}"
    alone = timetable(instance, tour)
    if not isinstance(alone, Rule) and alone.unloadings[trip].start_s <= lot.due_s:
        return Rule.DOCKS, f"truck {truck} waits for a dock at hub {depot} until after {due}"
    return _before(instance, tour, times, trip, number)


def _before(instance: Instance, tour: Tour, times: Timetable, trip: int, number: int) -> tuple[str, str]:
    """What the truck does that makes the lot late: the trip before, another lot it waits for, or many stops."""
    lot, vehicle = instance.lots[number], instance.vehicles[tour.truck]
    hub = tour.trips[trip].hub
    duration = instance.duration_s[tour.truck]
    truck, due = instance.problem.trucks[tour.truck].id, clock(lot.due_s)
    home = instance.depots[hub].location
    if trip:
        last = times.unloadings[trip - 1]
        free_s = last.start_s + last.busy_s
        if free_s + duration[last.location, lot.location] + lot.service_s + duration[lot.location, home] > lot.due_s:
            words = f"truck {truck} is back from the trip before at {clock(free_s)}; it is due at {due}"
            return Rule.TRIPS, words
    riding = tour.trips[trip].pickups
    for other in riding:
        waits = instance.lots[other]
        ready_s = waits.windows[0][0]
        if other != number and ready_s + waits.service_s + duration[waits.location, home] > lot.due_s:
            name = instance.problem.pickups[other].id
            words = f"it rides with {name}, which is ready at {clock(ready_s)}; it is due at {due}"
            return "previous_service", words
    busy_s = sum(instance.lots[other].service_s for other in riding if other != number)
    stops = len(riding) - 1
    words = f"its truck {truck} makes {stops} other stop{'s' if stops != 1 else ''} on the trip"
    words += f", {_span(busy_s)} of loading and the ways between" if stops else ""
    rests = sum(visit.rests for visit in times.visits) * vehicle.rest_s
    words += f", and rests for {_span(rests)}" if rests else ""
    return "previous_service", f"{words}; it is due at {due}"


def _span(seconds: int) -> str:
    """A length of time in hours and minutes, rounded to the minute."""
    hours, minutes = divmod(round(seconds / 60), 60)
    return f"{hours} h {minutes:02d} min" if hours else f"{minutes} min"
