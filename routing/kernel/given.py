"""A problem as the compiled search sees it: tables with named columns, each row one node, truck, trip or hub.

Nodes are numbered: hubs first, then the trucks' starts and ends (together the *anchors*), then the *stops*: the
pick-ups, and for each truck that starts with lots on board one that stands for them. A *slot* is one trip of one truck;
the slots of a truck are adjacent and in driving order. Distances are metres, times seconds, weights grams. Costs are in
units of 1/18,000 satang, in which satang per kilometre and satang per hour, for whole metres and seconds, are integers:
nothing is rounded, so that the cost of a plan does not depend on the way that led to it.

Two programs are compiled from one source. Where a problem has time windows, one load and one trip a truck and nothing
else (VRPTW and CVRP), `rules` is `None`: every function that applies another rule takes `rules` as an argument, and
Numba drops the branch for the type of `None`. Everything else runs with all rules.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

COST_UNITS_PER_SATANG = 18_000
METRE_COST_PER_SATANG_PER_KM = 18
SECOND_COST_PER_SATANG_PER_H = 5

NEVER = 1 << 30
"""Later and longer than anything that a day holds; it fits 32 bits, and twice over too."""

Int32 = NDArray[np.int32]
Table = Any
"""A structured array. Cells are read by the name of their column, which NumPy's types can't express."""

NODE = np.dtype(
    [
        ("service_s", np.int32),
        ("opens", np.int32),  # the first window's opening, and not before the release
        ("closes", np.int32),  # the last window's closing
        ("weight_g", np.int32),
        ("penalty", np.int64),  # of leaving the stop behind
        ("opening_floor", np.int64),  # no trip for the stop alone scores less
        ("crates", np.int32),
        ("ride_limit_s", np.int32),  # from the start of loading to the start of unloading
        ("deadline", np.int32),  # of the start of unloading
        ("locked", np.int32),  # 1: stays where it is, with nothing put before it
        ("kind", np.int64),  # bit of its product class (for loads at the start: bits)
        ("clash", np.int64),  # product classes that it must not ride with
        ("cold_clash", np.int64),  # the same in a truck with one temperature for all
        ("hubs", np.int64),  # bit h: it may be delivered at hub h
        ("due", np.int32),  # unloading later costs late_cost a second
        ("first_window", np.int32),  # its windows are rows first_window to last_window of `windows`
        ("last_window", np.int32),
        ("planned_truck", np.int32),  # riding on another truck costs change_cost
        ("change_cost", np.int64),
        ("late_cost", np.int64),
        ("life_cost", np.int64),  # a second of riding in a cold truck
        ("ambient_cost", np.int64),  # a second of riding in an ambient one
    ],
    align=True,
)

SLOT = np.dtype(
    [
        ("metre_cost", np.int64),
        ("truck", np.int32),
        ("profile", np.int32),
        ("capacity_g", np.int32),
        ("crates", np.int32),
    ],
    align=True,
)

TRUCK = np.dtype(
    [
        ("start", np.int32),
        ("end", np.int32),  # -1: stays at its last hub
        ("opens", np.int32),
        ("closes", np.int32),  # overtime included
        ("kind", np.int32),  # trucks of one kind are alike in every respect
        ("first_slot", np.int32),
        ("slots", np.int32),
        ("cold", np.int32),
        ("fixed_cost", np.int64),
        ("hubs", np.int64),  # bit h: it may unload at hub h
        ("second_cost", np.int64),  # from leaving to coming in
        ("overtime_cost", np.int64),  # a second after shift_closes
        ("shift_closes", np.int32),
        ("driving_s", np.int32),  # at most
        ("duration_s", np.int32),  # at most
        ("rest_after_s", np.int32),
        ("rest_s", np.int32),
        ("driven_s", np.int32),  # since the last rest, before the day starts
    ],
    align=True,
)

HUB = np.dtype(
    [
        ("opens", np.int32),
        ("closes", np.int32),  # of unloading to start
        ("unload_s", np.int32),
        ("first_window", np.int32),
        ("last_window", np.int32),
    ],
    align=True,
)

WINDOW = np.dtype([("opens", np.int32), ("closes", np.int32)], align=True)


class Rules(NamedTuple):
    """What only rich problems have. `allowed[stop, kind]`: may the stop ride on trucks of this kind?

    `timed` is 1 where a truck's day must be driven through to know whether it is allowed and what it costs: several
    windows a day, rests, limits on driving and duration, and every cost that depends on the clock. `changes` is 1 where
    riding on another truck than planned costs something.
    """

    allowed: NDArray[np.uint8]
    most_trips: int
    timed: int
    changes: int


class Given(NamedTuple):
    """Everything that does not change during a search."""

    anchors: int
    hub_count: int
    distance_m: Int32  # [profile, from, to]
    arriving_m: Int32  # [profile, to, from]
    duration_s: Int32  # [profile, from, to]
    near: Int32  # [node, rank]: other stops, closest first
    reach: int  # how many of them are looked at for a position
    sort_keys: NDArray[np.float64]  # [key, node]: orders of insertion, ascending
    nodes: Table  # of NODE
    slots: Table  # of SLOT
    trucks: Table  # of TRUCK
    hubs: Table  # of HUB
    windows: Table  # of WINDOW
    kind_begin: Int32  # trucks of kind k are kind_members[kind_begin[k]:kind_begin[k + 1]]
    kind_members: Int32
    rules: Rules | None
