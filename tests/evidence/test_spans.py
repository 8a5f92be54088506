"""Which readings speak of a lot: custody by custody, whatever the order in which things are known."""

import uuid
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from services.devices.subjects import SubjectKind
from services.evidence.spans import ALWAYS_MS, Custody, Voice, course, heard
from telemetry.freshness.positions import Position

LOT, VILLAGE, TRUCK, HUB, SHIPMENT = (uuid.UUID(int=number) for number in range(1, 6))
SUBJECTS = {
    SubjectKind.LOT: LOT,
    SubjectKind.VILLAGE: VILLAGE,
    SubjectKind.TRUCK: TRUCK,
    SubjectKind.HUB: HUB,
    SubjectKind.SHIPMENT: SHIPMENT,
}


def custody(**known: int | None) -> Custody:
    """Harvested at 0, loaded at 100, received at 200, shipped at 300, unless told otherwise."""
    moments = {"loaded_ms": 100, "received_ms": 200, "shipped_ms": 300} | known
    return Custody(
        lot_id=LOT, village_id=VILLAGE, harvested_ms=0, truck_id=TRUCK, hub_id=HUB, shipment_id=SHIPMENT, **moments
    )


def voice(
    kind: SubjectKind,
    position: Position = Position.ROOM,
    *,
    sensor_id: int = 1,
    from_ms: int = -1000,
    to_ms: int = ALWAYS_MS,
    interval_s: int = 1,
) -> Voice:
    return Voice(sensor_id, f"S{sensor_id}", (kind, SUBJECTS[kind]), position, from_ms, to_ms, interval_s)


def span(found: list[Voice]) -> tuple[int, int]:
    (one,) = found
    return one.from_ms, one.to_ms


def test_each_subject_speaks_while_it_has_the_lot() -> None:
    """Village until loading, truck until the hub, hub until the shipment, shipment from then on."""
    assert span(heard(custody(), [voice(SubjectKind.VILLAGE)])) == (0, 100)
    assert span(heard(custody(), [voice(SubjectKind.TRUCK)])) == (100, 200)
    assert span(heard(custody(), [voice(SubjectKind.HUB)])) == (200, 300)
    assert span(heard(custody(), [voice(SubjectKind.SHIPMENT)])) == (300, ALWAYS_MS)


def test_what_has_not_happened_yet_speaks_for_nothing() -> None:
    """A lot that waits hears no truck, hub or shipment; its village speaks until further notice."""
    waits = custody(loaded_ms=None, received_ms=None, shipped_ms=None)
    assert heard(waits, [voice(SubjectKind.TRUCK), voice(SubjectKind.HUB), voice(SubjectKind.SHIPMENT)]) == []
    assert span(heard(waits, [voice(SubjectKind.VILLAGE)])) == (0, ALWAYS_MS)


def test_a_probe_in_the_produce_travels_and_one_in_the_room_stays() -> None:
    """A lot's own pulp probe speaks to the end, a probe in the room only until the lot is loaded."""
    assert span(heard(custody(), [voice(SubjectKind.LOT, Position.PULP)])) == (0, ALWAYS_MS)
    assert span(heard(custody(), [voice(SubjectKind.LOT, Position.BOX)])) == (0, ALWAYS_MS)
    assert span(heard(custody(), [voice(SubjectKind.LOT, Position.ROOM)])) == (0, 100)


def test_the_story_ends_with_arrival() -> None:
    """Nothing speaks for the lot after it has arrived; the instant itself still counts."""
    arrived = custody(ends_ms=400)
    assert span(heard(arrived, [voice(SubjectKind.SHIPMENT)])) == (300, 401)
    assert span(heard(arrived, [voice(SubjectKind.LOT, Position.PULP)])) == (0, 401)


def test_an_assignment_is_cut_to_its_own_time() -> None:
    """From and to of the assignment bound what custody allows; without an overlap there is no voice."""
    assert span(heard(custody(), [voice(SubjectKind.TRUCK, from_ms=150, to_ms=180)])) == (150, 180)
    assert heard(custody(), [voice(SubjectKind.TRUCK, from_ms=200)]) == []


def test_air_speaks_where_the_pulp_is_silent() -> None:
    """Within one interval of a pulp reading the air says nothing; further away it does."""
    voices = [
        voice(SubjectKind.LOT, Position.PULP, sensor_id=1, interval_s=10),
        voice(SubjectKind.LOT, Position.BOX, sensor_id=2, interval_s=10),
    ]
    pulp = [(0, 1000, 0), (10_000, 1000, 0), (50_000, 1000, 0)]
    air = [(at_ms, 2000, 0) for at_ms in range(0, 60_001, 5_000)]
    taken = course(heard(custody(loaded_ms=None, received_ms=None, shipped_ms=None), voices), {1: pulp, 2: air})
    assert sorted(at_ms for at_ms, centi, _ in taken if centi == 2000) == [25_000, 30_000, 35_000]
    assert sorted(sample for sample in taken if sample[1] == 1000) == pulp


@given(
    moments=st.lists(st.integers(0, 500), min_size=2, max_size=40),
    kinds=st.lists(st.tuples(st.sampled_from(SubjectKind), st.sampled_from(Position)), min_size=1, max_size=6),
    seed=st.integers(0, 1000),
)
def test_the_course_depends_on_no_order(
    moments: list[int], kinds: list[tuple[SubjectKind, Position]], seed: int
) -> None:
    """Shuffled assignments give the same samples, each within the custody of its subject."""
    voices = [voice(kind, position, sensor_id=number) for number, (kind, position) in enumerate(kinds)]
    samples = {number: sorted((at_ms, number, 0) for at_ms in moments) for number in range(len(voices))}
    known = custody()
    shuffled = voices[:]
    Random(seed).shuffle(shuffled)
    first, second = (course(heard(known, some), samples) for some in (voices, shuffled))
    assert sorted(first) == sorted(second)
    held = known.held()
    for at_ms, number, _ in first:
        from_ms, to_ms = held[voices[number].subject]
        assert from_ms <= at_ms < to_ms
