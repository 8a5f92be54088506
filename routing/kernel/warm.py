"""Compile the kernel ahead, at set-up, so that nobody waits for it later."""

from routing.instance import index
from routing.kernel import engine
from routing.plan import Tours
from routing.problem import Hub, Location, Pickup, Problem, TimeWindow, Truck
from routing.travel import matrices


def warm_up() -> None:
    """Compile both programs of the kernel (with and without rules beyond time windows), or load them from the cache.

    Takes the better part of a minute the first time on a machine, and a second after that.
    """
    for crates in (0, 1):
        instance = index(_smallest(crates), matrices(_smallest(crates)))
        start: Tours = ()
        engine.search(instance, seconds=600, iterations=1, start=start)


def _smallest(crates: int) -> Problem:
    """Two lots and a truck; crates are a second load, which is beyond the plain program."""
    day = TimeWindow(opens_s=0, closes_s=86_400)
    places = [Location(id=str(number), latitude=18.0 + number / 100, longitude=99.0) for number in range(3)]
    return Problem(
        version=1,
        locations=tuple(places),
        hubs=(Hub(id="hub", location="0"),),
        trucks=(Truck(id="truck", start="0", end="0", capacity_g=1_000, capacity_crates=10, shift=day, rest=None),),
        pickups=tuple(
            Pickup(id=str(number), location=str(number), weight_g=1, crates=crates, windows=(day,)) for number in (1, 2)
        ),
    )


if __name__ == "__main__":
    warm_up()
