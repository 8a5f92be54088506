"""Message numbers: the same set in any order gives the same watermark and gaps, and a receipt never claims too much."""

from hypothesis import given
from hypothesis import strategies as st

from telemetry.sequence import RANGES_MAX, RECEIPT_RANGES_MAX, Receipt, Sequence, receipt, record

NUMBERS = st.lists(st.integers(-2, 60), max_size=60)


def covered(sequence: Sequence) -> set[int]:
    """The numbers that a sequence says are stored."""
    missing = {number for first, last in sequence.missing for number in range(first, last + 1)}
    return set(range(1, sequence.highest + 1)) - missing


def test_nothing_heard_is_nothing_stored() -> None:
    """A gateway's first receipt starts from zero."""
    assert receipt(Sequence(), 0) == Receipt(0, (), 0)


def test_first_number_above_one_leaves_a_gap_below() -> None:
    """What came before it may never have reached us."""
    assert record(Sequence(), [5]) == Sequence(5, ((1, 4),))


def test_gap_is_split_and_closed_by_what_comes_late() -> None:
    """3 in the gap 1-4 leaves 1-2 and 4; then the rest."""
    sequence = record(record(Sequence(), [5]), [3])
    assert sequence == Sequence(5, ((1, 2), (4, 4)))
    assert sequence.stored_up_to == 0
    assert record(sequence, [1, 2, 4]) == Sequence(5)


def test_zero_is_no_number() -> None:
    """It only asks for a receipt."""
    assert record(Sequence(3), [0, -1]) == Sequence(3)


@given(batches=st.lists(NUMBERS, max_size=6))
def test_order_and_repetition_do_not_matter(batches: list[list[int]]) -> None:
    """Any batching of any order covers exactly the numbers that came."""
    sequence = Sequence()
    for batch in batches:
        sequence = record(sequence, batch)
    came = {number for batch in batches for number in batch if number > 0}
    assert covered(sequence) == came
    assert sequence == record(Sequence(), came)
    assert list(sequence.missing) == sorted(sequence.missing)


@given(numbers=NUMBERS)
def test_watermark_is_the_last_number_without_a_hole(numbers: list[int]) -> None:
    """Everything up to it came, the next one did not."""
    sequence = record(Sequence(), numbers)
    came = set(numbers)
    assert all(number in came for number in range(1, sequence.stored_up_to + 1))
    assert sequence.stored_up_to + 1 not in came


def test_endless_holes_are_merged_and_never_overclaimed() -> None:
    """A gateway that leaves out every second number for ever costs a bounded number of ranges."""
    numbers = range(2, 4 * RANGES_MAX, 2)
    sequence = record(Sequence(), numbers)
    assert len(sequence.missing) == RANGES_MAX
    assert covered(sequence) <= set(numbers)
    assert sequence.highest == max(numbers)


def test_receipt_with_too_many_ranges_speaks_of_the_lower_ones() -> None:
    """It claims nothing above the first range that it leaves out."""
    sequence = record(Sequence(), range(2, 1000, 2))
    told = receipt(sequence, 7)
    assert len(told.missing) == RECEIPT_RANGES_MAX
    assert told.rejected == 7
    assert covered(Sequence(told.stored_up_to, told.missing)) <= covered(sequence)
