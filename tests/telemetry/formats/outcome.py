"""What becomes of any bytes: what they decode to, or the reason code of the one error that may come out."""

import msgspec

from telemetry.formats import Decoded, DecodeError, Reason, decode
from telemetry.reading import Reading

RECEIVED = 1_795_410_000_000
"""2026-11-23T05:00:00Z."""


def outcome_of(format_name: str, payload: bytes) -> Decoded | Reason:
    """Decode ``payload``; a result must be encodable, so that no lone surrogate or NaN hides in it."""
    try:
        got = decode(format_name, payload, received_at_ms=RECEIVED, default_sensor="box")
    except DecodeError as error:
        return error.reason
    msgspec.json.encode(got)
    return got


def readings_of(format_name: str, payload: bytes) -> list[Reading]:
    """The readings of a message in which nothing is to be rejected."""
    got = decode(format_name, payload, received_at_ms=RECEIVED, default_sensor="box")
    assert got.rejected == ()
    return list(got.readings)


def rejection_of(format_name: str, payload: bytes) -> str:
    """The reason of the only reading that is rejected."""
    (rejected,) = decode(format_name, payload, received_at_ms=RECEIVED, default_sensor="box").rejected
    return rejected.reason
