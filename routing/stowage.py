"""Which compartment each lot of a trip rides in: a small packing with temperatures and exclusions."""

from collections.abc import Sequence

from routing.instance import Instance, Lot, Vehicle

MOST_STEPS = 2_000
"""How far a packing is searched. A trip with no packing found by then counts as too much for the truck."""


def stowage(instance: Instance, vehicle: Vehicle, pickups: Sequence[int], *, first_trip: bool) -> list[int] | None:
    """The compartment of each lot, by its number on the truck; None where they don't fit.

    The largest lots are placed first, each where it costs least for an hour of riding; what doesn't work out is undone
    (depth-first search). Lots on board at the start stay where they are.
    """
    return _Packing(instance, vehicle, pickups, first_trip=first_trip).search()


def hourly_cost(lot: Lot, *, cold: bool) -> int:
    """Satang that an hour of riding costs in a cooled space or another."""
    return lot.life_cost_per_h if cold else lot.ambient_cost_per_h


class _Packing:
    def __init__(self, instance: Instance, vehicle: Vehicle, pickups: Sequence[int], *, first_trip: bool) -> None:
        self._bays = vehicle.bays
        self._lots = [instance.lots[number] for number in pickups]
        self._room = [
            [bay.weight_g - first_trip * bay.loaded_g, bay.crates - first_trip * bay.loaded_crates]
            for bay in vehicle.bays
        ]
        self._kinds = [bay.loaded_kinds if first_trip else 0 for bay in vehicle.bays]
        self._clash = [bay.loaded_clash if first_trip else 0 for bay in vehicle.bays]
        self._order = sorted(range(len(pickups)), key=self._size, reverse=True)
        self._chosen = [-1] * len(pickups)
        self._steps = 0

    def _size(self, number: int) -> tuple[int, int, int]:
        """Lots that few compartments suit come first, then the heavy ones."""
        lot = self._lots[number]
        return -sum(bool(bay.suits & lot.kind) for bay in self._bays), lot.weight_g, lot.crates

    def search(self) -> list[int] | None:
        return self._chosen if self._place(0) else None

    def _place(self, depth: int) -> bool:
        if depth == len(self._order):
            return True
        number = self._order[depth]
        lot = self._lots[number]
        tried: set[tuple[object, ...]] = set()
        for bay in sorted(range(len(self._bays)), key=lambda bay: hourly_cost(lot, cold=self._bays[bay].cold)):
            state = (self._bays[bay].cold, self._bays[bay].suits, *self._room[bay], self._kinds[bay], self._clash[bay])
            if state in tried or not self._takes(bay, lot):
                continue
            tried.add(state)
            self._steps += 1
            if self._steps > MOST_STEPS:
                return False
            before = (self._kinds[bay], self._clash[bay])
            self._put(bay, lot, 1)
            self._kinds[bay] |= lot.kind
            self._clash[bay] |= lot.cold_clash if self._bays[bay].cold else lot.clash
            self._chosen[number] = bay
            if self._place(depth + 1):
                return True
            self._put(bay, lot, -1)
            self._kinds[bay], self._clash[bay] = before
        return False

    def _takes(self, bay: int, lot: Lot) -> bool:
        space = self._bays[bay]
        clash = lot.cold_clash if space.cold else lot.clash
        return (
            lot.weight_g <= self._room[bay][0]
            and lot.crates <= self._room[bay][1]
            and bool(space.suits & lot.kind)
            and (space.cold or lot.uncooled)
            and not clash & self._kinds[bay]
            and not lot.kind & self._clash[bay]
        )

    def _put(self, bay: int, lot: Lot, sign: int) -> None:
        self._room[bay][0] -= sign * lot.weight_g
        self._room[bay][1] -= sign * lot.crates
