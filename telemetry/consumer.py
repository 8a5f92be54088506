"""Takes messages from the broker and acknowledges them once they are stored, never before.

Three threads. The *network* thread alone touches paho: it reads into a bounded buffer, writes PUBACKs and receipts,
keeps the connection alive and comes back after losing it. The *sorter* takes what the buffer holds and decodes it: the
next batch while the database works on the one before. The *writer* stores a batch in one transaction, and hands back
which messages may be acknowledged. Nothing is ever dropped: what a connection leaves unacknowledged the broker sends
again on the next one, and storing it twice changes nothing.

Bounds. Reading stops while the buffer is full. When the store is away and the buffer stays full, the consumer
disconnects and comes back once a batch went through, since a broker that is not read from would cut us off anyway, and
one that resends after its ack_wait would fill its own memory.
"""

import contextlib
import logging
import random
import select
import socket
import ssl
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

import msgspec
from paho.mqtt.client import Client, ConnectFlags, DisconnectFlags
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from telemetry.buffer import Buffer, Limits
from telemetry.frames import FrameClient
from telemetry.intake import Intake
from telemetry.ports import Batch, Message, Stored, StoreUnavailable
from telemetry.sequence import Receipt
from telemetry.topics import SUBSCRIPTIONS, Address, Kind, format_topic

log = logging.getLogger(__name__)

TICK_S = 1.0
RECEIPTS_EVERY_S = 0.1
LEAVE_WITHIN_S = 1.0
SAY_EVERY_S = 5.0
"""How often an outage is repeated in the log while it lasts."""


@dataclass(slots=True)
class Counts:
    """What the consumer has done since it started; read by metrics and the log."""

    messages: int = 0
    readings: int = 0
    duplicates: int = 0
    conflicts: int = 0
    dead_letters: int = 0
    batches: int = 0
    connections: int = 0
    store_retries: int = 0

    def add(self, messages: int, stored: Stored) -> None:
        self.messages += messages
        self.readings += stored.readings
        self.duplicates += stored.duplicates
        self.conflicts += stored.conflicts
        self.dead_letters += stored.dead_letters
        self.batches += 1


class _Sorted(NamedTuple):
    """A batch ready to be stored, with the messages it came in and the connection they came on."""

    generation: int
    messages: int
    packet_ids: list[int]
    batch: Batch


class ConsumerFailed(Exception):
    """A thread of the consumer ended by a fault of ours; the process must be started again."""


class Consumer:
    """One persistent session on the broker of ``url`` (mqtt or mqtts, user:password), feeding ``intake``.

    Of one ``client_id`` only one may run: the broker ends the older connection when a second one comes.
    """

    def __init__(
        self,
        url: str,
        client_id: str,
        intake: Intake,
        clock: Callable[[], int],
        *,
        subscriptions: Sequence[str] = SUBSCRIPTIONS,
        limits: Limits | None = None,
    ) -> None:
        self.client_id = client_id
        self.limits = limits or Limits()
        self.counts = Counts()
        self.subscribed = threading.Event()
        self._intake = intake
        self._subscriptions = tuple(subscriptions)
        self._gate = threading.Condition()
        self._buffer = Buffer()
        self._acks: list[tuple[int, list[int]]] = []
        self._receipts: dict[tuple[str, str], Receipt] = {}
        self._sorted: _Sorted | None = None
        self._writing = False
        self._all_sorted = False
        self._store_away_since_s = 0.0
        self._parked = False
        self._ended = False
        self._stopping = threading.Event()
        self._failure: BaseException | None = None
        self._wake_out, self._wake_in = socket.socketpair()
        self._wake_out.setblocking(False)
        self._wake_in.setblocking(False)
        self._address, self._client = self._make_client(url, clock)
        self._threads = [
            threading.Thread(target=self._guarded, args=(work,), name=f"ingest-{name}", daemon=True)
            for name, work in (("network", self._serve), ("writer", self._write), ("sorter", self._sort))
        ]

    def start(self) -> None:
        """Begin; connecting is tried until it succeeds."""
        for thread in self._threads:
            thread.start()

    def wait(self, timeout_s: float | None = None) -> bool:
        """Block until the consumer has ended, or the timeout; answers whether it has ended.

        Raises:
            ConsumerFailed: a thread died. Nothing acknowledged is lost; start the process again.
        """
        deadline_s = None if timeout_s is None else time.monotonic() + timeout_s
        for thread in self._threads:
            thread.join(None if deadline_s is None else max(0.0, deadline_s - time.monotonic()))
        if any(thread.is_alive() for thread in self._threads):
            return False
        self._wake_in.close()
        self._wake_out.close()
        if self._failure is not None:
            raise ConsumerFailed(f"{type(self._failure).__name__}: {self._failure}") from self._failure
        return True

    def stop(self) -> None:
        """Stop reading, store and acknowledge what has been read, disconnect. Safe to call from a signal handler."""
        self._stopping.set()
        self._wake()

    def buffered(self) -> int:
        """Messages read and not yet taken by the writer."""
        return len(self._buffer.waiting)

    # -- network thread

    def _serve(self) -> None:
        delay_s = self.limits.retry_first_s
        said_s = -SAY_EVERY_S
        while not self._stopping.is_set():
            self._await_store()
            try:
                self._connect()
            except (OSError, ValueError) as error:
                if time.monotonic() - said_s >= SAY_EVERY_S:
                    said_s = time.monotonic()
                    log.warning("The broker %s can't be reached (%s); trying again until it can.", self._address, error)
            else:
                connected_s = time.monotonic()
                self._pump()
                if time.monotonic() - connected_s > self.limits.retry_max_s:
                    delay_s = self.limits.retry_first_s
            # spread out, so that many clients don't come back at the same instant
            self._stopping.wait(delay_s * random.uniform(0.5, 1.0))  # noqa: S311
            delay_s = min(2 * delay_s, self.limits.retry_max_s)
        self._ended = True

    def _connect(self) -> None:
        with self._gate:
            self._buffer.renew()
            self._acks.clear()
        self._client.reconnect()

    def _pump(self) -> None:
        """Move bytes until the connection is gone, or it is better given up."""
        client = self._client
        receipts_at_s = 0.0
        full = False
        while (connection := client.socket()) is not None:
            was_full, full = full, not self._has_room()
            if full and self._store_away_s() > self.limits.park_after_s:
                log.warning("The store is away and the buffer is full: leaving the broker until a batch is stored.")
                self._parked = True
                self._disconnect()
                return
            if self._stopping.is_set() and self._finished():
                self._disconnect()
                return
            reading = not full and not self._stopping.is_set()
            readers = [connection, self._wake_in] if reading else [self._wake_in]
            timeout_s = 0.0 if was_full and reading else RECEIPTS_EVERY_S if self._receipts else TICK_S
            try:
                ready, _, _ = select.select(readers, [connection] if client.want_write() else [], [], timeout_s)
            except (ValueError, OSError):
                return
            if self._wake_in in ready:
                self._drain_wakes()
            self._send_acks()
            if time.monotonic() >= receipts_at_s:
                receipts_at_s = time.monotonic() + RECEIPTS_EVERY_S
                self._send_receipts()
            # after a pause TLS may hold bytes that select() knows nothing of
            if reading and (connection in ready or was_full):
                client.loop_read()
            if client.want_write():
                client.loop_write()
            client.loop_misc()

    def _disconnect(self) -> None:
        self.subscribed.clear()
        self._client.leave(LEAVE_WITHIN_S)

    def _finished(self) -> bool:
        """Whether all that has been read is stored and acknowledged, or won't be as the writer has given up."""
        with self._gate:
            done = not (self._buffer.waiting or self._buffer.unacknowledged or self._acks)
            return done or not self._threads[1].is_alive()

    def _store_away_s(self) -> float:
        since_s = self._store_away_since_s
        return time.monotonic() - since_s if since_s else 0.0

    def _await_store(self) -> None:
        """While parked: wait for the writer to get its batch through."""
        with self._gate:
            while self._parked and not self._stopping.is_set():
                self._gate.wait(TICK_S)

    def _deliver(self, messages: list[Message]) -> None:
        with self._gate:
            was_empty = not self._buffer.waiting
            self._buffer.put(messages)
            # a sorter that lingers is not woken by each read
            if was_empty or self._buffer.is_full_batch(self.limits):
                self._gate.notify_all()

    def _has_room(self) -> bool:
        buffer, limits = self._buffer, self.limits
        return len(buffer.waiting) < limits.buffer_messages and buffer.held_bytes < limits.buffer_bytes

    def _send_acks(self) -> None:
        with self._gate:
            current = [ids for generation, ids in self._acks if generation == self._buffer.generation]
            self._acks.clear()
            for ids in current:
                self._buffer.unacknowledged.difference_update(ids)
        packet_ids = [packet_id for ids in current for packet_id in ids]
        if packet_ids:
            self._client.send_pubacks(packet_ids)

    def _send_receipts(self) -> None:
        with self._gate:
            receipts, self._receipts = self._receipts, {}
        for (tenant, gateway), receipt in receipts.items():
            topic = format_topic(Address(tenant, gateway, Kind.RECEIPT))
            self._client.publish(topic, msgspec.json.encode(receipt))

    def _drain_wakes(self) -> None:
        with contextlib.suppress(BlockingIOError):
            self._wake_in.recv(4096)

    def _wake(self) -> None:
        with contextlib.suppress(OSError):  # full, which wakes as well, or closed, as all has ended
            self._wake_out.send(b"\0")

    # -- sorter thread

    def _sort(self) -> None:
        try:
            while (taken := self._next_batch()) is not None:
                generation, messages = taken
                packet_ids = [message.packet_id for message in messages if message.packet_id]
                sorted_one = _Sorted(generation, len(messages), packet_ids, self._intake.sort(messages))
                del taken, messages  # the batch holds what is still needed of them
                if not self._hand_over(sorted_one):
                    return
                del sorted_one
        finally:
            self._all_sorted = True  # `_guarded` wakes the writer

    def _hand_over(self, sorted_one: "_Sorted") -> bool:
        """Give the writer its next batch once it has taken the last; False when it has given up."""
        with self._gate:
            while self._sorted is not None:
                if not self._threads[1].is_alive():
                    return False
                self._gate.wait(TICK_S)
            self._sorted = sorted_one
            self._gate.notify_all()
            return True

    def _next_batch(self) -> tuple[int, list[Message]] | None:
        """The next messages and the connection they came on; None once the network thread has ended.

        Short of a full batch it lingers for more, and as long as the writer is busy anyway.
        """
        limits, buffer = self.limits, self._buffer
        with self._gate:
            while not buffer.waiting:
                if self._ended:
                    return None
                self._gate.wait(TICK_S)
            deadline_s = time.monotonic() + limits.linger_s
            while not buffer.is_full_batch(limits) and not self._stopping.is_set():
                rest_s = deadline_s - time.monotonic()
                busy = self._writing or self._sorted is not None
                if rest_s <= 0 and not busy:
                    break
                self._gate.wait(TICK_S if busy else rest_s)
            was_full = not self._has_room()
            taken = buffer.generation, buffer.take(limits.batch_messages, limits.batch_bytes)
        if was_full:
            self._wake()
        return taken

    # -- writer thread

    def _write(self) -> None:
        while (taken := self._next_sorted()) is not None:
            stored = self._stored(taken.batch)
            if stored is None:
                return
            with self._gate:
                self.counts.add(taken.messages, stored)
                self._parked = False
                if taken.generation == self._buffer.generation and taken.packet_ids:
                    self._acks.append((taken.generation, taken.packet_ids))
                self._receipts.update(((tenant, gateway), receipt) for tenant, gateway, receipt in stored.receipts)
                self._writing = False
                self._gate.notify_all()
            self._wake()

    def _next_sorted(self) -> "_Sorted | None":
        """The batch that the sorter has ready; None once there will be no more."""
        with self._gate:
            while self._sorted is None:
                if self._all_sorted:
                    return None
                self._gate.wait(TICK_S)
            taken, self._sorted = self._sorted, None
            self._writing = True
            self._gate.notify_all()
            return taken

    def _stored(self, batch: Batch) -> Stored | None:
        """Store the batch, however long the store is away. None when told to stop before it came back."""
        delay_s = self.limits.retry_first_s
        said_s = -SAY_EVERY_S
        give_up_s = 0.0
        while True:
            try:
                stored = self._intake.store(batch)
            except StoreUnavailable as error:
                self.counts.store_retries += 1
                self._store_away_since_s = self._store_away_since_s or time.monotonic()
                if time.monotonic() - said_s >= SAY_EVERY_S:
                    said_s = time.monotonic()
                    log.warning("%s Nothing is lost; trying again until it can.", error)
            else:
                self._store_away_since_s = 0.0
                return stored
            if self._stopping.is_set():
                give_up_s = give_up_s or time.monotonic() + self.limits.stop_within_s
                if time.monotonic() >= give_up_s or self._ended:
                    return None
            self._stopping.wait(delay_s) if not self._stopping.is_set() else time.sleep(delay_s)
            delay_s = min(2 * delay_s, self.limits.retry_max_s)

    def _guarded(self, work: Callable[[], None]) -> None:
        """Run a thread's work; whatever ends it by force ends the whole consumer, and `wait` tells."""
        try:
            work()
        except BaseException as error:
            log.exception("A thread of ingest failed; it has to be started again.")
            self._failure = self._failure or error
            self._stopping.set()
            self._wake()
        finally:
            with self._gate:
                self._gate.notify_all()

    # -- paho: these run on the network thread and must never raise

    def _make_client(self, url: str, clock: Callable[[], int]) -> tuple[str, FrameClient]:
        parts = urlsplit(url)
        tls = parts.scheme == "mqtts"
        host, port = parts.hostname or "127.0.0.1", parts.port or (8883 if tls else 1883)
        client = FrameClient(self.client_id, clock, self._deliver, self._has_room)
        if parts.username is not None:
            client.username_pw_set(unquote(parts.username), unquote(parts.password or ""))
        if tls:
            client.tls_set_context(ssl.create_default_context())
        client.connect_timeout = 5.0
        client.connect_async(host, port, self.limits.keepalive_s)
        client.on_connect = self._on_connect
        client.on_subscribe = self._on_subscribe
        client.on_disconnect = self._on_disconnect
        return f"{host}:{port}", client

    def _on_connect(
        self, client: Client, _data: object, flags: ConnectFlags, reason: ReasonCode, _properties: Properties | None
    ) -> None:
        if reason.is_failure:
            log.error("The broker %s refused us: %s. Check user and password.", self._address, reason)
            return
        self.counts.connections += 1
        if self.counts.connections > 1 and not flags.session_present:
            log.warning("The broker has forgotten our session; gateways that keep to receipts will send again.")
        client.subscribe([(topic, 1) for topic in self._subscriptions])

    def _on_subscribe(
        self, _client: Client, _data: object, _mid: int, reasons: list[ReasonCode], _properties: Properties | None
    ) -> None:
        refused = [topic for topic, reason in zip(self._subscriptions, reasons, strict=False) if reason.is_failure]
        if refused:
            log.error("The broker refused the subscriptions %s: give this user the right to them.", ", ".join(refused))
        else:
            self.subscribed.set()
            log.info("Taking readings from %s as %s.", self._address, self.client_id)

    def _on_disconnect(
        self,
        _client: Client,
        _data: object,
        _flags: DisconnectFlags,
        reason: ReasonCode,
        _properties: Properties | None,
    ) -> None:
        self.subscribed.clear()
        if not self._stopping.is_set():
            log.warning("The connection to the broker %s is gone: %s.", self._address, reason)
