"""The way of a message: decode -> check -> store -> receipt. What can't be taken becomes a dead letter, no exception.

Only `StoreUnavailable` leaves this module; the batch that it interrupted is stored again later, with the same result.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from msgspec.structs import replace

from telemetry.clock import DAY_MS, ClockPolicy, ClockState, settle
from telemetry.formats import DecodeError, GatewayStatus, Rejected, decode, decode_status
from telemetry.formats.sparkplug import Births
from telemetry.ports import (
    Batch,
    DeadLetter,
    Message,
    Presence,
    ReadingStore,
    RowRefused,
    Stored,
    StoreUnavailable,
    Uplink,
)
from telemetry.quality import SensorState, assess
from telemetry.topics import Address, Kind, TopicError, parse_topic

RETAINED_MS = 400 * DAY_MS
"""Readings older than this have no place in the store; such a clock counts as never set."""

DETAIL_CHARS_MAX = 2000
SENSORS_REMEMBERED_MAX = 100_000
"""Sensors of one tenant that are remembered; beyond, all is forgotten and learnt anew."""

GATEWAYS_REMEMBERED_MAX = 2_000
"""Sparkplug edge nodes whose metrics are remembered."""

POLICY = ClockPolicy(retained_ms=RETAINED_MS)


class Intake:
    """Turns messages into stored readings. What it remembers of each sensor is safe to lose."""

    def __init__(self, store: ReadingStore, doubted_ms: Callable[[], int] = lambda: 0) -> None:
        """``doubted_ms`` tells by how much the receipts' clock may be ahead: `telemetry.steady.SteadyClock`."""
        self._store = store
        self._doubted_ms = doubted_ms
        self._policy = POLICY
        self._known: dict[str, _Known] = {}
        self._births: dict[tuple[str, str], Births] = {}

    def sort(self, messages: Iterable[Message]) -> Batch:
        """Decode and check each message; nothing a message holds can raise."""
        doubted_ms = self._doubted_ms()
        if doubted_ms != self._policy.doubted_ms:
            self._policy = replace(POLICY, doubted_ms=doubted_ms)
        uplinks: list[Uplink] = []
        presences: list[Presence] = []
        dead: list[DeadLetter] = []
        for message in messages:
            outcome = self._decoded(message)
            if isinstance(outcome, Uplink):
                uplinks.append(outcome)
            elif isinstance(outcome, Presence):
                presences.append(outcome)
            else:
                dead.append(outcome)
        return Batch(tuple(uplinks), tuple(presences), tuple(dead))

    def store(self, batch: Batch) -> Stored:
        """Store the batch durably; what the store refuses is found by halving and goes to the dead letters.

        Raises:
            StoreUnavailable: part may be stored, the rest is not; store the same batch again.
        """
        try:
            return self._store.store(batch)
        except RowRefused as refusal:
            parts = _halves(batch) or (_refused(batch, str(refusal)),)
            return merged([self.store(part) for part in parts])

    def _decoded(self, message: Message) -> Uplink | Presence | DeadLetter:
        topic, payload, received_at_ms, _, redelivered = message
        try:
            address = parse_topic(topic)
        except TopicError as error:
            return _dead(message, "unknown-topic", str(error))
        try:
            if address.kind is Kind.STATUS:
                online = decode_status(payload) is GatewayStatus.ONLINE
                return Presence(address, online, topic, payload, received_at_ms)
            if address.kind is Kind.RECEIPT:
                return _dead(message, "unknown-topic", "A receipt goes to a gateway, not to us.", address)
            births = self._births_of(address) if address.format == "sparkplug" else None
            decoded = decode(
                address.format, payload, received_at_ms=received_at_ms, default_sensor=address.gateway, births=births
            )
        except DecodeError as error:
            return _dead(message, error.reason, error.detail, address)
        known = self._known_of(address)
        timed = settle(decoded.readings, received_at_ms, known.clocks, self._policy)
        readings = tuple(assess(timed, known.values))
        return Uplink(address, readings, decoded.rejected, decoded.seq, topic, payload, received_at_ms, redelivered)

    def _known_of(self, address: Address) -> "_Known":
        tenant = address.tenant or address.application
        known = self._known.get(tenant)
        if known is None or max(len(known.clocks), len(known.values)) > SENSORS_REMEMBERED_MAX:
            known = self._known[tenant] = _Known({}, {})
        return known

    def _births_of(self, address: Address) -> Births:
        """What the Sparkplug births of this gateway's edge node have told."""
        if len(self._births) > GATEWAYS_REMEMBERED_MAX:
            self._births.clear()
        return self._births.setdefault((address.tenant, address.gateway), Births())


class _Known(NamedTuple):
    """What is remembered of one tenant's sensors, by name."""

    clocks: dict[str, ClockState]
    values: dict[str, SensorState]


def merged(parts: Sequence[Stored]) -> Stored:
    """The outcome of a batch that was stored in parts; a gateway's last receipt tells all."""
    receipts = {(tenant, gateway): receipt for part in parts for tenant, gateway, receipt in part.receipts}
    return Stored(
        sum(part.readings for part in parts),
        sum(part.duplicates for part in parts),
        sum(part.conflicts for part in parts),
        sum(part.dead_letters for part in parts),
        tuple((tenant, gateway, receipt) for (tenant, gateway), receipt in receipts.items()),
    )


def _halves(batch: Batch) -> tuple[Batch, Batch] | None:
    """The batch in two, by message, then by reading; None when one thing stands alone.

    Of a message's two halves only the second, which is stored last, carries its number and its rejections.
    """
    if len(batch) == 1:
        if not batch.uplinks or len(batch.uplinks[0].readings) < 2:
            return None
        uplink = batch.uplinks[0]
        middle = len(uplink.readings) // 2
        first = replace(uplink, readings=uplink.readings[:middle], rejected=(), seq=None)
        return Batch((first,)), Batch((replace(uplink, readings=uplink.readings[middle:]),))
    things: tuple[Uplink | Presence | DeadLetter, ...] = (*batch.uplinks, *batch.presences, *batch.dead_letters)
    middle = len(things) // 2
    return _batch(things[:middle]), _batch(things[middle:])


def _batch(things: Iterable[Uplink | Presence | DeadLetter]) -> Batch:
    things = tuple(things)
    return Batch(
        tuple(thing for thing in things if isinstance(thing, Uplink)),
        tuple(thing for thing in things if isinstance(thing, Presence)),
        tuple(thing for thing in things if isinstance(thing, DeadLetter)),
    )


def _refused(batch: Batch, why: str) -> Batch:
    """The one thing that the store refused, as dead letter; a message keeps its number and its other rejections."""
    things: tuple[Uplink | Presence | DeadLetter, ...] = (*batch.uplinks, *batch.presences, *batch.dead_letters)
    thing = things[0]
    if isinstance(thing, Uplink) and thing.readings:
        reading = thing.readings[0]
        refused = Rejected(-1, f"the database refused {reading.sensor} at {reading.measured_at_ms}: {why}")
        return Batch((replace(thing, readings=(), rejected=(*thing.rejected, refused)),))
    if isinstance(thing, DeadLetter):
        if not thing.topic:
            raise StoreUnavailable(f"The database refuses even a bare dead letter: {why}")
        bare = DeadLetter("", b"", thing.reason, f"This dead letter itself was refused: {why}", thing.received_at_ms)
        return Batch((), (), (bare,))
    message = Message(thing.topic, thing.payload, thing.received_at_ms)
    return Batch((), (), (_dead(message, "refused-by-database", why, thing.address),))


def _dead(message: Message, reason: str, detail: str, address: Address | None = None) -> DeadLetter:
    return DeadLetter(
        message.topic,
        message.payload,
        reason,
        detail[:DETAIL_CHARS_MAX],
        message.received_at_ms,
        address.tenant if address else "",
        address.gateway if address else "",
    )
