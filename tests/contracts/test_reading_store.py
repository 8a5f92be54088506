"""What every reading store promises: the one in memory, the one on SQLite, the one on PostgreSQL."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from sqlalchemy import URL, func, select

from services.db.engine import Database
from services.devices.logic import add_gateway
from services.devices.tables import Gateway, Sensor
from services.identity.logic import add_tenant
from services.readings.tables import DeadLetter, ReadingConflict, StoredReading
from services.readings.writer import SqlReadingStore
from telemetry.intake import Intake
from telemetry.memory import MemoryReadingStore
from telemetry.ports import Batch, Message, ReadingStore, Stored
from telemetry.sequence import Receipt
from tests.support.messages import NOW_MS, message, native

Held = tuple[str, int, int, int | None]
"""Sensor, measured_at_ms, temperature_centi_c, humidity_centi_pct."""


@dataclass(frozen=True)
class Subject:
    """A store under test, and how to look into it."""

    store: ReadingStore
    held: Callable[[], list[Held]]
    conflicts: Callable[[], int]
    letters: Callable[[], list[str]]
    online: Callable[[str], str]

    def take(self, *messages: Message) -> Stored:
        intake = Intake(self.store)
        return intake.store(intake.sort(messages))


def _memory() -> Subject:
    store = MemoryReadingStore(("demo", "gw-1"), ("demo", "gw-2"))
    return Subject(
        store,
        lambda: sorted(
            (reading.sensor, reading.measured_at_ms, reading.temperature_centi_c, reading.humidity_centi_pct)
            for reading in store.readings.values()
        ),
        lambda: len(store.conflicts),
        lambda: [letter.reason for letter in store.dead_letters],
        lambda gateway: {True: "online", False: "offline", None: "unknown"}[store.online.get(("demo", gateway))],
    )


def _sql(database: Database) -> Subject:
    with database.write() as session:
        tenant = add_tenant(session, "demo", "Demo", NOW_MS)
        for name in ("gw-1", "gw-2"):
            add_gateway(session, tenant.id, "demo", name, NOW_MS)

    def held() -> list[Held]:
        with database.read() as session:
            query = select(
                Sensor.external_id,
                StoredReading.measured_at_ms,
                StoredReading.temperature_centi_c,
                StoredReading.humidity_centi_pct,
            ).join(Sensor, Sensor.id == StoredReading.sensor_id)
            return sorted(session.execute(query).all())

    def conflicts() -> int:
        with database.read() as session:
            return session.scalars(select(func.count()).select_from(ReadingConflict)).one()

    def letters() -> list[str]:
        with database.read() as session:
            return list(session.scalars(select(DeadLetter.reason).order_by(DeadLetter.id)))

    def online(gateway: str) -> str:
        with database.read() as session:
            return session.scalars(select(Gateway.status).where(Gateway.name == gateway)).one()

    return Subject(SqlReadingStore(database), held, conflicts, letters, online)


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def subject(request: pytest.FixtureRequest) -> Iterator[Subject]:
    if request.param == "memory":
        yield _memory()
        return
    url: URL = request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url")
    database = Database(url)
    yield _sql(database)
    database.close()


def test_a_reading_is_held_as_it_was_sent(subject: Subject) -> None:
    """Sensor, time, temperature and humidity come back in hundredths."""
    stored = subject.take(message(native("TH-1", -18.25, at_ms=NOW_MS - 5, humidity_pct=88.1)))
    assert subject.held() == [("TH-1", NOW_MS - 5, -1825, 8810)]
    assert stored == Stored(readings=1)


def test_the_same_batch_again_changes_nothing(subject: Subject) -> None:
    """A redelivered batch is all duplicates."""
    batch = [message(native(f"TH-{n}", n)) for n in range(5)]
    assert subject.take(*batch).readings == 5
    assert subject.take(*batch) == Stored(duplicates=5)
    assert len(subject.held()) == 5


def test_a_reading_twice_in_one_batch_is_held_once(subject: Subject) -> None:
    """A gateway that repeats itself within a linger is not counted twice."""
    assert subject.take(message(native()), message(native())) == Stored(readings=1, duplicates=1)


def test_another_value_for_the_same_instant_is_kept_beside_the_first(subject: Subject) -> None:
    """The first value stays; the second is evidence, kept once however often it comes."""
    subject.take(message(native(temperature_c=13.4)))
    assert subject.take(message(native(temperature_c=9.9))).conflicts == 1
    assert [held[2] for held in subject.held()] == [1340]
    assert subject.conflicts() == 1


def test_contradicting_values_in_one_batch_are_a_conflict(subject: Subject) -> None:
    """The first of the two in order of arrival stays."""
    stored = subject.take(message(native(temperature_c=13.4)), message(native(temperature_c=9.9)))
    assert (stored.readings, stored.conflicts) == (1, 1)
    assert [held[2] for held in subject.held()] == [1340]


def test_humidity_that_differs_is_a_conflict_too(subject: Subject) -> None:
    """Also when one of the two readings has none."""
    subject.take(message(native()))
    assert subject.take(message(native(humidity_pct=80))).conflicts == 1


def test_late_readings_take_their_place(subject: Subject) -> None:
    """Order of arrival does not matter: days-old back-fill lands where it belongs."""
    for hours in (1, 300, 2, 90 * 24):
        subject.take(message(native(at_ms=NOW_MS - hours * 3_600_000)))
    times = [held[1] for held in subject.held()]
    assert times == sorted(times)
    assert len(times) == 4


def test_malformed_message_is_a_dead_letter_and_blocks_nobody(subject: Subject) -> None:
    """Its neighbours in the batch are stored, and its gateway hears of the rejection."""
    stored = subject.take(message(b"garbage"), message(native()))
    assert (stored.readings, stored.dead_letters) == (1, 1)
    assert subject.letters() == ["malformed"]
    assert stored.receipts == (("demo", "gw-1", Receipt(0, (), 1)),)


def test_unusable_reading_leaves_its_neighbours_alone(subject: Subject) -> None:
    """One reading without a temperature: the other of the message is stored, the message kept as evidence."""
    payload = b'{"readings": [{"sensor": "TH-1", "at": %d, "temperature_c": 4}, {"sensor": "TH-2"}]}' % (NOW_MS - 1)
    assert subject.take(message(payload)).readings == 1
    assert subject.letters() == ["rejected-readings"]


def test_message_of_an_unknown_gateway_is_a_dead_letter(subject: Subject) -> None:
    """Nothing is stored for a gateway that nobody has added."""
    stored = subject.take(message(native(), topic="coldchain/v1/demo/stranger/up"))
    assert stored == Stored(dead_letters=1)
    assert subject.letters() == ["unknown-gateway"]


def test_topic_outside_the_grammar_is_a_dead_letter(subject: Subject) -> None:
    """Whatever a broker delivers by mistake is kept, with its reason."""
    assert subject.take(message(native(), topic="zigbee2mqtt/fridge")).dead_letters == 1
    assert subject.letters() == ["unknown-topic"]


def test_receipt_names_what_is_missing(subject: Subject) -> None:
    """Numbers 1, 2 and 5 leave 3 and 4 missing; when those come the receipt says so."""
    stored = subject.take(*(message(native(seq=seq, at_ms=NOW_MS - seq)) for seq in (1, 2, 5)))
    assert stored.receipts == (("demo", "gw-1", Receipt(5, ((3, 4),), 0)),)
    stored = subject.take(*(message(native(seq=seq, at_ms=NOW_MS - seq)) for seq in (4, 3)))
    assert stored.receipts == (("demo", "gw-1", Receipt(5, (), 0)),)


def test_gateways_have_their_own_numbers(subject: Subject) -> None:
    """Each gateway's receipt speaks of its own messages only."""
    stored = subject.take(message(native("A", seq=1)), message(native("B", seq=3), topic="coldchain/v1/demo/gw-2/up"))
    assert dict((gateway, receipt) for _, gateway, receipt in stored.receipts) == {
        "gw-1": Receipt(1, (), 0),
        "gw-2": Receipt(3, ((1, 2),), 0),
    }


def test_redelivered_message_without_a_time_is_stored_once(subject: Subject) -> None:
    """Its readings would get another receipt time each time, and be counted again."""
    subject.take(message(native(at_ms=None), received_at_ms=NOW_MS))
    again = subject.take(message(native(at_ms=None), received_at_ms=NOW_MS + 3_600_000, redelivered=True))
    assert again == Stored(duplicates=1)
    assert len(subject.held()) == 1


def test_equal_messages_without_a_time_are_readings_of_their_own_after_a_while(subject: Subject) -> None:
    """A sensor that shows the same value an hour later has measured again."""
    subject.take(message(native(at_ms=None), received_at_ms=NOW_MS))
    assert subject.take(message(native(at_ms=None), received_at_ms=NOW_MS + 3_600_000)).readings == 1


def test_numbered_message_without_a_time_is_stored_once(subject: Subject) -> None:
    """A gateway sends it again days later: number and content say that it is the same."""
    subject.take(message(native(at_ms=None, seq=7), received_at_ms=NOW_MS))
    assert subject.take(message(native(at_ms=None, seq=7), received_at_ms=NOW_MS + 86_400_000)).duplicates == 1


def test_status_is_kept(subject: Subject) -> None:
    """A gateway's word and its last will."""
    status = "coldchain/v1/demo/gw-1/status"
    subject.take(message(b"online", topic=status))
    assert subject.online("gw-1") == "online"
    subject.take(message(b"offline", topic=status, received_at_ms=NOW_MS + 1))
    assert subject.online("gw-1") == "offline"


def test_empty_batch_is_stored_in_peace(subject: Subject) -> None:
    """Nothing to do is nothing done."""
    assert subject.store.store(Batch()) == Stored()
