"""The ledger gives the same bits whatever the order, the repeats and the batching of the readings."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from telemetry.freshness import Catalogue, Ledger, assess, judge, load_catalogue
from telemetry.freshness.ledger import BULK_FROM, Sample
from telemetry.reading import Flag

START_MS = 1_790_000_000_000
MINUTE_MS = 60_000


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue()


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


@settings(max_examples=300, deadline=None)
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
    now_ms = START_MS + 10**8
    verdicts = [judge(ledger, now_ms=now_ms, started_at_ms=START_MS) for ledger in (in_order, in_batches, one_by_one)]
    assert verdicts[0] == verdicts[1] == verdicts[2]
    assert in_order.alarms().longest_ms() == in_batches.alarms().longest_ms() == one_by_one.alarms().longest_ms()


@settings(max_examples=100, deadline=None)
@given(delivery=deliveries())
def test_assess_does_not_depend_on_order(catalogue: Catalogue, delivery) -> None:
    """The one-call form, too."""
    readings, batches, _ = delivery
    commodity = catalogue.commodity("durian")
    shuffled = [sample for batch in batches for sample in batch]
    now_ms = START_MS + 10**8
    assert assess(commodity, readings, now_ms=now_ms) == assess(commodity, shuffled, now_ms=now_ms)
