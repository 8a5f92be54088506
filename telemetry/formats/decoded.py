"""What comes out of a decoder: readings, rejected readings, or the one typed error."""

from collections.abc import Callable, Iterable
from enum import StrEnum

import msgspec

from telemetry.reading import Reading

MESSAGE_BYTES_MAX = 256 * 1024
"""The contract's limit on one message."""

READINGS_MAX = 1000
"""The contract's limit on the readings of one message."""

SENSOR_CHARS_MAX = 64
"""Longest sensor name we take."""


class Reason(StrEnum):
    """Why a whole message could not be decoded; stands in the dead letter."""

    TOO_LARGE = "too-large"
    TOO_MANY_READINGS = "too-many-readings"
    TOO_DEEP = "too-deep"
    MALFORMED = "malformed"
    BAD_FIELD = "bad-field"
    MISSING_FIELD = "missing-field"
    UNKNOWN_FORMAT = "unknown-format"
    UNSUPPORTED = "unsupported"
    DECODER_FAULT = "decoder-fault"


class DecodeError(Exception):
    """A message that no reading can be taken from.

    ``reason`` is the code; ``detail`` the English sentence that names the field, the value and the remedy.
    """

    def __init__(self, reason: Reason, detail: str) -> None:
        self.reason = reason
        self.detail = detail
        super().__init__(f"{reason}: {detail}")


class Rejected(msgspec.Struct, frozen=True):
    """One reading that could not be taken: its index in the message and a sentence naming field, value and remedy."""

    index: int
    reason: str


class GatewayStatus(StrEnum):
    """Whether the gateway says that it is connected."""

    ONLINE = "online"
    OFFLINE = "offline"


class Decoded(msgspec.Struct, frozen=True):
    """What one message holds.

    ``readings`` are in the message's order; the indices of ``rejected`` count all of its readings from 0. ``note``
    says what a valid message without any temperature was about.
    """

    readings: tuple[Reading, ...]
    rejected: tuple[Rejected, ...] = ()
    seq: int | None = None
    status: GatewayStatus | None = None
    note: str = ""


class ReadingError(ValueError):
    """One reading of a message is unusable; a decoder turns it into a `Rejected` and goes on."""


def centi(value: float) -> int:
    """Hundredths of ``value``, a tie going to the even neighbour (of the binary value: 0.005 is 0, 0.015 is 2)."""
    return round(value * 100)


def shown(value: object) -> str:
    """``value`` as it appears in an error: quoted, one line, at most 60 characters."""
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def require_count(count: int) -> None:
    """Refuse a message with more readings than the contract allows."""
    if count > READINGS_MAX:
        raise DecodeError(
            Reason.TOO_MANY_READINGS,
            f"the message holds {count} readings; send at most {READINGS_MAX} in one message",
        )


def decoded(makers: Iterable[Callable[[], Reading]], *, seq: int | None = None, note: str = "") -> Decoded:
    """Make each reading in turn; the ones that raise `ReadingError` are rejected under their index, the others kept.

    ``note`` is taken when there is no reading to make.
    """
    kept: list[Reading] = []
    rejected: list[Rejected] = []
    for index, make in enumerate(makers):
        try:
            kept.append(make())
        except ReadingError as error:
            rejected.append(Rejected(index, str(error)))
    require_count(len(kept) + len(rejected))
    return Decoded(tuple(kept), tuple(rejected), seq, None, "" if kept or rejected else note)
