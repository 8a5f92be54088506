"""Travel profiles: square matrices without negative cells, speed bands that follow each other."""

from collections.abc import Iterator

from routing.faults import Fault, pointer
from routing.problem import Problem, TravelProfile
from routing.validation.ranges import MAX_TIME_S, amount

MAX_LEG = 100_000_000
LEAST_PERCENT, MAX_PERCENT = 10, 1_000


def profiles(problem: Problem) -> Iterator[Fault]:
    size = len(problem.locations)
    for number, profile in enumerate(problem.profiles):
        place = ("profiles", number)
        if (profile.distance_m is None) != (profile.duration_s is None):
            missing = "distance_m" if profile.distance_m is None else "duration_s"
            yield Fault(pointer(*place, missing), "only one of the two matrices is given.", "Give both, or neither.")
        for name, rows in (("distance_m", profile.distance_m), ("duration_s", profile.duration_s)):
            if rows is not None:
                yield from _matrix((*place, name), rows, size)
        yield from _speeds(place, profile)
        yield from _factors(place, profile)


def _matrix(place: tuple[str | int, ...], rows: tuple[tuple[int | None, ...], ...], size: int) -> Iterator[Fault]:
    if len(rows) != size:
        yield Fault(pointer(*place), f"{len(rows)} rows for {size} locations.", "Give one row for each location.")
    for index, row in enumerate(rows):
        if len(row) != size:
            yield Fault(
                pointer(*place, index), f"{len(row)} columns for {size} locations.", "Give one for each location."
            )
        if index < len(row) and row[index] != 0:
            yield Fault(pointer(*place, index, index), f"{row[index]} from a place to itself.", "Write 0.")
        wrong = next((col for col, cell in enumerate(row) if cell is not None and not 0 <= cell <= MAX_LEG), None)
        if wrong is not None:
            yield Fault(
                pointer(*place, index, wrong),
                f"{row[wrong]} is out of range.",
                f"Give a value from 0 to {MAX_LEG}, or null where there is no road.",
            )


def _speeds(place: tuple[str | int, ...], profile: TravelProfile) -> Iterator[Fault]:
    yield from amount((*place, "circuity_percent"), profile.circuity_percent, 1000, least=100)
    if profile.speeds is not None:
        if not profile.speeds or profile.speeds[-1].up_to_m is not None:
            yield Fault(
                pointer(*place, "speeds"), "the last band has an end.", "End with a band whose up_to_m is null."
            )
        before = 0
        for index, band in enumerate(profile.speeds):
            yield from amount((*place, "speeds", index, "speed_km_h"), band.speed_km_h, 200, least=1)
            if index < len(profile.speeds) - 1 and (band.up_to_m is None or band.up_to_m <= before):
                yield Fault(
                    pointer(*place, "speeds", index, "up_to_m"),
                    f"{band.up_to_m} does not follow {before}.",
                    "List bands by growing length.",
                )
            before = band.up_to_m or before


def _factors(place: tuple[str | int, ...], profile: TravelProfile) -> Iterator[Fault]:
    before = None
    for index, factor in enumerate(profile.time_factors):
        at = (*place, "time_factors", index)
        yield from amount((*at, "from_s"), factor.from_s, MAX_TIME_S, least=-MAX_TIME_S)
        yield from amount((*at, "percent"), factor.percent, MAX_PERCENT, least=LEAST_PERCENT)
        if before is not None and factor.from_s <= before:
            yield Fault(
                pointer(*at, "from_s"), f"{factor.from_s} is not after {before}.", "List factors in order of time."
            )
        before = factor.from_s
