"""What the kernel can't state, named by the field that asks for it, and the nearest problem that it can."""

from dataclasses import replace

from routing.faults import Fault, pointer
from routing.problem import Cutoff, Hub, LoadedLot, Pickup, Problem

MOST_BITS = 62
"""Hubs and product classes are bits of a signed 64-bit number."""

ELSEWHERE = "Use the engine auto or ortools, or leave it out."


def unsupported(problem: Problem) -> tuple[Fault, ...]:
    """The parts of a valid problem that the kernel can't take into account; empty where it can take it all."""
    faults = [
        Fault(pointer("relations", number), f"the kernel has no relations ({relation.kind}).", ELSEWHERE)
        for number, relation in enumerate(problem.relations)
    ]
    faults += _too_large(problem)
    for number, hub in enumerate(problem.hubs):
        if hub.docks is not None:
            faults.append(Fault(pointer("hubs", number, "docks"), "the kernel does not share docks.", ELSEWHERE))
        if any(cutoff.capacity_g is not None or cutoff.capacity_crates is not None for cutoff in hub.cutoffs):
            faults.append(
                Fault(pointer("hubs", number, "cutoffs"), "the kernel does not share a departure's room.", ELSEWHERE)
            )
    for number, profile in enumerate(problem.profiles):
        if profile.time_factors:
            faults.append(
                Fault(pointer("profiles", number, "time_factors"), "the kernel drives at one speed a day.", ELSEWHERE)
            )
    if problem.balance_cost_per_h_satang:
        faults.append(Fault("/balance_cost_per_h_satang", "the kernel does not balance trucks.", ELSEWHERE))
    return tuple(faults)


def _too_large(problem: Problem) -> list[Fault]:
    """What the kernel's tables have no place for, whatever is left out."""
    faults = []
    if len(problem.hubs) > MOST_BITS:
        faults.append(Fault("/hubs", f"the kernel knows {MOST_BITS} hubs, not {len(problem.hubs)}.", ELSEWHERE))
    lots: list[Pickup | LoadedLot] = [*problem.pickups, *(lot for truck in problem.trucks for lot in truck.loaded)]
    classes = {(lot.temperature, tuple(sorted(set(lot.groups)))) for lot in lots}
    if len(classes) > MOST_BITS:
        faults.append(
            Fault(
                "/pickups",
                f"the kernel knows {MOST_BITS} combinations of temperature and groups, not {len(classes)}.",
                "Use fewer different temperature ranges and groups, or the engine auto or ortools.",
            )
        )
    for number, truck in enumerate(problem.trucks):
        if truck.compartments:
            faults.append(
                Fault(pointer("trucks", number, "compartments"), "the kernel has no compartments.", ELSEWHERE)
            )
    return faults


def restated(problem: Problem) -> Problem | None:
    """The problem that comes nearest among those the kernel can state: without what trucks share. None: there is none.

    Its tours are a start for the given problem once they have been mended.
    """
    if _too_large(problem):
        return None
    return replace(problem, relations=(), hubs=tuple(_alone(hub) for hub in problem.hubs), balance_cost_per_h_satang=0)


def _alone(hub: Hub) -> Hub:
    return replace(hub, docks=None, cutoffs=tuple(Cutoff(at_s=cutoff.at_s) for cutoff in hub.cutoffs))
