"""What one batch changes, step by step, within one transaction."""

import uuid
from collections import ChainMap
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import bindparam, or_, select, update
from sqlalchemy.orm import Session

from services.db.upsert import insert_into
from services.devices.tables import Gateway
from services.readings.bulk import Way, write_readings, write_touched
from services.readings.conflicts import write_conflicts
from services.readings.directory import Directory, Key, Sender, Unknown, key_of
from services.readings.letters import Addressed, fingerprint, write_letters
from services.readings.partitions import AHEAD_MS
from services.readings.rows import Arranged, Rows, arrange, came
from services.readings.sealing import seal_batch
from services.readings.sequences import Heard, advance
from services.readings.tables import UntimedMessage
from telemetry.formats import Rejected
from telemetry.intake import RETAINED_MS
from telemetry.ports import Batch, DeadLetter, Presence, Stored, Uplink
from telemetry.reading import Flag, Reading
from telemetry.sequence import Receipt
from telemetry.topics import Address, Kind

TIMED_BY_RECEIPT = int(Flag.NO_CLOCK | Flag.CLOCK_AHEAD | Flag.CLOCK_BEHIND)

SAME_WITHIN_MS = 30_000
"""Two equal messages without number and time, this close, are one that came twice."""

SEEN_EVERY_MS = 5_000
"""A gateway's `last_seen_at_ms` is exact to this, which spares a write for each message."""

DETAIL_CHARS_MAX = 2000
WINDOW = "which is more than 400 days before or 2 days after its receipt; set the gateway's clock"
GATEWAY = Gateway.metadata.tables["gateway"]


class Accepted(NamedTuple):
    """A message and whose it is."""

    sender: Sender
    uplink: Uplink


class Transaction:
    """Stores one batch. ``sensor_ids``, ``seen_at_ms`` and ``way`` are for the caller to remember once it is committed.

    ``way`` is how readings are written first, and afterwards what the next batch had better begin with.
    """

    def __init__(
        self,
        session: Session,
        directory: Directory,
        seen_at_ms: Mapping[uuid.UUID, int],
        way: Way = Way.STRAIGHT,
    ) -> None:
        self.sensor_ids: dict[uuid.UUID, dict[str, int]] = {}
        self.seen_at_ms: dict[uuid.UUID, int] = {}
        self.way = way
        self._session = session
        self._directory = directory
        self._seen_before_ms = seen_at_ms
        self._letters: list[Addressed] = []
        self._heard: dict[uuid.UUID, Heard] = {}
        self._senders: Mapping[Key, Sender | Unknown] = {}

    def store(self, batch: Batch) -> Stored:
        """The steps. Raises whatever the database raises; nothing is stored then."""
        now_ms = _latest_receipt_ms(batch)
        self._senders = self._directory.senders(self._session, _addresses(batch))
        accepted = self._accept(batch.uplinks)
        arranged, misplaced = self._arranged(self._leave_out_repeated(accepted), now_ms)
        new = conflicts = 0
        if arranged is not None:
            new = self._write(arranged.rows, accepted)
            conflicts = write_conflicts(
                self._session, arranged.rows, arranged.conflicting, all_new=new == len(arranged.rows)
            )
            if new:
                write_touched(self._session, arranged.touched)
        self._keep_letters(batch.dead_letters)
        self._write_presence(batch.presences)
        receipts = advance(self._session, self._heard, now_ms)
        self._write_seen(accepted)
        letters = write_letters(self._session, self._letters)
        if arranged is not None and new:
            all_new = new == len(arranged.rows)
            seal_batch(self._session, arranged.rows, self._owners(accepted), now_ms, all_new=all_new)
        given = sum(len(uplink.readings) for _, uplink in accepted)
        return Stored(new, given - new - conflicts - misplaced, conflicts, letters, self._named(receipts))

    def _accept(self, uplinks: Iterable[Uplink]) -> list[Accepted]:
        """The messages of gateways that we know; the others become dead letters."""
        accepted = []
        for uplink in uplinks:
            sender = self._senders[key_of(uplink.address)]
            if isinstance(sender, Unknown):
                letter = DeadLetter(uplink.topic, uplink.payload, sender.reason, sender.detail, uplink.received_at_ms)
                self._letters.append(Addressed(sender.tenant_id, letter))
                continue
            accepted.append(Accepted(sender, uplink))
            heard = self._heard.setdefault(sender.gateway_id, Heard())
            if uplink.seq is not None:
                heard.numbers.append(uplink.seq)
            if uplink.rejected:
                self._reject(sender, uplink, "rejected-readings", uplink.rejected)
        return accepted

    def _leave_out_repeated(self, accepted: Sequence[Accepted]) -> list[Accepted]:
        """Leave out messages that came before and whose readings the receipt has given another time now."""
        doubtful = {
            position: fingerprint(uplink.topic, uplink.payload)
            for position, (_, uplink) in enumerate(accepted)
            if uplink.redelivered or _timed_by_receipt(uplink)
        }
        if not doubtful:
            return list(accepted)
        query = select(UntimedMessage.fingerprint, UntimedMessage.received_at_ms)
        seen_at_ms = dict(
            self._session.execute(query.where(UntimedMessage.fingerprint.in_(set(doubtful.values())))).all()
        )
        fresh: list[Accepted] = []
        for position, one in enumerate(accepted):
            mark, uplink = doubtful.get(position), one.uplink
            if mark is not None:
                before_ms = seen_at_ms.get(mark)
                if before_ms is not None and (
                    uplink.redelivered or uplink.seq is not None or uplink.received_at_ms - before_ms <= SAME_WITHIN_MS
                ):
                    continue
                if _timed_by_receipt(uplink):
                    seen_at_ms[mark] = uplink.received_at_ms
                    self._remember(mark, uplink.received_at_ms)
            fresh.append(one)
        return fresh

    def _remember(self, mark: bytes, received_at_ms: int) -> None:
        insert = insert_into(self._session, UntimedMessage).values(fingerprint=mark, received_at_ms=received_at_ms)
        self._session.execute(
            insert.on_conflict_do_update(
                index_elements=[UntimedMessage.fingerprint], set_={"received_at_ms": insert.excluded.received_at_ms}
            )
        )

    def _arranged(self, accepted: Sequence[Accepted], now_ms: int) -> tuple[Arranged | None, int]:
        """The readings in order, if there are any, and how many fit no time at all."""
        self.sensor_ids = self._directory.sensor_ids(self._session, self._unknown(accepted), now_ms)
        readings: list[Reading] = []
        sensor_ids: list[int] = []
        received_at_ms: list[int] = []
        for sender, uplink in accepted:
            ids = self._directory.known(sender.tenant_id)
            new = self.sensor_ids.get(sender.tenant_id)
            if new:
                ids = ChainMap(new, ids)  # type: ignore[arg-type]  # only read
            readings += uplink.readings
            sensor_ids += [ids[reading.sensor] for reading in uplink.readings]
            received_at_ms += [uplink.received_at_ms] * len(uplink.readings)
        if not readings:
            return None, 0
        rows = came(readings, sensor_ids, received_at_ms)
        age_ms = rows.received_at_ms - rows.measured_at_ms
        inside = (age_ms <= RETAINED_MS) & (age_ms >= -AHEAD_MS)
        if inside.all():
            return arrange(readings, rows), 0
        self._reject_outside(accepted, inside.tolist())
        kept = [reading for reading, is_inside in zip(readings, inside.tolist(), strict=True) if is_inside]
        return arrange(kept, rows.part(inside)) if kept else None, len(readings) - len(kept)

    def _owners(self, accepted: Sequence[Accepted]) -> uuid.UUID | dict[int, uuid.UUID]:
        """The tenant of all sensors of the batch, or of each."""
        if len({sender.tenant_id for sender, _ in accepted}) == 1:
            return accepted[0].sender.tenant_id
        owners: dict[int, uuid.UUID] = {}
        for sender, uplink in accepted:
            known, new = self._directory.known(sender.tenant_id), self.sensor_ids.get(sender.tenant_id, {})
            names = {reading.sensor for reading in uplink.readings}
            owners |= {new[name] if name in new else known[name]: sender.tenant_id for name in names}
        return owners

    def _unknown(self, accepted: Iterable[Accepted]) -> dict[uuid.UUID, dict[str, uuid.UUID]]:
        """The sensors that the directory doesn't know, and the gateway that each was first heard from."""
        wanted: dict[uuid.UUID, dict[str, uuid.UUID]] = {}
        for sender, uplink in accepted:
            known = self._directory.known(sender.tenant_id)
            for name in {reading.sensor for reading in uplink.readings}.difference(known):
                wanted.setdefault(sender.tenant_id, {}).setdefault(name, sender.gateway_id)
        return wanted

    def _reject_outside(self, accepted: Iterable[Accepted], inside: Sequence[bool]) -> None:
        """Dead letters for the readings of times that have no partition."""
        place = 0
        for sender, uplink in accepted:
            outside = [
                Rejected(index, f"measured at {reading.measured_at_ms} ms, {WINDOW}")
                for index, reading in enumerate(uplink.readings)
                if not inside[place + index]
            ]
            place += len(uplink.readings)
            if outside:
                self._reject(sender, uplink, "outside-window", outside)

    def _write(self, rows: Rows, accepted: Iterable[Accepted]) -> int:
        """Write the readings; what the broker has sent before is not tried as if it were new."""
        redelivered = any(uplink.redelivered for _, uplink in accepted)
        new = write_readings(self._session, rows, Way.STAGED if redelivered else self.way)
        self.way = Way.STRAIGHT if new == len(rows) else Way.STAGED
        return new

    def _reject(self, sender: Sender, uplink: Uplink, reason: str, rejected: Sequence[Rejected]) -> None:
        self._heard.setdefault(sender.gateway_id, Heard()).rejected += len(rejected)
        detail = f"{len(rejected)} readings of this message were not stored: " + "; ".join(
            f"reading {one.index}: {one.reason}" if one.index >= 0 else one.reason for one in rejected
        )
        letter = DeadLetter(uplink.topic, uplink.payload, reason, detail[:DETAIL_CHARS_MAX], uplink.received_at_ms)
        self._letters.append(Addressed(sender.tenant_id, letter))

    def _keep_letters(self, letters: Iterable[DeadLetter]) -> None:
        for letter in letters:
            sender = self._senders.get((letter.tenant, letter.gateway))
            if isinstance(sender, Sender):
                self._heard.setdefault(sender.gateway_id, Heard()).rejected += 1
            self._letters.append(Addressed(sender.tenant_id if sender else None, letter))

    def _write_presence(self, presences: Iterable[Presence]) -> None:
        newest: dict[uuid.UUID, Presence] = {}
        for presence in presences:
            sender = self._senders[key_of(presence.address)]
            if isinstance(sender, Unknown):
                letter = DeadLetter(
                    presence.topic, presence.payload, sender.reason, sender.detail, presence.received_at_ms
                )
                self._letters.append(Addressed(sender.tenant_id, letter))
            else:
                newest[sender.gateway_id] = presence
        if newest:
            self._session.execute(
                update(GATEWAY)
                .where(
                    GATEWAY.c.id == bindparam("gateway_id"),
                    or_(GATEWAY.c.status_at_ms.is_(None), GATEWAY.c.status_at_ms <= bindparam("at_ms")),
                )
                .values(status=bindparam("word"), status_at_ms=bindparam("at_ms")),
                [
                    {
                        "gateway_id": gateway_id,
                        "word": "online" if newest[gateway_id].online else "offline",
                        "at_ms": newest[gateway_id].received_at_ms,
                    }
                    for gateway_id in sorted(newest)
                ],
            )

    def _write_seen(self, accepted: Iterable[Accepted]) -> None:
        for sender, uplink in accepted:
            gateway_id, at_ms = sender.gateway_id, uplink.received_at_ms
            if at_ms - self._seen_before_ms.get(gateway_id, 0) >= SEEN_EVERY_MS:
                self.seen_at_ms[gateway_id] = max(at_ms, self.seen_at_ms.get(gateway_id, 0))
        if self.seen_at_ms:
            self._session.execute(
                update(GATEWAY)
                .where(
                    GATEWAY.c.id == bindparam("gateway_id"),
                    or_(GATEWAY.c.last_seen_at_ms.is_(None), GATEWAY.c.last_seen_at_ms < bindparam("at_ms")),
                )
                .values(last_seen_at_ms=bindparam("at_ms")),
                [
                    {"gateway_id": gateway_id, "at_ms": self.seen_at_ms[gateway_id]}
                    for gateway_id in sorted(self.seen_at_ms)
                ],
            )

    def _named(self, receipts: Mapping[uuid.UUID, Receipt]) -> tuple[tuple[str, str, Receipt], ...]:
        """Receipts with the names that stand in their topic."""
        names = {sender.gateway_id: sender for sender in self._senders.values() if isinstance(sender, Sender)}
        return tuple(
            (names[gateway_id].tenant, names[gateway_id].gateway, receipt) for gateway_id, receipt in receipts.items()
        )


def _timed_by_receipt(uplink: Uplink) -> bool:
    return any([reading.flags & TIMED_BY_RECEIPT for reading in uplink.readings])  # a list: this runs on every message


def _latest_receipt_ms(batch: Batch) -> int:
    """The present, as far as the batch can tell; no clock is asked in a transaction."""
    things: tuple[Uplink | Presence | DeadLetter, ...] = (*batch.uplinks, *batch.presences, *batch.dead_letters)
    return max((thing.received_at_ms for thing in things), default=0)


def _addresses(batch: Batch) -> list[Address]:
    """Every address that the batch speaks of."""
    addresses = [uplink.address for uplink in batch.uplinks]
    addresses += [presence.address for presence in batch.presences]
    addresses += [
        Address(letter.tenant, letter.gateway, Kind.UP)
        for letter in batch.dead_letters
        if letter.tenant and letter.gateway
    ]
    return addresses
