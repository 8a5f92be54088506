"""From messages to a batch and into a store, with every kind of trouble on the way."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from telemetry.intake import Intake
from telemetry.memory import MemoryReadingStore
from telemetry.ports import Batch, RowRefused, Stored, StoreUnavailable
from telemetry.reading import Flag
from tests.support.messages import NOW_MS, message, native

STATUS = "coldchain/v1/demo/gw-1/status"


@pytest.fixture
def store() -> MemoryReadingStore:
    return MemoryReadingStore(("demo", "gw-1"))


def test_messages_are_sorted_by_what_they_are(store: MemoryReadingStore) -> None:
    """Readings, presence, dead letters."""
    batch = Intake(store).sort([message(native()), message(b"online", topic=STATUS), message(b"{")])
    assert (len(batch.uplinks), len(batch.presences), len(batch.dead_letters)) == (1, 1, 1)


def test_status_that_is_no_status_is_a_dead_letter(store: MemoryReadingStore) -> None:
    """With what to publish instead."""
    (letter,) = Intake(store).sort([message(b"perhaps", topic=STATUS)]).dead_letters
    assert "online" in letter.detail


def test_receipt_topic_is_not_for_us(store: MemoryReadingStore) -> None:
    """A broker that lets a gateway publish there is set up wrongly; nothing is stored."""
    (letter,) = Intake(store).sort([message(native(), topic="coldchain/v1/demo/gw-1/receipt")]).dead_letters
    assert letter.reason == "unknown-topic"


def test_clock_years_ahead_is_timed_by_its_receipt(store: MemoryReadingStore) -> None:
    """And flagged, so that it never vouches for a time that has not come."""
    (uplink,) = Intake(store).sort([message(native(at_ms=NOW_MS + 10**11))]).uplinks
    (reading,) = uplink.readings
    assert reading.measured_at_ms == NOW_MS
    assert reading.flags & Flag.CLOCK_AHEAD


def test_spike_is_flagged_and_kept(store: MemoryReadingStore) -> None:
    """The quality checks remember the sensor from message to message."""
    intake = Intake(store)
    intake.sort([message(native(temperature_c=4, at_ms=NOW_MS - 60_000))])
    (uplink,) = intake.sort([message(native(temperature_c=30, at_ms=NOW_MS - 1))]).uplinks
    assert uplink.readings[0].flags & Flag.SPIKE


def test_same_sensor_name_of_two_tenants_is_two_sensors(store: MemoryReadingStore) -> None:
    """One tenant's cold room does not make a spike of the other's."""
    intake = Intake(store)
    intake.sort([message(native(temperature_c=4, at_ms=NOW_MS - 60_000))])
    other = message(native(temperature_c=30, at_ms=NOW_MS - 1), topic="coldchain/v1/other/gw-1/up")
    assert intake.sort([other]).uplinks[0].readings[0].flags == 0


def test_refused_reading_of_a_long_message_costs_that_reading(store: MemoryReadingStore) -> None:
    """Of 9 readings 8 are stored; the message stands in the dead letters, and its number counts."""
    store.refused.add("S-5")
    readings = ",".join(f'{{"sensor": "S-{n}", "temperature_c": 4, "at": {NOW_MS - 1}}}' for n in range(9))
    intake = Intake(store)
    stored = intake.store(intake.sort([message(f'{{"seq": 1, "readings": [{readings}]}}'.encode())]))
    assert (stored.readings, stored.dead_letters) == (8, 1)
    ((_, _, receipt),) = stored.receipts
    assert (receipt.stored_up_to, receipt.rejected) == (1, 1)


def test_store_that_is_away_is_not_a_refusal(store: MemoryReadingStore) -> None:
    """Nothing becomes a dead letter; the same batch is stored later."""
    intake = Intake(store)
    batch = intake.sort([message(native())])
    store.away.set()
    with pytest.raises(StoreUnavailable):
        intake.store(batch)
    store.away.clear()
    assert intake.store(batch) == Stored(readings=1)


class RefusesAll:
    """A store that refuses whatever it is given."""

    def store(self, batch: Batch) -> Stored:
        raise RowRefused("no")


def test_store_that_refuses_everything_keeps_the_messages_at_the_broker() -> None:
    """When not even a bare dead letter can be written, the fault is not in the message."""
    intake = Intake(RefusesAll())
    with pytest.raises(StoreUnavailable, match="even a bare dead letter"):
        intake.store(intake.sort([message(native()), message(b"garbage"), message(b"online", topic=STATUS)]))


@settings(max_examples=60, deadline=None)
@given(refused=st.sets(st.integers(0, 19), max_size=6), sizes=st.lists(st.integers(1, 5), min_size=1, max_size=8))
def test_halving_finds_exactly_what_is_refused(refused: set[int], sizes: Sequence[int]) -> None:
    """Whatever the grouping, every reading that is not refused is stored, each refused one rejected once."""
    store = MemoryReadingStore(("demo", "gw-1"))
    store.refused = {f"S-{number}" for number in refused}
    messages, number = [], 0
    for size in sizes:
        names = [f"S-{number + place}" for place in range(size)]
        number += size
        readings = ",".join(f'{{"sensor": "{name}", "temperature_c": 4, "at": {NOW_MS - 1}}}' for name in names)
        messages.append(message(f'{{"seq": {len(messages) + 1}, "readings": [{readings}]}}'.encode()))
    intake = Intake(store)
    stored = intake.store(intake.sort(messages))
    expected = {f"S-{n}" for n in range(number)} - store.refused
    assert {reading.sensor for reading in store.readings.values()} == expected
    ((_, _, receipt),) = stored.receipts
    assert receipt.stored_up_to == len(messages)
    assert receipt.rejected == number - len(expected)


@settings(max_examples=100, deadline=None)
@given(topic=st.text(max_size=40), payload=st.binary(max_size=200))
def test_nothing_a_message_holds_can_raise(topic: str, payload: bytes) -> None:
    """Any topic, any payload: sorted, one way or the other."""
    batch = Intake(MemoryReadingStore()).sort([message(payload, topic=topic), message(payload)])
    assert len(batch) == 2
