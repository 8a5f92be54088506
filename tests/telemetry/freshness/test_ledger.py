"""The ledger gives the same bits whatever the order, the repeats and the batching of the readings."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from telemetry.freshness import Catalogue, Ledger, assess, judge
from telemetry.freshness.samples import HistorySealed, Sample, StateOutdated
from telemetry.freshness.saved import SavedLedger
from telemetry.freshness.track import BULK_FROM
from telemetry.reading import Flag

START_MS = 1_790_000_000_000
MINUTE_MS = 60_000


FLAGS = st.sampled_from([0, 0, 0, 0, Flag.SPIKE, Flag.NO_CLOCK, Flag.LOW_BATTERY_COLD, Flag.STUCK | Flag.CLOCK_AHEAD])
SAMPLE = st.tuples(
    st.one_of(st.integers(0, 40).map(lambda n: START_MS + n * 5 * MINUTE_MS), st.integers(START_MS, START_MS + 10**8)),
    st.one_of(st.integers(-200, 3500), st.sampled_from([-90, 950, 1000, 1300, 1350, 1500, 2001])),
    FLAGS.map(int),
)
COURSE = st.lists(SAMPLE, min_size=0, max_size=3 * BULK_FROM)


@st.composite
def deliveries(draw: st.DrawFn) -> tuple[list[Sample], list[list[Sample]], list[int]]:
    """A course, the same readings shuffled, with repeats, cut into batches of any size, and inspections."""
    readings = draw(COURSE)
    shuffled = draw(
        st.permutations(readings + draw(st.lists(st.sampled_from(readings), max_size=9) if readings else st.just([])))
    )
    cuts = sorted({0, len(shuffled), *draw(st.lists(st.integers(0, len(shuffled)), max_size=5))})
    batches = [shuffled[begin:end] for begin, end in pairwise(cuts)]
    return readings, batches, draw(st.lists(st.integers(START_MS, START_MS + 10**8), max_size=3))


@settings(max_examples=120, deadline=None)
@given(delivery=deliveries(), name=st.sampled_from(["mango_ndm", "mangosteen", "coriander", "pandan"]))
def test_any_order_repeat_and_batching_gives_the_same_state(catalogue: Catalogue, delivery, name: str) -> None:
    """One by one in order, shuffled with repeats in batches, all at once: equal sums, alarms and assessments."""
    readings, batches, inspections = delivery
    commodity = catalogue.commodity(name)
    in_order = Ledger(commodity)
    for sample in sorted(readings):
        in_order.add(*sample)
    for at_ms in inspections:
        in_order.inspect(at_ms)
    in_batches = Ledger(commodity)
    for at_ms in inspections[:1]:
        in_batches.inspect(at_ms)
    for batch in batches:
        in_batches.extend(batch)
        in_batches.alarms()
    for at_ms in inspections[1:]:
        in_batches.inspect(at_ms)
    one_by_one = Ledger(commodity)
    for batch in batches:
        for sample in batch:
            one_by_one.add(*sample)
    for at_ms in inspections:
        one_by_one.inspect(at_ms)
    assert in_order.tally() == in_batches.tally() == one_by_one.tally()
    assert in_order.digest() == in_batches.digest() == one_by_one.digest()
    now_ms = START_MS + 10**8
    verdicts = [judge(ledger, now_ms=now_ms, started_at_ms=START_MS) for ledger in (in_order, in_batches, one_by_one)]
    assert verdicts[0] == verdicts[1] == verdicts[2]
    assert in_order.alarms().longest_ms() == in_batches.alarms().longest_ms() == one_by_one.alarms().longest_ms()


@settings(max_examples=50, deadline=None)
@given(delivery=deliveries())
def test_assess_does_not_depend_on_order(catalogue: Catalogue, delivery) -> None:
    """The one-call form, too."""
    readings, batches, _ = delivery
    commodity = catalogue.commodity("durian")
    shuffled = [sample for batch in batches for sample in batch]
    now_ms = START_MS + 10**8
    assert assess(commodity, readings, now_ms=now_ms) == assess(commodity, shuffled, now_ms=now_ms)


@st.composite
def long_courses(draw: st.DrawFn) -> tuple[list[Sample], int, list[int]]:
    """Some hundred readings around the limits with gaps and doubts, where to save, and when it was inspected."""
    rng = draw(st.randoms(use_true_random=False))
    at_ms, readings = START_MS, []
    for _ in range(draw(st.integers(300, 900))):
        at_ms += rng.choice([5, 5, 5, 5, 5, 5, 7, 300]) * MINUTE_MS
        level = rng.choice([1300, 1300, 1300, 900, 1550, 2050])
        readings.append((at_ms, level + rng.randint(-60, 60), rng.choice([0] * 30 + [2, 128])))
    inspections = [rng.choice(readings)[0] + rng.randint(-1, 1) for _ in range(draw(st.integers(0, 3)))]
    return readings, draw(st.integers(1, len(readings) - 1)), inspections


@settings(max_examples=30, deadline=None)
@given(course=long_courses())
def test_a_restored_ledger_goes_on_as_if_never_saved(catalogue: Catalogue, course) -> None:
    """Saved as bytes at any reading, restored, and fed the rest, late ones within the tail included."""
    readings, cut, inspections = course
    commodity = catalogue.commodity("mangosteen")
    whole = Ledger(commodity)
    whole.extend(readings)
    for at_ms in inspections:
        whole.inspect(at_ms)
    late = readings[max(0, cut - 20) : cut - 1 : 2]
    begun = Ledger(commodity)
    begun.extend([sample for sample in readings[:cut] if sample not in late])
    for at_ms in inspections:
        if at_ms <= readings[cut - 1][0]:
            begun.inspect(at_ms)
    resumed = Ledger.restore(commodity, SavedLedger.from_bytes(begun.save().to_bytes()))
    for at_ms in inspections:
        if at_ms > readings[cut - 1][0]:
            resumed.inspect(at_ms)
    resumed.extend(late)
    resumed.extend(readings[cut:])
    assert resumed.tally() == whole.tally()
    now_ms = readings[-1][0] + MINUTE_MS
    assert judge(resumed, now_ms=now_ms, started_at_ms=START_MS) == judge(whole, now_ms=now_ms, started_at_ms=START_MS)


def test_a_saved_ledger_is_small_and_says_when_it_cannot_go_on(catalogue: Catalogue) -> None:
    """A month at five minutes is a few kilobytes; a reading older than its tail asks for a replay."""
    readings = [(START_MS + n * 5 * MINUTE_MS, 1300 + n % 50, 0) for n in range(8640)]
    ledger = Ledger(catalogue.commodity("mangosteen"))
    ledger.extend(readings)
    content = ledger.save().to_bytes()
    assert len(content) < 10_000
    resumed = Ledger.restore(catalogue.commodity("mangosteen"), SavedLedger.from_bytes(content))
    before = resumed.tally()
    with pytest.raises(HistorySealed, match="replay"):
        resumed.add(START_MS + 1, 1300)
    with pytest.raises(HistorySealed):
        resumed.extend([(readings[-1][0] + 1, 1300, 0), (START_MS + 1, 1300, 0)] * BULK_FROM)
    assert resumed.tally() == before
    with pytest.raises(StateOutdated):
        Ledger.restore(catalogue.commodity("durian"), SavedLedger.from_bytes(content))
