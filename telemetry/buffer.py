"""What the consumer holds between reading and acknowledging, and the bounds on it."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from telemetry.ports import Message


@dataclass(frozen=True, slots=True)
class Limits:
    """What bounds memory and delay. ``linger_s`` is how long a batch waits for more once its first message is there."""

    buffer_messages: int = 20_000
    buffer_bytes: int = 16 * 1024 * 1024
    batch_messages: int = 2_000
    batch_bytes: int = 4 * 1024 * 1024
    linger_s: float = 0.02
    park_after_s: float = 10.0
    retry_first_s: float = 0.2
    retry_max_s: float = 5.0
    stop_within_s: float = 10.0
    keepalive_s: int = 30


@dataclass(slots=True)
class Buffer:
    """Messages read and not yet acknowledged, of one connection (``generation``)."""

    generation: int = 0
    waiting: deque[Message] = field(default_factory=deque)
    held_bytes: int = 0
    unacknowledged: set[int] = field(default_factory=set)

    def renew(self) -> None:
        """Forget all: the connection is another one, and the broker sends again what it had not acknowledged."""
        self.generation += 1
        self.waiting.clear()
        self.held_bytes = 0
        self.unacknowledged.clear()

    def put(self, messages: Sequence[Message]) -> None:
        """Take messages in, but for those that are held already."""
        for message in messages:
            if message.packet_id:
                # an id in use is the same message, sent again after the broker's ack_wait (MQTT 3.1.1, 2.3.1)
                if message.packet_id in self.unacknowledged:
                    continue
                self.unacknowledged.add(message.packet_id)
            self.waiting.append(message)
            self.held_bytes += len(message.payload)

    def is_full_batch(self, limits: Limits) -> bool:
        """Whether what waits is as much as one batch may be."""
        return len(self.waiting) >= limits.batch_messages or self.held_bytes >= limits.batch_bytes

    def take(self, messages_max: int, bytes_max: int) -> list[Message]:
        """The oldest messages, up to either bound; at least one if there is any."""
        taken: list[Message] = []
        size = 0
        while self.waiting and len(taken) < messages_max and size < bytes_max:
            message = self.waiting.popleft()
            size += len(message.payload)
            taken.append(message)
        self.held_bytes -= size
        return taken
