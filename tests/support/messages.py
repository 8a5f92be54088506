"""Messages as gateways send them."""

import json
from typing import Any

from telemetry.ports import Message

NOW_MS = 1_795_424_400_000
"""2026-11-23T09:00:00Z."""


def native(
    sensor: str = "TH-1",
    temperature_c: float = 13.4,
    *,
    at_ms: int | None = NOW_MS - 60_000,
    seq: int | None = None,
    **members: Any,
) -> bytes:
    """A native message with one reading."""
    reading = {"sensor": sensor, "temperature_c": temperature_c, **members}
    if at_ms is not None:
        reading["at"] = at_ms
    return json.dumps({"readings": [reading]} if seq is None else {"seq": seq, "readings": [reading]}).encode()


def message(
    payload: bytes,
    *,
    topic: str = "coldchain/v1/demo/gw-1/up",
    received_at_ms: int = NOW_MS,
    packet_id: int = 0,
    redelivered: bool = False,
) -> Message:
    """A message as the consumer hands it to intake."""
    return Message(topic, payload, received_at_ms, packet_id, redelivered)
