"""Which lots a truck may carry, and which may ride together, as bit masks."""

from routing.problem import LoadedLot, Pickup, Problem, TemperatureRange, Truck

Space = tuple[int, int, TemperatureRange | None]
"""Room for one lot at a time: grams, crates and temperatures of a truck, or of one of its compartments."""


def spaces(truck: Truck) -> tuple[Space, ...]:
    """Where on a truck a lot can ride."""
    if not truck.compartments:
        return ((truck.capacity_g, truck.capacity_crates, truck.temperature),)
    return tuple(
        (min(c.capacity_g, truck.capacity_g), min(c.capacity_crates, truck.capacity_crates), c.temperature)
        for c in truck.compartments
    )


def takes(space: Space, pickup: Pickup) -> bool:
    weight_g, crates, temperature = space
    return pickup.weight_g <= weight_g and pickup.crates <= crates and temperature_fits(temperature, pickup)


class Carriers:
    """The trucks that a lot could ride on were it alone on them: size, temperature, requirements, pins.

    Trucks that are alike in all of these are looked at once.
    """

    def __init__(self, problem: Problem) -> None:
        self._bits = {truck.id: 1 << number for number, truck in enumerate(problem.trucks)}
        kinds: dict[tuple[tuple[Space, ...], frozenset[str]], int] = {}
        for truck in problem.trucks:
            kind = (spaces(truck), frozenset(truck.offers))
            kinds[kind] = kinds.get(kind, 0) | self._bits[truck.id]
        self._kinds = list(kinds.items())
        self._limited = {self._bits[t.id]: frozenset(t.hubs) for t in problem.trucks if t.hubs is not None}
        self._to_hubs: dict[tuple[str, ...], int] = {}

    def of(self, pickup: Pickup) -> int:
        """Bit mask of trucks."""
        found = 0
        for (inside, offers), bits in self._kinds:
            if offers.issuperset(pickup.requires) and any(takes(space, pickup) for space in inside):
                found |= bits
        return found if pickup.trucks is None else found & sum(self._bits[name] for name in pickup.trucks)

    def delivering(self, pickup: Pickup) -> int:
        """Bit mask of those that also unload at a hub it may go to."""
        found = self.of(pickup)
        if pickup.hubs is None or not found:
            return found
        if pickup.hubs not in self._to_hubs:
            wanted = set(pickup.hubs)
            self._to_hubs[pickup.hubs] = sum(
                bit for bit, hubs in self._limited.items() if not hubs.isdisjoint(wanted)
            ) + sum(bit for bit in self._bits.values() if bit not in self._limited)
        return found & self._to_hubs[pickup.hubs]


def temperature_fits(unit: TemperatureRange | None, pickup: Pickup) -> bool:
    if pickup.temperature is None:
        return True
    if unit is None:
        return pickup.ambient_cost_per_h_satang is not None
    return overlap(unit, pickup.temperature)


def overlap(one: TemperatureRange | None, other: TemperatureRange | None) -> bool:
    return one is None or other is None or (one.min_c <= other.max_c and other.min_c <= one.max_c)


class ProductClasses:
    """Product classes: lots with the same groups and temperature range get one bit and one mask of clashing classes.

    On one dimension pairwise overlap is enough for a common point (Helly), so a mask of pairs states the whole rule.
    """

    def __init__(self, problem: Problem) -> None:
        keys = {self._key(lot) for lot in problem.pickups}
        keys |= {self._key(lot) for truck in problem.trucks for lot in truck.loaded}
        self._bits = {key: 1 << number for number, key in enumerate(sorted(keys, key=repr))}
        pairs = {(e.group, e.other) for e in problem.exclusions} | {(e.other, e.group) for e in problem.exclusions}
        self._warm: dict[tuple[TemperatureRange | None, tuple[str, ...]], int] = {}
        self._cold: dict[tuple[TemperatureRange | None, tuple[str, ...]], int] = {}
        for key in keys:
            warm = sum(
                bit for other, bit in self._bits.items() if any((a, b) in pairs for a in key[1] for b in other[1])
            )
            self._warm[key] = warm
            self._cold[key] = warm | sum(bit for other, bit in self._bits.items() if not overlap(key[0], other[0]))

    @staticmethod
    def _key(lot: Pickup | LoadedLot) -> tuple[TemperatureRange | None, tuple[str, ...]]:
        return lot.temperature, tuple(sorted(set(lot.groups)))

    def within(self, unit: TemperatureRange | None) -> int:
        """The classes of lots that a space can be set to alone; all of them where it is not cooled."""
        return sum(bit for key, bit in self._bits.items() if overlap(unit, key[0]))

    def bit(self, lot: Pickup | LoadedLot) -> int:
        return self._bits[self._key(lot)]

    def clash(self, lot: Pickup | LoadedLot, *, cold: bool) -> int:
        return (self._cold if cold else self._warm)[self._key(lot)]
