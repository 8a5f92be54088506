"""What intake needs from the outside: somewhere to store a batch, all of it or nothing."""

from typing import NamedTuple, Protocol

import msgspec

from telemetry.formats import Rejected
from telemetry.reading import Reading
from telemetry.sequence import Receipt
from telemetry.topics import Address


class Message(NamedTuple):
    """One message as the broker delivered it; ``packet_id`` 0 is QoS 0, which is never acknowledged.

    ``redelivered`` is the broker's word (DUP) that it may have sent the same before.
    """

    topic: str
    payload: bytes
    received_at_ms: int
    packet_id: int = 0
    redelivered: bool = False


class Uplink(msgspec.Struct, frozen=True):
    """The readings of one message. ``payload`` is kept for the dead letters until the readings are stored."""

    address: Address
    readings: tuple[Reading, ...]
    rejected: tuple[Rejected, ...]
    seq: int | None
    topic: str
    payload: bytes
    received_at_ms: int
    redelivered: bool = False


class Presence(msgspec.Struct, frozen=True):
    """A gateway's own word, or its last will, on being connected."""

    address: Address
    online: bool
    topic: str
    payload: bytes
    received_at_ms: int


class DeadLetter(msgspec.Struct, frozen=True):
    """What could not be taken. ``tenant`` and ``gateway`` are as the topic says, empty where it does not."""

    topic: str
    payload: bytes
    reason: str
    detail: str
    received_at_ms: int
    tenant: str = ""
    gateway: str = ""


class Batch(msgspec.Struct, frozen=True):
    """What one transaction stores."""

    uplinks: tuple[Uplink, ...] = ()
    presences: tuple[Presence, ...] = ()
    dead_letters: tuple[DeadLetter, ...] = ()

    def __len__(self) -> int:
        return len(self.uplinks) + len(self.presences) + len(self.dead_letters)


class Stored(msgspec.Struct, frozen=True):
    """What became of a batch: counts of readings, the dead letters written, and what to tell which gateway."""

    readings: int = 0
    duplicates: int = 0
    conflicts: int = 0
    dead_letters: int = 0
    receipts: tuple[tuple[str, str, Receipt], ...] = ()
    """Tenant, gateway and receipt."""


class StoreUnavailable(Exception):
    """The store can't be used now; the same batch may be stored later. Nothing of it has been."""


class RowRefused(Exception):
    """The store works but refuses something in this batch, and would refuse it again. Nothing of it has been stored."""


class ReadingStore(Protocol):
    """Stores batches. Storing the same batch again changes nothing: that is what lets the consumer retry."""

    def store(self, batch: Batch) -> Stored:
        """Store all of the batch in one transaction, durably.

        Raises:
            StoreUnavailable: the database can't be reached or has no room; try again later.
            RowRefused: something in the batch is refused for good; store less at a time to find it.
        """
        ...
