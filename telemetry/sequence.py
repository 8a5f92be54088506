"""A gateway's message numbers: what is stored, what is missing, and the receipt that says so.

Numbers count a gateway's messages from 1. Whatever order they come in, and however often, the same set of numbers gives
the same `Sequence`; a receipt never claims a number that was not recorded.
"""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass

import msgspec

RANGES_MAX = 1000
"""Missing ranges kept for one gateway; beyond, the lowest are merged, which claims less than is stored, never more."""

RECEIPT_RANGES_MAX = 100
"""Missing ranges named in one receipt; it then speaks only of the numbers below the first that is left out."""

Range = tuple[int, int]
"""First and last number, both inclusive."""


@dataclass(frozen=True, slots=True)
class Sequence:
    """All numbers from 1 to ``highest`` are stored, except the ``missing`` ranges (sorted, disjoint, not touching)."""

    highest: int = 0
    missing: tuple[Range, ...] = ()

    @property
    def stored_up_to(self) -> int:
        """The number up to which nothing is missing."""
        return self.missing[0][0] - 1 if self.missing else self.highest


def record(sequence: Sequence, numbers: Iterable[int]) -> Sequence:
    """The sequence after messages with these ``numbers`` were stored; 0 and below stand for "not numbered"."""
    highest = sequence.highest
    missing = list(sequence.missing)
    for number in sorted(set(numbers)):
        if number > highest:
            if number > highest + 1:
                missing.append((highest + 1, number - 1))
            highest = number
        elif number > 0:
            _fill(missing, number)
    while len(missing) > RANGES_MAX:
        missing[:2] = [(missing[0][0], missing[1][1])]
    return Sequence(highest, tuple(missing))


def _fill(missing: list[Range], number: int) -> None:
    place = bisect_right(missing, number, key=lambda gap: gap[0]) - 1
    if place < 0 or missing[place][1] < number:
        return
    first, last = missing[place]
    rest = [(first, number - 1), (number + 1, last)]
    missing[place : place + 1] = [gap for gap in rest if gap[0] <= gap[1]]


class Receipt(msgspec.Struct, frozen=True):
    """What a gateway may delete: everything up to ``stored_up_to`` but the ``missing`` ranges.

    ``rejected`` counts all messages and readings of this gateway that went to the dead letters.
    """

    stored_up_to: int
    missing: tuple[Range, ...] = ()
    rejected: int = 0


def receipt(sequence: Sequence, rejected: int) -> Receipt:
    """The receipt of a sequence, kept short."""
    if len(sequence.missing) <= RECEIPT_RANGES_MAX:
        return Receipt(sequence.highest, sequence.missing, rejected)
    first_left_out = sequence.missing[RECEIPT_RANGES_MAX][0]
    return Receipt(first_left_out - 1, sequence.missing[:RECEIPT_RANGES_MAX], rejected)
