"""Ranges that single members must keep: amounts, windows, temperatures."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from routing.faults import Fault, pointer
from routing.problem import TemperatureRange, TimeWindow

MAX_TIME_S = 100_000_000
MAX_AMOUNT = 1_000_000_000
MAX_COST_SATANG = 1_000_000_000_000


def amount(place: tuple[str | int, ...], value: int | None, most: int, *, least: int = 0) -> Iterator[Fault]:
    if value is not None and not least <= value <= most:
        yield Fault(pointer(*place), f"{value} is out of range.", f"Give a value from {least} to {most}.")


def amounts(
    place: tuple[str | int, ...], owner: object, names: Iterable[str], most: int, *, least: int = 0
) -> Iterator[Fault]:
    for name in names:
        yield from amount((*place, name), getattr(owner, name), most, least=least)


def windows(place: tuple[str | int, ...], given: Sequence[TimeWindow]) -> Iterator[Fault]:
    for number, one in enumerate(given):
        yield from window((*place, number), one)
    for number, (one, other) in enumerate(pairwise(given)):
        if other.opens_s <= one.closes_s:
            yield Fault(
                pointer(*place, number + 1, "opens_s"),
                f"{other.opens_s} is not after the window before it, which closes at {one.closes_s}.",
                "List windows in order of time, without overlaps.",
            )


def window(place: tuple[str | int, ...], given: TimeWindow) -> Iterator[Fault]:
    yield from amounts(place, given, ("opens_s", "closes_s"), MAX_TIME_S, least=-MAX_TIME_S)
    if given.closes_s < given.opens_s:
        yield Fault(
            pointer(*place, "closes_s"),
            f"{given.closes_s} is before opens_s {given.opens_s}.",
            "A window closes at or after it opens.",
        )


def temperature(place: tuple[str | int, ...], span: TemperatureRange | None) -> Iterator[Fault]:
    if span is None:
        return
    for name, value in (("min_c", span.min_c), ("max_c", span.max_c)):
        if not -60 <= value <= 60:
            yield Fault(pointer(*place, name), f"{value} is out of range.", "Give degrees Celsius from -60 to 60.")
    if span.max_c < span.min_c:
        yield Fault(pointer(*place, "max_c"), f"{span.max_c} is below min_c {span.min_c}.", "Swap the two.")
