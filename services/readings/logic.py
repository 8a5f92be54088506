"""Readings over HTTP, and what people decide about dead letters."""

import threading
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from msgspec.structs import replace
from sqlalchemy.orm import Session

from services.db.engine import Database
from services.devices import logic as devices
from services.errors import Conflict, FieldFault, InvalidInput, NotFound, Unavailable
from services.readings import store
from services.readings.letters import KEPT_MAX, PAYLOAD_BYTES_MAX
from services.readings.review import as_reviewed, told
from services.readings.tables import DeadLetter
from services.readings.writer import SqlReadingStore
from telemetry.formats import Rejected
from telemetry.intake import Intake
from telemetry.ports import Batch, Message, Stored, StoreUnavailable
from telemetry.sequence import Receipt
from telemetry.topics import NATIVE, Address, Kind, format_topic

LetterFilter = store.LetterFilter
Sample = store.Sample
"""One stored reading, for the features that come after this one."""


def samples(
    session: Session,
    tenant_id: uuid.UUID,
    sensor_ids: Sequence[int],
    from_ms: int,
    to_ms: int,
    *,
    after: tuple[int, int] | None = None,
    limit: int | None = None,
) -> list[Sample]:
    """`store.samples` with the flags as reviewed: what neighbours say by all that is stored."""
    found = store.samples(session, tenant_id, sensor_ids, from_ms, to_ms, after=after, limit=limit)
    if not found:
        return found
    times = [one.measured_at_ms for one in found]
    reviewed = as_reviewed(session, sorted({one.sensor_id for one in found}), min(times), max(times) + 1)
    if not reviewed:
        return found
    return [one._replace(flags=told(one.flags, reviewed.get((one[0], one[1], one[3])))) for one in found]


@dataclass(frozen=True, slots=True)
class PostResult:
    """What became of the readings of one request. ``rejected`` names each one that was not taken, with the reason."""

    stored: int
    duplicates: int
    conflicts: int
    rejected: tuple[Rejected, ...] = ()
    receipt: Receipt | None = None
    """Where the gateway's numbering stands, if the message had a number."""


class Postbox:
    """Takes the messages of gateways that speak HTTP, the way that MQTT messages go. One for a process, any threads.

    It remembers each sensor as ingest does, so that wrong clocks, spikes and stuck probes are flagged here too.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._stores = threading.local()
        self._lock = threading.Lock()
        self._intake = Intake(SqlReadingStore(database))

    def post(
        self, tenant_id: uuid.UUID, gateway: str, payload: bytes, now_ms: int, *, format_name: str = NATIVE
    ) -> PostResult:
        """Store what one request holds; when this returns it is durable.

        Raises:
            InvalidInput: no reading can be taken from the payload at all.
            Unavailable: the database is away; send the same again later, nothing is stored twice.
        """
        with self._database.write() as session:
            tenant = devices.sender_named(session, tenant_id, gateway, now_ms)
        topic = format_topic(Address(tenant, gateway, Kind.UP, format_name))
        with self._lock:
            batch = self._intake.sort([Message(topic, payload, now_ms)])
        for letter in batch.dead_letters:
            raise InvalidInput(letter.detail, faults=[FieldFault("", letter.detail)])
        rejected = batch.uplinks[0].rejected
        # the sender is told at once, so what was rejected needs no dead letter
        stored = self._store(Batch((replace(batch.uplinks[0], rejected=()),)))
        receipt = stored.receipts[0][2] if stored.receipts else None
        return PostResult(stored.readings, stored.duplicates, stored.conflicts, rejected, receipt)

    def _store(self, batch: Batch) -> Stored:
        if not hasattr(self._stores, "intake"):
            self._stores.intake = Intake(SqlReadingStore(self._database))
        intake: Intake = self._stores.intake
        try:
            return intake.store(batch)
        except StoreUnavailable as error:
            raise Unavailable(str(error)) from error


def post_readings(
    database: Database, tenant_id: uuid.UUID, gateway: str, payload: bytes, now_ms: int, *, format_name: str = NATIVE
) -> PostResult:
    """`Postbox.post` for a single message, where nothing is remembered of the sensors: imports and tests."""
    return Postbox(database).post(tenant_id, gateway, payload, now_ms, format_name=format_name)


def discard_dead_letter(
    session: Session, tenant_id: uuid.UUID, letter_id: int, *, by: str, why: str, now_ms: int
) -> DeadLetter:
    """Close a dead letter that nobody needs, saying who decided and why.

    Raises:
        InvalidInput: no reason is given.
        NotFound: the tenant has no such dead letter.
        Conflict: it is closed already.
    """
    _require_reason(why)
    return _resolve(session, tenant_id, letter_id, "discarded", by, why, now_ms)


def replay_dead_letter(
    database: Database, tenant_id: uuid.UUID, letter_id: int, *, by: str, why: str, now_ms: int
) -> PostResult:
    """Take a dead letter again, as if it came now with the time that it came then; it is closed when that works.

    Raises:
        NotFound: the tenant has no such dead letter.
        Conflict: it is closed already, or cut to size, so that it can't be read again.
        InvalidInput: it still can't be taken; it stays open.
        Unavailable: the database is away.
    """
    _require_reason(why)
    with database.read() as session:
        letter = _open_letter(session, tenant_id, letter_id)
    if letter.payload_size > PAYLOAD_BYTES_MAX:
        raise Conflict(
            f"Dead letter {letter_id} had {letter.payload_size} bytes, of which only the first {PAYLOAD_BYTES_MAX} are"
            " kept; have the gateway send it again, or discard it."
        )
    intake = Intake(SqlReadingStore(database))
    batch = intake.sort([Message(letter.topic, letter.payload, letter.received_at_ms)])
    for refused in batch.dead_letters:
        raise InvalidInput(f"Dead letter {letter_id} still can't be taken: {refused.detail}")
    rejected = tuple(one for uplink in batch.uplinks for one in uplink.rejected)
    if rejected:
        raise InvalidInput(f"Dead letter {letter_id} still can't be taken: {rejected[0].reason}")
    try:
        stored = intake.store(batch)
    except StoreUnavailable as error:
        raise Unavailable(str(error)) from error
    if stored.dead_letters:
        raise InvalidInput(f"Dead letter {letter_id} still can't be taken; its gateway is not known.")
    with database.write() as session:
        _resolve(session, tenant_id, letter_id, "replayed", by, why, now_ms)
    return PostResult(stored.readings, stored.duplicates, stored.conflicts)


@dataclass(frozen=True, slots=True)
class Letters:
    """How many dead letters a tenant has by state, and how many were given up because there were too many."""

    open: int
    replayed: int
    discarded: int
    pruned_open: int
    pruned_decided: int
    pruned_at_ms: int | None
    kept_max: int = KEPT_MAX


def letters(session: Session, tenant_id: uuid.UUID) -> Letters:
    """The counts of a tenant's dead letters."""
    counts = store.letters_by_state(session, tenant_id)
    pruned_open, pruned_decided, pruned_at_ms = store.pruned(session, tenant_id)
    return Letters(
        counts.get("open", 0),
        counts.get("replayed", 0),
        counts.get("discarded", 0),
        pruned_open,
        pruned_decided,
        pruned_at_ms,
    )


def dead_letters(
    session: Session, tenant_id: uuid.UUID, wanted: LetterFilter, *, after_id: int, limit: int
) -> Sequence[DeadLetter]:
    """Dead letters that the filter lets through, oldest first, from the one after ``after_id``."""
    return store.filtered_letters(session, tenant_id, wanted, after_id=after_id, limit=limit)


def _require_reason(why: str) -> None:
    if not why.strip():
        raise InvalidInput("Say why.", faults=[FieldFault("/why", "is empty.", "Say why you decide so.")])


def _open_letter(session: Session, tenant_id: uuid.UUID, letter_id: int) -> DeadLetter:
    letter = store.dead_letter(session, tenant_id, letter_id)
    if letter is None:
        raise NotFound(f"There is no dead letter {letter_id}.")
    if letter.state != "open":
        raise Conflict(f"Dead letter {letter_id} is {letter.state} already, by {letter.resolved_by}.")
    return letter


def _resolve(
    session: Session, tenant_id: uuid.UUID, letter_id: int, state: str, by: str, why: str, now_ms: int
) -> DeadLetter:
    letter = _open_letter(session, tenant_id, letter_id)
    if not store.resolve_dead_letter(session, tenant_id, letter_id, state=state, by=by, why=why, now_ms=now_ms):
        raise Conflict(f"Dead letter {letter_id} was closed meanwhile.")
    session.refresh(letter)
    return letter
