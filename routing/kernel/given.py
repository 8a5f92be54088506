"""A problem as the compiled search sees it: arrays with names, and `None` for every rule that the problem does not use.

Nodes are numbered: hubs first, then the trucks' starts and ends (together the *anchors*), then the *stops*: the
pick-ups, and for each truck that starts with lots on board one that stands for them. A *slot* is one trip of one truck;
the slots of a truck are adjacent and in driving order. Distances are metres, times seconds, weights grams. Costs are in
units of 1/18,000 satang, in which satang per kilometre and satang per hour, for whole metres and seconds, are integers:
nothing is rounded, so that the cost of a plan does not depend on the way that led to it.

A rule that is `None` costs nothing: each function that applies one takes it as an argument, and Numba drops the branch
for the type of `None`.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

COST_UNITS_PER_SATANG = 18_000
METRE_COST_PER_SATANG_PER_KM = 18
SECOND_COST_PER_SATANG_PER_H = 5

NEVER = 1 << 30
"""Later and longer than anything that a day holds; it fits 32 bits, and twice over too."""

Int32 = NDArray[np.int32]
Int64 = NDArray[np.int64]
Float = NDArray[np.float64]
Bytes = NDArray[np.uint8]


class Slots(NamedTuple):
    """One entry for each trip that could be made."""

    truck: Int32
    profile: Int32
    capacity_g: Int32
    metre_cost: Int64


class Trucks(NamedTuple):
    """One entry for each truck, and one more in `first_slot`; `end` is -1 for a truck that stays at its last hub.

    `hubs`, bit h: it may unload at hub h. It is done by `closes`, overtime included.
    """

    start: Int32
    end: Int32
    opens: Int32
    closes: Int32
    fixed_cost: Int64
    kind: Int32
    first_slot: Int32
    hubs: Int64


class Kinds(NamedTuple):
    """Trucks that are alike in every respect: kind k is `members[begin[k]:begin[k + 1]]`."""

    begin: Int32
    members: Int32


class Hubs(NamedTuple):
    """When unloading may start (from the first opening to the last closing), and how long it takes."""

    opens: Int32
    closes: Int32
    unload_s: Int32


class Crates(NamedTuple):
    """The second load: crates of each node, and what each slot holds."""

    count: Int32
    capacity: Int32


class Rides(NamedTuple):
    """`limit_s`: from the start of loading to the start of unloading; `deadline`: of the start of unloading."""

    limit_s: Int32
    deadline: Int32


class Products(NamedTuple):
    """Bit sets of product classes: each stop's own, those it clashes with, and those it clashes with in a cold truck."""

    kind: Int64
    clash: Int64
    cold_clash: Int64
    cold: Bytes  # [slot]


class Eligibility(NamedTuple):
    """`allowed[stop, kind]`: may the stop ride on trucks of this kind at all?"""

    allowed: Bytes


class HubChoice(NamedTuple):
    """`accepted[stop]`, bit h: the stop may be delivered at hub h."""

    accepted: Int64


class Locks(NamedTuple):
    """`locked[stop]`: it stays where it is, and nothing is put before it."""

    locked: Bytes


class Chains(NamedTuple):
    """Marks problems in which a truck may make several trips, or ends its day elsewhere than at its last hub."""

    most_trips: int


class Given(NamedTuple):
    """Everything that does not change during a search."""

    anchors: int
    hub_count: int
    distance_m: Int32  # [profile, from, to]
    arriving_m: Int32  # [profile, to, from]
    duration_s: Int32  # [profile, from, to]
    service_s: Int32
    opens: Int32
    closes: Int32
    weight_g: Int32
    penalty: Int64
    near: Int32  # [node, rank]: other stops, closest first
    reach: int  # how many of them are looked at for a position
    opening_floor: Int64  # [node]: no truck is sent for it alone for less
    sort_keys: Float  # [key, node]: orders of insertion, ascending
    slots: Slots
    trucks: Trucks
    kinds: Kinds
    hubs: Hubs
    profiles: Int32 | None  # slots.profile, where there is more than one
    crates: Crates | None
    rides: Rides | None
    products: Products | None
    eligibility: Eligibility | None
    hub_choice: HubChoice | None
    locks: Locks | None
    chains: Chains | None
